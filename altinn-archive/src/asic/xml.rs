//! XML of manifests and signatures, read with limits.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roxmltree::{Document, Node, ParsingOptions};

use super::digest_algorithm::DigestAlgorithm;

/// The most elements, attributes and texts of a document.
const MAX_NODES: u32 = 200_000;

/// The namespace of XML Signature.
pub(super) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Reads a document; a DTD is refused.
pub(super) fn parse(bytes: &[u8]) -> Result<Document<'_>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| format!("it is not XML: {error}"))
}

/// A digest of a file that is in the container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// The file's name, as the URI has it.
    pub(super) uri: String,
    /// The digest, or why it is none that is compared here.
    pub(super) digest: Result<(DigestAlgorithm, Vec<u8>), String>,
    /// The file's media type, when it is said.
    pub(super) media_type: Option<String>,
}

/// The digest in an element with `DigestMethod` and `DigestValue`.
pub(super) fn reference(element: Node<'_, '_>) -> Result<Reference, String> {
    let uri = element.attribute("URI").unwrap_or_default().to_owned();
    let of = || format!("of `{}`", uri.chars().take(255).collect::<String>());
    let child = |name: &'static str| {
        let named = |node: &Node<'_, '_>| node.has_tag_name((DSIG, name));
        element.children().find(named).ok_or_else(|| format!("there is no `{name}` {}", of()))
    };
    let method = child("DigestMethod")?.attribute("Algorithm").unwrap_or_default();
    let algorithm = DigestAlgorithm::from_uri(method);
    let value: String = child("DigestValue")?.text().unwrap_or_default().split_ascii_whitespace().collect();
    let digest = STANDARD.decode(value).map_err(|_| format!("the digest {} is not base64", of()))?;
    let media_type = element.attribute("MimeType").map(str::to_owned);
    let digest = match algorithm {
        Some(algorithm) => Ok((algorithm, digest)),
        None => {
            Err(format!("the digest method `{}` is not known", method.chars().take(255).collect::<String>()))
        }
    };
    Ok(Reference { uri, digest, media_type })
}

/// The file of a container that a URI means: as it stands, or with its escapes (RFC 3986, section 2.1) decoded.
pub(super) fn file_of<'a>(uri: &str, names: &'a [String]) -> Option<&'a str> {
    let find = |wanted: &str| names.iter().map(String::as_str).find(|name| *name == wanted);
    let path = uri.strip_prefix("./").unwrap_or(uri);
    let path = path.strip_prefix('/').unwrap_or(path);
    find(uri).or_else(|| find(path)).or_else(|| find(&percent_decoded(path)?))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = after
            .first_chunk::<2>()
            .filter(|_| *first == b'%')
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = after.get(if escaped.is_some() { 2 } else { 0 }..)?;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_means_a_file_with_or_without_escapes() {
        let names = ["a b.txt", "100%.txt", "100%25.txt", "søknad.pdf"].map(str::to_owned);
        for (uri, file) in [
            ("a b.txt", Some("a b.txt")),
            ("a%20b.txt", Some("a b.txt")),
            ("./a%20b.txt", Some("a b.txt")),
            ("100%25.txt", Some("100%25.txt")),
            ("100%.txt", Some("100%.txt")),
            ("s%C3%B8knad.pdf", Some("søknad.pdf")),
            ("s%C3knad.pdf", None),
            ("a%2", None),
        ] {
            assert_eq!(file_of(uri, &names), file, "{uri}");
        }
    }

    #[test]
    fn a_document_type_is_refused() {
        assert!(parse(br#"<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>"#).is_err());
    }
}

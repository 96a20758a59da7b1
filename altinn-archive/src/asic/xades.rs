//! XML signatures (XAdES): the digests of files are read, the signatures themselves are not verified.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roxmltree::{Document, Node};

use super::xml::{DSIG, Reference, parse, reference};

/// An XML signature: what of it can be said without verifying it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct XmlSignature {
    pub(super) references: Vec<Reference>,
    /// The certificate that it says it was made with, in DER.
    pub(super) certificate: Option<Vec<u8>>,
    /// The time that it says it was made at.
    pub(super) signing_time: Option<String>,
    /// How many timestamps there are over it.
    pub(super) timestamps: usize,
}

/// Reads all signatures of a file, or says what is wrong with it. Those within others countersign them.
pub(super) fn parse_signatures(bytes: &[u8]) -> Result<Vec<XmlSignature>, String> {
    let document: Document<'_> = parse(bytes)?;
    let is_signature = |node: &Node<'_, '_>| node.has_tag_name((DSIG, "Signature"));
    let is_outermost = |node: &Node<'_, '_>| !node.ancestors().skip(1).any(|above| is_signature(&above));
    let signatures = document.descendants().filter(|node| is_signature(node) && is_outermost(node));
    let signatures = signatures.map(read).collect::<Result<Vec<_>, _>>()?;
    if signatures.is_empty() { Err("it holds no signature".to_owned()) } else { Ok(signatures) }
}

fn read(signature: Node<'_, '_>) -> Result<XmlSignature, String> {
    let signed_info = signature.children().find(|node| node.has_tag_name((DSIG, "SignedInfo")));
    let signed_info = signed_info.ok_or("a signature has no `SignedInfo`")?;
    // A signature may be over lists of digests in it (XML Signature, section 5.1), instead of over files at once.
    let lists = signature.descendants().filter(|node| node.has_tag_name((DSIG, "Manifest")));
    let references = std::iter::once(signed_info).chain(lists).flat_map(|list| list.children());
    let of_files = references.filter(|node| node.has_tag_name((DSIG, "Reference")) && !is_within(*node));
    let references = of_files.map(untransformed).collect::<Result<Vec<_>, _>>()?;
    if references.is_empty() {
        return Err("a signature is over no file".to_owned());
    }
    let text = |name: &'static str| {
        let named = signature.descendants().find(move |node| node.tag_name().name() == name);
        named.and_then(|node| node.text()).map(str::trim)
    };
    let certificate = text("X509Certificate")
        .and_then(|text| STANDARD.decode(text.split_ascii_whitespace().collect::<String>()).ok());
    let is_timestamp = |node: &Node<'_, '_>| node.tag_name().name() == "EncapsulatedTimeStamp";
    Ok(XmlSignature {
        references,
        certificate,
        signing_time: text("SigningTime").map(|time| time.chars().take(40).collect()),
        timestamps: signature.descendants().filter(is_timestamp).count(),
    })
}

/// Whether a reference is to a part of the document itself.
fn is_within(reference: Node<'_, '_>) -> bool {
    reference.attribute("URI").is_none_or(|uri| uri.is_empty() || uri.starts_with('#'))
}

/// The digest of a file; one of something that is made of the file is not compared.
fn untransformed(element: Node<'_, '_>) -> Result<Reference, String> {
    let mut reference = reference(element)?;
    if element.children().any(|node| node.has_tag_name((DSIG, "Transforms"))) {
        reference.digest = Err("the digest is of something that is made of the file".to_owned());
    }
    Ok(reference)
}

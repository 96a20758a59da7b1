//! DKIM signatures (RFC 6376, RFC 8463), made by ring.

use std::fmt;
use std::sync::Arc;

use altinn_core::key::{KeyError, PrivateKey, SignatureAlgorithm};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};
use thiserror::Error;

/// The headers that are signed, as far as a mail has them.
const SIGNED: [&str; 10] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-language",
    "auto-submitted",
];

/// A key that mails are signed with, and where its public half stands in the DNS:
/// `<selector>._domainkey.<domain>`.
///
/// RSA of 2048 bits or more (`rsa-sha256`) or Ed25519 (`ed25519-sha256`); headers and body are made canonical in the
/// relaxed way. The same mail gets the same signature at every attempt.
///
/// ```
/// use altinn_core::key::{PrivateKey, SigningKey};
/// use altinn_notify::channel::DkimKey;
///
/// let key = PrivateKey::from_pkcs8(SigningKey::generate()?.expose_pkcs8())?;
/// let dkim = DkimKey::new("example.com", "notify1", key)?;
/// assert!(!format!("{dkim:?}").is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct DkimKey {
    domain: String,
    selector: String,
    key: Arc<PrivateKey>,
    algorithm: SignatureAlgorithm,
}

/// Why a key cannot sign mails.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DkimError {
    /// The domain or the selector cannot stand in a name of the DNS.
    #[error("`{name}` cannot stand in a name of the DNS")]
    Name {
        /// The domain or the selector.
        name: String,
    },
    /// DKIM knows no signature of this kind of key.
    #[error("mails are signed with RSA or Ed25519")]
    Key,
}

impl DkimError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Name { .. } => "NOTIFY-DKIM-NAME",
            Self::Key => "NOTIFY-DKIM-KEY",
        }
    }
}

impl DkimKey {
    /// A key for a domain, which should be that of the senders, under a selector.
    ///
    /// # Errors
    /// [`DkimError`] when a name or the key cannot be used.
    pub fn new(
        domain: impl Into<String>,
        selector: impl Into<String>,
        key: PrivateKey,
    ) -> Result<Self, DkimError> {
        let (domain, selector) = (domain.into(), selector.into());
        for name in [&domain, &selector] {
            let is_label = |label: &str| {
                !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            };
            if !name.split('.').all(is_label) || name.len() > 200 {
                return Err(DkimError::Name {
                    name: name.chars().filter(|c| !c.is_control()).take(60).collect(),
                });
            }
        }
        let usable = [SignatureAlgorithm::Rs256, SignatureAlgorithm::EdDsa];
        let algorithm = usable.into_iter().find(|usable| key.algorithms().contains(usable));
        Ok(Self { domain, selector, key: Arc::new(key), algorithm: algorithm.ok_or(DkimError::Key)? })
    }

    /// The header that signs a mail, with its line break: to be written before all others.
    ///
    /// The mail is headers, an empty line and a body, every line ended by CR LF.
    pub(super) fn header(&self, mail: &str, at: DateTime<Utc>) -> Result<String, KeyError> {
        let (headers, body) = mail.split_once("\r\n\r\n").unwrap_or((mail, ""));
        let headers = unfolded(headers);
        let signed = SIGNED.iter().filter_map(|name| {
            let value = headers.iter().rev().find(|(found, _)| found == name).map(|(_, value)| value)?;
            Some((*name, format!("{name}:{value}\r\n")))
        });
        let (names, lines): (Vec<_>, Vec<_>) = signed.unzip();
        let body_hash = BASE64.encode(digest(&SHA256, canonical_body(body).as_bytes()));
        let algorithm = if self.is_rsa() { "rsa-sha256" } else { "ed25519-sha256" };
        let tags = format!(
            "v=1; a={algorithm}; c=relaxed/relaxed; d={}; s={}; t={}; h={}; bh={body_hash}; b=",
            self.domain,
            self.selector,
            at.timestamp(),
            names.join(":"),
        );
        let to_sign = format!("{}dkim-signature:{tags}", lines.concat());
        let signature = if self.is_rsa() {
            self.key.sign(self.algorithm, to_sign.as_bytes())?
        } else {
            // RFC 8463, section 3: the digest is what Ed25519 signs.
            self.key.sign(self.algorithm, digest(&SHA256, to_sign.as_bytes()).as_ref())?
        };
        Ok(folded(&tags, &BASE64.encode(signature)))
    }

    fn is_rsa(&self) -> bool {
        self.algorithm == SignatureAlgorithm::Rs256
    }
}

impl fmt::Debug for DkimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DkimKey")
            .field("domain", &self.domain)
            .field("selector", &self.selector)
            .finish_non_exhaustive()
    }
}

/// The headers by lower-case name, in their order, with canonical values: unfolded, white space of any length one space.
fn unfolded(headers: &str) -> Vec<(String, String)> {
    let mut lines: Vec<String> = Vec::new();
    for line in headers.split("\r\n") {
        match lines.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => last.push_str(line),
            _ => lines.push(line.to_owned()),
        }
    }
    let header = |line: &String| {
        let (name, value) = line.split_once(':')?;
        let value = value.split([' ', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        Some((name.trim_end().to_ascii_lowercase(), value))
    };
    lines.iter().filter_map(header).collect()
}

/// The body in the relaxed way: no white space at the end of a line, one space elsewhere, no empty lines at the end.
fn canonical_body(body: &str) -> String {
    let mut canonical = String::with_capacity(body.len());
    for line in body.split("\r\n") {
        let mut after_space = false;
        for letter in line.trim_end_matches([' ', '\t']).chars() {
            let is_space = matches!(letter, ' ' | '\t');
            match (is_space, after_space) {
                (true, false) => canonical.push(' '),
                (true, true) => {}
                (false, _) => canonical.push(letter),
            }
            after_space = is_space;
        }
        canonical.push_str("\r\n");
    }
    let length = canonical.trim_end_matches("\r\n").len();
    canonical.truncate(length);
    if !canonical.is_empty() {
        canonical.push_str("\r\n");
    }
    canonical
}

/// The header over several lines: white space is nothing in the signature's value, and one space elsewhere.
fn folded(tags: &str, signature: &str) -> String {
    let mut header = format!("DKIM-Signature: {}", tags.replace("; ", ";\r\n "));
    let mut rest = signature;
    while let Some((line, behind)) = rest.split_at_checked(70) {
        header.push_str("\r\n ");
        header.push_str(line);
        rest = behind;
    }
    header.push_str("\r\n ");
    header.push_str(rest);
    header.push_str("\r\n");
    header
}

#[cfg(test)]
mod tests {
    use altinn_core::key::SigningKey;
    use altinn_core::key::VerifyingKey;

    use super::*;

    const MAIL: &str = "From: a@example.com\r\nTo: b@example.com\r\nSubject: Hei\r\n  p=C3=A5 \tdeg\r\n\r\nEn  linje \t\r\n\r\n to\r\n\r\n\r\n";

    fn key() -> (DkimKey, VerifyingKey) {
        let key = SigningKey::generate().expect("a key");
        let private = PrivateKey::from_pkcs8(key.expose_pkcs8()).expect("a key");
        (DkimKey::new("example.com", "s1", private).expect("a key"), key.verifying_key())
    }

    #[test]
    fn canonical_forms_are_those_of_the_standard() {
        // RFC 6376, section 3.4.5.
        let mail = "A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
        let (headers, body) = mail.split_once("\r\n\r\n").expect("both");
        let headers: Vec<_> =
            unfolded(headers).into_iter().map(|(name, value)| format!("{name}:{value}")).collect();
        assert_eq!(headers, ["a:X", "b:Y Z"]);
        assert_eq!(canonical_body(body), " C\r\nD E\r\n");
        assert_eq!(canonical_body(""), "");
        assert_eq!(canonical_body("\r\n\r\n"), "");
    }

    #[test]
    fn a_signature_holds_over_headers_and_body_as_its_own_tags_say() {
        let (dkim, public) = key();
        let header = dkim.header(MAIL, DateTime::UNIX_EPOCH).expect("a signature");
        assert!(header.split("\r\n").all(|line| line.len() <= 998));
        let (_, value) = unfolded(header.trim_end()).into_iter().next().expect("one");
        let (tags, signature) = value.rsplit_once("b=").expect("a signature");
        let to_sign = format!(
            "from:a@example.com\r\nto:b@example.com\r\nsubject:Hei p=C3=A5 deg\r\ndkim-signature:{tags}b="
        );
        let signature = BASE64.decode(signature.replace(' ', "")).expect("base64");
        let hash = digest(&SHA256, to_sign.as_bytes());
        public.verify(hash.as_ref(), &signature).expect("it holds");
        assert!(tags.contains("h=from:to:subject;") && tags.contains("d=example.com; s=s1; t=0;"), "{tags}");
        assert_eq!(header, dkim.header(MAIL, DateTime::UNIX_EPOCH).expect("a signature"));
    }

    #[test]
    fn names_that_are_none_are_refused() {
        for name in ["", "a b", "a;b", "a..b", "a\r\nb"] {
            let private =
                PrivateKey::from_pkcs8(SigningKey::generate().expect("a key").expose_pkcs8()).expect("a key");
            assert!(DkimKey::new(name, "s1", private).is_err(), "{name:?}");
        }
    }
}

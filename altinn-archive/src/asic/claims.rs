//! What manifests and signatures say of the other files of a container.

use std::collections::{BTreeMap, BTreeSet};

use super::digest_algorithm::DigestAlgorithm;
use super::manifest::Manifest;
use super::name::{MIMETYPE, Role};
use super::report::{Fault, Remark, SignatureForm};
use super::signature::Findings;
use super::xades::parse_signatures;
use super::xml::{Reference, file_of};

/// What the file `mimetype` of an ASiC-E container says.
pub(super) const MEDIA_TYPE: &str = "application/vnd.etsi.asic-e+zip";

/// What that of an ASiC-S container says: one file, with a signature or timestamp over the file itself (clause 4.3).
const SIMPLE_MEDIA_TYPE: &str = "application/vnd.etsi.asic-s+zip";

/// The digests that a manifest or signature has of other files.
pub(super) struct Claim {
    /// The file with the digests.
    pub(super) by: String,
    /// The signature over them.
    pub(super) signature: String,
    pub(super) references: Vec<Reference>,
}

/// The manifests, signatures and `mimetype`, by name.
pub(super) struct Controls(pub(super) BTreeMap<String, Vec<u8>>);

impl Controls {
    /// Whether `mimetype` is as annex A.1 of EN 319 162-1 wants it: when it is there, first and as it is.
    pub(super) fn check_mimetype(&self, comes_first: bool, findings: &mut Findings) {
        let what = match self.0.get(MIMETYPE).map(Vec::as_slice) {
            None => return findings.remarks.push(Remark::NoMimetype),
            Some(bytes) if bytes != MEDIA_TYPE.as_bytes() && !self.is_simple() => {
                "does not say that this is an ASiC container"
            }
            Some(_) if !comes_first => "is not the first file, or is packed",
            Some(_) => return,
        };
        findings.faults.push(Fault::Mimetype { what });
    }

    /// Whether `mimetype` says that this is an ASiC-S container.
    pub(super) fn is_simple(&self) -> bool {
        self.0.get(MIMETYPE).is_some_and(|bytes| bytes == SIMPLE_MEDIA_TYPE.as_bytes())
    }

    /// The list of files with their media types, if there is one.
    pub(super) fn open_document(&self) -> Option<(&str, &[u8])> {
        let found = self.0.iter().find(|(name, _)| Role::of(name) == Role::OpenDocument);
        found.map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// What all manifests and signatures claim; the signatures are verified on the way.
    /// `data` are the files that the container is there for, and `content` is what is in the one of a simple container,
    /// unless it is large.
    pub(super) fn claims(
        &self,
        data: &[&String],
        content: Option<&[u8]>,
        findings: &mut Findings,
    ) -> Vec<Claim> {
        let mut claims = Vec::new();
        for (name, bytes) in &self.0 {
            match Role::of(name) {
                Role::Manifest | Role::ArchiveManifest => match Manifest::parse(bytes) {
                    Ok(manifest) => claims.extend(self.signed_manifest(name, bytes, manifest, findings)),
                    Err(what) => findings.faults.push(Fault::Manifest { part: name.clone(), what }),
                },
                Role::Xades => claims.extend(xml_signatures(name, bytes, findings)),
                _ => {}
            }
        }
        let signed: BTreeSet<_> = claims.iter().map(|claim| &claim.signature).collect();
        let is_signature = |name: &&String| matches!(Role::of(name), Role::Cades | Role::Timestamp);
        let stray: Vec<_> =
            self.0.iter().filter(|(name, _)| is_signature(name) && !signed.contains(name)).collect();
        match data {
            [file] if self.is_simple() => {
                let simple =
                    |(name, bytes): (&String, &Vec<u8>)| simple(name, bytes, file, content, findings);
                claims.extend(stray.into_iter().map(simple));
            }
            _ => {
                findings
                    .faults
                    .extend(stray.into_iter().map(|(name, _)| Fault::Stray { part: name.clone() }));
            }
        }
        if !self.0.keys().any(|name| is_signature(&name) || Role::of(name) == Role::Xades) {
            findings.faults.push(Fault::NoSignature);
        }
        claims
    }

    /// Verifies the signature or timestamp that a manifest names.
    fn signed_manifest(
        &self,
        name: &str,
        bytes: &[u8],
        manifest: Manifest,
        findings: &mut Findings,
    ) -> Option<Claim> {
        if manifest.references.is_empty() {
            let (part, what) = (name.to_owned(), "it names no file".to_owned());
            findings.faults.push(Fault::Manifest { part, what });
        }
        let names: Vec<_> = self.0.keys().cloned().collect();
        let named = file_of(&manifest.signature, &names).and_then(|file| self.0.get_key_value(file));
        let Some((signature, signature_bytes)) = named else {
            let part = manifest.signature.chars().take(255).collect();
            findings.faults.push(Fault::Missing { part, by: name.to_owned() });
            return None;
        };
        match Role::of(signature) {
            Role::Timestamp => findings.timestamp(signature, signature_bytes, bytes),
            _ => findings.cades(signature, signature_bytes, bytes),
        }
        let (by, signature) = (name.to_owned(), signature.clone());
        Some(Claim { by, signature, references: manifest.references })
    }
}

/// The signature or timestamp of a simple container is over its one file; that of a large file is not verified.
fn simple(
    signature: &str,
    bytes: &[u8],
    file: &str,
    content: Option<&[u8]>,
    findings: &mut Findings,
) -> Claim {
    let form = match Role::of(signature) {
        Role::Timestamp => SignatureForm::Timestamp,
        _ => SignatureForm::Cades,
    };
    match (content, form) {
        (Some(content), SignatureForm::Timestamp) => findings.timestamp(signature, bytes, content),
        (Some(content), _) => findings.cades(signature, bytes, content),
        (None, _) => findings.too_large(signature, form),
    }
    let sha256 = |content| (DigestAlgorithm::Sha256, DigestAlgorithm::Sha256.digest(content));
    let digest = content.map(sha256).ok_or_else(|| "it is too large".to_owned());
    let references = vec![Reference { uri: file.to_owned(), digest, media_type: None }];
    Claim { by: signature.to_owned(), signature: signature.to_owned(), references }
}

fn xml_signatures(name: &str, bytes: &[u8], findings: &mut Findings) -> Vec<Claim> {
    let signatures = match parse_signatures(bytes) {
        Ok(signatures) => signatures,
        Err(what) => {
            findings.faults.push(Fault::XmlSignature { part: name.to_owned(), what });
            return Vec::new();
        }
    };
    signatures.iter().for_each(|signature| findings.xades(name, signature));
    let claim = |references| Claim { by: name.to_owned(), signature: name.to_owned(), references };
    signatures.into_iter().map(|signature| claim(signature.references)).collect()
}

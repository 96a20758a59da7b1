//! What a container turned out to be.

use altinn_core::Digest;
use chrono::{DateTime, Utc};
use serde::Serialize;
use thiserror::Error;

use super::cms::{CertificateInfo, SignatureError};

/// Whether a container is what it says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Every file is as it was signed, and every signature verifies with the certificate in it. Whether that is to be
    /// trusted is for the reader to say.
    Valid,
    /// Nothing is known to be wrong, but a signature or a digest is of a kind that is not verified here.
    Unsupported,
    /// Something is wrong: the report says what.
    Invalid,
}

/// What a container holds and what was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AsicReport {
    /// The files that the container is there for.
    pub files: Vec<FileReport>,
    /// The signatures and timestamps over them.
    pub signatures: Vec<SignatureReport>,
    /// What is wrong, in the order in which it was found.
    pub faults: Vec<Fault>,
    /// What is not as it should be and proves nothing wrong.
    pub remarks: Vec<Remark>,
}

/// A file that the container is there for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FileReport {
    /// The name.
    pub name: String,
    /// The media type, when a manifest says it.
    pub media_type: Option<String>,
    /// The number of bytes.
    pub size: u64,
    /// The SHA-256 of the bytes.
    pub sha256: Digest,
    /// The files of the signatures that cover it.
    pub covered_by: Vec<String>,
}

/// The form of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum SignatureForm {
    /// CMS with a manifest.
    Cades,
    /// XML signature: not verified here.
    Xades,
    /// A timestamp in the place of a signature.
    Timestamp,
}

/// A signature or timestamp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignatureReport {
    /// The file that it is in.
    pub file: String,
    /// Its form.
    pub form: SignatureForm,
    /// Whether it verifies.
    pub verdict: Verdict,
    /// When the signer says that it was made; for a timestamp, its time.
    pub signing_time: Option<DateTime<Utc>>,
    /// The certificate in it.
    pub certificate: Option<CertificateInfo>,
    /// The timestamps over it that verify.
    pub timestamps: Vec<DateTime<Utc>>,
    /// How many timestamps over it are of a kind that is not verified here.
    pub unverified_timestamps: usize,
}

impl SignatureReport {
    /// A signature of which nothing more is known.
    pub(super) fn new(file: &str, form: SignatureForm, verdict: Verdict) -> Self {
        Self {
            file: file.to_owned(),
            form,
            verdict,
            signing_time: None,
            certificate: None,
            timestamps: Vec::new(),
            unverified_timestamps: 0,
        }
    }
}

/// What is wrong with a container. Every fault names the part.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Fault {
    /// `mimetype` is not what it must be where it is there.
    #[error("`mimetype` {what}")]
    Mimetype {
        /// What is wrong with it.
        what: &'static str,
    },
    /// A manifest is not of the right form.
    #[error("manifest `{part}`: {what}")]
    Manifest {
        /// The manifest.
        part: String,
        /// What is wrong with it.
        what: String,
    },
    /// A manifest or signature names a file that is not there.
    #[error("`{by}` names `{part}`, which is not there")]
    Missing {
        /// The missing file.
        part: String,
        /// The file that names it.
        by: String,
    },
    /// A file is not as it was when it was signed.
    #[error("file `{part}` is not the one that `{by}` is over")]
    Digest {
        /// The file.
        part: String,
        /// The file with its digest.
        by: String,
    },
    /// A signature is wrong.
    #[error("signature `{part}`: {error}")]
    Signature {
        /// The file of the signature.
        part: String,
        /// What is wrong with it.
        error: SignatureError,
    },
    /// A file with XML signatures is not of the right form.
    #[error("signature `{part}`: {what}")]
    XmlSignature {
        /// The file of the signatures.
        part: String,
        /// What is wrong with it.
        what: String,
    },
    /// A timestamp is wrong.
    #[error("a timestamp in `{part}`: {error}")]
    Timestamp {
        /// The file of the timestamp or of the signature that it is over.
        part: String,
        /// What is wrong with it.
        error: SignatureError,
    },
    /// No manifest is for this signature.
    #[error("signature `{part}` is over no manifest")]
    Stray {
        /// The file of the signature.
        part: String,
    },
    /// No signature covers a file.
    #[error("file `{part}` is covered by no signature")]
    Uncovered {
        /// The file.
        part: String,
    },
    /// There is no signature.
    #[error("the container holds no signature")]
    NoSignature,
}

impl Fault {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Mimetype { .. } => "ASIC-MIMETYPE",
            Self::Manifest { .. } => "ASIC-MANIFEST",
            Self::Missing { .. } => "ASIC-MISSING",
            Self::Digest { .. } => "ASIC-DIGEST",
            Self::Signature { .. } => "ASIC-SIGNATURE",
            Self::XmlSignature { .. } => "ASIC-XML-SIGNATURE",
            Self::Timestamp { .. } => "ASIC-TIMESTAMP",
            Self::Stray { .. } => "ASIC-STRAY-SIGNATURE",
            Self::Uncovered { .. } => "ASIC-UNCOVERED",
            Self::NoSignature => "ASIC-NO-SIGNATURE",
        }
    }

    /// The file that is wrong; none when it is the container itself.
    pub fn part(&self) -> Option<&str> {
        match self {
            Self::Mimetype { .. } => Some("mimetype"),
            Self::Manifest { part, .. }
            | Self::Missing { part, .. }
            | Self::Digest { part, .. }
            | Self::Signature { part, .. }
            | Self::XmlSignature { part, .. }
            | Self::Timestamp { part, .. }
            | Self::Stray { part }
            | Self::Uncovered { part } => Some(part),
            Self::NoSignature => None,
        }
    }
}

impl Serialize for Fault {
    /// As `code`, `part` and `detail`.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown<'a> {
            code: &'a str,
            part: Option<&'a str>,
            detail: String,
        }
        Shown { code: self.code(), part: self.part(), detail: self.to_string() }.serialize(serializer)
    }
}

/// What is not as it should be and proves nothing wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Error)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
#[non_exhaustive]
pub enum Remark {
    /// The container has no `mimetype`.
    #[error("the container has no `mimetype`")]
    NoMimetype,
    /// A digest is weaker than what is used today.
    #[error("`{part}` uses SHA-1")]
    WeakDigest {
        /// The manifest or signature.
        part: String,
    },
    /// The certificate is not among what is signed, so the signature is CMS and not CAdES.
    #[error("`{part}` does not say which certificate it was made with")]
    CertificateNotBound {
        /// The signature.
        part: String,
    },
    /// The certificate was not valid at the time at which the signature says that it was made.
    #[error("`{part}` was made when its certificate was not valid")]
    OutsideValidity {
        /// The signature.
        part: String,
    },
    /// A signature or timestamp was not verified: its algorithm or its form is not known here.
    #[error("`{part}` is not verified: {why}")]
    NotVerified {
        /// The signature or timestamp.
        part: String,
        /// Why not.
        why: String,
    },
    /// A file was not compared with what is signed of it.
    #[error("`{part}` is not compared with what `{by}` has of it: {why}")]
    NotCompared {
        /// The file.
        part: String,
        /// The manifest or signature.
        by: String,
        /// Why not.
        why: String,
    },
    /// The list of files in `META-INF/manifest.xml` is not that of the files that are there.
    #[error("`META-INF/manifest.xml` and the container differ in `{part}`")]
    Unlisted {
        /// The file.
        part: String,
    },
}

impl AsicReport {
    /// Whether the container is what it says it is.
    pub fn verdict(&self) -> Verdict {
        if !self.faults.is_empty() {
            return Verdict::Invalid;
        }
        let unverified = self.signatures.iter().any(|signature| signature.verdict != Verdict::Valid);
        let uncompared = self.remarks.iter().any(|remark| matches!(remark, Remark::NotCompared { .. }));
        if unverified || uncompared { Verdict::Unsupported } else { Verdict::Valid }
    }
}

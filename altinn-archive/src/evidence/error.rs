//! What can be wrong with evidence of signatures.

use altinn_core::jws::JwsError;
use thiserror::Error;

use crate::Digest;

/// Why evidence of a signature proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// It is not JSON of the form of signatures, or too long.
    #[error("not a signature of a user: line {line}, column {column} is wrong")]
    Form {
        /// The line, counted from 1; 0 when the text is too long.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// It is of a later version, or of none.
    #[error("version {found} of signatures is not known")]
    Version {
        /// The version that was found.
        found: u8,
    },
    /// The seal is not the agency's over this record.
    #[error("the seal: {0}")]
    Seal(#[from] JwsError),
    /// A signature that was there when a later one was made is gone, or comes after it.
    #[error("signature {place} was made beside signature `{missing}`, which is not there before it")]
    Removed {
        /// The place of the later one, counted from 0.
        place: usize,
        /// The digest of the one that is missing.
        missing: Digest,
    },
    /// The signature is not over this element, or not over these bytes.
    #[error("the signature is not over these bytes of element `{name}`")]
    Element {
        /// The element's name.
        name: String,
    },
}

impl EvidenceError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Form { .. } => "EVIDENCE-FORM",
            Self::Version { .. } => "EVIDENCE-VERSION",
            Self::Seal(error) => error.code(),
            Self::Removed { .. } => "EVIDENCE-REMOVED",
            Self::Element { .. } => "EVIDENCE-ELEMENT",
        }
    }
}

//! What can be wrong with a receipt.

use thiserror::Error;

use crate::log::{CheckpointError, NoteError, ProofError};

/// Which part of a receipt or a promise is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// It is longer than a receipt may be.
    #[error("a receipt has at most {} bytes and not {found}", super::Receipt::MAX_LENGTH)]
    TooLong {
        /// How many bytes it has.
        found: usize,
    },
    /// It is not JSON of the form of a receipt.
    #[error("not a receipt: line {line}, column {column} is wrong")]
    Form {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// It is of a later version, or of none.
    #[error("version {found} of receipts is not known")]
    Version {
        /// The version in the receipt.
        found: u8,
    },
    /// A cosignature is no line of a note, is there twice, or there are too many.
    #[error("a cosignature is not of the form `— name base64`, or is there twice")]
    Cosignatures,
    /// A witness has not signed this checkpoint.
    #[error("the cosignature of witness `{witness}` does not fit the checkpoint")]
    Cosignature {
        /// The witness's name.
        witness: String,
    },
    /// A field of the entry is missing, twice there, or of the wrong form.
    #[error("field `{name}` is missing or wrong")]
    Field {
        /// Which field.
        name: &'static str,
    },
    /// It is of another log, or signed with another key.
    #[error("the receipt is of log `{found}` and not of `{expected}`")]
    OtherLog {
        /// Origin and key id that were asked for.
        expected: String,
        /// Origin and key id in the receipt.
        found: String,
    },
    /// The checkpoint is not the log's.
    #[error("the checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The entry, as it is shown, is not in the log at that place.
    #[error("the inclusion proof: {0}")]
    Inclusion(#[from] ProofError),
    /// The promise is about something else than what it shows.
    #[error("what is promised is not what is shown")]
    Promise,
    /// The entry has no such element.
    #[error("the receipt shows no element `{name}`")]
    NoElement {
        /// Which element.
        name: String,
    },
    /// The bytes are not the element's content.
    #[error("the bytes are not the content of element `{name}`")]
    Content {
        /// Which element.
        name: String,
    },
}

impl ReceiptError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "RECEIPT-TOO-LONG",
            Self::Form { .. } => "RECEIPT-FORM",
            Self::Version { .. } => "RECEIPT-VERSION",
            Self::Cosignature { .. } => "RECEIPT-COSIGNATURE",
            Self::Cosignatures => "RECEIPT-COSIGNATURES",
            Self::Field { .. } => "RECEIPT-FIELD",
            Self::OtherLog { .. } => "RECEIPT-OTHER-LOG",
            Self::Checkpoint(_) => "RECEIPT-CHECKPOINT",
            Self::Inclusion(_) => "RECEIPT-INCLUSION",
            Self::Promise => "RECEIPT-PROMISE",
            Self::NoElement { .. } => "RECEIPT-NO-ELEMENT",
            Self::Content { .. } => "RECEIPT-CONTENT",
        }
    }
}

impl From<NoteError> for ReceiptError {
    fn from(error: NoteError) -> Self {
        CheckpointError::from(error).into()
    }
}

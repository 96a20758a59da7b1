//! What was kept outside the archive.

use crate::log::{Checkpoint, VerifierKey};
use crate::receipt::{Receipt, ReceiptError};

/// What was kept outside the archive, where whoever edits the database does not reach it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Anchor {
    /// Any receipt.
    Receipt(Box<Receipt>),
    /// Any checkpoint: the note that the log has signed, as it was kept in a file or by a witness with its cosignatures.
    Checkpoint(String),
}

impl Anchor {
    /// What the log had committed to then.
    pub(super) fn verify(&self, key: &VerifierKey) -> Result<Checkpoint, ReceiptError> {
        match self {
            Self::Receipt(receipt) => receipt.verified_checkpoint(key),
            Self::Checkpoint(note) => Ok(Checkpoint::verify_cosigned(note, key)?),
        }
    }
}

impl From<Receipt> for Anchor {
    fn from(receipt: Receipt) -> Self {
        Self::Receipt(Box::new(receipt))
    }
}

//! What a leaf of the log is made of.

use altinn_core::{Digest, canonical_json};
use serde_json::json;

use super::EntryId;
use crate::log::leaf_hash;

/// What a leaf of the log is made of: the entry's id and the commitments to its fields, nothing that can be guessed.
///
/// The leaf is the canonical JSON `{"commitments":[...],"entry":"...","version":1}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) entry: EntryId,
    pub(crate) commitments: Vec<Digest>,
}

impl Header {
    /// The version of the form of headers and openings.
    pub(crate) const VERSION: u8 = 1;

    /// The leaf.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let header =
            json!({ "commitments": self.commitments, "entry": self.entry, "version": Self::VERSION });
        canonical_json(&header)
    }

    /// The hash of the leaf.
    pub(crate) fn leaf_hash(&self) -> Digest {
        leaf_hash(&self.to_bytes())
    }
}

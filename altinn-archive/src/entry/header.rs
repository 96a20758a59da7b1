//! What a leaf of the log is made of.

use std::fmt::Write as _;

use altinn_core::Digest;

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
        let mut leaf = String::with_capacity(128 + 67 * self.commitments.len());
        leaf.push_str(r#"{"commitments":["#);
        for (place, commitment) in self.commitments.iter().enumerate() {
            leaf.push_str(if place == 0 { "\"" } else { ",\"" });
            let _ = write!(leaf, "{commitment}\"");
        }
        let _ = write!(leaf, r#"],"entry":"{}","version":{}}}"#, self.entry, Self::VERSION);
        leaf.into_bytes()
    }

    /// The hash of the leaf.
    pub(crate) fn leaf_hash(&self) -> Digest {
        leaf_hash(&self.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use altinn_core::canonical_json;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_leaf_is_canonical_json() {
        for count in [0, 1, 9] {
            let commitments: Vec<_> = (0..count).map(|n: u8| Digest::of(&[n])).collect();
            let header = Header { entry: EntryId::new(Uuid::from_u128(0xA1)), commitments };
            let expected = json!({"commitments": header.commitments, "entry": header.entry, "version": 1});
            assert_eq!(header.to_bytes(), canonical_json(&expected));
        }
    }
}

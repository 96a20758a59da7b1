//! Where in the log an entry stands.

use altinn_core::Digest;

use crate::log::{NodeSource, ProofError, inclusion_proof};

/// Where in the log an entry stands, and how that is proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proof {
    pub(crate) leaf_index: u64,
    pub(crate) inclusion_proof: Vec<Digest>,
    /// The note that the log has signed.
    pub(crate) checkpoint: String,
}

impl Proof {
    /// The proof in the tree of `size` leaves that the checkpoint commits to.
    pub(crate) fn from_tiles(
        leaf_index: u64,
        size: u64,
        checkpoint: String,
        source: &impl NodeSource,
    ) -> Result<Self, ProofError> {
        let inclusion_proof = inclusion_proof(leaf_index, size, source)?;
        Ok(Self { leaf_index, inclusion_proof, checkpoint })
    }
}

//! The verifiable log: a Merkle tree as in [RFC 6962], checkpoints as in C2SP's [tlog-checkpoint] and [signed-note].
//!
//! Everything in here is pure: hashing, proving and verifying without a store.
//!
//! [RFC 6962]: https://www.rfc-editor.org/rfc/rfc6962#section-2.1
//! [tlog-checkpoint]: https://c2sp.org/tlog-checkpoint
//! [signed-note]: https://c2sp.org/signed-note

mod checkpoint;
mod frontier;
mod log_key;
mod node;
mod proof;
mod signed_note;
mod subtree;
mod tile;
mod tile_path;
mod tree;
mod verifier_key;
mod witness;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use frontier::Frontier;
pub use log_key::{LogKey, LogKeyError};
pub use node::{Node, NodeSource};
pub use proof::{
    ProofError, consistency_nodes, consistency_proof, inclusion_nodes, inclusion_proof, verify_consistency,
    verify_inclusion,
};
pub use signed_note::{NoteError, NoteSignature, SignedNote};
pub use subtree::{verify_subtree_consistency, verify_subtree_inclusion};
pub use tile::{Tile, TileId, Tiles};
pub use tile_path::{TilePath, TilePathError};
pub use tree::{empty_root, leaf_hash, node_hash, root};
pub use verifier_key::{VerifierKey, VerifierKeyError};
pub use witness::{Cosigned, Witness, WitnessKey};

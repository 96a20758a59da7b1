//! What a log gives to mirrors, witnesses and auditors.

use std::collections::BTreeSet;

use altinn_core::store::params;
use serde::{Deserialize, Serialize};

use super::head::{Head, stored};
use super::record::header;
use super::{Archive, read_tile, tiles};
use crate::Digest;
use crate::error::ArchiveError;
use crate::log::{
    Checkpoint, Node, ProofError, SignedNote, Tile, TileId, TilePath, Tiles, VerifierKey, consistency_nodes,
    consistency_proof, verify_consistency,
};
use crate::receipt::ReceiptError;

/// The proof that the log has grown from one checkpoint to another, and that nothing before was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Consistency {
    /// The earlier checkpoint, as the note that the log has signed.
    pub first: String,
    /// The later checkpoint.
    pub second: String,
    /// The proof (RFC 6962, section 2.1.2).
    pub consistency_proof: Vec<Digest>,
}

impl Consistency {
    /// Verifies the proof with the log's public key alone; gives the numbers of leaves of both checkpoints.
    ///
    /// # Errors
    /// [`ReceiptError::Checkpoint`], [`ReceiptError::Inclusion`].
    pub fn verify(&self, key: &VerifierKey) -> Result<(u64, u64), ReceiptError> {
        let first = Checkpoint::verify_cosigned(&self.first, key)?;
        let second = Checkpoint::verify_cosigned(&self.second, key)?;
        let (proof, roots) = (&self.consistency_proof, (first.root.as_bytes(), second.root.as_bytes()));
        verify_consistency(first.size, second.size, proof, roots.0, roots.1)?;
        Ok((first.size, second.size))
    }
}

impl Archive {
    /// The latest checkpoint, with the cosignatures of witnesses; none as long as the log is empty.
    ///
    /// # Errors
    /// [`ArchiveError::Store`], [`ArchiveError::Damaged`].
    pub async fn checkpoint(&self) -> Result<Option<SignedNote>, ArchiveError> {
        let head = Head::read(&self.store).await?;
        if head.size == 0 { Ok(None) } else { self.checkpoint_of(head.size).await.map(Some) }
    }

    /// The checkpoint of this number of leaves, with the cosignatures of witnesses.
    ///
    /// # Errors
    /// [`ArchiveError::NoCheckpoint`] when the log has signed none of this size.
    pub async fn checkpoint_of(&self, size: u64) -> Result<SignedNote, ArchiveError> {
        let sql = "select note from archive_checkpoint where size = $1";
        let row = self.store.query_opt(sql, params![stored(size)]).await?;
        let note: String = row.ok_or(ArchiveError::NoCheckpoint { size })?.get("note")?;
        let damaged = |_| ArchiveError::damaged(format!("the checkpoint of size {size}"));
        let note: SignedNote = note.parse().map_err(damaged)?;
        Ok(self.cosignatures(size).await?.into_iter().fold(note, SignedNote::with_signature))
    }

    /// The proof that the log has grown from the checkpoint of `first` leaves to that of `second`.
    ///
    /// # Errors
    /// [`ArchiveError::NoCheckpoint`] when the log has signed none of one of the sizes; [`ArchiveError::Proof`] when
    /// the first is the larger one.
    #[tracing::instrument(level = "debug", skip(self))]
    pub async fn consistency(&self, first: u64, second: u64) -> Result<Consistency, ArchiveError> {
        let notes = (self.checkpoint_of(first).await?, self.checkpoint_of(second).await?);
        let ids: BTreeSet<_> = consistency_nodes(first, second)?.into_iter().map(Node::tile).collect();
        let tiles: Tiles = tiles::read(&self.store, &ids).await?.into_iter().collect();
        let missing = |error| match error {
            ProofError::MissingNode(_) => ArchiveError::damaged("a tile of the log"),
            error => error.into(),
        };
        let consistency_proof = consistency_proof(first, second, &tiles).map_err(missing)?;
        Ok(Consistency { first: notes.0.to_string(), second: notes.1.to_string(), consistency_proof })
    }

    /// What a mirror is given under a path; none when the log has not grown so far. What is given for a tile or bundle
    /// never changes, a checkpoint does.
    ///
    /// The entries of a bundle are what the log's leaves are hashes of: commitments with an id, each behind its length
    /// in two bytes. They reveal nothing of what was archived.
    ///
    /// # Errors
    /// [`ArchiveError::Store`], [`ArchiveError::Damaged`].
    #[tracing::instrument(level = "debug", skip(self), fields(path = %path))]
    pub async fn serve(&self, path: TilePath) -> Result<Option<Vec<u8>>, ArchiveError> {
        match path {
            TilePath::Checkpoint => Ok(self.checkpoint().await?.map(|note| note.to_string().into_bytes())),
            TilePath::Tile { id, width } => self.serve_tile(id, width).await,
            TilePath::Entries { index, width } => self.serve_entries(index, width).await,
        }
    }

    async fn serve_tile(&self, id: TileId, width: u16) -> Result<Option<Vec<u8>>, ArchiveError> {
        let bytes = read_tile(&self.store, id).await?;
        Ok(bytes.and_then(|bytes| bytes.get(..usize::from(width) * 32).map(<[u8]>::to_vec)))
    }

    async fn serve_entries(&self, index: u64, width: u16) -> Result<Option<Vec<u8>>, ArchiveError> {
        let Some(first) = index.checked_mul(Tile::WIDTH as u64) else { return Ok(None) };
        let sql = "select l.leaf_index, e.id, e.version, e.commitments from archive_leaf l \
                   join archive_entry e on e.id = l.entry_id \
                   where l.leaf_index >= $1 and l.leaf_index < $2 order by l.leaf_index";
        let end = first.saturating_add(u64::from(width));
        let rows = self.store.query(sql, params![stored(first), stored(end)]).await?;
        if rows.len() < usize::from(width) {
            return Ok(None);
        }
        let mut bundle = Vec::new();
        for row in &rows {
            let leaf = header(row)?.to_bytes();
            let length = u16::try_from(leaf.len()).map_err(|_| ArchiveError::damaged("an entry's leaf"))?;
            bundle.extend_from_slice(&length.to_be_bytes());
            bundle.extend_from_slice(&leaf);
        }
        Ok(Some(bundle))
    }
}

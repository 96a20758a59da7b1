//! One round of integration: from the log's edge and some leaves to the next edge, all in memory.

use std::collections::HashMap;

use altinn_core::Digest;
use altinn_core::store::{Batch, Column, ColumnKind, InsertRows, params};

use super::head::{Head, stored};
use super::tiles;
use crate::entry::EntryId;
use crate::log::{Checkpoint, Frontier, LogKey, Tile, Tiles};
use crate::receipt::Proof;

/// The rows of leaves.
static LEAVES: InsertRows = InsertRows::new(
    "archive_leaf",
    &[
        Column::new("leaf_index", ColumnKind::Int),
        Column::new("entry_id", ColumnKind::Uuid),
        Column::new("checkpoint_size", ColumnKind::Int),
    ],
);

/// Where the log ends.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) head: Head,
    pub(super) frontier: Frontier,
}

/// An entry that waits to be put into the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Staged {
    pub(super) entry: EntryId,
    pub(super) leaf: Digest,
}

/// What a round put into the log, with all that its receipts need.
#[derive(Debug)]
pub(super) struct Round {
    places: HashMap<EntryId, (u64, Digest)>,
    tiles: Tiles,
    checkpoint: String,
    size: u64,
}

impl Edge {
    /// Appends the leaves, signs the log's next state, and adds all of it to the batch, which conflicts when another
    /// integrator was first. The round must not leave this process before the batch is committed.
    pub(super) fn append(mut self, staged: &[Staged], key: &LogKey, batch: &mut Batch) -> (Self, Round) {
        let first = self.frontier.size();
        let mut changed: Vec<Tile> = Vec::new();
        for staged in staged {
            self.frontier.push(staged.leaf, |tile| changed.push(tile));
        }
        let size = self.frontier.size();
        let root = self.frontier.root();
        let checkpoint = Checkpoint { origin: key.origin().to_owned(), size, root }.sign(key);

        let head = self.head.swap(batch, size, root);
        let leaves = (first..).zip(staged);
        let leaf = |(index, staged): (u64, &Staged)| params![stored(index), staged.entry, stored(size)];
        batch.insert_rows(&LEAVES, leaves.clone().map(leaf).collect());
        batch.execute(
            "delete from archive_staged where entry_id in \
             (select entry_id from archive_leaf where leaf_index >= $1 and leaf_index < $2)",
            params![stored(first), stored(size)],
        );
        batch.execute_one(
            "insert into archive_checkpoint (size, note) values ($1, $2)",
            params![stored(size), checkpoint.as_str()],
        );
        let full = changed.len();
        changed.extend(self.frontier.partial_tiles());
        let grew = |tile: &Tile| tile.id.level == 0 || changed_below(&changed, full, tile);
        changed.iter().filter(|tile| grew(tile)).for_each(|tile| tiles::put(batch, tile));

        let places = leaves.map(|(index, staged)| (staged.entry, (index, staged.leaf))).collect();
        let round = Round { places, tiles: changed.into_iter().collect(), checkpoint, size };
        (Self { head, frontier: self.frontier }, round)
    }
}

/// Whether a tile of the level below was filled, so that this one has a hash more.
fn changed_below(changed: &[Tile], full: usize, tile: &Tile) -> bool {
    changed.iter().take(full).any(|below| below.id.level + 1 == tile.id.level)
}

impl Round {
    /// How many leaves it put into the log.
    pub(super) fn leaves(&self) -> usize {
        self.places.len()
    }

    /// The proof of an entry that this round put into the log with this leaf.
    pub(super) fn proof(&self, entry: EntryId, leaf: Digest) -> Option<Proof> {
        let (index, _) = *self.places.get(&entry).filter(|(_, logged)| *logged == leaf)?;
        Proof::from_tiles(index, self.size, self.checkpoint.clone(), &self.tiles).ok()
    }
}

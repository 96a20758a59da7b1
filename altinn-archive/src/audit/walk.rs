//! From the first entry of the log to the last.

use altinn_core::Digest;
use altinn_core::store::{Row, Store, StoreError, params};

use super::beside;
use super::checkpoints::{self, Checkpoints};
use super::contents::{ContentCheck, Contents, WrongContent};
use super::erased::Erasures;
use super::fault::{Fault, Stop, or_fault};
use super::tiles::{self, LeafTiles};
use crate::archive::{Archive, Kept, Record, stored};
use crate::entry::EntryId;
use crate::log::{Checkpoint, Frontier, Tile, TileId};

/// How many entries are read at a time.
const PAGE: u64 = 32;

/// The way through the log: the tree grows entry by entry, and is compared at every checkpoint.
///
/// An entry and its tile that differ are only a suspicion until the next checkpoint says which of the two is wrong.
pub(super) struct Walk<'a> {
    archive: &'a Archive,
    up_to: u64,
    frontier: Frontier,
    /// How many leaves the last checkpoint covered that was found true, and how many such there were.
    proved: u64,
    checkpoints: u64,
    suspect: Option<Suspect>,
    wrong_tile: Option<TileId>,
    wrong_checkpoint: Option<u64>,
    signed: Checkpoints,
    contents: Contents,
    erasures: Erasures,
    leaf_tiles: LeafTiles,
    anchor: Option<&'a Checkpoint>,
    /// The root at the anchor's size.
    anchor_root: Option<Digest>,
}

/// The first entry that differs from its tile.
struct Suspect {
    index: u64,
    entry: EntryId,
    leaf: Digest,
}

/// The place of an entry in the log, as its row says.
struct Place {
    index: u64,
    entry: EntryId,
    checkpoint_size: u64,
}

impl<'a> Walk<'a> {
    /// The way over the first so many entries.
    pub(super) fn new(archive: &'a Archive, up_to: u64, anchor: Option<&'a Checkpoint>) -> Self {
        Self {
            archive,
            up_to,
            frontier: Frontier::new(),
            proved: 0,
            checkpoints: 0,
            suspect: None,
            wrong_tile: None,
            wrong_checkpoint: None,
            signed: Checkpoints::new(up_to),
            contents: Contents::new(up_to),
            erasures: Erasures::default(),
            leaf_tiles: LeafTiles::new(),
            anchor,
            anchor_root: anchor.filter(|anchor| anchor.size == 0).map(|_| Frontier::new().root()),
        }
    }

    /// How many entries were read.
    pub(super) fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root over them.
    pub(super) fn root(&self) -> Digest {
        self.frontier.root()
    }

    /// How many checkpoints were found true.
    pub(super) fn checkpoints(&self) -> u64 {
        self.checkpoints
    }

    fn store(&self) -> &'a Store {
        self.archive.store()
    }

    /// Goes all the way; an entry that was suspected is named before what was found behind it.
    pub(super) async fn run(&mut self) -> Result<(), Stop> {
        match self.go().await {
            Err(Stop::Fault(fault)) => Err(self.explain_suspect().await?.unwrap_or(fault).into()),
            outcome => outcome,
        }
    }

    async fn go(&mut self) -> Result<(), Stop> {
        while self.size() < self.up_to {
            for row in self.read_page().await? {
                self.entry(row).await?;
            }
        }
        let partial: Vec<Tile> = self.frontier.partial_tiles().collect();
        for tile in &partial {
            self.compare_tile(tile).await?;
        }
        self.judge_unproved()
    }

    /// The next rows; a missing row is found by the place of the one behind it, or by there being none.
    async fn read_page(&self) -> Result<Vec<Row>, Stop> {
        let (first, last) = (self.size(), (self.size() + PAGE).min(self.up_to));
        let rows = self.read_rows(first, last).await?;
        if rows.is_empty() { Err(Fault::Removed { index: first }.into()) } else { Ok(rows) }
    }

    async fn read_rows(&self, first: u64, end: u64) -> Result<Vec<Row>, Stop> {
        let sql = format!(
            "select l.leaf_index, l.entry_id, l.checkpoint_size, k.owner, {} from archive_leaf l \
             left join archive_entry e on e.id = l.entry_id left join archive_key k on k.id = e.key_id \
             where l.leaf_index >= $1 and l.leaf_index < $2 order by l.leaf_index",
            Record::COLUMNS
        );
        Ok(self.store().query(sql, params![stored(first), stored(end)]).await?)
    }

    /// Takes the next entry. What seems altered may have been erased, or wrapped anew, while its rows were read one
    /// after the other: then they are read again, until they are of one moment.
    async fn entry(&mut self, mut row: Row) -> Result<(), Stop> {
        let index = self.size();
        let mut of_one_moment = false;
        let (place, leaf) = loop {
            let fault = match self.check_entry(&row).await {
                Err(Stop::Fault(fault @ Fault::Altered { .. })) => fault,
                outcome => break outcome?,
            };
            let now = self.read_rows(index, index + 1).await?.pop();
            let Some(now) = now.filter(|now| !of_one_moment || beside::changed(&row, now)) else {
                return Err(fault.into());
            };
            self.contents.read_again(index);
            (row, of_one_moment) = (now, true);
        };
        self.check_covering(&place).await?;
        self.grow(&place, leaf).await
    }

    /// Checks what an entry says and holds, and all that is kept beside it; gives its place and its leaf.
    async fn check_entry(&mut self, row: &Row) -> Result<(Place, Digest), Stop> {
        let index = self.size();
        let removed = || Fault::Removed { index };
        let place = or_fault(Place::from_row(row), removed)?;
        if place.index != index || row.get::<Option<EntryId>>("id")?.is_none() {
            return Err(removed().into());
        }
        let altered = |what: String| Fault::Altered { index, entry: place.entry, what };
        let kept = or_fault(self.archive.kept(row).await, || altered("its row".to_owned()))?;
        let record = match kept {
            Kept::Whole(record) => record,
            Kept::Erased { header, by } => {
                let proved = self.erasures.say(self.archive, by, &header).await?;
                let content = self.contents.next_of(self.archive.store(), index).await?;
                if !proved || content.is_some() {
                    return Err(altered("it was erased without proof".to_owned()).into());
                }
                return Ok((place, header.leaf_hash()));
            }
        };
        let fields = record.fields().map_err(|what| altered(format!("{what} in its row")))?;
        let wrong_content = |wrong: WrongContent| altered(wrong.name());
        let mut check = ContentCheck::new(self.archive, place.entry, &fields, row).await?;
        while let Some(row) = self.contents.next_of(self.archive.store(), index).await? {
            check.row(&row).await?.map_err(wrong_content)?;
        }
        check.end().map_err(wrong_content)?;
        let beside = beside::check(self.archive, row, place.entry, &fields).await?;
        beside.map_err(|what| altered(what.to_owned()))?;
        Ok((place, record.header.leaf_hash()))
    }

    /// The checkpoint that the entry's receipt rests on must be the first that covers it.
    async fn check_covering(&mut self, place: &Place) -> Result<(), Stop> {
        let (store, named) = (self.archive.store(), place.checkpoint_size);
        let covering = self.signed.covering(store, place.index).await?;
        match covering {
            Some(row) if row.size == named => return Ok(()),
            Some(row) if row.signed(self.archive.verifier_key()).is_none() => {
                return Err(Fault::Checkpoint { size: row.size }.into());
            }
            _ if named > place.index && !checkpoints::exists(store, named).await? => {
                return Err(Fault::Checkpoint { size: named }.into());
            }
            _ => {}
        }
        let what = "the checkpoint that covers it".to_owned();
        Err(Fault::Altered { index: place.index, entry: place.entry, what }.into())
    }

    /// Appends a leaf to the tree and compares with what is stored and signed.
    async fn grow(&mut self, place: &Place, leaf: Digest) -> Result<(), Stop> {
        let index = place.index;
        let stored_leaf = self.leaf_tiles.leaf(self.store(), index).await?;
        if stored_leaf != Some(leaf) && self.suspect.is_none() {
            self.suspect = Some(Suspect { index, entry: place.entry, leaf });
        }
        let mut full = Vec::new();
        self.frontier.push(leaf, |tile| full.push(tile));
        for tile in full {
            self.compare_tile(&tile).await?;
        }
        if self.anchor.is_some_and(|anchor| anchor.size == self.size()) {
            self.anchor_root = Some(self.root());
        }
        if place.checkpoint_size == self.size() { self.compare_checkpoint().await } else { Ok(()) }
    }

    async fn compare_tile(&mut self, tile: &Tile) -> Result<(), Stop> {
        if self.wrong_tile.is_none() && !tiles::is_stored(self.store(), tile).await? {
            self.wrong_tile = Some(tile.id);
        }
        Ok(())
    }

    /// The tree has as many leaves as the next checkpoint covers.
    async fn compare_checkpoint(&mut self) -> Result<(), Stop> {
        let (store, size) = (self.archive.store(), self.size());
        let Some(row) = self.signed.covering(store, size - 1).await? else { return Ok(()) };
        match row.signed(self.archive.verifier_key()) {
            Some(signed) if signed.root == self.root() => self.all_proved(size),
            Some(_) => Err(Fault::AlteredAmong { first: self.proved, last: size - 1 }.into()),
            None => {
                self.wrong_checkpoint = self.wrong_checkpoint.or(Some(size));
                Ok(())
            }
        }
    }

    /// All entries so far are those that the log has signed; so what differed from them is what is wrong.
    fn all_proved(&mut self, size: u64) -> Result<(), Stop> {
        let leaf_tile =
            self.suspect.take().map(|suspect| TileId { level: 0, index: suspect.index / Tile::WIDTH as u64 });
        if let Some(TileId { level, index }) = leaf_tile.or(self.wrong_tile) {
            return Err(Fault::Tile { level, index }.into());
        }
        if let Some(size) = self.wrong_checkpoint {
            return Err(Fault::Checkpoint { size }.into());
        }
        self.proved = size;
        self.checkpoints += 1;
        Ok(())
    }

    /// What is wrong with the entry that was suspected.
    async fn explain_suspect(&self) -> Result<Option<Fault>, Stop> {
        let Some(Suspect { index, entry, leaf }) = &self.suspect else { return Ok(None) };
        tiles::explain(self.store(), self.up_to, *index, *entry, *leaf).await.map(Some)
    }

    /// What differed and no true checkpoint followed.
    fn judge_unproved(&self) -> Result<(), Stop> {
        let suspect =
            self.suspect.as_ref().map(|_| Fault::AlteredAmong { first: self.proved, last: self.size() - 1 });
        let checkpoint = self.wrong_checkpoint.map(|size| Fault::Checkpoint { size });
        let tile = self.wrong_tile.map(|TileId { level, index }| Fault::Tile { level, index });
        suspect.or(checkpoint).or(tile).map_or(Ok(()), |fault| Err(fault.into()))
    }

    /// Compares with what was kept outside.
    pub(super) fn check_anchor(&self) -> Result<(), Fault> {
        match (self.anchor, self.anchor_root) {
            (Some(anchor), None) => Err(Fault::RolledBack { anchored: anchor.size, found: self.size() }),
            (Some(anchor), Some(root)) if anchor.root != root => Err(Fault::Rewritten { size: anchor.size }),
            _ => Ok(()),
        }
    }
}

impl Place {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            index: row.get("leaf_index")?,
            entry: row.get("entry_id")?,
            checkpoint_size: row.get("checkpoint_size")?,
        })
    }
}

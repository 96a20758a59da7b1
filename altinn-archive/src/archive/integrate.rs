//! Putting staged entries into the log.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{self, PoisonError};

use altinn_core::Digest;
use altinn_core::store::{Batch, params};
use tokio::sync::Mutex;

use super::head::Head;
use super::round::{Edge, Round, Staged};
use super::{Archive, tiles};
use crate::entry::EntryId;
use crate::error::ArchiveError;
use crate::log::Frontier;
use crate::receipt::Proof;

/// How many leaves one round puts into the log.
const LEAVES_A_ROUND: i64 = 4_096;

/// How many rounds are remembered, for those whose entry somebody else has put into the log, and how many leaves of
/// theirs: about half a mebibyte.
const ROUNDS_REMEMBERED: usize = 16;
const LEAVES_REMEMBERED: usize = 4_096;

/// What an integration did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Integrated {
    /// How many entries it put into the log.
    pub added: u64,
    /// How many leaves the log has after it.
    pub size: u64,
}

/// How a round ended.
enum Outcome {
    Done(Integrated),
    /// The log's state was no longer the one of this version.
    Lost {
        version: i64,
    },
}

/// The integrator of this process: one round at a time, shared by all who wait.
///
/// Whoever needs the log takes a number and waits for the turn. A round that begins later covers the number, so of
/// all who wait one works and the others find it done.
#[derive(Debug, Default)]
pub(super) struct Integrator {
    numbers: AtomicU64,
    turn: Mutex<Turn>,
    /// The last rounds that put anything into the log, the latest first.
    rounds: sync::Mutex<VecDeque<Round>>,
}

impl Integrator {
    /// The proof of an entry that one of the last rounds put into the log with this leaf.
    pub(super) fn proof(&self, entry: EntryId, leaf: Digest) -> Option<Proof> {
        self.rounds().iter().find_map(|round| round.proof(entry, leaf))
    }

    fn remember(&self, round: Round) {
        let mut rounds = self.rounds();
        rounds.push_front(round);
        let mut leaves = 0;
        let kept = rounds.iter().take(ROUNDS_REMEMBERED).take_while(|round| {
            leaves += round.leaves();
            leaves <= LEAVES_REMEMBERED
        });
        let kept = kept.count().max(1);
        rounds.truncate(kept);
    }

    fn rounds(&self) -> sync::MutexGuard<'_, VecDeque<Round>> {
        self.rounds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the one whose turn it is holds.
#[derive(Debug, Default)]
struct Turn {
    /// All numbers below are covered by a round that has ended.
    covered: u64,
    /// Where the log ended after the last round, while no other process has moved it.
    edge: Option<Edge>,
}

impl Archive {
    /// Puts waiting entries into the log, at most 4,096 of them, and signs its new state.
    ///
    /// Any number of integrators may work on one store: the log's state is compared and swapped, so one of them is
    /// first, and the others begin again. A signature that lost never leaves the process.
    ///
    /// # Errors
    /// [`ArchiveError::Store`]; [`ArchiveError::Damaged`] when the log's tiles do not fit its state: nothing is then
    /// signed.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn integrate(&self) -> Result<Integrated, ArchiveError> {
        let mut turn = self.integrator.turn.lock().await;
        self.take_turn(&mut turn).await
    }

    /// Sees to it that a round begins after this call and ends.
    pub(super) async fn integrate_since_now(&self) -> Result<(), ArchiveError> {
        let number = self.integrator.numbers.fetch_add(1, Ordering::SeqCst);
        let mut turn = self.integrator.turn.lock().await;
        if turn.covered <= number {
            self.take_turn(&mut turn).await?;
        }
        Ok(())
    }

    async fn take_turn(&self, turn: &mut Turn) -> Result<Integrated, ArchiveError> {
        let covered = self.integrator.numbers.load(Ordering::SeqCst);
        let mut lost = None;
        let integrated = loop {
            match self.round(turn).await? {
                Outcome::Done(integrated) => break integrated,
                Outcome::Lost { version } if lost == Some(version) => {
                    return Err(ArchiveError::damaged("an entry that waits for the log is in it already"));
                }
                Outcome::Lost { version } => lost = Some(version),
            }
        };
        turn.covered = covered;
        Ok(integrated)
    }

    /// One round. While it runs the edge is out of the turn's hands, so that one that failed or was given up leaves
    /// nothing behind that may be wrong.
    async fn round(&self, turn: &mut Turn) -> Result<Outcome, ArchiveError> {
        // The edge before what waits: so nothing of that is in the log already, unless the log has moved on since.
        let edge = match turn.edge.take() {
            Some(edge) => edge,
            None => self.read_edge().await?,
        };
        let staged = self.read_staged().await?;
        if staged.is_empty() {
            // Another process may have put the last ones into the log.
            let head = Head::read(&self.store).await?;
            turn.edge = (head == edge.head).then_some(edge);
            return Ok(Outcome::Done(Integrated { added: 0, size: head.size }));
        }
        let version = edge.head.version;
        let mut batch = Batch::new();
        let (edge, round) = edge.append(&staged, &self.log_key, &mut batch);
        match self.store.commit(batch).await {
            Ok(_) => {}
            Err(error) if error.is_conflict() => return Ok(Outcome::Lost { version }),
            Err(error) => return Err(error.into()),
        }
        let integrated = Integrated { added: staged.len() as u64, size: edge.head.size };
        turn.edge = Some(edge);
        self.integrator.remember(round);
        Ok(Outcome::Done(integrated))
    }

    async fn read_staged(&self) -> Result<Vec<Staged>, ArchiveError> {
        let sql = "select entry_id, leaf from archive_staged order by entry_id limit $1";
        let rows = self.store.query(sql, params![LEAVES_A_ROUND]).await?;
        let staged =
            rows.iter().map(|row| Ok(Staged { entry: row.get("entry_id")?, leaf: row.get("leaf")? }));
        staged.collect()
    }

    /// Reads where the log ends; its root must be the one that was signed last.
    async fn read_edge(&self) -> Result<Edge, ArchiveError> {
        let head = Head::read(&self.store).await?;
        let ids: BTreeSet<_> = Frontier::tiles_of(head.size).into_iter().collect();
        let tiles = tiles::read(&self.store, &ids).await?;
        match Frontier::from_tiles(head.size, &tiles) {
            Some(frontier) if frontier.root() == head.root => Ok(Edge { head, frontier }),
            _ => Err(ArchiveError::damaged("the log's last tiles do not lead to its root")),
        }
    }
}

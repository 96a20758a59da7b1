//! The trail that is kept in the store.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use altinn_core::store::{Batch, Store, StoreError, params};
use altinn_core::{Actor, Clock, IdSource, PartyId, RandomIds, SystemClock};
use chrono::{DateTime, Utc};
use thiserror::Error;
use uuid::Uuid;

use super::buffer::Buffer;
use super::entry::TrailEntry;
use crate::decision::Authorizer;
use crate::register::RegisterError;

/// The most lines that one page holds.
const PAGE: u32 = 100;

/// The most lines that one batch writes.
const LINES_AT_ONCE: usize = 500;

/// How often what has been noted is written.
const EVERY: Duration = Duration::from_secs(1);

/// The trail of decisions, in the store. Cheap to clone: all clones note into one.
///
/// ```
/// # use std::sync::Arc;
/// # use altinn_auth::decision::{AccessRequest, Authorizer, Policies};
/// # use altinn_auth::register::{MIGRATIONS, RegisterKey, StoredRegister};
/// # use altinn_core::store::{Batch, Store};
/// # use altinn_core::testing::SyntheticPeople;
/// # use altinn_core::{Actor, AuthenticationLevel, Subject};
/// use altinn_auth::trail::DecisionTrail;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// # let store = Store::open("sqlite::memory:").await?;
/// # store.migrate(&[MIGRATIONS]).await?;
/// # let register = Arc::new(StoredRegister::new(store.clone(), RegisterKey::from_bytes(&[7; 32])));
/// # let mut people = SyntheticPeople::from_seed(1);
/// # let (kari, ola) = (people.person(), people.person());
/// # let mut batch = Batch::new();
/// # for party in [&kari, &ola] { register.put_party(&mut batch, party)?; }
/// # store.commit(batch).await?;
/// # let policies = Arc::new(Policies::new());
/// # policies.put("ttd/bakery-licence".parse()?, include_str!("../../tests/policies/bakery_licence.xml"))?;
/// # let actor = |party: &altinn_core::Party| {
/// #     let subject = Subject::Person { party: party.id, uuid: party.uuid, number: None };
/// #     Actor::new(subject, AuthenticationLevel::VerySensitive)
/// # };
/// let trail = DecisionTrail::new(store);
/// let authorizer = Authorizer::new(policies, register.clone(), register).with_trail(trail.clone());
///
/// // Ola tries to read for Kari, twice.
/// let request = AccessRequest::new("read", "ttd/bakery-licence".parse()?, kari.id);
/// for _ in 0..2 {
///     assert!(authorizer.decide(&actor(&ola), &request).await.is_err());
/// }
/// trail.flush().await?;
///
/// // She sees it.
/// let page = trail.of(&authorizer, &actor(&kari), kari.id, None).await?;
/// assert_eq!((page.entries[0].code.as_str(), page.entries[0].times), ("AUTH-DENIED-NOT-GRANTED", 2));
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct DecisionTrail(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    buffer: Mutex<Buffer>,
}

/// Some lines of a trail, the latest first, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailPage {
    /// The lines.
    pub entries: Vec<TrailEntry>,
    /// What to ask for the lines before; none when there is no more.
    pub before: Option<(DateTime<Utc>, Uuid)>,
}

/// Why a trail cannot be read.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum TrailError {
    /// The caller does not represent the party; or there is none.
    #[error("there is no such trail")]
    NotFound,
    /// The register cannot tell.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TrailError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "AUTH-TRAIL-NOT-FOUND",
            Self::Register(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}

impl DecisionTrail {
    /// The trail in a store whose tables are there ([`MIGRATIONS`](crate::register::MIGRATIONS)).
    pub fn new(store: Store) -> Self {
        Self::with_clock(store, Arc::new(SystemClock), Arc::new(RandomIds))
    }

    /// The same, by another clock and with other ids.
    pub fn with_clock(store: Store, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        Self(Arc::new(Inner { store, clock, ids, buffer: Mutex::default() }))
    }

    /// An id for a line.
    pub(crate) fn next_id(&self) -> Uuid {
        self.0.ids.next_id()
    }

    /// Notes a decision, to be written with the next.
    pub(crate) fn note(&self, entry: TrailEntry) {
        self.0.buffer.lock().unwrap_or_else(PoisonError::into_inner).note(entry);
    }

    /// Writes what has been noted. What cannot be written is noted again.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be written.
    pub async fn flush(&self) -> Result<usize, StoreError> {
        let (mut entries, lost) = self.0.buffer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if lost > 0 {
            tracing::warn!(lost, "decisions found no room in the trail");
            entries.push(TrailEntry::lost(self.next_id(), self.0.clock.now(), lost));
        }
        let mut unwritten = Unwritten { trail: self, entries };
        let mut written = 0;
        while !unwritten.entries.is_empty() {
            let some = unwritten.entries.len().min(LINES_AT_ONCE);
            let mut batch = Batch::new();
            unwritten.entries.iter().take(some).for_each(|entry| entry.insert(&mut batch));
            self.0.store.commit(batch).await?;
            unwritten.entries.drain(..some);
            written += some;
        }
        Ok(written)
    }

    /// Writes what has been noted every second, and a last time when `shutdown` is ready.
    pub async fn run(&self, shutdown: impl Future<Output = ()> + Send) {
        let mut shutdown = std::pin::pin!(shutdown);
        let mut stopped = false;
        while !stopped {
            stopped = tokio::time::timeout(EVERY, &mut shutdown).await.is_ok();
            if let Err(error) = self.flush().await {
                tracing::warn!(code = error.code(), %error, "the trail of decisions was not written");
            }
        }
    }

    /// What was decided on behalf of a party, the latest first: at most 100 lines before one.
    ///
    /// # Errors
    /// [`TrailError::NotFound`] when the caller neither is the party nor holds a role for it.
    pub async fn of(
        &self,
        authorizer: &Authorizer,
        actor: &Actor,
        party: PartyId,
        before: Option<(DateTime<Utc>, Uuid)>,
    ) -> Result<TrailPage, TrailError> {
        if !authorizer.represents(actor, party).await? {
            return Err(TrailError::NotFound);
        }
        let (at, id) = before.unwrap_or((DateTime::<Utc>::MAX_UTC, Uuid::max()));
        let select = "select * from auth_trail where party = $1 and (at < $2 or at = $3 and id < $4) \
            order by at desc, id desc limit $5";
        let rows = self.0.store.query(select, params![party, at, at, id, PAGE]).await?;
        let entries: Vec<TrailEntry> = rows.iter().map(TrailEntry::read).collect::<Result<_, _>>()?;
        let last = entries.last().filter(|_| entries.len() == PAGE as usize);
        let before = last.map(|entry| (entry.at, entry.id));
        Ok(TrailPage { entries, before })
    }
}

/// What is being written; what was not is noted again, also when whoever writes is broken off.
struct Unwritten<'a> {
    trail: &'a DecisionTrail,
    entries: Vec<TrailEntry>,
}

impl Drop for Unwritten<'_> {
    fn drop(&mut self) {
        let mut buffer = self.trail.0.buffer.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in self.entries.drain(..) {
            if entry.is_of_lost() { buffer.lose(entry.times) } else { buffer.note(entry) }
        }
    }
}

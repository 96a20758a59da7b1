//! The trail that is kept in the store.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use altinn_core::store::{Batch, Store, StoreError};
use altinn_core::{Clock, IdSource, RandomIds, SystemClock};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::buffer::Buffer;
use super::deed::Deed;
use super::entry::TrailEntry;

/// The most lines that one batch writes.
const LINES_AT_ONCE: usize = 500;

/// How often what has been noted is written.
const EVERY: Duration = Duration::from_secs(1);

/// The trail, in the store. Cheap to clone: all clones note into one.
///
/// ```
/// # use std::sync::Arc;
/// # use altinn_auth::decision::{AccessRequest, Authorizer, Policies};
/// # use altinn_auth::register::{MIGRATIONS, RegisterKey, StoredRegister};
/// # use altinn_core::store::{Batch, Store};
/// # use altinn_core::testing::SyntheticPeople;
/// # use altinn_core::{Actor, AuthenticationLevel, Subject};
/// use altinn_auth::trail::{Trail, TrailReader};
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
/// let trail = Trail::new(store);
/// let authorizer = Authorizer::new(policies, register.clone(), register).with_trail(trail.clone());
///
/// // Ola tries to read for Kari, twice.
/// let request = AccessRequest::new("read", "ttd/bakery-licence".parse()?, kari.id);
/// for _ in 0..2 {
///     assert!(authorizer.decide(&actor(&ola), &request).await.is_err());
/// }
///
/// // She sees it.
/// let page = TrailReader::new(&trail, &authorizer).of(&actor(&kari), kari.id, None).await?;
/// assert_eq!((page.entries[0].code.as_str(), page.entries[0].times), ("AUTH-DENIED-NOT-GRANTED", 2));
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Trail(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    buffer: Mutex<Buffer>,
}

impl Trail {
    /// The trail in a store whose tables are there ([`MIGRATIONS`](crate::register::MIGRATIONS)).
    pub fn new(store: Store) -> Self {
        Self::with_clock(store, Arc::new(SystemClock), Arc::new(RandomIds))
    }

    /// The same, by another clock and with other ids.
    pub fn with_clock(store: Store, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        Self(Arc::new(Inner { store, clock, ids, buffer: Mutex::default() }))
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.store
    }

    /// An id for a line.
    pub(crate) fn next_id(&self) -> Uuid {
        self.0.ids.next_id()
    }

    /// The time, as the trail has it.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
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
            unwritten.entries.iter().take(some).for_each(|entry| entry.insert(&mut batch, &Deed::default()));
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
}

/// What is being written; what was not is noted again, also when whoever writes is broken off.
struct Unwritten<'a> {
    trail: &'a Trail,
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

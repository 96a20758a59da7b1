//! The archive over its store.

mod head;
mod integrate;
mod key_question;
mod keyring;
mod park;
mod prove;
mod read;
mod record;
mod round;
mod serve;
mod stage;
mod tiles;
mod unnamed;
mod witness;

use std::fmt;
use std::sync::Arc;

use altinn_core::store::{Row, Store};
use altinn_core::{Clock, IdSource, RandomIds, SystemClock};
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use uuid::Uuid;

pub(crate) use head::{Head, stored};
pub use integrate::Integrated;
pub(crate) use keyring::WrappingKey;
pub use prove::ReceiptState;
pub(crate) use record::{CONTENT_COLUMNS, ContentRow, Kept, Record, bound_to, content_bound_to};
pub use serve::Consistency;
pub use stage::StagedEntry;
pub(crate) use tiles::read_tile;

use crate::content::Objects;
use crate::entry::{SaltSource, SystemSalts};
use crate::erasure::OnErasure;
use crate::error::ArchiveError;
use crate::keys::{KeyGeneration, KeyProvider};
use crate::listing::{Tag, TagKey};
use crate::log::{LogKey, VerifierKey};
use keyring::Keyring;

/// An archive: entries with their content, and the log that proves them.
///
/// Cheap to clone; all clones are one archive and share the work of integrating. Any number of archives in any number
/// of processes may be open on one store.
///
/// What a crash leaves behind: content is durable before the row that names it, the row before the log, the log before
/// the receipt. So what is left over at any point is content that no row names, or an entry that waits to be put into
/// the log, which the next integration does.
#[derive(Clone)]
pub struct Archive {
    store: Store,
    objects: Objects,
    log_key: Arc<LogKey>,
    keyring: Arc<Keyring>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    salts: Arc<dyn SaltSource>,
    integrator: Arc<integrate::Integrator>,
    on_erasure: Option<Arc<dyn OnErasure>>,
}

/// The keys of an archive: the one that signs its log, and those that wrap the keys of its content.
#[derive(Debug)]
pub struct ArchiveKeys {
    log: LogKey,
    provider: Arc<dyn KeyProvider>,
}

impl ArchiveKeys {
    /// The key that signs the log, and whoever keeps the agency's keys.
    pub fn new(log: LogKey, provider: impl KeyProvider + 'static) -> Self {
        Self { log, provider: Arc::new(provider) }
    }

    /// The same, with a keeper of keys that is shared.
    pub fn shared(log: LogKey, provider: Arc<dyn KeyProvider>) -> Self {
        Self { log, provider }
    }
}

impl Archive {
    /// Opens the archive in a store, whose tables [`MIGRATIONS`](crate::MIGRATIONS) has made, and which becomes the
    /// archive of these keys.
    ///
    /// # Errors
    /// [`ArchiveError::OtherKey`] when the archive's log is signed with another key; [`ArchiveError::Key`] when a
    /// generation of the agency's key that the store names is not there, or is another one: it is never made anew;
    /// [`ArchiveError::Content`] when the objects cannot be asked whether there is something to
    /// [erase again](Archive::reapply_erasures).
    pub async fn open(store: Store, objects: Objects, keys: ArchiveKeys) -> Result<Self, ArchiveError> {
        Self::open_with(store, objects, keys, None).await
    }

    /// As [`open`](Self::open); what the owner of the archive keeps of an entry elsewhere in the store is erased with it.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_with(
        store: Store,
        objects: Objects,
        keys: ArchiveKeys,
        on_erasure: Option<Arc<dyn OnErasure>>,
    ) -> Result<Self, ArchiveError> {
        head::claim(&store, keys.log.verifier_key()).await?;
        let salts: Arc<dyn SaltSource> = Arc::new(SystemSalts);
        let keyring = Arc::new(Keyring::open(&store, keys.provider).await?);
        let archive = Self {
            store,
            objects,
            log_key: Arc::new(keys.log),
            keyring,
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            salts,
            integrator: Arc::default(),
            on_erasure,
        };
        archive.reapply_erasures().await?;
        Ok(archive)
    }

    /// The same archive by another clock than the machine's.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The same archive with ids from elsewhere.
    #[must_use]
    pub fn with_ids(mut self, ids: Arc<dyn IdSource>) -> Self {
        self.ids = ids;
        self
    }

    /// The same archive with salts from elsewhere than the operating system. Whoever can foresee the salts can guess
    /// what an erased entry said: for tests that must be repeatable.
    #[must_use]
    pub fn with_salts(mut self, salts: Arc<dyn SaltSource>) -> Self {
        self.salts = salts;
        self
    }

    /// The public key with which everyone verifies the archive's receipts.
    pub fn verifier_key(&self) -> &VerifierKey {
        self.log_key.verifier_key()
    }

    pub(crate) fn on_erasure(&self) -> Option<&dyn OnErasure> {
        self.on_erasure.as_deref()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn log_key(&self) -> &LogKey {
        &self.log_key
    }

    pub(crate) fn provider(&self) -> &dyn KeyProvider {
        self.keyring.provider()
    }

    /// The time, as rows keep it.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        let now = self.clock.now();
        now.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(now)
    }

    /// The key that new objects of an owner are wrapped with.
    pub(crate) async fn key_in_use(&self, owner: Tag) -> Result<Arc<WrappingKey>, ArchiveError> {
        self.keyring.in_use(&self.store, owner).await
    }

    /// Makes the key of this number of an owner, unless there is one.
    pub(crate) async fn make_key(&self, owner: Tag, number: i64) -> Result<(), ArchiveError> {
        self.keyring.make(&self.store, owner, number).await
    }

    /// Whether a generation of the agency's key wraps the key of the index, as it is kept.
    pub(crate) async fn opens_index(
        &self,
        generation: &KeyGeneration,
        wrapped: &[u8],
    ) -> Result<bool, ArchiveError> {
        self.keyring.opens_index(generation, wrapped).await
    }

    /// Whether a row's wrapping key unwraps; an error says why not.
    pub(crate) async fn opens_wrapping_key(&self, id: Uuid, row: &Row) -> Result<bool, ArchiveError> {
        self.keyring.opens(id, row).await
    }

    pub(crate) fn tags(&self) -> &TagKey {
        self.keyring.tags()
    }

    pub(crate) fn objects(&self) -> &Objects {
        &self.objects
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("log_key", &self.log_key).finish_non_exhaustive()
    }
}

//! The archive over its store.

mod head;
mod integrate;
mod prove;
mod read;
mod record;
mod round;
mod stage;
mod tiles;

use std::fmt;
use std::sync::Arc;

use altinn_core::store::Store;
use altinn_core::{Clock, IdSource};
use object_store::ObjectStore;

pub(crate) use head::{Head, stored};
pub use integrate::Integrated;
pub use prove::ReceiptState;
pub(crate) use record::{CONTENT_COLUMNS, ContentRow, Record};
pub(crate) use tiles::read_tile;

use crate::entry::{SaltSource, SystemSalts};
use crate::error::ArchiveError;
use crate::log::{LogKey, VerifierKey};

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
    objects: Arc<dyn ObjectStore>,
    log_key: Arc<LogKey>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    salts: Arc<dyn SaltSource>,
    integrator: Arc<integrate::Integrator>,
}

impl Archive {
    /// Opens the archive in a store, whose tables [`MIGRATIONS`](crate::MIGRATIONS) has made, and which becomes the
    /// archive of this log key for ever.
    ///
    /// # Errors
    /// [`ArchiveError::OtherKey`] when the archive's log is signed with another key.
    pub async fn open(
        store: Store,
        objects: Arc<dyn ObjectStore>,
        log_key: LogKey,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, ArchiveError> {
        head::claim(&store, log_key.verifier_key()).await?;
        let salts: Arc<dyn SaltSource> = Arc::new(SystemSalts);
        let integrator = Arc::default();
        Ok(Self { store, objects, log_key: Arc::new(log_key), clock, ids, salts, integrator })
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

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn objects(&self) -> &dyn ObjectStore {
        self.objects.as_ref()
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("log_key", &self.log_key).finish_non_exhaustive()
    }
}

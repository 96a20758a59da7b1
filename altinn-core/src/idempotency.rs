//! A command that is sent again has one effect.

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;
use uuid::Uuid;

use crate::store::{Batch, Store, StoreError, params};
use crate::{Digest, Sha256, Subject};

/// A command with the key by which its sender recognizes it: the same key again is the same command.
///
/// The row stands in the same batch as the command's effect, so that both are stored or neither. It holds digests and
/// the id of what came about, never the key, the request or the answer. A key belongs to its caller, party and
/// operation, and is remembered for [`Idempotency::KEPT`].
///
/// A digest of something guessable can be guessed back. So the scope takes the party's UUID, never a number of the
/// register, and senders' keys are to be random.
///
/// ```
/// use altinn_core::store::{Batch, Store};
/// use altinn_core::{Idempotency, IdempotencyAnswer, MIGRATIONS, Subject, canonical_json};
/// use chrono::Utc;
/// use serde_json::json;
/// use uuid::Uuid;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// # let store = Store::open("sqlite::memory:").await?;
/// # store.migrate(&[MIGRATIONS]).await?;
/// let agency = Subject::ServiceOwner { org: "ttd".to_owned(), number: None };
/// let party = Uuid::now_v7();
/// let request = canonical_json(&json!({"amount": 4}));
/// let command = Idempotency::new(&agency, party, "submission.create", "2a7a8f0c", &request)?;
///
/// assert_eq!(command.lookup(&store, Utc::now()).await?, IdempotencyAnswer::Fresh);
/// let (mut batch, id) = (Batch::new(), Uuid::now_v7());
/// command.claim(&mut batch, id, Utc::now());
/// store.commit(batch).await?;
/// assert_eq!(command.lookup(&store, Utc::now()).await?, IdempotencyAnswer::Repeated(id));
///
/// let other = Idempotency::new(&agency, party, "submission.create", "2a7a8f0c", b"another request")?;
/// assert!(other.lookup(&store, Utc::now()).await.is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    scope: Digest,
    request: Digest,
}

/// Whether a command has been carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdempotencyAnswer {
    /// It has not: carry it out, with [`Idempotency::claim`] in its batch.
    Fresh,
    /// It has, and this is the id of what came about: give the same answer.
    Repeated(Uuid),
}

/// Why a command with a key cannot be looked up.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IdempotencyError {
    /// The key is empty or too long.
    #[error("an idempotency key has 1 to {max} bytes", max = Idempotency::MAX_KEY_BYTES)]
    Key,
    /// The key was used for another request (422 in HTTP).
    #[error("the idempotency key was used for another request")]
    DifferentRequest,
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl IdempotencyError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Key => "IDEMPOTENCY-KEY",
            Self::DifferentRequest => "IDEMPOTENCY-DIFFERENT-REQUEST",
            Self::Store(error) => error.code(),
        }
    }
}

const CLAIM: &str = "insert into core_idempotency (scope, request, id, claimed_at) values ($1, $2, $3, $4) \
    on conflict (scope) do update set request = excluded.request, id = excluded.id, claimed_at = excluded.claimed_at \
    where core_idempotency.claimed_at <= $5";
const LOOKUP: &str = "select request, id from core_idempotency where scope = $1 and claimed_at > $2";
const FORGET: &str = "delete from core_idempotency where scope in \
    (select scope from core_idempotency where claimed_at <= $1 order by claimed_at limit $2)";

impl Idempotency {
    /// How long a key is remembered: 90 days.
    pub const KEPT: TimeDelta = TimeDelta::days(90);
    /// The most bytes of a sender's key.
    pub const MAX_KEY_BYTES: usize = 200;

    /// A command of a caller for a party, with the sender's key and the request's canonical form.
    ///
    /// # Errors
    /// [`IdempotencyError::Key`] when the key is empty or too long.
    pub fn new(
        caller: &Subject,
        party: Uuid,
        operation: &'static str,
        key: &str,
        request: &[u8],
    ) -> Result<Self, IdempotencyError> {
        if !(1..=Self::MAX_KEY_BYTES).contains(&key.len()) {
            return Err(IdempotencyError::Key);
        }
        let mut scope = Sha256::new();
        for part in [caller.reference().as_bytes(), party.as_bytes(), operation.as_bytes(), key.as_bytes()] {
            // The length before each part keeps `ab`, `c` apart from `a`, `bc`.
            scope.update(&(part.len() as u64).to_be_bytes());
            scope.update(part);
        }
        Ok(Self { scope: scope.finish(), request: Digest::of(request) })
    }

    /// Whether the command has been carried out.
    ///
    /// # Errors
    /// [`IdempotencyError::DifferentRequest`] when the key was used for another request,
    /// [`IdempotencyError::Store`] when the store does not answer.
    pub async fn lookup(
        &self,
        store: &Store,
        now: DateTime<Utc>,
    ) -> Result<IdempotencyAnswer, IdempotencyError> {
        let Some(row) = store.query_opt(LOOKUP, params![self.scope, now - Self::KEPT]).await? else {
            return Ok(IdempotencyAnswer::Fresh);
        };
        if row.get::<Digest>("request")? != self.request {
            return Err(IdempotencyError::DifferentRequest);
        }
        Ok(IdempotencyAnswer::Repeated(row.get("id")?))
    }

    /// Adds to the command's batch that it has been carried out, with the id of what came about.
    ///
    /// When the same command was committed meanwhile, the batch conflicts; [`Idempotency::lookup`] then gives its
    /// answer.
    pub fn claim(&self, batch: &mut Batch, id: Uuid, now: DateTime<Utc>) {
        batch.execute_one(CLAIM, params![self.scope, self.request, id, now, now - Self::KEPT]);
    }

    /// Adds to a batch that at most so many keys are forgotten whose time is over.
    pub fn forget_old(batch: &mut Batch, at_most: u32, now: DateTime<Utc>) {
        batch.execute(FORGET, params![now - Self::KEPT, at_most]);
    }
}

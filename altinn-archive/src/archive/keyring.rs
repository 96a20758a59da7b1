//! The keys between the agency's and those of the objects.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use altinn_core::key::SecretKey;
use altinn_core::store::{Batch, Guard, Row, Store, StoreError, params};
use ring::hmac;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::key_question::KeyQuestion;
use crate::cipher::{
    Cipher, NotAuthentic, open_with_nonce, random_key, random_name, seal_with_nonce, unwrap_key, wrap_key,
};
use crate::error::ArchiveError;
use crate::keys::{KeyGeneration, KeyProvider, KeyProviderError};
use crate::listing::{Tag, TagKey};

/// How many wrapping keys are kept ready: about 600 bytes each.
const KEPT_READY: usize = 1_024;

/// What the key of the search index is bound to.
const INDEX: &[u8] = b"altinn-archive/index/v1";

/// The key of a party and an archive class, which wraps those of objects.
#[derive(Debug)]
pub(crate) struct WrappingKey {
    pub(crate) id: Uuid,
    /// Which one of its owner's keys it is.
    pub(crate) number: i64,
    cipher: Cipher,
}

/// The keys of the archive, as far as they are known in this process.
pub(crate) struct Keyring {
    provider: Arc<dyn KeyProvider>,
    tag_key: TagKey,
    /// Encrypts what finds content again that waits for its entry.
    parking: Cipher,
    question: KeyQuestion,
    ready: Mutex<Ready>,
}

#[derive(Default)]
struct Ready {
    by_id: HashMap<Uuid, Arc<WrappingKey>>,
    /// The key that was last seen in use for an owner.
    in_use: HashMap<Tag, Arc<WrappingKey>>,
}

impl Keyring {
    /// Opens what the store is encrypted with. Every generation of the agency's key that the store names must be
    /// there, and the right one; only a store without any gets its first.
    pub(super) async fn open(store: &Store, provider: Arc<dyn KeyProvider>) -> Result<Self, ArchiveError> {
        let mut generations = live_generations(store).await?;
        if generations.is_empty() {
            let generation = provider.current().await?;
            let wrapped = provider.wrap_key(&generation, &random_key()?, INDEX).await?;
            let mut batch = Batch::new();
            batch.execute(
                "insert into archive_generation (id, index_key, live) values ($1, $2, 1) on conflict (id) do nothing",
                params![&generation, wrapped],
            );
            store.commit(batch).await?;
            generations = live_generations(store).await?;
        }
        let mut index_key: Option<SecretKey> = None;
        for (generation, wrapped) in &generations {
            let key = provider.unwrap_key(generation, wrapped, INDEX).await?;
            if index_key.as_ref().is_some_and(|other| other.expose() != key.expose()) {
                return Err(KeyProviderError::Refused { generation: generation.clone() }.into());
            }
            index_key = Some(key);
        }
        let index_key =
            index_key.ok_or_else(|| ArchiveError::damaged("the generations of the agency's key"))?;
        let parking = parking_cipher(&index_key).map_err(|_| ArchiveError::damaged("the index key"))?;
        Ok(Self {
            provider,
            tag_key: TagKey::new(&index_key),
            parking,
            question: KeyQuestion::default(),
            ready: Mutex::default(),
        })
    }

    /// Makes the tags of the search index.
    pub(crate) fn tags(&self) -> &TagKey {
        &self.tag_key
    }

    /// Encrypts what finds parked content, for a context.
    pub(super) fn seal_parked(&self, bytes: &[u8], context: &[u8]) -> Result<Vec<u8>, ArchiveError> {
        seal_with_nonce(&self.parking, bytes, context)
    }

    /// What was parked in this context.
    pub(super) fn open_parked(&self, sealed: &[u8], context: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        open_with_nonce(&self.parking, sealed, context).ok()
    }

    pub(crate) fn provider(&self) -> &dyn KeyProvider {
        self.provider.as_ref()
    }

    /// The key that new objects of an owner are wrapped with; made when there is none.
    pub(crate) async fn in_use(&self, store: &Store, owner: Tag) -> Result<Arc<WrappingKey>, ArchiveError> {
        loop {
            if let Some(row) = self.question.ask(store, owner).await? {
                let key = self.key_of_row(&row).await?;
                self.lock().remember_in_use(owner, &key);
                return Ok(key);
            }
            self.make(store, owner, 1).await?;
        }
    }

    /// The key that was last seen in use for an owner.
    pub(crate) fn last_in_use(&self, owner: Tag) -> Option<Arc<WrappingKey>> {
        self.lock().in_use.get(&owner).cloned()
    }

    /// Makes a new key of an owner, unless another was first.
    pub(crate) async fn make(&self, store: &Store, owner: Tag, number: i64) -> Result<(), ArchiveError> {
        let generation = self.current_generation(store).await?;
        let id = random_name()?;
        let wrapped = self.provider.wrap_key(&generation, &random_key()?, &bound_to(id)).await?;
        let mut batch = Batch::new();
        batch.guard(&LIVE, generation.as_str(), 1);
        batch.execute(
            "insert into archive_key (id, owner, number, generation, wrapped, live) values ($1, $2, $3, $4, $5, 1) \
             on conflict (owner, number) do nothing",
            params![id, owner, number, &generation, wrapped],
        );
        store.commit(batch).await?;
        Ok(())
    }

    /// The key that a row names, whose columns are `key_id`, `number`, `generation` and `wrapped`.
    pub(crate) async fn key_of_row(&self, row: &Row) -> Result<Arc<WrappingKey>, ArchiveError> {
        let id: Uuid = row.get("key_id")?;
        if let Some(key) = self.lock().by_id.get(&id) {
            return Ok(Arc::clone(key));
        }
        let damaged = || ArchiveError::damaged(format!("wrapping key `{id}`"));
        let generation = row.get::<Option<KeyGeneration>>("generation")?.ok_or_else(damaged)?;
        let wrapped: Vec<u8> = row.get("wrapped")?;
        let key = match self.provider.unwrap_key(&generation, &wrapped, &bound_to(id)).await {
            Err(KeyProviderError::Refused { .. }) => return Err(damaged()),
            outcome => outcome?,
        };
        let key = Arc::new(WrappingKey {
            id,
            number: row.get("number")?,
            cipher: Cipher::new(&key).map_err(|_| damaged())?,
        });
        self.lock().remember(&key);
        Ok(key)
    }

    /// Whether the key of the index that a generation wraps is the one in use.
    pub(super) async fn opens_index(
        &self,
        generation: &KeyGeneration,
        wrapped: &[u8],
    ) -> Result<bool, ArchiveError> {
        let key = self.provider.unwrap_key(generation, wrapped, INDEX).await?;
        Ok(TagKey::new(&key).party("") == self.tag_key.party(""))
    }

    /// Unwraps a wrapping key as it is kept, whatever is known of it already.
    pub(super) async fn opens(&self, id: Uuid, row: &Row) -> Result<bool, ArchiveError> {
        let (generation, wrapped) = (row.get("generation")?, row.get::<Vec<u8>>("wrapped")?);
        self.provider.unwrap_key(&generation, &wrapped, &bound_to(id)).await?;
        Ok(true)
    }

    /// The current generation, which the store knows from then on.
    async fn current_generation(&self, store: &Store) -> Result<KeyGeneration, ArchiveError> {
        let current = self.provider.current().await?;
        let known = live_generations(store).await?;
        if known.iter().any(|(generation, _)| *generation == current) {
            return Ok(current);
        }
        let (generation, wrapped) =
            known.first().ok_or_else(|| ArchiveError::damaged("the generations of the agency's key"))?;
        let index_key = self.provider.unwrap_key(generation, wrapped, INDEX).await?;
        let wrapped = self.provider.wrap_key(&current, &index_key, INDEX).await?;
        let mut batch = Batch::new();
        batch.execute(
            "insert into archive_generation (id, index_key, live) values ($1, $2, 1) on conflict (id) do nothing",
            params![&current, wrapped],
        );
        store.commit(batch).await?;
        Ok(current)
    }

    fn lock(&self) -> MutexGuard<'_, Ready> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a generation must still be when a key that it wraps commits: not about to be destroyed.
const LIVE: Guard = Guard::new("archive_generation", "id", "live");

/// What a key must still be when something that it wraps commits: not being replaced.
const IN_PLACE: Guard = Guard::new("archive_key", "id", "live");

impl Ready {
    fn remember(&mut self, key: &Arc<WrappingKey>) {
        if self.by_id.len() >= KEPT_READY {
            self.by_id.clear();
        }
        self.by_id.insert(key.id, Arc::clone(key));
    }

    fn remember_in_use(&mut self, owner: Tag, key: &Arc<WrappingKey>) {
        if self.in_use.len() >= KEPT_READY {
            self.in_use.clear();
        }
        self.in_use.insert(owner, Arc::clone(key));
    }
}

impl WrappingKey {
    /// Adds that the key must still be in use when the batch commits.
    pub(crate) fn guard(&self, batch: &mut Batch) {
        batch.guard(&IN_PLACE, self.id, 1);
    }

    /// Wraps the key of an object.
    pub(crate) fn wrap(&self, key: &SecretKey, bound_to: &[u8]) -> Result<Vec<u8>, ArchiveError> {
        wrap_key(&self.cipher, key, bound_to)
    }

    /// Unwraps the key of an object.
    pub(crate) fn unwrap(&self, wrapped: &[u8], bound_to: &[u8]) -> Option<SecretKey> {
        unwrap_key(&self.cipher, wrapped, bound_to).ok()
    }
}

/// The generations that are not destroyed, with the index key that each wraps.
async fn live_generations(store: &Store) -> Result<Vec<(KeyGeneration, Vec<u8>)>, StoreError> {
    let sql = "select id, index_key from archive_generation where live = 1 order by id";
    let rows = store.query(sql, params![]).await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.get("index_key")?))).collect()
}

/// The cipher of parked content, by a key that is derived from the index key.
fn parking_cipher(index_key: &SecretKey) -> Result<Cipher, NotAuthentic> {
    let root = hmac::Key::new(hmac::HMAC_SHA256, index_key.expose());
    let derived = hmac::sign(&root, b"altinn-archive/parking/v1");
    let bytes = derived.as_ref().try_into().map_err(|_| NotAuthentic)?;
    Cipher::new(&SecretKey::from_bytes(bytes))
}

/// What a wrapping key is bound to.
fn bound_to(id: Uuid) -> Vec<u8> {
    [b"altinn-archive/key/v1".as_slice(), id.as_bytes()].concat()
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("provider", &self.provider).finish_non_exhaustive()
    }
}

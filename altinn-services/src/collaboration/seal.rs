//! What cases hold of people and businesses: sealed.
//!
//! Every case has a random key, under which its shared data and what is said in it are sealed. That key stands in the
//! case's row, wrapped by the agency's key, which is never in the store.

use altinn_core::key::{Keyring, SealError, SealingKey, SecretKey, WrappedKey};
use altinn_core::store::{Batch, Row, Store, StoreError, params};
use serde_json::{Map, Value};

use super::{CaseId, CollaborationError, Collaborations};

/// The agency's keys under which the shared data of cases, and what participants say in them, are kept: the current one,
/// and former ones, under which older cases may still stand. `Debug` shows their names.
///
/// To change the key: give every node a keyring with the new key as the current one and the old one as a former one, then
/// call [`Collaborations::rotate_keys`] until it says that nothing is left; then the old key can be destroyed.
///
/// ```
/// use altinn_core::key::SecretKey;
/// use altinn_services::collaboration::CaseKeyring;
///
/// let (old, new) = (SecretKey::from_bytes([1; 32]), SecretKey::from_bytes([2; 32]));
/// let keyring = CaseKeyring::new(&new).with_former(&old);
/// assert_ne!(keyring.name(), CaseKeyring::new(&old).name());
/// ```
#[derive(Debug, Clone)]
pub struct CaseKeyring(Keyring);

/// What a call of [`Collaborations::rotate_keys`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RotatedCases {
    /// How many cases are under the current key now that were not before.
    pub cases: u32,
    /// Whether there may be more: call again.
    pub more: bool,
}

/// The key of one case.
#[derive(Debug)]
pub(super) struct CaseKey {
    case: CaseId,
    key: SealingKey,
}

/// Where something sealed stands in a case: it opens there and nowhere else.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// The shared data.
    Data,
    /// The transmission of this number.
    Transmission(i64),
}

const CLAIM: &str = "insert into services_collaboration_key (name) values ($1) on conflict (name) do nothing";

const OTHERS: &str = "select id, sealed_under, wrapped_key from services_collaboration_case \
    where sealed_under < $1 or sealed_under > $1 limit $2";

const WRAP_ANEW: &str = "update services_collaboration_case set sealed_under = $1, wrapped_key = $2 \
    where id = $3 and sealed_under = $4";

const LET_GO: &str = "delete from services_collaboration_key where name <> $1 and not exists \
    (select 1 from services_collaboration_case where sealed_under < $1 or sealed_under > $1)";

impl CaseKeyring {
    /// A keyring of one key.
    pub fn new(current: &SecretKey) -> Self {
        Self(Keyring::new("altinn-services cases", current))
    }

    /// The same keyring with a key more that older cases may be sealed under.
    #[must_use]
    pub fn with_former(self, key: &SecretKey) -> Self {
        Self(self.0.with_former(key))
    }

    /// The name of the current key: the beginning of a digest, which tells nothing of it.
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// Takes a store for the keyring, or refuses one with cases under a key that is not in it.
    pub(crate) async fn claim(&self, store: &Store) -> Result<(), CollaborationError> {
        let names = "select name from services_collaboration_key order by name";
        for row in &store.query(names, params![]).await? {
            let key: String = row.get("name")?;
            if !self.0.holds(&key) {
                return Err(SealError::NoSuchKey { key }.into());
            }
        }
        let mut batch = Batch::new();
        batch.execute(CLAIM, params![self.name()]);
        store.commit(batch).await?;
        Ok(())
    }

    /// The key of a new case.
    pub(super) fn generate(&self, case: CaseId) -> Result<WrappedKey, SealError> {
        let key = SecretKey::generate().map_err(|_| SealError::NoRandomness)?;
        self.0.wrap(&key, case.as_uuid().as_bytes())
    }

    /// The key of a case.
    pub(super) fn open(&self, case: CaseId, wrapped: &WrappedKey) -> Result<CaseKey, SealError> {
        let key = self.0.unwrap(wrapped, case.as_uuid().as_bytes())?;
        Ok(CaseKey { case, key: SealingKey::new(key.expose())? })
    }
}

impl CaseKey {
    /// Seals shared data.
    pub(super) fn seal_data(&self, data: &Map<String, Value>) -> Result<Vec<u8>, SealError> {
        self.seal(Place::Data, data)
    }

    /// Seals a value for a place.
    pub(super) fn seal<T: serde::Serialize>(&self, place: Place, value: &T) -> Result<Vec<u8>, SealError> {
        let plain = serde_json::to_vec(value).map_err(|_| SealError::Refused)?;
        self.key.seal(&place.of(self.case), &plain)
    }

    /// Opens what was sealed for a place.
    pub(super) fn open<T: serde::de::DeserializeOwned>(
        &self,
        place: Place,
        sealed: Vec<u8>,
    ) -> Result<T, SealError> {
        let plain = self.key.open(&place.of(self.case), sealed)?;
        serde_json::from_slice(&plain).map_err(|_| SealError::Refused)
    }
}

impl Place {
    fn of(self, case: CaseId) -> Vec<u8> {
        match self {
            Self::Data => format!("{case}/data").into_bytes(),
            Self::Transmission(number) => format!("{case}/transmission/{number}").into_bytes(),
        }
    }
}

/// The wrapped key in a case's row.
pub(super) fn wrapped_key(row: &Row) -> Result<WrappedKey, StoreError> {
    Ok(WrappedKey { sealed_under: row.get("sealed_under")?, wrapped: row.get("wrapped_key")? })
}

impl Collaborations<'_> {
    /// Brings at most so many cases under the keyring's current key that are under a former one: their own keys are
    /// wrapped anew, and what is sealed stays as it is. Others may go on meanwhile, and what was cut off goes on with the next
    /// call. Once it says that there is no more, and every node has the new key as the current one, the former key is needed
    /// no longer.
    ///
    /// # Errors
    /// [`CollaborationError::Seal`] when a case is under a key that is not in the keyring; [`CollaborationError::Store`].
    pub async fn rotate_keys(&self, limit: u32) -> Result<RotatedCases, CollaborationError> {
        let (keys, store) = (self.altinn.case_keys(), self.altinn.store());
        keys.claim(store).await?;
        let rows = store.query(OTHERS, params![keys.name(), i64::from(limit) + 1]).await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut rotated = RotatedCases { more: rows.len() > limit, ..RotatedCases::default() };
        for row in rows.iter().take(limit) {
            let (id, former): (CaseId, WrappedKey) = (row.get("id")?, wrapped_key(row)?);
            let place = *id.as_uuid().as_bytes();
            let anew = keys.0.wrap(&keys.0.unwrap(&former, &place)?, &place)?;
            let mut batch = Batch::new();
            batch.execute(WRAP_ANEW, params![anew.sealed_under, anew.wrapped, id, former.sealed_under]);
            store.commit(batch).await?;
            rotated.cases += 1;
        }
        if !rotated.more {
            let mut batch = Batch::new();
            batch.execute(LET_GO, params![keys.name()]);
            store.commit(batch).await?;
        }
        Ok(rotated)
    }
}

//! Keys: whether the keyring is that of the store, and how it comes under another one.

use altinn_core::key::WrappedKey;
use altinn_core::store::{Batch, Row, Store, params};
use uuid::Uuid;

use super::{Keyring, KeyringError, OrderKey, Place, SealError};
use crate::order::OpenOrder;
use crate::table::is_lost;
use crate::{Notifier, Recipients};

/// What a call of [`Notifier::rotate_keys`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Rotated {
    /// How many orders are under the current key now that were not before.
    pub orders: u32,
    /// How many contacts of [`StoredContacts`](crate::contact::StoredContacts) are.
    pub contacts: u32,
    /// Whether there may be more: call again.
    pub more: bool,
}

const CLAIM: &str = "insert into notify_key (name) values ($1) on conflict (name) do nothing";

const OTHERS: &str = "select id, sealed_under, wrapped_key, spec, recipients_of from notify_order \
    where (sealed_under < $1 or sealed_under > $1) and erased_at is null limit $2";

const SEAL_ANEW: &str = "update notify_order set sealed_under = $1, wrapped_key = $2, digest = $3 \
    where id = $4 and sealed_under = $5 and erased_at is null";

const FIND_ANEW: &str = "update notify_notification set recipient = $1 \
    where order_id = $2 and number = $3 and recipient is not null";

const LET_GO: &str = "delete from notify_key where name <> $1 and not exists \
    (select 1 from notify_order where (sealed_under < $1 or sealed_under > $1) and erased_at is null) \
    and not exists (select 1 from notify_contact where sealed_under < $1 or sealed_under > $1)";

/// Refuses a store that holds data under a key that is not in the keyring.
pub(crate) async fn check_keys(store: &Store, keyring: &Keyring) -> Result<(), KeyringError> {
    let names = store.query("select name from notify_key order by name", params![]).await?;
    for row in &names {
        let key: String = row.get("name")?;
        if !keyring.holds(&key) {
            return Err(SealError::NoSuchKey { key }.into());
        }
    }
    Ok(())
}

/// Notes in a batch that the store holds data under the keyring's current key.
pub(crate) fn claim(batch: &mut Batch, keyring: &Keyring) {
    batch.execute(CLAIM, params![keyring.name()]);
}

impl Notifier {
    /// Takes the store for the keyring, or refuses when the store holds data under a key that is not in it. To be called
    /// when a program starts: without that, what cannot be opened is parked when it is due.
    ///
    /// # Errors
    /// [`SealError::NoSuchKey`] names the key that is missing.
    pub async fn claim_keys(&self) -> Result<(), KeyringError> {
        check_keys(self.store(), &self.keyring).await?;
        let mut batch = Batch::new();
        claim(&mut batch, &self.keyring);
        self.store().commit(batch).await?;
        Ok(())
    }

    /// Brings at most so many orders and stored contacts under the keyring's current key that are under a former one. An
    /// order's key is wrapped anew, and its recipients found by new digests; what is sealed stays as it is. A contact is
    /// sealed anew. Others may go on meanwhile, and what was cut off goes on with the next call.
    ///
    /// Once it says that there is no more, and every node has the new key as the current one, the former key is needed
    /// no longer.
    ///
    /// # Errors
    /// [`KeyringError`] when the store fails, or an order or a contact is under a key that is not in the keyring.
    pub async fn rotate_keys(&self, limit: u32) -> Result<Rotated, KeyringError> {
        self.claim_keys().await?;
        let mut rotated = self.rotate_orders(limit).await?;
        if !rotated.more {
            let left = limit.saturating_sub(rotated.orders);
            let contacts = self.stored_contacts().rotate_keys(left).await?;
            (rotated.contacts, rotated.more) = (contacts.contacts, contacts.more);
        }
        if !rotated.more {
            let mut batch = Batch::new();
            batch.execute(LET_GO, params![self.keyring.name()]);
            self.store().commit(batch).await?;
        }
        Ok(rotated)
    }

    async fn rotate_orders(&self, limit: u32) -> Result<Rotated, KeyringError> {
        let others = params![self.keyring.name(), i64::from(limit) + 1];
        let rows = self.store().query(OTHERS, others).await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut rotated = Rotated { more: rows.len() > limit, ..Rotated::default() };
        for row in rows.iter().take(limit) {
            rotated.orders += u32::from(self.rotate(row).await?);
        }
        Ok(rotated)
    }

    /// Brings one order under the current key; not, if another node did so meanwhile, or it was erased.
    async fn rotate(&self, row: &Row) -> Result<bool, KeyringError> {
        let (id, former): (Uuid, String) = (row.get("id")?, row.get("sealed_under")?);
        let OpenOrder { spec, key } = OpenOrder::from_row(&self.keyring, id, row)?;
        self.find_anew(id, row.get("recipients_of")?, &key).await?;
        let WrappedKey { sealed_under, wrapped } = self.keyring.wrap(&key, id)?;
        let mut batch = Batch::new();
        let digest = self.keyring.request(spec.request);
        batch.execute_one(SEAL_ANEW, params![sealed_under, wrapped, digest, id, former]);
        Ok(!is_lost(self.store().commit(batch).await)?)
    }

    /// Gives the notifications of an order the digests of their recipients under the current key, slice by slice.
    async fn find_anew(&self, id: Uuid, recipients_of: Uuid, key: &OrderKey) -> Result<(), KeyringError> {
        let slices = "select slice from notify_recipients where order_id = $1 order by slice";
        for row in self.store().query(slices, params![recipients_of]).await? {
            let slice: u32 = row.get("slice")?;
            let sql = "select recipients from notify_recipients where order_id = $1 and slice = $2";
            let row = self.store().query_one(sql, params![recipients_of, slice]).await?;
            let lines = key.open(Place::Slice(recipients_of, slice), row.get("recipients")?)?;
            let mut batch = Batch::new();
            for (recipient, number) in Recipients::read_slice(&lines).zip(slice * Recipients::SLICE as u32..)
            {
                let digest = self.keyring.recipient(&recipient.key());
                batch.execute(FIND_ANEW, params![digest, id, number]);
            }
            self.store().commit(batch).await?;
        }
        Ok(())
    }
}

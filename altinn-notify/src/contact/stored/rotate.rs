//! Stored contacts come under another key of the agency.

use altinn_core::store::{Batch, params};

use super::{StoredContacts, Subject, sealed_contact};
use crate::seal::{KeyringError, Rotated, SealError, SealedContact};
use crate::table::is_lost;

const OTHERS: &str = "select found_by, sealed_under, sealed from notify_contact \
    where sealed_under < $1 or sealed_under > $1 limit $2";

const TAKE_AWAY: &str = "delete from notify_contact where found_by = $1 and sealed = $2";

const PUT_ANEW: &str = "insert into notify_contact (found_by, sealed_under, sealed) values ($1, $2, $3) \
    on conflict (found_by) do nothing";

impl StoredContacts {
    /// Seals at most so many contacts anew that are under a former key.
    pub(crate) async fn rotate_keys(&self, limit: u32) -> Result<Rotated, KeyringError> {
        let others = params![self.keyring.name(), i64::from(limit) + 1];
        let rows = self.store.query(OTHERS, others).await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut rotated = Rotated { more: rows.len() > limit, ..Rotated::default() };
        for row in rows.iter().take(limit) {
            rotated.contacts += u32::from(self.rotate(sealed_contact(row)?).await?);
        }
        Ok(rotated)
    }

    /// Seals one contact anew; not, if it was changed meanwhile. One that was put under the current key already stays.
    async fn rotate(&self, former: SealedContact) -> Result<bool, KeyringError> {
        let text = self.keyring.open_contact(&former)?;
        let (subject, _) = Subject::split(&text).ok_or(SealError::Refused)?;
        let SealedContact { found_by, sealed_under, sealed } = self.keyring.seal_contact(&subject, &text)?;
        let mut batch = Batch::new();
        batch.execute_one(TAKE_AWAY, params![former.found_by, former.sealed]);
        batch.execute(PUT_ANEW, params![found_by, sealed_under, sealed]);
        Ok(!is_lost(self.store.commit(batch).await)?)
    }
}

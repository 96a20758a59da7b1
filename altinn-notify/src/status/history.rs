//! Who was told what: the notifications of one recipient over all orders.

use altinn_core::store::{StoreError, params};
use uuid::Uuid;

use super::{NotificationState, gather, history_of};
use crate::{NotificationId, Notifier, RecipientKey};

const BY_RECIPIENT: &str = history_of!(
    "select * from notify_notification where recipient = $1 and id > $2 order by id limit $3",
    "n.id"
);

impl Notifier {
    /// The notifications to one recipient, of all orders, with every transition: those after an id (none: from the
    /// start), at most `limit` and at most [`NOTIFICATIONS_SHOWN`](Self::NOTIFICATIONS_SHOWN). Erased ones are not found.
    ///
    /// A recipient is found as it was ordered: a person by number, not by the address that a register gave.
    ///
    /// # Errors
    /// What the store says.
    pub async fn notifications_to(
        &self,
        recipient: &RecipientKey,
        after: Option<NotificationId>,
        limit: u32,
    ) -> Result<Vec<NotificationState>, StoreError> {
        let after = after.map_or(Uuid::nil(), NotificationId::as_uuid);
        let limit = limit.min(Self::NOTIFICATIONS_SHOWN);
        let mut found = Vec::new();
        for digest in self.keyring.every_recipient(recipient) {
            let rows = self.store().query(BY_RECIPIENT, params![digest, after, limit]).await?;
            found.extend(gather(&self.keyring, &rows)?);
        }
        found.sort_by_key(|notification| notification.id);
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(found)
    }
}

//! Who was told what: the notifications of one recipient over all orders.

use altinn_core::store::{StoreError, params};
use uuid::Uuid;

use super::{NotificationState, gather};
use crate::{NotificationId, Notifier, RecipientKey};

const BY_RECIPIENT: &str = "select n.*, t.sequence as transition_sequence, t.at as transition_at, \
    t.status as transition_status, t.reason as transition_reason \
    from (select * from notify_notification where recipient = $1 and id > $2 order by id limit $3) n \
    join notify_transition t on t.subject = n.id order by n.id, t.sequence";

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
        let rows = self.store().query(BY_RECIPIENT, params![recipient.as_str(), after, limit]).await?;
        gather(&rows)
    }
}

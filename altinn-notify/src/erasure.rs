//! Erasing personal data, while what was done can still be counted.

use altinn_core::store::{Batch, StoreError, params};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::Notifier;

/// Orders whose every notification has come to its end, and whose recipients no reminder still needs.
const FINISHED: &str = "select id from notify_order o where registered_at < $1 and erased_at is null and due_at is null \
    and not exists (select 1 from notify_notification n where n.order_id = o.id \
    and (n.due_at is not null or n.status = 'New')) \
    and not exists (select 1 from notify_order r where r.main_id = o.id and r.due_at is not null) \
    order by registered_at limit $2";

const ERASE_ORDER: &str = "update notify_order set erased_at = $1, spec = $2, wrapped_key = $2, digest = $2, \
    senders_reference = null where id = $3 and erased_at is null";

const ERASE_RECIPIENTS: &str = "update notify_recipients set recipients = $1 where order_id = $2";

const ERASE_NOTIFICATIONS: &str = "update notify_notification set recipient = null, routes = null, parked = 0 \
    where order_id = $1";

impl Notifier {
    /// Erases the personal data of at most `limit` orders that were placed before a time and have come to their end:
    /// who was told, where, what, and the agency's own reference; the key that they were sealed under goes too. Ids, times, statuses and their counts remain, and an
    /// order that comes again under its idempotency id is still the same one. Answers how many were erased.
    ///
    /// Call it again while it answers `limit`, and from time to time: how long the data is needed is for the agency to say.
    ///
    /// # Errors
    /// What the store says; what was erased before stays erased.
    pub async fn erase_before(&self, before: DateTime<Utc>, limit: u32) -> Result<u32, StoreError> {
        let rows = self.store().query(FINISHED, params![before, limit]).await?;
        let mut erased = 0;
        for row in rows {
            let id: Uuid = row.get("id")?;
            let mut batch = Batch::new();
            let nothing = Vec::<u8>::new();
            batch.execute_one(ERASE_ORDER, params![self.clock().now(), nothing.clone(), id]);
            batch.execute(ERASE_RECIPIENTS, params![nothing, id]);
            batch.execute(ERASE_NOTIFICATIONS, params![id]);
            erased += u32::from(!crate::table::is_lost(self.store().commit(batch).await)?);
        }
        Ok(erased)
    }
}

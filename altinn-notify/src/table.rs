//! The tables, and the statements that put an order into them.

use altinn_core::store::{Batch, Migration, WorkTable, params};
use chrono::{DateTime, Utc};

use crate::NotificationStatus;
use crate::order::{Plan, PlannedNotification};

/// The tables of this crate, for [`Store::migrate`](altinn_core::store::Store::migrate).
pub static MIGRATIONS: &[Migration] = &[
    Migration {
        owner: "altinn-notify",
        number: 1,
        name: "notify",
        sqlite: include_str!("../migrations/0001_notify.sqlite.sql"),
        postgres: include_str!("../migrations/0001_notify.postgres.sql"),
    },
    Migration {
        owner: "altinn-notify",
        number: 2,
        name: "contact",
        sqlite: include_str!("../migrations/0002_contact.sqlite.sql"),
        postgres: include_str!("../migrations/0002_contact.postgres.sql"),
    },
];

/// The notifications as work: claimed by one dispatcher at a time.
pub(crate) static NOTIFICATIONS: WorkTable = WorkTable::new("notify_notification");

/// What dispatchers wait for.
pub(crate) const WAKE_TOPIC: &str = "notify";

/// Touches no column of an order that is there already with the same digest, and changes no row at all when the
/// digest is another: then the batch conflicts.
const INSERT_ORDER: &str = "insert into notify_order (id, idempotency_id, digest, senders_reference, template_id, \
    template_version, requested_send_time, registered_at) values ($1, $2, $3, $4, $5, $6, $7, $8) \
    on conflict (id) do update set digest = excluded.digest where notify_order.digest = excluded.digest";

const INSERT_NOTIFICATION: &str = "insert into notify_notification (id, due_at, lease_until, lease_generation, order_id, \
    number, status, attempts, unknown_outcomes, sequence, message_id, send_at, expires_at, sender, address, language, \
    subject, body) values ($1, $2, 0, 0, $3, $4, $5, 0, 0, 0, $6, $7, $8, $9, $10, $11, $12, $13) \
    on conflict (id) do nothing";

const INSERT_FIRST_TRANSITION: &str = "insert into notify_transition (notification_id, sequence, at, status, reason) \
    values ($1, 0, $2, $3, null) on conflict (notification_id, sequence) do nothing";

/// Adds the rows of an order; of one that is there already, none.
pub(crate) fn insert_order(batch: &mut Batch, plan: &Plan<'_>, now: DateTime<Utc>) {
    let (template_id, template_version) = plan.template().unzip();
    batch.execute_one(
        INSERT_ORDER,
        params![
            plan.id.as_uuid(),
            plan.order.idempotency_id(),
            plan.digest.as_slice(),
            plan.senders_reference(),
            template_id,
            template_version,
            plan.requested_send_time(),
            now,
        ],
    );
    for notification in &plan.notifications {
        insert_notification(batch, plan, notification, now);
    }
    batch.wake(WAKE_TOPIC);
}

fn insert_notification(
    batch: &mut Batch,
    plan: &Plan<'_>,
    notification: &PlannedNotification<'_>,
    now: DateTime<Utc>,
) {
    let PlannedNotification { id, number, send_at, expires_at, message_id, sender, address, message } =
        notification;
    batch.execute(
        INSERT_NOTIFICATION,
        params![
            id.as_uuid(),
            *send_at,
            plan.id.as_uuid(),
            *number,
            NotificationStatus::New.as_str(),
            message_id,
            *send_at,
            *expires_at,
            sender.expose(),
            address.expose(),
            message.language.code(),
            message.subject.as_str(),
            message.body.as_str(),
        ],
    );
    batch.execute(INSERT_FIRST_TRANSITION, params![id.as_uuid(), now, NotificationStatus::New.as_str()]);
}

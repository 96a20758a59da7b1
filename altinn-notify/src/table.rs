//! The tables, and the statements that put orders and notifications into them.

use altinn_core::Language;
use altinn_core::key::WrappedKey;
use altinn_core::store::{
    Batch, Column, ColumnKind, InsertRows, Migration, StoreError, Value, WorkTable, params,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::channel::ChannelKind;
use crate::order::{Plan, Shipment};
use crate::seal::{OrderKey, Place, SealError};
use crate::{Keyring, NotificationId, NotificationStatus, OrderStatus, Reason, Recipients};

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

/// The orders as work: each is expanded slice by slice.
pub(crate) static ORDERS: WorkTable = WorkTable::new("notify_order");
/// The notifications as work: claimed by one dispatcher at a time.
pub(crate) static NOTIFICATIONS: WorkTable = WorkTable::new("notify_notification");

/// What dispatchers wait for.
pub(crate) const WAKE_TOPIC: &str = "notify";

/// Touches no column of an order that is there already with the same digest, and changes no row at all when the
/// digest is another: then the batch conflicts. The digest of an order whose personal data is erased is gone. The list of
/// digests is left open for those under former keys.
const INSERT_ORDER: &str = "insert into notify_order (id, due_at, lease_until, lease_generation, main_id, number, \
    idempotency_id, digest, status, sequence, attempts, senders_reference, template_id, template_version, \
    requested_send_time, registered_at, send_at, spec, sealed_under, wrapped_key, recipients_of, recipients, slices, \
    next_slice) values ($1, $2, 0, 0, $3, $4, $5, $6, $7, 0, 0, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 0) \
    on conflict (id) do update set digest = notify_order.digest \
    where notify_order.erased_at is not null or notify_order.digest in (excluded.digest";

const INSERT_SLICE: &str = "insert into notify_recipients (order_id, slice, recipients) values ($1, $2, $3) \
    on conflict (order_id, slice) do nothing";

const INSERT_FIRST_TRANSITION: &str = "insert into notify_transition (subject, sequence, order_id, at, status) \
    values ($1, 0, $2, $3, $4) on conflict (subject, sequence) do nothing";

static INSERT_NOTIFICATIONS: InsertRows = InsertRows::new(
    "notify_notification",
    &[
        Column::new("id", ColumnKind::Uuid),
        Column::new("due_at", ColumnKind::Int),
        Column::new("lease_until", ColumnKind::Int),
        Column::new("lease_generation", ColumnKind::Int),
        Column::new("order_id", ColumnKind::Uuid),
        Column::new("number", ColumnKind::Int),
        Column::new("route", ColumnKind::Int),
        Column::new("channel", ColumnKind::Text),
        Column::new("status", ColumnKind::Text),
        Column::new("parked", ColumnKind::Int),
        Column::new("attempts", ColumnKind::Int),
        Column::new("unknown_outcomes", ColumnKind::Int),
        Column::new("sequence", ColumnKind::Int),
        Column::new("message_id", ColumnKind::Text),
        Column::new("send_at", ColumnKind::Int),
        Column::new("expires_at", ColumnKind::Int),
        Column::new("recipient", ColumnKind::Blob),
        Column::new("routes", ColumnKind::Blob),
        Column::new("language", ColumnKind::Text),
    ],
);

static INSERT_TRANSITIONS: InsertRows = InsertRows::new(
    "notify_transition",
    &[
        Column::new("subject", ColumnKind::Uuid),
        Column::new("sequence", ColumnKind::Int),
        Column::new("order_id", ColumnKind::Uuid),
        Column::new("at", ColumnKind::Int),
        Column::new("status", ColumnKind::Text),
        Column::new("reason", ColumnKind::Text),
    ],
);

/// A notification that is to be stored, sealed.
#[derive(Debug, Clone)]
pub(crate) struct NewNotification {
    pub(crate) id: NotificationId,
    pub(crate) order_id: Uuid,
    /// The recipient's place in the order.
    pub(crate) number: u32,
    /// Which of the routes to the recipient it takes.
    pub(crate) route: u32,
    pub(crate) channel: ChannelKind,
    pub(crate) status: NotificationStatus,
    pub(crate) reason: Option<Reason>,
    /// When it is to be sent; nothing when it has come to its end already, or is on paper.
    pub(crate) due_at: Option<DateTime<Utc>>,
    pub(crate) message_id: String,
    pub(crate) send_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    /// What its recipient is found by.
    pub(crate) recipient: Option<Vec<u8>>,
    /// The route that it takes and those behind it, sealed; nothing on paper and without a way.
    pub(crate) routes: Option<Vec<u8>>,
    pub(crate) language: Language,
}

/// A status that an order or a notification came into.
#[derive(Debug, Clone)]
pub(crate) struct NewTransition {
    pub(crate) subject: Uuid,
    pub(crate) sequence: u32,
    pub(crate) order_id: Uuid,
    pub(crate) at: DateTime<Utc>,
    pub(crate) status: &'static str,
    pub(crate) reason: Option<Reason>,
}

/// The rows of an order and its reminders, sealed; of one that is there already, none are added.
pub(crate) fn insert_order(
    keyring: &Keyring,
    plan: &Plan<'_>,
    now: DateTime<Utc>,
) -> Result<Batch, SealError> {
    let (mut batch, key) = (Batch::new(), OrderKey::generate()?);
    for shipment in &plan.shipments {
        insert_shipment(&mut batch, (keyring, &key), plan, shipment, now)?;
    }
    batch.wake(WAKE_TOPIC);
    Ok(batch)
}

fn insert_shipment(
    batch: &mut Batch,
    (keyring, key): (&Keyring, &OrderKey),
    plan: &Plan<'_>,
    shipment: &Shipment<'_>,
    now: DateTime<Utc>,
) -> Result<(), SealError> {
    let (template_id, template_version) = shipment.template.unzip();
    let (id, status) = (shipment.id.as_uuid(), OrderStatus::Registered.as_str());
    let spec = key.seal(Place::Spec(id), &serde_json::json!(shipment.spec).to_string())?;
    let WrappedKey { sealed_under, wrapped } = keyring.wrap(key, id)?;
    let mut params = params![
        id,
        shipment.send_at,
        plan.id.as_uuid(),
        shipment.number,
        plan.order.idempotency_id(),
        keyring.request(plan.request),
        status,
        shipment.senders_reference,
        template_id,
        template_version,
        shipment.requested_send_time,
        now,
        shipment.send_at,
        spec,
        sealed_under,
        wrapped,
        shipment.recipients_of.as_uuid(),
        count(shipment.recipients.len()),
        count(shipment.recipients.slices().len()),
    ];
    let former = keyring.former_requests(plan.request);
    let places = (params.len() + 1..).take(former.len()).map(|place| format!(", ${place}"));
    let sql = format!("{INSERT_ORDER}{})", places.collect::<String>());
    params.extend(former.into_iter().map(Value::from));
    batch.execute_one(sql, params);
    if shipment.recipients_of == shipment.id {
        insert_slices(batch, key, id, shipment.recipients)?;
    }
    batch.execute(INSERT_FIRST_TRANSITION, params![id, id, now, status]);
    Ok(())
}

fn insert_slices(
    batch: &mut Batch,
    key: &OrderKey,
    order: Uuid,
    recipients: &Recipients,
) -> Result<(), SealError> {
    for (slice, number) in recipients.slices().iter().zip(0_u32..) {
        let sealed = key.seal(Place::Slice(order, number), slice)?;
        batch.execute(INSERT_SLICE, params![order, number, sealed]);
    }
    Ok(())
}

/// Adds notifications, each with its first transition.
pub(crate) fn insert_notifications(
    batch: &mut Batch,
    notifications: Vec<NewNotification>,
    now: DateTime<Utc>,
) {
    let first = |notification: &NewNotification| NewTransition {
        subject: notification.id.as_uuid(),
        sequence: 0,
        order_id: notification.order_id,
        at: now,
        status: notification.status.as_str(),
        reason: notification.reason.clone(),
    };
    let transitions = notifications.iter().map(first).collect();
    let rows = notifications.into_iter().map(NewNotification::into_row).collect();
    batch.insert_rows(&INSERT_NOTIFICATIONS, rows);
    insert_transitions(batch, transitions);
}

/// Adds transitions.
pub(crate) fn insert_transitions(batch: &mut Batch, transitions: Vec<NewTransition>) {
    let row = |transition: NewTransition| {
        let NewTransition { subject, sequence, order_id, at, status, reason } = transition;
        params![subject, sequence, order_id, at, status, reason.as_ref().map(Reason::as_str)]
    };
    batch.insert_rows(&INSERT_TRANSITIONS, transitions.into_iter().map(row).collect());
}

impl NewNotification {
    fn into_row(self) -> Vec<Value> {
        params![
            self.id.as_uuid(),
            self.due_at,
            0,
            0,
            self.order_id,
            self.number,
            self.route,
            self.channel.as_str(),
            self.status.as_str(),
            0,
            0,
            0,
            0,
            self.message_id,
            self.send_at,
            self.expires_at,
            self.recipient,
            self.routes,
            self.language.code(),
        ]
    }
}

/// Whether a commit failed because the row was another's meanwhile.
pub(crate) fn is_lost<T>(result: Result<T, StoreError>) -> Result<bool, StoreError> {
    match result {
        Ok(_) => Ok(false),
        Err(error) if error.is_conflict() => Ok(true),
        Err(error) => Err(error),
    }
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

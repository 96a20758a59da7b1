//! What became of an order: every notification with every transition.

mod feed;
mod history;
mod notification_status;

use std::collections::BTreeMap;

use altinn_core::Language;
use altinn_core::store::{Row, StoreError, params};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

pub use feed::{FeedEntry, FeedPage};
pub use notification_status::{NotificationStatus, OrderStatus};

use crate::channel::ChannelKind;
use crate::rules::Route;
use crate::seal::{OrderKey, Place};
use crate::{Keyring, NotificationId, Notifier, OrderId};

/// What became of an order.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OrderState {
    /// The order's id.
    pub id: OrderId,
    /// The idempotency id that it was ordered with.
    pub idempotency_id: String,
    /// The agency's own reference.
    pub senders_reference: Option<String>,
    /// The id and version of its template.
    pub template: Option<(String, String)>,
    /// When it was to be sent, if the order said so.
    pub requested_send_time: Option<DateTime<Utc>>,
    /// When it was ordered.
    pub registered_at: DateTime<Utc>,
    /// When it is due.
    pub send_at: DateTime<Utc>,
    /// Its status.
    pub status: OrderStatus,
    /// Why it has that status, in words without personal data.
    pub reason: Option<String>,
    /// How many recipients it has.
    pub recipients: u64,
    /// How many notifications have each status.
    pub counts: BTreeMap<NotificationStatus, u64>,
    /// Its first [`Notifier::NOTIFICATIONS_SHOWN`] notifications; [`Notifier::notifications`] gives all of them.
    pub notifications: Vec<NotificationState>,
    /// Its reminders, which are orders of their own.
    pub reminders: Vec<OrderId>,
    /// When its personal data was erased.
    pub erased_at: Option<DateTime<Utc>>,
}

/// What became of one notification.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NotificationState {
    /// The notification's id.
    pub id: NotificationId,
    /// The order's id.
    pub order: OrderId,
    /// The recipient's place among those of the order, from 0.
    pub number: u32,
    /// The channel.
    pub channel: ChannelKind,
    /// Where it goes; nothing on paper, without a way, when personal data was erased, and when the notifier's keyring does
    /// not hold the key that it is sealed under.
    pub address: Option<Address>,
    /// The language.
    pub language: Language,
    /// The id that its message bears, the same at every attempt: of a mail, its Message-ID.
    pub message_id: String,
    /// Its status now.
    pub status: NotificationStatus,
    /// Whether it was given up in a way that somebody should look at; it can be
    /// [driven again](crate::Notifier::redrive).
    pub is_parked: bool,
    /// How many attempts have begun.
    pub attempts: u32,
    /// When it is to be tried next; nothing when it has come to its end.
    pub due_at: Option<DateTime<Utc>>,
    /// When it is given up.
    pub expires_at: DateTime<Utc>,
    /// Every status it has had, in their order.
    pub transitions: Vec<Transition>,
}

/// An address or number as it is stored. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(String);

/// A status that a notification came into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Transition {
    /// The transition's place in the history, from 0 without a gap.
    pub sequence: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// The status.
    pub status: NotificationStatus,
    /// Why, in words without personal data.
    pub reason: Option<String>,
}

impl Address {
    /// The address in clear, for those who must have it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(***)")
    }
}

impl NotificationState {
    /// Whether nothing more happens by itself.
    pub fn is_final(&self) -> bool {
        self.due_at.is_none() && self.status != NotificationStatus::New
    }
}

const ORDER: &str = "select * from notify_order where id = $1";

const REMINDERS: &str = "select id from notify_order where main_id = $1 and number > 0 order by number";

const COUNTS: &str = "select status, count(*) as count, count(due_at) as due from notify_notification \
    where order_id = $1 group by status";

/// What a history has of notifications, given by a query in the place of `n`; the key of its order comes with each.
macro_rules! history_of {
    ($notifications:literal, $order:literal) => {
        concat!(
            "select n.*, t.sequence as transition_sequence, t.at as transition_at, t.status as transition_status, ",
            "t.reason as transition_reason, o.sealed_under as sealed_under, o.wrapped_key as wrapped_key from (",
            $notifications,
            ") n join notify_order o on o.id = n.order_id join notify_transition t on t.subject = n.id order by ",
            $order,
            ", t.sequence"
        )
    };
}
pub(crate) use history_of;

const NOTIFICATIONS: &str = history_of!(
    "select * from notify_notification where order_id = $1 and number >= $2 and number < $3",
    "n.number, n.route"
);

impl Notifier {
    /// How many recipients' notifications a status shows.
    pub const NOTIFICATIONS_SHOWN: u32 = 1_000;

    /// What became of an order, with every transition of its notifications.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such order; else what the store says.
    pub async fn status(&self, order: OrderId) -> Result<OrderState, StoreError> {
        let row = self.store().query_one(ORDER, params![order.as_uuid()]).await?;
        let counts = self.store().query(COUNTS, params![order.as_uuid()]).await?;
        let reminders = self.store().query(REMINDERS, params![order.as_uuid()]).await?;
        let template_id: Option<String> = row.get("template_id")?;
        Ok(OrderState {
            id: order,
            idempotency_id: row.get("idempotency_id")?,
            senders_reference: row.get("senders_reference")?,
            template: template_id.zip(row.get("template_version")?),
            requested_send_time: row.get("requested_send_time")?,
            registered_at: row.get("registered_at")?,
            send_at: row.get("send_at")?,
            status: order_status(&row, &counts)?,
            reason: row.get("status_reason")?,
            recipients: row.get::<i64>("recipients")?.unsigned_abs(),
            counts: counts.iter().map(count_of).collect::<Result<_, _>>()?,
            notifications: self.notifications(order, 0, Self::NOTIFICATIONS_SHOWN).await?,
            reminders: reminders
                .iter()
                .map(|row| row.get::<Uuid>("id").map(OrderId::from))
                .collect::<Result<_, _>>()?,
            erased_at: row.get("erased_at")?,
        })
    }

    /// The idempotency id that an order was ordered with, its reminders too; nothing when there is no such order.
    ///
    /// # Errors
    /// What the store says.
    pub async fn idempotency_id(&self, order: OrderId) -> Result<Option<String>, StoreError> {
        let select = "select idempotency_id from notify_order where id = $1";
        let row = self.store().query_opt(select, params![order.as_uuid()]).await?;
        row.map(|row| row.get("idempotency_id")).transpose()
    }

    /// The notifications of an order's recipients from a place on, those of at most `limit` recipients and at most
    /// [`NOTIFICATIONS_SHOWN`](Self::NOTIFICATIONS_SHOWN).
    ///
    /// # Errors
    /// What the store says.
    pub async fn notifications(
        &self,
        order: OrderId,
        from: u32,
        limit: u32,
    ) -> Result<Vec<NotificationState>, StoreError> {
        let until = i64::from(from) + i64::from(limit.min(Self::NOTIFICATIONS_SHOWN));
        let rows = self.store().query(NOTIFICATIONS, params![order.as_uuid(), from, until]).await?;
        gather(&self.keyring, &rows)
    }
}

/// The stored status, and [`Completed`](OrderStatus::Completed) when nothing of a processed order is open any more.
fn order_status(row: &Row, counts: &[Row]) -> Result<OrderStatus, StoreError> {
    let stored = decode(row, "status", "an order's status", OrderStatus::named)?;
    if stored != OrderStatus::Processed {
        return Ok(stored);
    }
    for row in counts {
        if row.get::<i64>("due")? > 0 || row.get::<String>("status")? == NotificationStatus::New.as_str() {
            return Ok(stored);
        }
    }
    Ok(OrderStatus::Completed)
}

fn count_of(row: &Row) -> Result<(NotificationStatus, u64), StoreError> {
    Ok((status(row, "status")?, row.get::<i64>("count")?.unsigned_abs()))
}

/// Gathers the rows of a history, one a transition, into notifications.
pub(crate) fn gather(keyring: &Keyring, rows: &[Row]) -> Result<Vec<NotificationState>, StoreError> {
    let mut notifications: Vec<NotificationState> = Vec::new();
    let mut keys = Keys { keyring, last: None };
    for row in rows {
        let id = NotificationId::from(row.get::<Uuid>("id")?);
        if notifications.last().is_none_or(|last| last.id != id) {
            notifications.push(notification(&mut keys, id, row)?);
        }
        if let Some(notification) = notifications.last_mut() {
            notification.transitions.push(transition(row)?);
        }
    }
    Ok(notifications)
}

/// The keys of orders; the last one is kept, since notifications of one order stand together.
struct Keys<'a> {
    keyring: &'a Keyring,
    last: Option<(OrderId, Option<OrderKey>)>,
}

impl Keys<'_> {
    /// Where a notification goes; nothing when that cannot be opened.
    fn address(
        &mut self,
        id: NotificationId,
        order: OrderId,
        row: &Row,
    ) -> Result<Option<Address>, StoreError> {
        let Some(routes) = row.get::<Option<Vec<u8>>>("routes")? else { return Ok(None) };
        if self.last.as_ref().is_none_or(|(last, _)| *last != order) {
            self.last = Some((order, OrderKey::from_row(self.keyring, order.as_uuid(), row).ok()));
        }
        let key = self.last.as_ref().and_then(|(_, key)| key.as_ref());
        let lines = key.and_then(|key| key.open(Place::Routes(id.as_uuid()), routes).ok());
        let route = lines.and_then(|lines| Route::from_lines(&lines).into_iter().next());
        Ok(route.and_then(|route| route.address().map(str::to_owned)).map(Address))
    }
}

fn notification(keys: &mut Keys<'_>, id: NotificationId, row: &Row) -> Result<NotificationState, StoreError> {
    let order = OrderId::from(row.get::<Uuid>("order_id")?);
    Ok(NotificationState {
        id,
        order,
        number: row.get("number")?,
        channel: decode(row, "channel", "a channel", ChannelKind::named)?,
        address: keys.address(id, order, row)?,
        language: decode(row, "language", "a language", |code| code.parse().ok())?,
        message_id: row.get("message_id")?,
        status: status(row, "status")?,
        is_parked: row.get::<i64>("parked")? != 0,
        attempts: row.get("attempts")?,
        due_at: row.get("due_at")?,
        expires_at: row.get("expires_at")?,
        transitions: Vec::new(),
    })
}

fn transition(row: &Row) -> Result<Transition, StoreError> {
    Ok(Transition {
        sequence: row.get("transition_sequence")?,
        at: row.get("transition_at")?,
        status: status(row, "transition_status")?,
        reason: row.get("transition_reason")?,
    })
}

/// The status that a column holds.
pub(crate) fn status(row: &Row, column: &str) -> Result<NotificationStatus, StoreError> {
    decode(row, column, "a notification's status", NotificationStatus::named)
}

/// A column of text as a value of ours.
pub(crate) fn decode<T>(
    row: &Row,
    column: &str,
    expected: &'static str,
    value: impl FnOnce(&str) -> Option<T>,
) -> Result<T, StoreError> {
    let text: String = row.get(column)?;
    value(&text).ok_or_else(|| StoreError::Decode { column: column.to_owned(), expected })
}

//! What became of an order: every notification with every transition.

use std::str::FromStr;

use altinn_core::store::{Row, StoreError, params};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::{EmailAddress, NotificationId, Notifier, OrderId};

/// The status of an order, as Altinn names it; it follows from the statuses of its notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum OrderStatus {
    /// Nothing has been tried yet.
    Registered,
    /// Something has been tried, and something is still to be.
    Processing,
    /// Nothing is to be tried any more.
    Completed,
}

impl OrderStatus {
    /// The status as Altinn spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "Registered",
            Self::Processing => "Processing",
            Self::Completed => "Completed",
        }
    }
}

macro_rules! notification_statuses {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        /// The status of a notification by mail, as Altinn names it.
        ///
        /// A status is final when the notification has no time to be tried at any more
        /// ([`NotificationState::is_final`]); a mail that is to be tried again shows how its last attempt ended.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        #[non_exhaustive]
        pub enum NotificationStatus {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl NotificationStatus {
            /// The status as Altinn spells it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

notification_statuses! {
    /// Ordered, never tried.
    New = "New";
    /// An attempt has begun, and its end is not recorded yet.
    Sending = "Sending";
    /// An attempt ended without anyone knowing how; the mail goes once more with the same Message-ID. (Not in Altinn.)
    OutcomeUnknown = "OutcomeUnknown";
    /// The mail server has taken the mail over.
    Succeeded = "Succeeded";
    /// The mail was refused, or parked because it could not be brought to an end.
    Failed = "Failed";
    /// The mail server says that the address is not one.
    FailedInvalidEmailFormat = "Failed_InvalidEmailFormat";
    /// The mail server says that the mail is too large.
    FailedPayloadTooLarge = "Failed_PayloadTooLarge";
    /// The last attempt failed in a way that may pass; another one follows.
    FailedTransientError = "Failed_TransientError";
    /// No attempt succeeded within the mail's time to live.
    FailedTtl = "Failed_TTL";
}

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
    /// Its status.
    pub status: OrderStatus,
    /// Its notifications, one a recipient and channel.
    pub notifications: Vec<NotificationState>,
}

/// What became of one notification.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NotificationState {
    /// The notification's id.
    pub id: NotificationId,
    /// Where it goes.
    pub address: EmailAddress,
    /// The Message-ID of its mail, the same at every attempt.
    pub message_id: String,
    /// Its status now.
    pub status: NotificationStatus,
    /// How many attempts have begun.
    pub attempts: u32,
    /// When it is to be tried next; nothing when it has come to its end.
    pub due_at: Option<DateTime<Utc>>,
    /// When it is given up.
    pub expires_at: DateTime<Utc>,
    /// Every status it has had, in their order.
    pub transitions: Vec<Transition>,
}

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

impl NotificationState {
    /// Whether nothing more happens by itself.
    pub fn is_final(&self) -> bool {
        self.due_at.is_none()
    }
}

const ORDER: &str = "select idempotency_id, senders_reference, template_id, template_version, requested_send_time, \
    registered_at from notify_order where id = $1";

const HISTORY: &str = "select n.id as id, n.address as address, n.message_id as message_id, n.status as status, \
    n.attempts as attempts, n.due_at as due_at, n.expires_at as expires_at, t.sequence as transition_sequence, \
    t.at as transition_at, t.status as transition_status, t.reason as transition_reason \
    from notify_notification n join notify_transition t on t.notification_id = n.id \
    where n.order_id = $1 order by n.number, t.sequence";

impl Notifier {
    /// What became of an order, with every transition of every notification.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such order; else what the store says.
    pub async fn status(&self, order: OrderId) -> Result<OrderState, StoreError> {
        let row = self.store().query_one(ORDER, params![order.as_uuid()]).await?;
        let history = self.store().query(HISTORY, params![order.as_uuid()]).await?;
        let notifications = notifications(&history)?;
        let template_id: Option<String> = row.get("template_id")?;
        Ok(OrderState {
            id: order,
            idempotency_id: row.get("idempotency_id")?,
            senders_reference: row.get("senders_reference")?,
            template: template_id.zip(row.get("template_version")?),
            requested_send_time: row.get("requested_send_time")?,
            registered_at: row.get("registered_at")?,
            status: order_status(&notifications),
            notifications,
        })
    }
}

fn order_status(notifications: &[NotificationState]) -> OrderStatus {
    if notifications.iter().all(NotificationState::is_final) {
        OrderStatus::Completed
    } else if notifications.iter().all(|notification| notification.attempts == 0) {
        OrderStatus::Registered
    } else {
        OrderStatus::Processing
    }
}

/// Gathers the rows of a history, one a transition, into notifications.
fn notifications(history: &[Row]) -> Result<Vec<NotificationState>, StoreError> {
    let mut notifications: Vec<NotificationState> = Vec::new();
    for row in history {
        let id = NotificationId::from(row.get::<Uuid>("id")?);
        if notifications.last().is_none_or(|last| last.id != id) {
            notifications.push(notification(id, row)?);
        }
        if let Some(notification) = notifications.last_mut() {
            notification.transitions.push(transition(row)?);
        }
    }
    Ok(notifications)
}

fn notification(id: NotificationId, row: &Row) -> Result<NotificationState, StoreError> {
    Ok(NotificationState {
        id,
        address: decode(row, "address", "an e-mail address", |text| EmailAddress::from_str(text).ok())?,
        message_id: row.get("message_id")?,
        status: status(row, "status")?,
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

//! What notifications are answered as.

use altinn_notify::channel::ChannelKind;
use altinn_notify::{
    Address, FeedEntry, NotificationId, NotificationState, OrderId, OrderState, OrderStatus,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// An order, or one of its reminders.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct OrderPath {
    /// The order, or a reminder: its shipment id.
    pub(super) id: Uuid,
}

/// What was ordered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "NotificationOrderChainResponse")]
pub(super) struct OrderedChain {
    notification_order_id: Uuid,
    notification: OrderedNotification,
}

/// What was ordered, and its reminders.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OrderedNotification {
    shipment_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    senders_reference: Option<String>,
    reminders: Vec<OrderedReminder>,
}

/// A reminder that was ordered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OrderedReminder {
    shipment_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    senders_reference: Option<String>,
}

/// An order that was cancelled.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CancelledOrder {
    pub(super) id: Uuid,
    /// `Order_Cancelled`.
    pub(super) status: String,
    /// How many notifications were held back.
    pub(super) held_back: u64,
    /// How many had been sent, or were about to be.
    pub(super) too_late: u64,
    /// How many reminders were cancelled with it.
    pub(super) reminders: u64,
}

/// How an order stands, and whom it has reached.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "NotificationDeliveryManifest")]
pub(super) struct DeliveryManifest {
    shipment_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    senders_reference: Option<String>,
    /// `Notification` or `Reminder`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// `Order_Registered`, `Order_Processing`, `Order_Processed`, `Order_Completed`, `Order_SendConditionNotMet`, `Order_Cancelled`.
    status: String,
    /// Why, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    status_description: Option<String>,
    last_update: DateTime<Utc>,
    /// How many recipients there are.
    recipient_count: u64,
    /// The first 1,000 of them; the log has all.
    recipients: Vec<ManifestRecipient>,
    /// Its reminders.
    reminders: Vec<Uuid>,
}

/// Whom a notification goes to, and how far it has come. `Debug` does not show where.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "NotificationDelivery")]
struct ManifestRecipient {
    /// `Email`, `SMS` or `Print`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Where it goes; nothing on paper, without a way, and when it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    destination: Option<String>,
    /// `Email_Delivered`, `SMS_Failed_BarredReceiver`, ...
    status: String,
    last_update: DateTime<Utc>,
}

/// Everything that has happened with a notification. `Debug` does not show where it goes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NotificationLog {
    notification_id: Uuid,
    /// The recipient's place among those of the order, from 0.
    recipient_number: u32,
    #[serde(flatten)]
    delivery: ManifestRecipient,
    /// The id that its message bears, the same at every attempt.
    message_id: String,
    attempts: u32,
    expires_at: DateTime<Utc>,
    history: Vec<LogEntry>,
}

/// A status that a notification came into.
#[derive(Debug, Serialize, ToSchema)]
struct LogEntry {
    at: DateTime<Utc>,
    status: String,
    /// Why, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// A status that an order or a notification came into.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "StatusFeedEntry")]
pub(super) struct FeedAnswer {
    /// Its place in the feed: what to ask after to go on.
    sequence_number: i64,
    shipment_id: Uuid,
    /// The notification; nothing when it is the order itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    notification_id: Option<Uuid>,
    status: String,
    last_update: DateTime<Utc>,
    /// Why, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// How Altinn names the statuses of orders and of notifications by their channels.
pub(super) struct NotificationStatusName;

impl NotificationStatusName {
    pub(super) fn of_order(status: OrderStatus) -> String {
        format!("Order_{}", status.as_str())
    }

    fn of(channel: ChannelKind, status: &str) -> String {
        format!("{}_{status}", kind(channel))
    }
}

impl OrderedChain {
    pub(super) fn of(
        order: OrderId,
        senders_reference: Option<String>,
        reminders: Vec<Option<String>>,
    ) -> Self {
        let reminder = |(number, senders_reference)| {
            let shipment_id = order.reminder(number).as_uuid();
            OrderedReminder { shipment_id, senders_reference }
        };
        let shipment_id = order.as_uuid();
        let reminders = (1..).zip(reminders).map(reminder).collect();
        Self {
            notification_order_id: shipment_id,
            notification: OrderedNotification { shipment_id, senders_reference, reminders },
        }
    }
}

impl From<OrderState> for DeliveryManifest {
    fn from(order: OrderState) -> Self {
        let is_main = OrderId::of(&order.idempotency_id) == order.id;
        let recipients: Vec<_> = order.notifications.iter().map(ManifestRecipient::of).collect();
        let last = recipients.iter().map(|recipient| recipient.last_update).max();
        Self {
            shipment_id: order.id.as_uuid(),
            senders_reference: order.senders_reference,
            kind: if is_main { "Notification" } else { "Reminder" },
            status: NotificationStatusName::of_order(order.status),
            status_description: order.reason,
            last_update: last.unwrap_or(order.registered_at),
            recipient_count: order.recipients,
            recipients,
            reminders: order.reminders.into_iter().map(OrderId::as_uuid).collect(),
        }
    }
}

impl ManifestRecipient {
    fn of(notification: &NotificationState) -> Self {
        let last = notification.transitions.last();
        Self {
            kind: kind(notification.channel),
            destination: notification.address.as_ref().map(Address::expose).map(str::to_owned),
            status: NotificationStatusName::of(notification.channel, notification.status.as_str()),
            last_update: last.map_or(notification.expires_at, |last| last.at),
        }
    }
}

impl From<NotificationState> for NotificationLog {
    fn from(notification: NotificationState) -> Self {
        let delivery = ManifestRecipient::of(&notification);
        let channel = notification.channel;
        let history = notification.transitions.into_iter().map(|transition| LogEntry {
            at: transition.at,
            status: NotificationStatusName::of(channel, transition.status.as_str()),
            reason: transition.reason,
        });
        Self {
            notification_id: notification.id.as_uuid(),
            recipient_number: notification.number,
            delivery,
            message_id: notification.message_id,
            attempts: notification.attempts,
            expires_at: notification.expires_at,
            history: history.collect(),
        }
    }
}

impl From<FeedEntry> for FeedAnswer {
    fn from(entry: FeedEntry) -> Self {
        let status = match entry.channel {
            Some(channel) => NotificationStatusName::of(channel, &entry.status),
            None => format!("Order_{}", entry.status),
        };
        Self {
            sequence_number: entry.position,
            shipment_id: entry.order.as_uuid(),
            notification_id: entry.notification.map(NotificationId::as_uuid),
            status,
            last_update: entry.at,
            reason: entry.reason,
        }
    }
}

fn kind(channel: ChannelKind) -> &'static str {
    match channel {
        ChannelKind::Email => "Email",
        ChannelKind::Sms => "SMS",
        ChannelKind::Print => "Print",
    }
}

impl std::fmt::Debug for ManifestRecipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ManifestRecipient").field("status", &self.status).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for NotificationLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NotificationLog").field("history", &self.history).finish_non_exhaustive()
    }
}

//! What is learned after a message was taken over: delivered, bounced, printed.

use altinn_core::store::{Batch, StoreError, params};
use thiserror::Error;
use uuid::Uuid;

use crate::channel::ChannelKind;
use crate::dispatch::{FailedRoute, Following};
use crate::seal::{KeyringError, SealError};
use crate::table::{NewTransition, WAKE_TOPIC, insert_notifications, insert_transitions};
use crate::{NotificationId, NotificationStatus, Notifier, Reason};

/// How often a receipt that met another writer is recorded again.
const TRIES: u32 = 5;

/// What a gateway's delivery report says of an SMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryReport {
    /// It has reached the telephone.
    Delivered,
    /// It has not, and will not.
    Undelivered,
    /// It has not in its time.
    Expired,
    /// It was deleted on its way.
    Deleted,
    /// It was rejected on its way.
    Rejected,
    /// The number is not one.
    InvalidRecipient,
    /// The recipient is barred.
    Barred,
}

/// Why a receipt changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// There is no such notification in this channel.
    #[error("there is no notification `{notification}` that the receipt could be about")]
    NotFound {
        /// The notification's id.
        notification: NotificationId,
    },
    /// The notification has not been sent, or has come to another end.
    #[error("notification `{notification}` is `{status}`, which the receipt does not fit")]
    DoesNotFit {
        /// The notification's id.
        notification: NotificationId,
        /// Its status.
        status: &'static str,
    },
    /// The receipt names a message that was not sent so: whoever wrote it has not seen the message.
    #[error("the receipt does not bear the message id of notification `{notification}`")]
    NotAuthentic {
        /// The notification's id.
        notification: NotificationId,
    },
    /// The next route to the recipient cannot be opened or sealed; nothing is recorded, and the receipt can come again.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<KeyringError> for ReceiptError {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::Store(error) => Self::Store(error),
            KeyringError::Seal(error) => Self::Seal(error),
        }
    }
}

impl ReceiptError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "NOTIFY-RECEIPT-NOT-FOUND",
            Self::DoesNotFit { .. } => "NOTIFY-RECEIPT-DOES-NOT-FIT",
            Self::NotAuthentic { .. } => "NOTIFY-RECEIPT-NOT-AUTHENTIC",
            Self::Seal(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}

/// A receipt: what a notification comes into, and from where it may.
pub(crate) struct Received<'a> {
    pub(crate) status: NotificationStatus,
    pub(crate) reason: Reason,
    pub(crate) from: &'a [NotificationStatus],
    pub(crate) channel: ChannelKind,
    /// The message id that it bears, where anybody can have sent it.
    pub(crate) message_id: Option<&'a str>,
}

const RECORD: &str = "update notify_notification set status = $1, sequence = $2, parked = 0, due_at = null, lease_until = 0, \
    lease_generation = lease_generation + 1 where id = $3 and sequence = $4";

/// What a message can be when a receipt about it comes: also one whose outcome nobody knew, since now it is known.
const AFTER_SENDING: &[NotificationStatus] = &[
    NotificationStatus::Succeeded,
    NotificationStatus::Accepted,
    NotificationStatus::OutcomeUnknown,
    NotificationStatus::Sending,
];

impl Notifier {
    /// Records what a gateway reports of an SMS, found by its message id. A failure gives way to the next route. To
    /// report twice is to report once.
    ///
    /// # Errors
    /// [`ReceiptError`] when there is no such SMS, or the report does not fit what is known of it.
    pub async fn record_delivery(
        &self,
        notification: NotificationId,
        report: DeliveryReport,
    ) -> Result<(), ReceiptError> {
        let status = match report {
            DeliveryReport::Delivered => NotificationStatus::Delivered,
            DeliveryReport::Undelivered => NotificationStatus::FailedUndelivered,
            DeliveryReport::Expired => NotificationStatus::FailedExpired,
            DeliveryReport::Deleted => NotificationStatus::FailedDeleted,
            DeliveryReport::Rejected => NotificationStatus::FailedRejected,
            DeliveryReport::InvalidRecipient => NotificationStatus::FailedInvalidRecipient,
            DeliveryReport::Barred => NotificationStatus::FailedBarredReceiver,
        };
        let reason = Reason::new("reported by the gateway");
        let (from, channel) = (AFTER_SENDING, ChannelKind::Sms);
        let received = Received { status, reason, from, channel, message_id: None };
        self.receive(notification, received).await
    }

    /// Records what came back about a mail.
    pub(crate) async fn receive_mail(
        &self,
        notification: NotificationId,
        status: NotificationStatus,
        reason: Reason,
        message_id: &str,
    ) -> Result<(), ReceiptError> {
        let (from, channel, message_id) = (AFTER_SENDING, ChannelKind::Email, Some(message_id));
        self.receive(notification, Received { status, reason, from, channel, message_id }).await
    }

    /// Records a receipt.
    pub(crate) async fn receive(
        &self,
        notification: NotificationId,
        received: Received<'_>,
    ) -> Result<(), ReceiptError> {
        for _ in 1..TRIES {
            match self.try_receive(notification, &received).await {
                Err(ReceiptError::Store(error)) if error.is_conflict() => {}
                result => return result,
            }
        }
        self.try_receive(notification, &received).await
    }

    async fn try_receive(
        &self,
        notification: NotificationId,
        received: &Received<'_>,
    ) -> Result<(), ReceiptError> {
        let id = notification.as_uuid();
        let Some(failed) = self.failed_route(notification).await? else {
            return Err(ReceiptError::NotFound { notification });
        };
        if failed.channel() != received.channel {
            return Err(ReceiptError::NotFound { notification });
        }
        if received.message_id.is_some_and(|message_id| message_id != failed.message_id()) {
            return Err(ReceiptError::NotAuthentic { notification });
        }
        if failed.status() == received.status {
            return Ok(());
        }
        if !received.from.contains(&failed.status()) {
            let status = failed.status().as_str();
            return Err(ReceiptError::DoesNotFit { notification, status });
        }
        let (now, sequence, order_id) = (self.clock().now(), failed.sequence(), failed.order_id());
        let (status, mut batch) = (received.status.as_str(), Batch::new());
        let next = sequence + 1;
        batch.execute_one(RECORD, params![status, next, id, sequence]);
        let reason = Some(received.reason.clone());
        let transition = NewTransition { subject: id, sequence: next, order_id, at: now, status, reason };
        insert_transitions(&mut batch, vec![transition]);
        if received.status.is_failure() {
            let following = Following { keyring: &self.keyring, window: &self.window, now };
            let follower = failed.follower(following)?;
            insert_notifications(&mut batch, follower.into_iter().collect(), now);
            batch.wake(WAKE_TOPIC);
        }
        self.store().commit(batch).await?;
        Ok(())
    }

    async fn failed_route(&self, notification: NotificationId) -> Result<Option<FailedRoute>, KeyringError> {
        let sql = "select * from notify_notification where id = $1";
        let Some(row) = self.store().query_opt(sql, params![notification.as_uuid()]).await? else {
            return Ok(None);
        };
        let sql = "select sealed_under, wrapped_key, spec, erased_at from notify_order where id = $1";
        let order = self.store().query_one(sql, params![row.get::<Uuid>("order_id")?]).await?;
        FailedRoute::from_rows(&self.keyring, &row, &order).map(Some)
    }
}

//! The statuses of orders and notifications.

use serde::Serialize;

macro_rules! statuses {
    ($(#[$enum_doc:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal;)* }) => {
        $(#[$enum_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// The status as it is spelled.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }

            pub(crate) fn named(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

statuses! {
    /// The status of an order, as Altinn spells it.
    OrderStatus {
        /// Its time has not come, or nobody has taken it up.
        Registered = "Registered";
        /// Its recipients are being written down as notifications.
        Processing = "Processing";
        /// Every recipient has a notification, and some of them have not come to their end.
        Processed = "Processed";
        /// Every notification has come to its end.
        Completed = "Completed";
        /// Its condition was not met, or could not be asked. Nobody was told.
        SendConditionNotMet = "SendConditionNotMet";
        /// It was cancelled; what had been sent before shows in its notifications.
        Cancelled = "Cancelled";
    }
}

statuses! {
    /// The status of a notification, as Altinn spells those of mail and SMS.
    ///
    /// A status is final when nothing more happens by itself ([`NotificationState::is_final`](crate::NotificationState::is_final));
    /// one that is to be tried again shows how its last attempt ended.
    NotificationStatus {
        /// Never tried; on paper, not yet printed.
        New = "New";
        /// An attempt has begun, and its end is not recorded yet.
        Sending = "Sending";
        /// An attempt ended without anyone knowing how. (Not in Altinn.)
        OutcomeUnknown = "OutcomeUnknown";
        /// The mail server has taken the mail over; on paper, the agency has printed it.
        Succeeded = "Succeeded";
        /// The gateway has taken the SMS over.
        Accepted = "Accepted";
        /// A receipt says that it has reached its recipient.
        Delivered = "Delivered";
        /// It was cancelled before it was sent. (Not in Altinn.)
        Cancelled = "Cancelled";
        /// It was refused, or parked because it could not be brought to an end.
        Failed = "Failed";
        /// The person has reserved against digital communication.
        FailedRecipientReserved = "Failed_RecipientReserved";
        /// The contact register has no address that may be used.
        FailedRecipientNotIdentified = "Failed_RecipientNotIdentified";
        /// The mail server says that the address is not one.
        FailedInvalidEmailFormat = "Failed_InvalidEmailFormat";
        /// The gateway says that the number is not one.
        FailedInvalidRecipient = "Failed_InvalidRecipient";
        /// The recipient gets no messages of this kind.
        FailedBarredReceiver = "Failed_BarredReceiver";
        /// The mail is too large.
        FailedPayloadTooLarge = "Failed_PayloadTooLarge";
        /// The last attempt failed in a way that may pass; another one follows.
        FailedTransientError = "Failed_TransientError";
        /// The mail was taken over, and came back.
        FailedBounced = "Failed_Bounced";
        /// A receipt says that the SMS was not delivered.
        FailedUndelivered = "Failed_Undelivered";
        /// A receipt says that the SMS was not delivered in its time.
        FailedExpired = "Failed_Expired";
        /// A receipt says that the SMS was deleted.
        FailedDeleted = "Failed_Deleted";
        /// The gateway refused the SMS.
        FailedRejected = "Failed_Rejected";
        /// No attempt succeeded within its time to live.
        FailedTtl = "Failed_TTL";
    }
}

impl NotificationStatus {
    /// Whether it says that the notification could not be brought to its recipient.
    pub fn is_failure(self) -> bool {
        self.as_str().starts_with("Failed") && self != Self::FailedTransientError
    }
}

//! The mails and SMS that would go out: they are kept here and sent nowhere.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use altinn_notify::Reason;
use altinn_notify::channel::{Channel, Message, Outcome, Rejection};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// How many messages are kept; the oldest go first.
const KEPT: usize = 200;

/// Addresses in this domain are refused, so that an operator sees what a failed notice looks like.
const REFUSED: &str = "refused.example";
/// Of mail to addresses in this domain nobody learns what became, so that an operator sees what waits for them.
const UNCLEAR: &str = "unclear.example";

/// A message, and when it was handed over.
#[derive(Debug, Clone)]
pub(super) struct Captured {
    pub(super) at: DateTime<Utc>,
    pub(super) message: Message,
}

/// A channel that keeps what it is given. Clones are one.
#[derive(Debug, Clone, Default)]
pub(super) struct Outbox(Arc<Mutex<VecDeque<Captured>>>);

impl Outbox {
    /// What was handed over, the latest first.
    pub(super) fn latest(&self) -> Vec<Captured> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().rev().cloned().collect()
    }
}

#[async_trait]
impl Channel for Outbox {
    async fn send(&self, message: &Message) -> Outcome {
        if let Message::Email(mail) = message
            && mail.to.domain() == REFUSED
        {
            let reason = Reason::new("the mail server does not know the recipient");
            return Outcome::Rejected { rejection: Rejection::InvalidAddress, reason };
        }
        if let Message::Email(mail) = message
            && mail.to.domain() == UNCLEAR
        {
            return Outcome::Unknown { reason: Reason::new("the mail server broke off before it answered") };
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back(Captured { at: Utc::now(), message: message.clone() });
        if kept.len() > KEPT {
            kept.pop_front();
        }
        Outcome::Accepted { reference: Reason::new("kept by the portal") }
    }
}

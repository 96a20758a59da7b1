//! A claimed notification.

use std::time::Instant;

use altinn_core::store::{Claim, Row, StoreError};
use chrono::{DateTime, Utc};

use crate::channel::{Email, Message};
use crate::status::{decode, status};
use crate::{NotificationStatus, Reason};

/// A notification that this dispatcher holds until its lease ends.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) claim: Claim,
    /// When it was claimed, by this machine's own stopwatch: never later than the store's clock says.
    pub(super) claimed_at: Instant,
    pub(super) status: NotificationStatus,
    /// How many attempts have begun.
    pub(super) attempts: u32,
    /// How many of them ended unknown.
    pub(super) unknown_outcomes: u32,
    /// The place of the last transition in the history.
    pub(super) sequence: u32,
    pub(super) expires_at: DateTime<Utc>,
    /// What is to be sent, or why it cannot be read.
    pub(super) message: Result<Message, Reason>,
}

impl Job {
    pub(super) fn from_row(row: &Row, claimed_at: Instant) -> Result<Self, StoreError> {
        Ok(Self {
            claim: Claim::from_row(row)?,
            claimed_at,
            status: status(row, "status")?,
            attempts: row.get("attempts")?,
            unknown_outcomes: row.get("unknown_outcomes")?,
            sequence: row.get("sequence")?,
            expires_at: row.get("expires_at")?,
            message: email(row).map(Message::Email).map_err(|error| Reason::new(&error.to_string())),
        })
    }

    /// Whether an attempt has begun whose end nobody recorded.
    pub(super) fn has_open_attempt(&self) -> bool {
        self.status == NotificationStatus::Sending
    }
}

fn email(row: &Row) -> Result<Email, StoreError> {
    let address = |column| decode(row, column, "an e-mail address", |text| text.parse().ok());
    Ok(Email {
        message_id: row.get("message_id")?,
        date: row.get("send_at")?,
        from: address("sender")?,
        to: address("address")?,
        language: decode(row, "language", "a language", |code| code.parse().ok())?,
        subject: row.get("subject")?,
        body: row.get("body")?,
    })
}

//! Reminders.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Condition, Content, OrderError};
use crate::Recipients;

/// A reminder (purring): an order of its own behind another one, with its own condition and its own time. What it does
/// not say for itself it has from the order that it reminds of.
///
/// ```
/// use altinn_notify::{Condition, Content, Reminder};
///
/// let reminder = Reminder::after_days(7)
///     .with_condition(Condition::named("still-unread"))
///     .with_content(Content::text("A reminder", "You have a letter that you have not read."));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Reminder {
    pub(crate) when: When,
    pub(crate) senders_reference: Option<String>,
    pub(crate) condition: Option<Condition>,
    pub(crate) content: Option<Content>,
    pub(crate) recipients: Option<Recipients>,
}

/// When a reminder is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// So many days after the order (`delayDays`).
    DelayDays(u32),
    /// At a time (`requestedSendTime`).
    At(DateTime<Utc>),
}

impl Reminder {
    /// A reminder so many days after the order's own time (`delayDays`), at least 1.
    pub fn after_days(days: u32) -> Self {
        Self::new(When::DelayDays(days))
    }

    /// A reminder at a time (`requestedSendTime`).
    pub fn at(time: DateTime<Utc>) -> Self {
        Self::new(When::At(time))
    }

    fn new(when: When) -> Self {
        Self { when, senders_reference: None, condition: None, content: None, recipients: None }
    }

    /// The same reminder with the agency's own reference.
    #[must_use]
    pub fn with_senders_reference(mut self, reference: impl Into<String>) -> Self {
        self.senders_reference = Some(reference.into());
        self
    }

    /// The same reminder, sent only when this is met (`conditionEndpoint`).
    #[must_use]
    pub fn with_condition(mut self, condition: Condition) -> Self {
        self.condition = Some(condition);
        self
    }

    /// The same reminder with other words than the order's.
    #[must_use]
    pub fn with_content(mut self, content: Content) -> Self {
        self.content = Some(content);
        self
    }

    /// The same reminder to others than the order's recipients.
    #[must_use]
    pub fn with_recipients(mut self, recipients: impl Into<Recipients>) -> Self {
        self.recipients = Some(recipients.into());
        self
    }

    /// When it is due, if the order is sent at `send_at`.
    pub(crate) fn send_at(&self, send_at: DateTime<Utc>) -> Result<DateTime<Utc>, OrderError> {
        match self.when {
            When::DelayDays(0) => Err(OrderError::ReminderDelay),
            When::DelayDays(days) => {
                send_at.checked_add_signed(TimeDelta::days(days.into())).ok_or(OrderError::SendTimeOutOfRange)
            }
            When::At(time) if time <= send_at => Err(OrderError::ReminderDelay),
            When::At(time) => Ok(time),
        }
    }
}

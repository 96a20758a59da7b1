//! From an order to what is stored of it: checking and rendering, without I/O.

use altinn_core::{Digest, canonical_json};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::check::check_line;
use super::{Attachment, Condition, Content, Order, OrderError, OrderId, Reminder, Spec};
use crate::channel::SenderId;
use crate::key::SendingKey;
use crate::{EmailAddress, Recipients};

/// The longest that an order may live after its time.
const MAX_TIME_TO_LIVE: TimeDelta = TimeDelta::days(365);

/// What an order has from its notifier.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Defaults<'a> {
    pub(crate) sender: &'a EmailAddress,
    pub(crate) sms_sender: Option<&'a SenderId>,
    pub(crate) key: &'a SendingKey,
}

/// What is stored of an order.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) id: OrderId,
    pub(crate) order: &'a Order,
    /// The digest of all that was asked for.
    pub(crate) request: Digest,
    /// The order itself, then its reminders.
    pub(crate) shipments: Vec<Shipment<'a>>,
}

/// The order itself, or one of its reminders.
#[derive(Debug)]
pub(crate) struct Shipment<'a> {
    pub(crate) id: OrderId,
    /// 0 for the order itself.
    pub(crate) number: u32,
    pub(crate) senders_reference: Option<&'a str>,
    pub(crate) requested_send_time: Option<DateTime<Utc>>,
    pub(crate) send_at: DateTime<Utc>,
    pub(crate) template: Option<(&'a str, &'a str)>,
    pub(crate) spec: Spec,
    /// Whose recipients these are: its own, or those of the order.
    pub(crate) recipients_of: OrderId,
    pub(crate) recipients: &'a Recipients,
}

impl<'a> Plan<'a> {
    /// Checks an order and fills in its templates.
    pub(crate) fn of(
        order: &'a Order,
        defaults: Defaults<'_>,
        now: DateTime<Utc>,
    ) -> Result<Self, OrderError> {
        check_line("idempotency id", &order.idempotency_id, Order::MAX_REFERENCE_BYTES)?;
        Attachment::check_all(&order.attachments)?;
        if order.reminders.len() > Order::MAX_REMINDERS {
            let (found, limit) = (order.reminders.len(), Order::MAX_REMINDERS);
            return Err(OrderError::TooManyReminders { found, limit });
        }
        if order.time_to_live.is_some_and(|time| time <= TimeDelta::zero() || time > MAX_TIME_TO_LIVE) {
            return Err(OrderError::TimeToLive);
        }
        let request = request_digest(order);
        let main = Shipment::of_order(order, defaults, request, now)?;
        let send_at = main.send_at;
        let mut shipments = vec![main];
        for (reminder, number) in order.reminders.iter().zip(1..) {
            shipments.push(Shipment::of_reminder(order, reminder, number, defaults, request, send_at)?);
        }
        Ok(Self { id: order.id(), order, request, shipments })
    }
}

impl<'a> Shipment<'a> {
    fn of_order(
        order: &'a Order,
        defaults: Defaults<'_>,
        request: Digest,
        now: DateTime<Utc>,
    ) -> Result<Self, OrderError> {
        let id = order.id();
        let send_at = order.requested_send_time.map_or(now, |requested| requested.max(now));
        Self {
            id,
            number: 0,
            senders_reference: order.senders_reference.as_deref(),
            requested_send_time: order.requested_send_time,
            send_at,
            template: order.content.template_version(),
            spec: spec(
                order,
                &order.content,
                order.condition.as_ref(),
                &order.recipients,
                defaults,
                request,
            )?,
            recipients_of: id,
            recipients: &order.recipients,
        }
        .checked(defaults)
    }

    fn of_reminder(
        order: &'a Order,
        reminder: &'a Reminder,
        number: u32,
        defaults: Defaults<'_>,
        request: Digest,
        send_at: DateTime<Utc>,
    ) -> Result<Self, OrderError> {
        let id = order.id().reminder(number);
        let content = reminder.content.as_ref().unwrap_or(&order.content);
        let recipients = reminder.recipients.as_ref().unwrap_or(&order.recipients);
        let send_at = reminder.send_at(send_at)?;
        Self {
            id,
            number,
            senders_reference: reminder
                .senders_reference
                .as_ref()
                .or(order.senders_reference.as_ref())
                .map(String::as_str),
            requested_send_time: Some(send_at),
            send_at,
            template: content.template_version(),
            spec: spec(order, content, reminder.condition.as_ref(), recipients, defaults, request)?,
            recipients_of: if reminder.recipients.is_some() { id } else { order.id() },
            recipients,
        }
        .checked(defaults)
    }

    fn checked(self, defaults: Defaults<'_>) -> Result<Self, OrderError> {
        if let Some(reference) = self.senders_reference {
            check_line("sender's reference", reference, Order::MAX_REFERENCE_BYTES)?;
        }
        // A year of room behind the time, for all that is reckoned from it.
        if self.send_at.checked_add_signed(MAX_TIME_TO_LIVE).is_none_or(|last| last.timestamp() > LAST_SECOND)
        {
            return Err(OrderError::SendTimeOutOfRange);
        }
        if let SendingKey::Team(team) = defaults.key
            && !self.recipients.iter().all(|recipient| team.may_be_told(&recipient))
        {
            return Err(OrderError::NotInTeam);
        }
        Ok(self)
    }
}

/// The last second that a store of microseconds can hold, with room.
const LAST_SECOND: i64 = i64::MAX / 1_000_000 - 1;

fn spec(
    order: &Order,
    content: &Content,
    condition: Option<&Condition>,
    recipients: &Recipients,
    defaults: Defaults<'_>,
    request: Digest,
) -> Result<Spec, OrderError> {
    if recipients.is_empty() {
        return Err(OrderError::NoRecipient);
    }
    condition.map_or(Ok(()), Condition::check)?;
    let texts = content.texts(order.language)?;
    texts.check_channels(recipients.uses_email(), recipients.uses_sms())?;
    let sms_sender = order.sms_sender.as_ref().or(defaults.sms_sender);
    if recipients.uses_sms() && sms_sender.is_none() {
        return Err(OrderError::NoSmsSender);
    }
    Ok(Spec {
        texts,
        language: order.language,
        sender: order.sender.as_ref().unwrap_or(defaults.sender).expose().to_owned(),
        sms_sender: sms_sender.map(|sender| sender.as_str().to_owned()),
        email_policy: order.email_policy,
        sms_policy: order.sms_policy,
        time_to_live_seconds: order.time_to_live.map(|time| time.num_seconds().max(1)),
        attachments: order.attachments.clone(),
        condition: condition.cloned(),
        fallback: order.fallback,
        key: defaults.key.kind(),
        request,
    })
}

/// What tells an order from another one that bears the same idempotency id: all that the caller asked for.
fn request_digest(order: &Order) -> Digest {
    let request = json!({
        "idempotencyId": order.idempotency_id,
        "sendersReference": order.senders_reference,
        "requestedSendTime": order.requested_send_time.map(|time| time.timestamp_micros()),
        "language": order.language,
        "sender": order.sender.as_ref().map(EmailAddress::expose),
        "smsSender": order.sms_sender.as_ref().map(SenderId::as_str),
        "recipients": order.recipients.digest(),
        "content": order.content.identity(),
        "attachments": order.attachments,
        "condition": order.condition,
        "reminders": order.reminders.iter().map(reminder_identity).collect::<Vec<_>>(),
        "emailPolicy": order.email_policy,
        "smsPolicy": order.sms_policy,
        "timeToLive": order.time_to_live.map(|time| time.num_milliseconds()),
        "fallback": order.fallback,
    });
    Digest::of(&canonical_json(&request))
}

fn reminder_identity(reminder: &Reminder) -> Value {
    json!({
        "when": format!("{:?}", reminder.when),
        "sendersReference": reminder.senders_reference,
        "condition": reminder.condition,
        "content": reminder.content.as_ref().map(Content::identity),
        "recipients": reminder.recipients.as_ref().map(Recipients::digest),
    })
}

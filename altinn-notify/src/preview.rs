//! Who would be told what and when, without telling anyone.

use altinn_core::Language;
use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::channel::{ChannelKind, SmsSegments};
use crate::contact::ContactError;
use crate::order::Plan;
use crate::plan_recipients::{Times, notifications_of};
use crate::{NotificationStatus, Notifier, Order, OrderError, OrderId, Recipient};

/// A notification that an order would come to. `Debug` hides who would get it and what it says.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct PreviewedNotification {
    /// The order, or its reminder.
    pub order: OrderId,
    /// Who would be told.
    pub recipient: Recipient,
    /// The channel.
    pub channel: ChannelKind,
    /// The status that it would begin with: `New`, or why nobody would be told.
    pub status: NotificationStatus,
    /// The reason, when nobody would be told, or on paper.
    pub reason: Option<String>,
    /// When it would be sent: what is known of the recipient now may have changed by then.
    pub send_at: DateTime<Utc>,
    /// When it would be given up.
    pub expires_at: DateTime<Utc>,
    /// The language.
    pub language: Language,
    /// The subject of a mail.
    pub subject: Option<String>,
    /// The body of a mail, or the text of an SMS.
    pub body: Option<String>,
    /// How many messages an SMS takes.
    pub segments: Option<SmsSegments>,
}

impl std::fmt::Debug for PreviewedNotification {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("PreviewedNotification");
        shown.field("order", &self.order).field("channel", &self.channel).field("status", &self.status);
        shown.finish_non_exhaustive()
    }
}

/// Why there is no preview.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PreviewError {
    /// The order would be refused.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// A register did not answer.
    #[error(transparent)]
    Contact(#[from] ContactError),
}

impl PreviewError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Order(error) => error.code(),
            Self::Contact(error) => error.code(),
        }
    }
}

impl Notifier {
    /// Who would be told what and when, of at most the first `recipients` of the order and of each of its reminders.
    /// Nothing is stored and nothing is sent; registers are asked, conditions are not.
    ///
    /// # Errors
    /// [`PreviewError`] when the order would be refused, or a register does not answer.
    pub async fn preview(
        &self,
        order: &Order,
        recipients: usize,
    ) -> Result<Vec<PreviewedNotification>, PreviewError> {
        let now = self.clock().now();
        let plan = Plan::of(order, self.defaults(), now)?;
        let mut previewed = Vec::new();
        for shipment in &plan.shipments {
            let some: Vec<Recipient> = shipment.recipients.iter().take(recipients).collect();
            let resolved = self.resolve(&some, shipment.spec.language).await?;
            for ((recipient, resolved), number) in some.iter().zip(resolved).zip(0..) {
                let from = shipment.send_at;
                let times = Times { from, now: from, window: &self.window };
                let all = notifications_of(shipment.id, number, recipient, resolved, &shipment.spec, times);
                previewed.extend(all.into_iter().map(|planned| {
                    let text = shipment.spec.texts.in_language(planned.language);
                    let (language, text) = text.map_or((planned.language, None), |(l, text)| (l, Some(text)));
                    let (subject, body, segments) = words(planned.channel, text);
                    PreviewedNotification {
                        order: shipment.id,
                        recipient: recipient.clone(),
                        channel: planned.channel,
                        status: planned.status,
                        reason: planned.reason.map(|reason| reason.as_str().to_owned()),
                        send_at: planned.send_at,
                        expires_at: planned.expires_at,
                        language,
                        subject,
                        body,
                        segments,
                    }
                }));
            }
        }
        Ok(previewed)
    }
}

fn words(
    channel: ChannelKind,
    text: Option<&crate::order::LocalText>,
) -> (Option<String>, Option<String>, Option<SmsSegments>) {
    let Some(text) = text else { return (None, None, None) };
    match channel {
        ChannelKind::Sms => (None, text.sms.clone(), text.sms.as_deref().map(SmsSegments::of)),
        ChannelKind::Email | ChannelKind::Print => {
            let (subject, body) = text.email.clone().unzip();
            (subject, body.or_else(|| text.sms.clone()), None)
        }
    }
}

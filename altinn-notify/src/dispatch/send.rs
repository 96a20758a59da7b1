//! One attempt: the message is put together and handed to its channel.

use tokio::time::timeout;

use super::job::{Job, Opened};
use crate::channel::{AttachmentError, Channel, Email, Lane, Message, Outcome, Rejection, SenderId, Sms};
use crate::key::Passage;
use crate::order::{LocalText, Spec};
use crate::rules::Route;
use crate::{Notifier, Reason};

impl Notifier {
    /// Sends within half a lease, and never beyond its end.
    pub(super) async fn send(&self, job: &Job, lane: &Lane) -> Outcome {
        let lease = self.settings.lease;
        let left = lease.saturating_sub(job.claimed_at.elapsed());
        let attempt = timeout(left.min(lease / 2), self.send_by(job, lane));
        attempt.await.unwrap_or_else(|_| Outcome::Unknown {
            reason: Reason::new("the attempt took longer than half its lease"),
        })
    }

    async fn send_by(&self, job: &Job, lane: &Lane) -> Outcome {
        let (spec, route) = match &job.opened {
            Ok(Opened { order, route, .. }) => (&order.spec, route),
            Err(reason) => return refused(reason.clone()),
        };
        match (self.key.passage(spec.key, route), &lane.channel) {
            (Passage::Simulated, _) => simulated(route),
            (Passage::Closed, _) => refused(Reason::new("the address is not on the list of the team key")),
            (Passage::Open, Some(channel)) => match self.message(job, spec, route).await {
                Ok(message) => channel.send(&message).await,
                Err(outcome) => outcome,
            },
            (Passage::Open, None) => {
                Outcome::Transient { reason: Reason::new("the notifier has no such channel") }
            }
        }
    }

    /// The message, or why it cannot be sent.
    async fn message(&self, job: &Job, spec: &Spec, route: &Route) -> Result<Message, Outcome> {
        let missing = || refused(Reason::new("the order has no text for this channel"));
        let (language, text) = spec.texts.in_language(job.language).ok_or_else(missing)?;
        match route {
            Route::Email(to) => {
                let (subject, body) = text.email.clone().ok_or_else(missing)?;
                let from = spec.sender.parse();
                let attachments = self.attachments.read_all(&spec.attachments).await.map_err(unread)?;
                Ok(Message::Email(Email {
                    message_id: job.message_id.clone(),
                    date: job.send_at,
                    from: from.map_err(|_| refused(Reason::new("the sender is not an e-mail address")))?,
                    to: to.clone(),
                    language,
                    subject,
                    body,
                    content_type: spec.texts.content_type,
                    attachments,
                }))
            }
            Route::Sms(to) => {
                let from = spec.sms_sender.as_deref().and_then(|sender| sender.parse::<SenderId>().ok());
                Ok(Message::Sms(Sms {
                    message_id: job.message_id.clone(),
                    from: from.ok_or_else(|| refused(Reason::new("the SMS has no sender")))?,
                    to: to.clone(),
                    language,
                    text: sms_text(text).ok_or_else(missing)?,
                    expires_at: job.expires_at,
                }))
            }
            Route::Print => Err(refused(Reason::new("paper is sent by the agency"))),
        }
    }
}

fn sms_text(text: &LocalText) -> Option<String> {
    text.sms.clone()
}

fn refused(reason: Reason) -> Outcome {
    Outcome::Rejected { rejection: Rejection::Refused, reason }
}

fn unread(error: AttachmentError) -> Outcome {
    let reason = Reason::new(&error.to_string());
    match error {
        AttachmentError::NotFound => Outcome::Rejected { rejection: Rejection::Refused, reason },
        AttachmentError::TooLarge => Outcome::Rejected { rejection: Rejection::TooLarge, reason },
        AttachmentError::Unavailable { .. } => Outcome::Transient { reason },
    }
}

/// What a test key says of an address.
fn simulated(route: &Route) -> Outcome {
    let address = route.address().unwrap_or("");
    let said = |what: &str| Reason::new(&format!("test key: {what}, nothing was sent"));
    if address.starts_with("temp-fail@") || address.ends_with("0003") {
        Outcome::Transient { reason: said("failed for now") }
    } else if address.starts_with("perm-fail@") || address.ends_with("0002") {
        refused(said("failed for good"))
    } else {
        Outcome::Accepted { reference: said("succeeded") }
    }
}

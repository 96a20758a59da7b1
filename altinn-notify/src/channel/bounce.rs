//! Bounces: delivery status notifications that come back by mail (RFC 3464).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use thiserror::Error;
use uuid::Uuid;

use crate::{NotificationId, NotificationStatus, Notifier, Reason, ReceiptError};

/// The most bytes of a bounce that are read.
const MAX_BYTES: usize = 1024 * 1024;
/// The most parts that are looked at.
const MAX_PARTS: usize = 20;

/// A bounce (delivery status notification, RFC 3464): what a mail server says of a mail that it had taken over.
///
/// The agency reads the mailbox of its senders, and gives what comes to [`Bounce::parse`] and
/// [`Notifier::record_bounce`]. The mail is found by its Message-ID, whose second half nobody can guess who has not seen
/// the mail: a bounce without it changes nothing. Who has seen a mail, its recipient first of all, can still say that
/// it bounced.
///
/// ```
/// use altinn_notify::channel::{Bounce, BounceAction};
///
/// let mail = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
///     --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
///     --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n\
///     Final-Recipient: rfc822; ola@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\
///     --b\r\nContent-Type: text/rfc822-headers\r\n\r\n\
///     Message-ID: <0193f0a0b1c27d3e8f4a5b6c7d8e9fa0.5f1c2d3e4f5a6b7c8d9e@example.com>\r\n\
///     --b--\r\n";
/// let bounce = Bounce::parse(mail.as_bytes())?;
/// assert_eq!(bounce.action, BounceAction::Failed);
/// assert_eq!(bounce.reason.as_str(), "5.1.1");
/// # Ok::<(), altinn_notify::channel::BounceError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bounce {
    /// The notification that it is about.
    pub notification: NotificationId,
    /// The Message-ID that it names. Half of it follows from the agency's key, so that only who has seen the mail can
    /// name it.
    pub message_id: String,
    /// What became of the mail.
    pub action: BounceAction,
    /// The status code and the words of the other server.
    pub reason: Reason,
}

/// What became of a mail (`Action`, RFC 3464, section 2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BounceAction {
    /// It could not be delivered.
    Failed,
    /// It has not been delivered yet.
    Delayed,
    /// It was delivered.
    Delivered,
    /// It was given on to a server that says nothing more.
    Relayed,
    /// It was delivered to several.
    Expanded,
}

/// Why a mail is no bounce of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BounceError {
    /// It is larger than a bounce is.
    #[error("the mail has {found} bytes, at most {limit}")]
    TooLarge {
        /// How many bytes.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// It is not a delivery status notification.
    #[error("the mail is not a delivery status notification")]
    NotADeliveryStatus,
    /// It does not say what became of the mail.
    #[error("the delivery status notification does not say what became of the mail")]
    NoAction,
    /// It does not say which mail it is about, or not one of ours.
    #[error("the delivery status notification is not about a mail of ours")]
    NotOurs,
}

impl BounceError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "NOTIFY-BOUNCE-TOO-LARGE",
            Self::NotADeliveryStatus => "NOTIFY-BOUNCE-NOT-A-DELIVERY-STATUS",
            Self::NoAction => "NOTIFY-BOUNCE-NO-ACTION",
            Self::NotOurs => "NOTIFY-BOUNCE-NOT-OURS",
        }
    }
}

impl Bounce {
    /// Reads a mail.
    ///
    /// # Errors
    /// [`BounceError`] says why it is no bounce of ours.
    pub fn parse(mail: &[u8]) -> Result<Self, BounceError> {
        if mail.len() > MAX_BYTES {
            return Err(BounceError::TooLarge { found: mail.len(), limit: MAX_BYTES });
        }
        let text = String::from_utf8_lossy(mail).replace("\r\n", "\n");
        let (headers, body) = head_and_body(&text);
        let content_type = field(&headers, "content-type").unwrap_or("");
        let is_report = content_type.to_ascii_lowercase().starts_with("multipart/report");
        let boundary = parameter(content_type, "boundary").filter(|_| is_report);
        let parts = parts(body, &boundary.ok_or(BounceError::NotADeliveryStatus)?);
        let status = parts.iter().find(|part| part.content_type == "message/delivery-status");
        let status = status.ok_or(BounceError::NotADeliveryStatus)?;
        let original = parts.iter().filter(|part| {
            matches!(
                part.content_type.as_str(),
                "text/rfc822-headers" | "message/rfc822" | "message/rfc822-headers"
            )
        });
        let mut ids = original.filter_map(|part| {
            let (headers, _) = head_and_body(&part.content);
            let message_id = field(&headers, "message-id")?.trim();
            Some((notification_of(message_id)?, message_id.to_owned()))
        });
        let (action, reason) = action_of(&status.content)?;
        let (notification, message_id) = ids.next().ok_or(BounceError::NotOurs)?;
        Ok(Self { notification, message_id, action, reason })
    }
}

impl Notifier {
    /// Records what a bounce says: a mail that failed is [`Failed_Bounced`](NotificationStatus::FailedBounced) and gives
    /// way to the next route, one that was delivered is [`Delivered`](NotificationStatus::Delivered); anything else
    /// changes nothing. To record twice is to record once.
    ///
    /// # Errors
    /// [`ReceiptError::NotAuthentic`] when the bounce names another Message-ID than the mail had: it is forged, and
    /// nothing is changed. Others when there is no such mail, or the bounce does not fit what is known of it.
    pub async fn record_bounce(&self, bounce: &Bounce) -> Result<(), ReceiptError> {
        let status = match bounce.action {
            BounceAction::Failed => NotificationStatus::FailedBounced,
            BounceAction::Delivered => NotificationStatus::Delivered,
            BounceAction::Delayed | BounceAction::Relayed | BounceAction::Expanded => return Ok(()),
        };
        self.receive_mail(bounce.notification, status, bounce.reason.clone(), &bounce.message_id).await
    }
}

/// A part of a report.
struct Part {
    content_type: String,
    content: String,
}

/// The parts of a multipart body.
fn parts(body: &str, boundary: &str) -> Vec<Part> {
    let delimiter = format!("\n--{boundary}");
    let body = format!("\n{body}");
    let sections = body.split(delimiter.as_str()).skip(1).take(MAX_PARTS);
    sections.take_while(|section| !section.starts_with("--")).map(part).collect()
}

fn part(section: &str) -> Part {
    let (headers, body) = head_and_body(section.strip_prefix('\n').unwrap_or(section));
    let content_type = field(&headers, "content-type").unwrap_or("text/plain");
    let content_type = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let encoding = field(&headers, "content-transfer-encoding").unwrap_or("");
    let content = if encoding.eq_ignore_ascii_case("base64") {
        let letters: String = body.split_whitespace().collect();
        let decoded = BASE64.decode(letters).unwrap_or_default();
        String::from_utf8_lossy(&decoded).replace("\r\n", "\n")
    } else {
        body.to_owned()
    };
    Part { content_type, content }
}

/// The headers, unfolded, and what stands behind the empty line.
fn head_and_body(text: &str) -> (Vec<String>, &str) {
    let (head, body) = match text.strip_prefix('\n') {
        Some(body) => ("", body),
        None => text.split_once("\n\n").unwrap_or((text, "")),
    };
    (fields(head), body)
}

fn fields(head: &str) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for line in head.lines() {
        match fields.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => fields.push(line.to_owned()),
        }
    }
    fields
}

fn field<'a>(fields: &'a [String], name: &str) -> Option<&'a str> {
    fields.iter().find_map(|field| {
        let (found, value) = field.split_once(':')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// `boundary` of `multipart/report; boundary="b"`.
fn parameter(content_type: &str, name: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (found, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (found.trim().eq_ignore_ascii_case(name) && !value.is_empty()).then(|| value.to_owned())
    })
}

/// The action of the first recipient: every mail of ours has one.
fn action_of(status: &str) -> Result<(BounceAction, Reason), BounceError> {
    for group in status.split("\n\n") {
        let fields = fields(group);
        let Some(action) = field(&fields, "action") else { continue };
        let action = match action.to_ascii_lowercase().as_str() {
            "failed" => BounceAction::Failed,
            "delayed" => BounceAction::Delayed,
            "delivered" => BounceAction::Delivered,
            "relayed" => BounceAction::Relayed,
            "expanded" => BounceAction::Expanded,
            _ => return Err(BounceError::NoAction),
        };
        let said = [field(&fields, "status"), field(&fields, "diagnostic-code")];
        let said = said.into_iter().flatten().collect::<Vec<_>>().join(" ");
        return Ok((action, Reason::new(&said)));
    }
    Err(BounceError::NoAction)
}

/// The notification that a Message-ID of ours names.
fn notification_of(message_id: &str) -> Option<NotificationId> {
    let (name, _) = message_id.strip_prefix('<')?.strip_suffix('>')?.split_once('@')?;
    let (id, _token) = name.split_once('.')?;
    (id.len() == 32).then(|| Uuid::try_parse(id).ok())?.map(NotificationId::from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_bounce_of_ours_says_why() {
        let report = |status: &str, id: &str| {
            format!(
                "Content-Type: multipart/report;\r\n boundary=\"b\"\r\n\r\n--b\r\n\
                 Content-Type: message/delivery-status\r\n\r\n{status}\r\n--b\r\n\
                 Content-Type: message/rfc822\r\n\r\nMessage-ID: {id}\r\n\r\nbody\r\n--b--\r\n"
            )
        };
        let ours = "<0193f0a0b1c27d3e8f4a5b6c7d8e9fa0.5f1c2d3e4f5a6b7c8d9e@example.com>";
        let parse = |mail: String| Bounce::parse(mail.as_bytes());
        assert_eq!(parse("Subject: Hei\r\n\r\nHei".into()), Err(BounceError::NotADeliveryStatus));
        assert_eq!(parse(report("Status: 5.1.1", ours)), Err(BounceError::NoAction));
        assert_eq!(parse(report("Action: exploded", ours)), Err(BounceError::NoAction));
        assert_eq!(parse(report("Action: failed", "<x@example.com>")), Err(BounceError::NotOurs));
        let bounce = parse(report(
            "Action: Failed\r\nDiagnostic-Code: smtp; 550 <ola@example.com>\r\n  unknown",
            ours,
        ));
        let bounce = bounce.expect("a bounce");
        assert_eq!(bounce.reason.as_str(), "smtp; 550 <***> unknown");
        assert!(matches!(Bounce::parse(&vec![b'x'; MAX_BYTES + 1]), Err(BounceError::TooLarge { .. })));
    }

    proptest! {
        #[test]
        fn no_mail_makes_it_panic(mail in "(Content-Type: multipart/report; boundary=b\r\n|\r\n|--b|Action: failed|\\PC){0,40}") {
            let _ = Bounce::parse(mail.as_bytes());
        }
    }
}

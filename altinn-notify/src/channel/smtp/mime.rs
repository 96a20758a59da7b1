//! From a mail to what is written to the server.

use std::fmt;

use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message as MimeMessage, MessageBuilder, MultiPart, SinglePart};

use super::dkim::DkimKey;
use crate::channel::{Email, Outcome, Rejection};
use crate::{ContentType as BodyType, EmailAddress, Reason};

/// A mail as the server gets it.
pub(super) struct Envelope {
    pub(super) from: Address,
    pub(super) to: Address,
    pub(super) content: Content,
}

/// Headers and body, ASCII, with the end mark, in one piece: written in one call, it leaves in one packet where it
/// fits in one, and never waits for the delayed acknowledgement of its first half.
pub(super) struct Content(String);

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Envelope {
    /// Writes a mail down, or says why it can never be sent.
    pub(super) fn of(mail: &Email, dkim: Option<&DkimKey>) -> Result<Self, Outcome> {
        let (from, to) = (address(&mail.from)?, address(&mail.to)?);
        let message = MimeMessage::builder()
            .from(Mailbox::new(None, from.clone()))
            .to(Mailbox::new(None, to.clone()))
            .subject(mail.subject.clone())
            .message_id(Some(mail.message_id.clone()))
            .date(mail.date.into())
            .raw_header(raw("Content-Language", mail.language.code()))
            .raw_header(raw("Auto-Submitted", "auto-generated"));
        let message = parts(message, mail)?;
        let mut content =
            String::from_utf8(message.formatted()).map_err(|_| refused("the mail is not ASCII"))?;
        if let Some(dkim) = dkim {
            let signature = dkim.header(&content, mail.date);
            content.insert_str(0, &signature.map_err(|error| refused(&error.to_string()))?);
        }
        Ok(Self { from, to, content: Content(transparent(&content)) })
    }
}

/// The body, and behind it the attachments.
fn parts(message: MessageBuilder, mail: &Email) -> Result<MimeMessage, Outcome> {
    let content_type = match mail.content_type {
        BodyType::Plain => ContentType::TEXT_PLAIN,
        BodyType::Html => ContentType::TEXT_HTML,
    };
    let body = SinglePart::builder().header(content_type).body(mail.body.clone());
    let written = if mail.attachments.is_empty() {
        message.singlepart(body)
    } else {
        let mut parts = MultiPart::mixed().singlepart(body);
        for file in &mail.attachments {
            let unreadable = |_| refused("the media type of an attachment cannot be read");
            let content_type = ContentType::parse(&file.content_type).map_err(unreadable)?;
            let attachment = Attachment::new(file.file_name.clone());
            parts = parts.singlepart(attachment.body(file.content.clone(), content_type));
        }
        message.multipart(parts)
    };
    written.map_err(|error| refused(&error.to_string()))
}

fn address(address: &EmailAddress) -> Result<Address, Outcome> {
    address.expose().parse().map_err(|_| Outcome::Rejected {
        rejection: Rejection::InvalidAddress,
        reason: Reason::new("the address cannot be written into a mail"),
    })
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn refused(why: &str) -> Outcome {
    Outcome::Rejected { rejection: Rejection::Refused, reason: Reason::new(why) }
}

/// Doubles the dot that begins a line, and sets the end mark (RFC 5321, section 4.5.2).
fn transparent(content: &str) -> String {
    let mut written = String::with_capacity(content.len() + content.len() / 50 + 8);
    for line in content.strip_suffix("\r\n").unwrap_or(content).split("\r\n") {
        if line.starts_with('.') {
            written.push('.');
        }
        written.push_str(line);
        written.push_str("\r\n");
    }
    written.push_str(".\r\n");
    written
}

#[cfg(test)]
mod tests {
    use altinn_core::Language;

    use super::*;

    fn mail(subject: &str, body: &str) -> Email {
        Email {
            message_id: "<1@example.com>".to_owned(),
            date: "2026-12-01T08:00:00Z".parse().expect("a time"),
            from: "noreply@example.com".parse().expect("an address"),
            to: "ola@example.com".parse().expect("an address"),
            language: Language::Nn,
            subject: subject.to_owned(),
            body: body.to_owned(),
            content_type: BodyType::Plain,
            attachments: Vec::new(),
        }
    }

    fn written(subject: &str, body: &str) -> String {
        Envelope::of(&mail(subject, body), None)
            .unwrap_or_else(|outcome| panic!("{outcome:?}"))
            .content
            .to_string()
    }

    #[test]
    fn a_mail_says_who_when_and_in_which_language_and_that_a_machine_wrote_it() {
        let content = written("Kvittering på søknad", "Hei!");
        for line in [
            "Message-ID: <1@example.com>",
            "Date: Tue, 01 Dec 2026 08:00:00 +0000",
            "Content-Language: nn",
            "Auto-Submitted: auto-generated",
        ] {
            assert!(content.contains(&format!("{line}\r\n")), "{line}: {content}");
        }
        assert!(content.is_ascii());
    }

    #[test]
    fn no_line_of_the_body_can_end_the_mail() {
        let content = written("s", ".\nQUIT\n.\n..a");
        assert!(content.ends_with("\r\n..\r\nQUIT\r\n..\r\n...a\r\n.\r\n"), "{content}");
        assert_eq!(content.matches("\r\n.\r\n").count(), 1);
    }

    #[test]
    fn every_line_is_one_that_servers_take() {
        for body in ["x".repeat(5000), "æøå ".repeat(5000), "a\n".repeat(5000), "\u{1F600}".repeat(3000)] {
            let content = written("s", &body);
            assert!(content.is_ascii());
            assert!(content.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
        }
    }
}

//! Mail over SMTP.

mod classify;
mod dkim;
mod mime;
mod session;
mod settings;

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
pub use settings::{SmtpError, SmtpSettings, TlsMode};

use self::classify::Failure;
pub use self::dkim::{DkimError, DkimKey};
use self::mime::Envelope;
use self::session::{Connector, Session};
use super::{Channel, Message, Outcome, Rejection};
use crate::Reason;

/// Mail over SMTP: one server, whose connections are used for many mails. There are as many of them as mails were ever
/// in flight at once; one that has been idle for half a minute is not used again.
///
/// Connecting and every command has its time-out. An answer of 5xx to the recipient or the content refuses the mail;
/// one to anything before it (greeting, log-in, sender) is about how this program is set up, so the mail is tried
/// again. A connection that breaks after the content was begun leaves an unknown outcome.
///
/// ```
/// use altinn_notify::channel::{Smtp, SmtpSettings, TlsMode};
///
/// let settings = SmtpSettings::new("smtp.example.com", 587, TlsMode::StartTls).with_credentials("user", "secret");
/// let smtp = Smtp::new(settings)?;
/// # Ok::<(), altinn_notify::channel::SmtpError>(())
/// ```
#[derive(Debug)]
pub struct Smtp {
    connector: Connector,
    dkim: Option<DkimKey>,
    idle: Mutex<Vec<Session>>,
}

impl Smtp {
    /// A channel over a server; it connects with the first mail.
    ///
    /// # Errors
    /// [`SmtpError`] when the settings cannot be used.
    pub fn new(settings: SmtpSettings) -> Result<Self, SmtpError> {
        Ok(Self { connector: Connector::new(settings)?, dkim: None, idle: Mutex::default() })
    }

    /// The same channel, whose mails are signed (DKIM).
    #[must_use]
    pub fn with_dkim(mut self, key: DkimKey) -> Self {
        self.dkim = Some(key);
        self
    }

    async fn deliver(&self, envelope: &Envelope) -> Result<String, Failure> {
        if let Some(session) = self.take_idle() {
            match self.deliver_with(session, envelope).await {
                // The server had closed the idle connection: nothing has been handed over yet.
                Err(failure) if failure.is_stale_connection() => {}
                result => return result,
            }
        }
        self.deliver_with(self.connector.connect().await?, envelope).await
    }

    async fn deliver_with(&self, mut session: Session, envelope: &Envelope) -> Result<String, Failure> {
        let result = session.deliver(envelope).await;
        if session.is_usable_after(&result).await {
            self.keep_idle(session);
        }
        result
    }

    /// The connection used last, without those that have been idle for too long.
    fn take_idle(&self) -> Option<Session> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(Session::is_fresh);
        idle.pop()
    }

    fn keep_idle(&self, session: Session) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
    }
}

#[async_trait]
impl Channel for Smtp {
    async fn send(&self, message: &Message) -> Outcome {
        let Message::Email(mail) = message else {
            let reason = Reason::new("a mail server takes mail only");
            return Outcome::Rejected { rejection: Rejection::Refused, reason };
        };
        let envelope = match Envelope::of(mail, self.dkim.as_ref()) {
            Ok(envelope) => envelope,
            Err(outcome) => return outcome,
        };
        classify::outcome(&mail.to, self.deliver(&envelope).await)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::channel::Email;
    use crate::testing::SmtpSink;

    fn mail() -> Message {
        Message::Email(Email {
            message_id: "<1@example.com>".to_owned(),
            date: "2026-12-01T08:00:00Z".parse().expect("a time"),
            from: "noreply@example.com".parse().expect("an address"),
            to: "ola@example.com".parse().expect("an address"),
            language: altinn_core::Language::Nb,
            subject: "Søknad".to_owned(),
            body: "Hei!".to_owned(),
            content_type: crate::ContentType::Plain,
            attachments: Vec::new(),
        })
    }

    #[tokio::test]
    async fn no_mail_waits_for_the_delayed_acknowledgement_of_its_first_half() {
        let sink = SmtpSink::start().await.expect("a server");
        let smtp = Smtp::new(SmtpSettings::new("127.0.0.1", sink.port(), TlsMode::None)).expect("settings");
        let mut quickest = Duration::MAX;
        for _ in 0..50 {
            let begin = Instant::now();
            assert!(matches!(smtp.send(&mail()).await, Outcome::Accepted { .. }));
            quickest = quickest.min(begin.elapsed());
        }
        // Even the quickest would wait 40 milliseconds where the end mark is held back by Nagle's algorithm.
        assert!(quickest < Duration::from_millis(20), "{quickest:?}");
        assert_eq!(sink.connections(), 1);
    }

    #[tokio::test]
    async fn a_server_that_never_greets_is_given_up() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = silent.local_addr().expect("an address").port();
        let settings = SmtpSettings::new("127.0.0.1", port, TlsMode::None);
        let smtp = Smtp::new(settings.with_connect_timeout(Duration::from_millis(50))).expect("settings");
        let Outcome::Transient { reason } = smtp.send(&mail()).await else {
            panic!("it is not down for good")
        };
        assert_eq!(reason.as_str(), "connecting: no answer in time");
    }
}

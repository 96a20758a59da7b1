//! Mail over SMTP.

mod classify;
mod mime;
mod session;
mod settings;

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
pub use settings::{SmtpError, SmtpSettings, TlsMode};

use self::classify::Failure;
use self::mime::Envelope;
use self::session::{Connector, Session};
use super::{Channel, Message, Outcome};

/// How many connections are kept open between mails.
const MAX_IDLE_SESSIONS: usize = 32;

/// Mail over SMTP: one server, whose connections are used for many mails.
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
    idle: Mutex<Vec<Session>>,
}

impl Smtp {
    /// A channel over a server; it connects with the first mail.
    ///
    /// # Errors
    /// [`SmtpError`] when the settings cannot be used.
    pub fn new(settings: SmtpSettings) -> Result<Self, SmtpError> {
        Ok(Self { connector: Connector::new(settings)?, idle: Mutex::default() })
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
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MAX_IDLE_SESSIONS {
            idle.push(session);
        }
    }
}

#[async_trait]
impl Channel for Smtp {
    async fn send(&self, message: &Message) -> Outcome {
        let Message::Email(mail) = message;
        let envelope = match Envelope::of(mail) {
            Ok(envelope) => envelope,
            Err(outcome) => return outcome,
        };
        classify::outcome(&mail.to, self.deliver(&envelope).await)
    }
}

//! One connection to a server, and the dialogue on it.

use std::fmt;
use std::future::Future;
use std::time::{Duration, Instant};

use lettre::transport::smtp::Error as SmtpClientError;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::classify::{Failure, Stage};
use super::mime::Envelope;
use super::settings::{SmtpError, SmtpSettings, TlsMode};

/// How long an idle connection is kept: servers give theirs up after some minutes, some after one.
const MAX_IDLE: Duration = Duration::from_secs(30);
/// What a certificate in PEM begins with.
const PEM_CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// Opens connections to a server.
pub(super) struct Connector {
    settings: SmtpSettings,
    tls: Option<TlsParameters>,
    hello_name: ClientId,
}

/// A connection that is ready for a mail.
pub(super) struct Session {
    connection: AsyncSmtpConnection,
    command_timeout: Duration,
    used_at: Instant,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(f)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("used_at", &self.used_at).finish_non_exhaustive()
    }
}

impl Connector {
    pub(super) fn new(settings: SmtpSettings) -> Result<Self, SmtpError> {
        if !is_host(&settings.host) {
            return Err(SmtpError::Host { host: settings.host });
        }
        let is_local = matches!(settings.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if settings.credentials.is_some() && settings.tls == TlsMode::None && !is_local {
            return Err(SmtpError::PasswordInClear { host: settings.host });
        }
        let hello_name = match &settings.hello_name {
            None => ClientId::default(),
            Some(name) if is_host(name) => ClientId::Domain(name.clone()),
            Some(name) => return Err(SmtpError::HelloName { name: name.clone() }),
        };
        let tls = match settings.tls {
            TlsMode::None => None,
            TlsMode::Implicit | TlsMode::StartTls => Some(tls_parameters(&settings)?),
        };
        Ok(Self { settings, tls, hello_name })
    }

    /// Connects, encrypts and logs in.
    pub(super) async fn connect(&self) -> Result<Session, Failure> {
        let SmtpSettings { connect_timeout, command_timeout, .. } = self.settings;
        let connection = match timeout(connect_timeout, self.open()).await {
            Ok(connection) => connection?,
            Err(_) => return Err(Failure::timed_out(Stage::Connect)),
        };
        let mut session = Session { connection, command_timeout, used_at: Instant::now() };
        if let Some(credentials) = &self.settings.credentials {
            let log_in = session.connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials);
            within(command_timeout, Stage::LogIn, log_in).await?;
        }
        Ok(session)
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, Failure> {
        let failed = |error: SmtpClientError| Failure::of(Stage::Connect, &error);
        let server = (self.settings.host.as_str(), self.settings.port);
        if let (TlsMode::Implicit, Some(tls)) = (self.settings.tls, &self.tls) {
            return AsyncSmtpConnection::connect_tokio1(
                server,
                None,
                &self.hello_name,
                Some(tls.clone()),
                None,
            )
            .await
            .map_err(failed);
        }
        let stream = tcp(server).await.map_err(|error| Failure {
            stage: Stage::Connect,
            code: None,
            text: error.to_string(),
        })?;
        let mut connection = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello_name)
            .await
            .map_err(failed)?;
        if let Some(tls) = &self.tls {
            connection.starttls(tls.clone(), &self.hello_name).await.map_err(failed)?;
        }
        Ok(connection)
    }
}

impl Session {
    /// Hands one mail over; what the server says about it comes back.
    pub(super) async fn deliver(&mut self, envelope: &Envelope) -> Result<String, Failure> {
        self.command(Stage::Sender, Mail::new(Some(envelope.from.clone()), vec![])).await?;
        self.command(Stage::Recipient, Rcpt::new(envelope.to.clone(), vec![])).await?;
        self.command(Stage::Data, Data).await?;
        let said = self.command(Stage::Content, &envelope.content).await?;
        self.used_at = Instant::now();
        Ok(said)
    }

    /// Whether another mail can follow: the dialogue is at its start, or could be set back to it.
    pub(super) async fn is_usable_after(&mut self, result: &Result<String, Failure>) -> bool {
        match result {
            Ok(_) => true,
            Err(Failure { code: Some(421) | None, .. }) => false,
            Err(_) => self.command(Stage::Sender, Rset).await.is_ok(),
        }
    }

    pub(super) fn is_fresh(&self) -> bool {
        self.used_at.elapsed() < MAX_IDLE
    }

    async fn command(&mut self, stage: Stage, command: impl fmt::Display + Send) -> Result<String, Failure> {
        let answered = within(self.command_timeout, stage, self.connection.command(command)).await?;
        Ok(answered.first_line().unwrap_or("").to_owned())
    }
}

/// A connection that sends each write at once.
async fn tcp(server: (&str, u16)) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(server).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn within<T>(
    limit: Duration,
    stage: Stage,
    dialogue: impl Future<Output = Result<T, SmtpClientError>> + Send,
) -> Result<T, Failure> {
    match timeout(limit, dialogue).await {
        Ok(result) => result.map_err(|error| Failure::of(stage, &error)),
        Err(_) => Err(Failure::timed_out(stage)),
    }
}

fn tls_parameters(settings: &SmtpSettings) -> Result<TlsParameters, SmtpError> {
    let failed = |error: SmtpClientError| SmtpError::Tls { reason: error.to_string() };
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.root_certificate {
        // A text without any certificate in it is no error to the reader of PEM.
        if !pem.windows(PEM_CERTIFICATE.len()).any(|window| window == PEM_CERTIFICATE) {
            return Err(SmtpError::Tls { reason: "the root certificate is not PEM".to_owned() });
        }
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(failed)?);
    }
    builder.build_rustls().map_err(failed)
}

/// A host name or an IP address, by its characters: it goes into the dialogue and into a look-up.
fn is_host(name: &str) -> bool {
    (1..=253).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(settings: SmtpSettings) -> &'static str {
        Connector::new(settings).expect_err("it is wrong").code()
    }

    #[test]
    fn a_password_leaves_the_machine_encrypted_only() {
        let settings = |host, tls| SmtpSettings::new(host, 25, tls).with_credentials("user", "hunter2");
        assert_eq!(code(settings("smtp.example.com", TlsMode::None)), "NOTIFY-SMTP-PASSWORD-IN-CLEAR");
        for (host, tls) in [
            ("127.0.0.1", TlsMode::None),
            ("smtp.example.com", TlsMode::StartTls),
            ("a.no", TlsMode::Implicit),
        ] {
            let connector = Connector::new(settings(host, tls)).expect("it is right");
            assert!(!format!("{connector:?}").contains("hunter2"));
        }
    }

    #[test]
    fn names_that_could_end_a_command_are_refused() {
        assert_eq!(code(SmtpSettings::new("a b", 25, TlsMode::None)), "NOTIFY-SMTP-HOST");
        let settings = SmtpSettings::new("a.no", 25, TlsMode::None);
        assert_eq!(code(settings.with_hello_name("a\r\nQUIT")), "NOTIFY-SMTP-HELLO-NAME");
        let settings = SmtpSettings::new("a.no", 465, TlsMode::Implicit);
        assert_eq!(code(settings.with_root_certificate("not a certificate")), "NOTIFY-SMTP-TLS");
    }
}

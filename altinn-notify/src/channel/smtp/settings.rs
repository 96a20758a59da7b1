//! Where and how to reach the mail server.

use std::fmt;
use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use thiserror::Error;

/// Whether the connection to the server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsMode {
    /// From the first byte, mostly on port 465 (RFC 8314).
    Implicit,
    /// After STARTTLS, mostly on port 587; a server that does not offer it gets no mail.
    StartTls,
    /// Never: for a server on the same machine or in a network that is encrypted itself.
    None,
}

/// The settings of an [`Smtp`](super::Smtp) channel. `Debug` hides the password.
#[derive(Clone)]
pub struct SmtpSettings {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: TlsMode,
    pub(super) credentials: Option<Credentials>,
    pub(super) root_certificate: Option<Vec<u8>>,
    pub(super) hello_name: Option<String>,
    pub(super) connect_timeout: Duration,
    pub(super) command_timeout: Duration,
}

impl SmtpSettings {
    /// A server by its host name or address, with 10 seconds to connect and 30 for each command.
    pub fn new(host: impl Into<String>, port: u16, tls: TlsMode) -> Self {
        Self {
            host: host.into(),
            port,
            tls,
            credentials: None,
            root_certificate: None,
            hello_name: None,
            connect_timeout: Duration::from_secs(10),
            command_timeout: Duration::from_secs(30),
        }
    }

    /// Logs in with a user name and a password (AUTH PLAIN, else LOGIN).
    #[must_use]
    pub fn with_credentials(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.credentials = Some(Credentials::new(user.into(), password.into()));
        self
    }

    /// Trusts a certificate authority of the agency's own, as PEM, beside the public ones.
    #[must_use]
    pub fn with_root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificate = Some(pem.into());
        self
    }

    /// The name this machine introduces itself with (EHLO); some servers want its real one.
    #[must_use]
    pub fn with_hello_name(mut self, name: impl Into<String>) -> Self {
        self.hello_name = Some(name.into());
        self
    }

    /// How long to wait for a connection, its encryption included.
    #[must_use]
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long to wait for the answer to each command, the content of a mail included.
    #[must_use]
    pub fn with_command_timeout(mut self, timeout: Duration) -> Self {
        self.command_timeout = timeout;
        self
    }
}

impl fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

/// Why settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SmtpError {
    /// The server's name cannot be one.
    #[error("`{host}` is not the name or address of a mail server")]
    Host {
        /// The name.
        host: String,
    },
    /// The name for EHLO cannot be one.
    #[error("`{name}` is not a host name to introduce oneself with")]
    HelloName {
        /// The name.
        name: String,
    },
    /// A password would be sent unencrypted over a network.
    #[error("a password is never sent to `{host}` without encryption")]
    PasswordInClear {
        /// The server.
        host: String,
    },
    /// The certificate authority cannot be read, or encryption cannot be set up.
    #[error("encryption cannot be set up: {reason}")]
    Tls {
        /// Why not.
        reason: String,
    },
}

impl SmtpError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Host { .. } => "NOTIFY-SMTP-HOST",
            Self::HelloName { .. } => "NOTIFY-SMTP-HELLO-NAME",
            Self::PasswordInClear { .. } => "NOTIFY-SMTP-PASSWORD-IN-CLEAR",
            Self::Tls { .. } => "NOTIFY-SMTP-TLS",
        }
    }
}

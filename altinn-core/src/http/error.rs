//! What can go wrong with a call.

use std::time::Duration;

use thiserror::Error;

/// Why a call has no answer. It names the host at the most: paths and queries may hold what nobody should read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HttpError {
    /// It is no absolute address of a host, or holds a user name.
    #[error("the address is no absolute `https` address without user name")]
    Address,
    /// HTTPS only; plain HTTP is not allowed there.
    #[error("`{host}` may be called by `https` only")]
    Scheme {
        /// The host.
        host: String,
    },
    /// The host is not one that may be called, or its name leads to such an address.
    #[error("`{host}` is at an address that may not be called")]
    Destination {
        /// The host.
        host: String,
    },
    /// The host cannot be reached: name, connection or TLS. Nothing was sent.
    #[error("`{host}` cannot be reached")]
    Unreachable {
        /// The host.
        host: String,
    },
    /// It took too long; the request may have arrived.
    #[error("`{host}` gave no answer within {limit:?}")]
    Timeout {
        /// The host.
        host: String,
        /// How long it might take.
        limit: Duration,
    },
    /// The answer is longer than may be read.
    #[error("the answer of `{host}` is longer than {limit} bytes")]
    TooLong {
        /// The host.
        host: String,
        /// How many bytes it might have.
        limit: usize,
    },
    /// The connection broke, or what came was no HTTP; the request may have arrived.
    #[error("the exchange with `{host}` broke off")]
    Broken {
        /// The host.
        host: String,
    },
    /// The client's own settings cannot be used.
    #[error("the HTTP client cannot be made: {reason}")]
    Settings {
        /// What is wrong.
        reason: &'static str,
    },
}

impl HttpError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Address => "HTTP-ADDRESS",
            Self::Scheme { .. } => "HTTP-SCHEME",
            Self::Destination { .. } => "HTTP-DESTINATION",
            Self::Unreachable { .. } => "HTTP-UNREACHABLE",
            Self::Timeout { .. } => "HTTP-TIMEOUT",
            Self::TooLong { .. } => "HTTP-TOO-LONG",
            Self::Broken { .. } => "HTTP-BROKEN",
            Self::Settings { .. } => "HTTP-SETTINGS",
        }
    }

    /// Whether the request may have reached the host, so that sending it again may do it twice.
    pub fn may_have_arrived(&self) -> bool {
        matches!(self, Self::Timeout { .. } | Self::TooLong { .. } | Self::Broken { .. })
    }
}

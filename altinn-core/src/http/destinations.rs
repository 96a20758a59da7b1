//! Where a client may go.

use std::net::IpAddr;

use super::address::Reach;
use super::{HttpError, Url};

/// Where an [`HttpClient`](super::HttpClient) may go.
///
/// Addresses that others give (a subscriber's webhook) belong to [`Destinations::public`]; addresses that the agency
/// itself configured may stand inside its own network. Plain HTTP is spoken to this machine only, unless
/// [`with_plain_http`](Self::with_plain_http) allows it. Link-local addresses, where clouds keep their secrets, are
/// reached by none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destinations {
    loopback: bool,
    private: bool,
    plain_http: bool,
}

impl Destinations {
    /// Public addresses, over HTTPS.
    pub const fn public() -> Self {
        Self { loopback: false, private: false, plain_http: false }
    }

    /// Public addresses, and those of the agency's own network and this machine: for addresses that the agency configured.
    pub const fn configured() -> Self {
        Self { loopback: true, private: true, plain_http: false }
    }

    /// This machine too, as tests need it.
    #[must_use]
    pub const fn with_loopback(mut self) -> Self {
        self.loopback = true;
        self
    }

    /// Private networks too.
    #[must_use]
    pub const fn with_private_networks(mut self) -> Self {
        self.private = true;
        self
    }

    /// HTTP without TLS, also beyond this machine.
    #[must_use]
    pub const fn with_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// Checks the scheme of an address, and its host where it is a number; names are checked when they are resolved.
    ///
    /// # Errors
    /// [`HttpError::Scheme`], [`HttpError::Destination`], [`HttpError::Address`] for one without a host or with a password.
    pub fn check(&self, url: &Url) -> Result<(), HttpError> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(HttpError::Address);
        }
        let host = url.host_str().ok_or(HttpError::Address)?;
        let number = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        let this_machine = number.map_or(host == "localhost", |number| Reach::of(number) == Reach::Loopback);
        match url.scheme() {
            "https" => {}
            "http" if self.plain_http || (self.loopback && this_machine) => {}
            _ => return Err(HttpError::Scheme { host: host.to_owned() }),
        }
        match number {
            Some(number) if !self.allows(number) => Err(HttpError::Destination { host: host.to_owned() }),
            _ => Ok(()),
        }
    }

    /// Whether a client may connect to an address.
    pub fn allows(&self, address: IpAddr) -> bool {
        match Reach::of(address) {
            Reach::Public => true,
            Reach::Loopback => self.loopback,
            Reach::Private => self.private,
            Reach::Never => false,
        }
    }
}

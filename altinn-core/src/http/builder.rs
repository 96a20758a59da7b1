//! How a client is made.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::{Attempt, Policy};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use super::resolver::GuardedResolver;
use super::{Destinations, HttpClient, HttpError};

/// How long a call may take, unless it is set.
const TIME: Duration = Duration::from_secs(10);

/// How much of an answer is read, unless it is set: 1 MiB.
const BYTES: usize = 1024 * 1024;

/// Settings of an [`HttpClient`]; each has a safe default.
#[derive(Debug, Clone)]
#[must_use]
pub struct HttpClientBuilder {
    destinations: Destinations,
    time: Duration,
    bytes: usize,
    redirects: usize,
    roots: RootCertStore,
}

impl HttpClientBuilder {
    pub(super) fn new(destinations: Destinations) -> Self {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        Self { destinations, time: TIME, bytes: BYTES, redirects: 0, roots }
    }

    /// How long a call may take, from name to last byte; 10 seconds unless it is set.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }

    /// How many bytes an answer may have; 1 MiB unless it is set.
    pub fn max_answer_bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// How many redirects are followed, each checked as the first address was; none unless it is set.
    pub fn redirects(mut self, redirects: usize) -> Self {
        self.redirects = redirects;
        self
    }

    /// Trusts the certificates of a PEM text as roots too: those of the agency's own authority.
    ///
    /// # Errors
    /// [`HttpError::Settings`] when it holds none.
    pub fn trusting_pem(mut self, pem: &str) -> Result<Self, HttpError> {
        use rustls::pki_types::pem::PemObject;

        let settings = |reason| HttpError::Settings { reason };
        let before = self.roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|_| settings("a root certificate is no PEM"))?;
            self.roots.add(certificate).map_err(|_| settings("a root certificate cannot be read"))?;
        }
        if self.roots.len() == before { Err(settings("the PEM has no certificate")) } else { Ok(self) }
    }

    /// The client.
    ///
    /// # Errors
    /// [`HttpError::Settings`] when TLS cannot be set up.
    pub fn build(self) -> Result<HttpClient, HttpError> {
        let destinations = Arc::new(self.destinations);
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls(self.roots)?)
            .dns_resolver(GuardedResolver(Arc::clone(&destinations)))
            .redirect(redirect_policy(self.destinations, self.redirects))
            .timeout(self.time)
            .no_proxy()
            .referer(false)
            .build()
            .map_err(|_| HttpError::Settings { reason: "the connection pool cannot be made" })?;
        Ok(HttpClient { client, destinations, time: self.time, bytes: self.bytes })
    }
}

/// TLS by rustls with a provider of its own: what the host program installed as the process's is left alone.
fn tls(roots: RootCertStore) -> Result<ClientConfig, HttpError> {
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| HttpError::Settings { reason: "TLS has no version in common with its provider" })?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn redirect_policy(destinations: Destinations, most: usize) -> Policy {
    if most == 0 {
        return Policy::none();
    }
    Policy::custom(move |attempt: Attempt<'_>| {
        if attempt.previous().len() > most {
            return attempt.stop();
        }
        match destinations.check(attempt.url()) {
            Ok(()) => attempt.follow(),
            Err(refused) => attempt.error(refused),
        }
    })
}

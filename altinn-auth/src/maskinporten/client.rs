//! The client.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use altinn_core::http::{Destinations, HttpClient, HttpRequest, StatusCode};
use altinn_core::{Clock, SystemClock};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Deserialize;

use super::{AccessToken, MaskinportenError, TokenRequest};
use crate::single_flight::SingleFlight;
use crate::token::{IssuerMetadata, TokenSigner};

/// A client of Maskinporten. Cheap to clone; all clones share their tokens.
#[derive(Debug, Clone)]
pub struct Maskinporten(Arc<Client>);

#[derive(Debug)]
struct Client {
    http: HttpClient,
    clock: Arc<dyn Clock>,
    issuer: String,
    token_endpoint: String,
    client_id: String,
    signer: TokenSigner,
    tokens: Mutex<BTreeMap<TokenRequest, Arc<Kept>>>,
}

/// What a [`Maskinporten`] is made of.
#[derive(Debug)]
#[must_use]
pub struct MaskinportenBuilder {
    client_id: String,
    signer: TokenSigner,
    clock: Arc<dyn Clock>,
    http: Option<HttpClient>,
}

/// The token of a request, and the fetch of the next one.
#[derive(Debug)]
struct Kept {
    token: Mutex<Option<Arc<AccessToken>>>,
    flight: SingleFlight<Result<Arc<AccessToken>, MaskinportenError>>,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expires_in: u32,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// The most requests whose tokens are kept.
const MAX_KEPT: usize = 1_000;

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

impl MaskinportenBuilder {
    /// By another clock than the machine's.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// By an HTTP client of one's own instead of one that may go to the addresses of [`Destinations::configured`].
    pub fn http(mut self, http: HttpClient) -> Self {
        self.http = Some(http);
        self
    }

    /// Asks Maskinporten what it is.
    ///
    /// # Errors
    /// [`MaskinportenError::Discovery`].
    pub async fn connect(self, well_known_url: &str) -> Result<Maskinporten, MaskinportenError> {
        let http = self.http_client()?;
        let IssuerMetadata { issuer, token_endpoint, .. } =
            IssuerMetadata::discover(&http, well_known_url).await?;
        Ok(self.finish(http, issuer, token_endpoint))
    }

    /// A client that is told what Maskinporten is (`MASKINPORTEN_ISSUER`, `MASKINPORTEN_TOKEN_ENDPOINT`), and asks nothing.
    ///
    /// # Errors
    /// [`MaskinportenError::Http`] when no HTTP client can be made.
    pub fn build(
        self,
        issuer: impl Into<String>,
        token_endpoint: impl Into<String>,
    ) -> Result<Maskinporten, MaskinportenError> {
        let http = self.http_client()?;
        Ok(self.finish(http, issuer.into(), token_endpoint.into()))
    }

    fn http_client(&self) -> Result<HttpClient, MaskinportenError> {
        match &self.http {
            Some(http) => Ok(http.clone()),
            None => Ok(HttpClient::builder(Destinations::configured()).build()?),
        }
    }

    fn finish(self, http: HttpClient, issuer: String, token_endpoint: String) -> Maskinporten {
        let Self { client_id, signer, clock, .. } = self;
        let tokens = Mutex::default();
        Maskinporten(Arc::new(Client { http, clock, issuer, token_endpoint, client_id, signer, tokens }))
    }
}

impl Maskinporten {
    /// Begins to set up a client: its id, and the key that is registered for it.
    pub fn builder(client_id: impl Into<String>, signer: TokenSigner) -> MaskinportenBuilder {
        let (clock, http) = (Arc::new(SystemClock), None);
        MaskinportenBuilder { client_id: client_id.into(), signer, clock, http }
    }

    /// A client of the Maskinporten whose metadata is at this address.
    ///
    /// # Errors
    /// [`MaskinportenError::Discovery`].
    pub async fn connect(
        well_known_url: &str,
        client_id: impl Into<String>,
        signer: TokenSigner,
    ) -> Result<Self, MaskinportenError> {
        Self::builder(client_id, signer).connect(well_known_url).await
    }

    /// The token of a request: the one that is kept, or a new one when that expires soon.
    ///
    /// # Errors
    /// [`MaskinportenError`]; while the token that is kept still counts, it is given instead.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn token(&self, request: &TokenRequest) -> Result<Arc<AccessToken>, MaskinportenError> {
        let kept = self.0.kept(request);
        let now = self.0.clock.now();
        if let Some(token) = kept.fresh(now) {
            return Ok(token);
        }
        // Somebody else may have fetched it meanwhile; then nothing is begun.
        let begin = || match kept.fresh(now) {
            Some(_) => None,
            None => Some(Arc::clone(&self.0).fetch(request.clone(), Arc::clone(&kept))),
        };
        match kept.flight.join(begin).await {
            Some(Err(error)) => kept.valid(self.0.clock.now()).ok_or(error),
            Some(Ok(token)) => Ok(token),
            None => kept.fresh(now).ok_or(MaskinportenError::Malformed),
        }
    }
}

impl Client {
    /// What is kept for a request; when there is too much, what is over or ends first makes room.
    fn kept(&self, request: &TokenRequest) -> Arc<Kept> {
        let mut tokens = lock(&self.tokens);
        if let Some(kept) = tokens.get(request) {
            return Arc::clone(kept);
        }
        if tokens.len() >= MAX_KEPT {
            let first =
                tokens.iter().min_by_key(|(_, kept)| kept.expires()).map(|(request, _)| request.clone());
            first.and_then(|request| tokens.remove(&request));
        }
        let kept = Arc::new(Kept { token: Mutex::default(), flight: SingleFlight::new() });
        tokens.insert(request.clone(), Arc::clone(&kept));
        kept
    }

    fn fetch(
        self: Arc<Self>,
        request: TokenRequest,
        kept: Arc<Kept>,
    ) -> BoxFuture<'static, Result<Arc<AccessToken>, MaskinportenError>> {
        async move {
            let fetched = self.fetch_once(&request).await.map(Arc::new);
            match &fetched {
                Ok(token) => *lock(&kept.token) = Some(Arc::clone(token)),
                Err(error) => tracing::warn!(code = error.code(), "Maskinporten gives no token"),
            }
            fetched
        }
        .boxed()
    }

    async fn fetch_once(&self, request: &TokenRequest) -> Result<AccessToken, MaskinportenError> {
        let now = self.clock.now();
        let grant = self.signer.sign(&request.grant(&self.client_id, &self.issuer, now));
        let grant = grant.map_err(|error| MaskinportenError::Signing { reason: error.to_string() })?;
        let form = [("grant_type", GRANT_TYPE), ("assertion", grant.as_str())];
        let request = HttpRequest::post(&self.token_endpoint)?.accept("application/json").form(&form);
        let answer = self.http.send(request).await?;
        if answer.status() != StatusCode::OK {
            let status = answer.status().as_u16();
            return Err(match answer.json::<Refusal>() {
                Ok(Refusal { error }) if is_code(&error) => MaskinportenError::Refused { error },
                _ => MaskinportenError::Status { status },
            });
        }
        let answer: Answer = answer.json().map_err(|_| MaskinportenError::Malformed)?;
        Ok(AccessToken::new(answer.access_token, now, TimeDelta::seconds(answer.expires_in.into())))
    }
}

impl Kept {
    fn fresh(&self, now: DateTime<Utc>) -> Option<Arc<AccessToken>> {
        lock(&self.token).clone().filter(|token| token.is_fresh(now))
    }

    fn valid(&self, now: DateTime<Utc>) -> Option<Arc<AccessToken>> {
        lock(&self.token).clone().filter(|token| token.is_valid(now))
    }

    fn expires(&self) -> Option<DateTime<Utc>> {
        lock(&self.token).as_ref().map(|token| token.expires())
    }
}

/// Whether it has the form of OAuth's error codes, so that nothing else is told in their place.
fn is_code(error: &str) -> bool {
    (1..=40).contains(&error.len()) && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

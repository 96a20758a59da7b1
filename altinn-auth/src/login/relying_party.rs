//! The relying party: it begins logins, ends them, and keeps sessions.

use std::sync::Arc;

use altinn_core::http::{Destinations, HttpClient};
use altinn_core::store::Store;
use altinn_core::{Actor, AuthenticationLevel, Clock, Language, SyntheticNumbers, SystemClock};
use zeroize::Zeroizing;

use super::attempt::{self, Attempt};
use super::provider::{self, Provider};
use super::sessions::{Session, Sessions};
use super::settings::IssuerKind;
use super::{LoginError, LoginSettings, ReturnPath};
use crate::register::PartyRegister;
use crate::token::{CachedKeys, IssuerProfile, TokenError, TokenSubject, TokenVerifier, VerifiedToken};

/// Logs people in to a portal. Cheap to clone; [`router`](Self::router) gives the pages, and the extractors
/// [`Person`](super::Person), [`Organization`](super::Organization) and [`AtLeast`](super::AtLeast) tell who calls.
#[derive(Debug, Clone)]
pub struct Login(pub(super) Arc<RelyingParty>);

#[derive(Debug)]
pub(super) struct RelyingParty {
    pub(super) settings: LoginSettings,
    pub(super) provider: Provider,
    verifier: TokenVerifier,
    parties: Arc<dyn PartyRegister>,
    pub(super) sessions: Sessions,
    clock: Arc<dyn Clock>,
}

/// What a [`Login`] is made of.
#[derive(Debug)]
#[must_use]
pub struct LoginBuilder {
    settings: LoginSettings,
    store: Store,
    parties: Arc<dyn PartyRegister>,
    clock: Arc<dyn Clock>,
    http: Option<HttpClient>,
    synthetic: SyntheticNumbers,
}

/// What the issuer's answer brings back through the browser.
#[derive(Default, serde::Deserialize)]
pub(super) struct Answer {
    pub(super) state: Option<String>,
    pub(super) code: Option<String>,
    pub(super) iss: Option<String>,
    pub(super) error: Option<String>,
}

/// Somebody who has just logged in.
pub(super) struct LoggedIn {
    pub(super) cookie: String,
    pub(super) return_to: ReturnPath,
}

impl LoginBuilder {
    /// By another clock than the machine's.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// By a client of one's own instead of one that may go to the addresses of [`Destinations::configured`].
    pub fn http(mut self, http: HttpClient) -> Self {
        self.http = Some(http);
        self
    }

    /// With synthetic people accepted or, as from the start, refused.
    pub fn with_synthetic_numbers(mut self, synthetic: SyntheticNumbers) -> Self {
        self.synthetic = synthetic;
        self
    }

    /// Asks the issuer what it is; its keys are fetched when the first person logs in.
    ///
    /// # Errors
    /// [`LoginError::Discovery`].
    pub async fn connect(self) -> Result<Login, LoginError> {
        let http = match self.http {
            Some(http) => http,
            None => HttpClient::builder(Destinations::configured()).build()?,
        };
        let provider = Provider::discover(http.clone(), &self.settings).await?;
        let keys = provider.metadata.keys(http, self.clock.clone());
        let verifier = TokenVerifier::new(self.clock.clone(), self.parties.clone())
            .trusting(id_token_profile(&self.settings, &provider.metadata.issuer, keys))
            .with_synthetic_numbers(self.synthetic);
        Ok(Login(Arc::new(RelyingParty {
            settings: self.settings,
            provider,
            verifier,
            parties: self.parties,
            sessions: Sessions(self.store),
            clock: self.clock,
        })))
    }
}

/// ID tokens come straight from the issuer, so that they need not name the only key of its set.
fn id_token_profile(settings: &LoginSettings, issuer: &str, keys: CachedKeys) -> IssuerProfile {
    let (client, keys) = (settings.client_id.clone(), Arc::new(keys));
    let profile = match settings.issuer_kind {
        IssuerKind::IdPorten => IssuerProfile::id_porten(issuer, client, keys),
        IssuerKind::Ansattporten => IssuerProfile::ansattporten(issuer, client, keys),
    };
    profile.allowing(settings.algorithms.iter().copied()).accepting_tokens_without_kid()
}

impl Login {
    /// Begins to set up a login: sessions are kept in `store` (with [`MIGRATIONS`](super::MIGRATIONS)), and `parties` tells who
    /// somebody is.
    pub fn builder(settings: LoginSettings, store: Store, parties: Arc<dyn PartyRegister>) -> LoginBuilder {
        let (http, synthetic) = (None, SyntheticNumbers::Refused);
        LoginBuilder { settings, store, parties, clock: Arc::new(SystemClock), http, synthetic }
    }

    /// The address at the issuer that the browser is sent to.
    pub(super) async fn begin(
        &self,
        level: Option<AuthenticationLevel>,
        language: Option<Language>,
        return_to: ReturnPath,
        browser: &str,
    ) -> Result<String, LoginError> {
        let RelyingParty { settings, provider, sessions, clock, .. } = &*self.0;
        let attempt = Attempt::new(level.unwrap_or(settings.level), return_to)?;
        let parameters = attempt.parameters(settings, language.or(settings.language));
        let url = provider.authorization_url(settings, parameters, clock.now()).await?;
        sessions.begin(&attempt, browser, clock.now()).await?;
        Ok(url)
    }

    /// Ends a login by the issuer's answer, and opens a session in the place of the one before.
    #[tracing::instrument(level = "debug", skip_all)]
    pub(super) async fn finish(
        &self,
        answer: Answer,
        browser: &str,
        before: Option<&str>,
    ) -> Result<LoggedIn, LoginError> {
        let RelyingParty { settings, provider, sessions, clock, .. } = &*self.0;
        let state = answer.state.as_deref().ok_or(LoginError::State)?;
        let attempt = sessions.take(state, browser, clock.now()).await?;
        self.check_issuer(&answer)?;
        if let Some(error) = &answer.error {
            return Err(provider::refused(error));
        }
        let code = answer.code.as_deref().ok_or(LoginError::NoCode)?;
        let id_token = provider.id_token(settings, code, attempt.verifier.clone(), clock.now()).await?;
        let session = self.session(&attempt, &id_token).await?;
        let cookie = attempt::secret()?;
        sessions.open(&cookie, &session, &id_token, before, clock.now()).await?;
        tracing::info!(level = %session.level, "somebody logged in");
        Ok(LoggedIn { cookie, return_to: attempt.return_to })
    }

    /// An answer that names an issuer names ours, and it names one when ours says that it does (RFC 9207).
    fn check_issuer(&self, answer: &Answer) -> Result<(), LoginError> {
        let metadata = &self.0.provider.metadata;
        match &answer.iss {
            Some(issuer) if *issuer == metadata.issuer => Ok(()),
            None if !metadata.authorization_response_iss_parameter_supported => Ok(()),
            _ => Err(LoginError::Issuer),
        }
    }

    /// The session that an ID token opens, once it is the one that this login asked for.
    async fn session(&self, attempt: &Attempt, id_token: &Zeroizing<String>) -> Result<Session, LoginError> {
        let token = self.0.verifier.authenticate(id_token).await?;
        self.check_id_token(&token, attempt)?;
        let (issuer, issuer_session) = (token.issuer().to_owned(), token.session().map(str::to_owned));
        if *token.subject() == TokenSubject::Person(None) {
            return Err(LoginError::NoNumber);
        }
        let expires = self.0.clock.now() + self.0.settings.lifetime;
        let actor = self.0.verifier.finder().actor(&token).await?;
        Ok(Session {
            issuer,
            issuer_session,
            party: actor.party().ok_or(LoginError::NoNumber)?,
            level: actor.level(),
            method: actor.method(),
            represents: actor.represents().to_vec(),
            expires,
        })
    }

    /// The checks of OpenID Connect Core 3.1.3.7 that the verifier has not made.
    fn check_id_token(&self, token: &VerifiedToken, attempt: &Attempt) -> Result<(), LoginError> {
        let claims = &token.id_token;
        if claims.sub.as_deref().is_none_or(str::is_empty) {
            return Err(TokenError::Claim { claim: "sub" }.into());
        }
        if !claims.has_time_of_issue {
            return Err(TokenError::Claim { claim: "iat" }.into());
        }
        if claims.azp.as_ref().is_some_and(|azp| *azp != self.0.settings.client_id) {
            return Err(TokenError::Claim { claim: "azp" }.into());
        }
        if claims.nonce.as_deref() != Some(&attempt.nonce) {
            return Err(LoginError::Nonce);
        }
        if token.level() < attempt.level { Err(LoginError::Level) } else { Ok(()) }
    }

    /// Who a cookie's session is of, while it lasts and the party is there.
    pub(super) async fn actor(&self, cookie: &str) -> Result<Option<Actor>, LoginError> {
        let RelyingParty { sessions, parties, clock, verifier, .. } = &*self.0;
        let Some(session) = sessions.find(cookie, clock.now()).await? else { return Ok(None) };
        let party = parties.party(session.party).await?.filter(|party| !party.deleted);
        let subject = party.and_then(|party| verifier.finder().person(party).ok());
        let Some(subject) = subject else { return Ok(None) };
        let actor = Actor::new(subject, session.level).representing(session.represents);
        Ok(Some(match session.method {
            Some(method) => actor.with_method(method),
            None => actor,
        }))
    }
}

//! Who calls: by a token, or by the session of a browser.

use altinn_core::{Actor, AuthenticationLevel};
use axum::extract::FromRef;
use axum::http::header::{AUTHORIZATION, HeaderName, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};

use super::{Login, LoginError, NotLetIn, cookie};
use crate::token::{TokenError, TokenVerifier};

/// Whose calls are let in: those of people who have logged in here, those with a token, or both.
///
/// It is the state that the extractors need: an own state gives it by [`FromRef`].
#[derive(Debug, Clone)]
pub struct Callers {
    login: Option<Login>,
    tokens: Option<TokenVerifier>,
}

/// A caller, and how they called.
pub(super) struct Caller {
    pub(super) actor: Actor,
    pub(super) by_token: bool,
}

impl Callers {
    /// People who have logged in here.
    pub fn by_login(login: Login) -> Self {
        Self { login: Some(login), tokens: None }
    }

    /// Systems, and people by systems, with a token in `Authorization: Bearer`.
    pub fn by_token(tokens: TokenVerifier) -> Self {
        Self { login: None, tokens: Some(tokens) }
    }

    /// The same callers, and those with a token.
    #[must_use]
    pub fn and_token(mut self, tokens: TokenVerifier) -> Self {
        self.tokens = Some(tokens);
        self
    }

    /// Who calls an API: whoever has neither a token nor a session is refused, and not sent to log in.
    ///
    /// # Errors
    /// [`NotLetIn`] says why not.
    pub async fn actor(&self, parts: &Parts) -> Result<Actor, NotLetIn> {
        match self.caller(parts).await {
            Ok(caller) => Ok(caller.actor),
            Err(NotLetIn::LogIn { .. }) => Err(NotLetIn::Nobody),
            Err(error) => Err(error),
        }
    }

    /// Who calls. A token goes before a session, and a wrong one is not passed over.
    pub(super) async fn caller(&self, parts: &Parts) -> Result<Caller, NotLetIn> {
        if parts.headers.contains_key(AUTHORIZATION) {
            let tokens = self.tokens.as_ref().ok_or(NotLetIn::Token(TokenError::Issuer))?;
            let token = bearer(&parts.headers).ok_or(NotLetIn::NoBearer)?;
            return Ok(Caller { actor: tokens.verify(token).await?, by_token: true });
        }
        let nobody = || self.log_in(parts, None);
        let Some(login) = &self.login else { return Err(nobody()) };
        let Some(cookie) = cookie::find(&parts.headers, cookie::SESSION) else { return Err(nobody()) };
        if !is_safe(&parts.method) && !is_own_page(&parts.headers, &login.0.settings.origin()) {
            return Err(NotLetIn::OtherSite);
        }
        let actor = login.actor(cookie).await?.ok_or_else(nobody)?;
        Ok(Caller { actor, by_token: false })
    }

    /// The caller must log in, at a level where one is named: a page is answered with the way there, all else with a refusal.
    pub(super) fn log_in(&self, parts: &Parts, level: Option<AuthenticationLevel>) -> NotLetIn {
        let page = (parts.method == Method::GET).then_some(self.login.as_ref()).flatten();
        match page {
            Some(login) => NotLetIn::LogIn { address: login.address(parts, level) },
            None => NotLetIn::Nobody,
        }
    }
}

impl FromRef<Login> for Callers {
    fn from_ref(login: &Login) -> Self {
        Self::by_login(login.clone())
    }
}

impl From<LoginError> for NotLetIn {
    fn from(error: LoginError) -> Self {
        Self::Session(error)
    }
}

/// The token of the only header `Authorization`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (scheme, token) = values.next()?.to_str().ok()?.split_once(' ')?;
    (values.next().is_none() && scheme.eq_ignore_ascii_case("Bearer")).then_some(token)
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a request that changes something comes from a page of this origin; browsers say so in one of two headers.
pub(super) fn is_own_page(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (text(&ORIGIN), text(&FETCH_SITE)) {
        (Some(from), _) => from == origin,
        (None, Some(site)) => matches!(site, "same-origin" | "none"),
        (None, None) => true,
    }
}

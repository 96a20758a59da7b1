//! The pages of the login.

use altinn_core::http::Url;
use altinn_core::{AuthenticationLevel, Digest, Language};
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, OriginalUri, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::attempt::{acr, level_of, secret};
use super::callers::is_own_page;
use super::not_let_in::redirect;
use super::relying_party::Answer;
use super::{Login, LoginError, LoginSettings, NotLetIn, ReturnPath, cookie};

const LOGIN: &str = "/oauth2/login";
const LOGOUT: &str = "/oauth2/logout";
const FRONT_CHANNEL: &str = "/oauth2/logout/frontchannel";
const AFTER_LOGOUT: &str = "/oauth2/logout/callback";

/// How long a browser is known while somebody logs in, in seconds.
const BROWSER_SECONDS: i64 = 15 * 60;

#[derive(Deserialize)]
struct Begin {
    redirect: Option<String>,
    level: Option<String>,
    locale: Option<String>,
}

#[derive(Deserialize)]
struct IssuerLogout {
    iss: String,
    sid: String,
}

impl Login {
    /// The pages of the login, to be merged into the portal's own.
    ///
    /// | page | |
    /// |---|---|
    /// | `GET /oauth2/login` | begins; `redirect` is the path to come back to, `level` an `acr` of the issuer, `locale` a language |
    /// | `GET /oauth2/callback` | where the issuer sends people back to |
    /// | `POST /oauth2/logout` | ends the session, here and at the issuer |
    /// | `GET /oauth2/logout/frontchannel` | where the issuer says, in a frame, that somebody logged out elsewhere |
    /// | `GET /oauth2/logout/callback` | where people come to after they have logged out |
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        Router::new()
            .route(LOGIN, get(begin))
            .route(LoginSettings::CALLBACK, get(finish))
            .route(LOGOUT, post(log_out))
            .route(FRONT_CHANNEL, get(issuer_logout))
            .route(AFTER_LOGOUT, get(after_logout))
            .with_state(self.clone())
    }

    /// The address that begins a login and comes back to what was asked for.
    pub(super) fn address(&self, parts: &Parts, level: Option<AuthenticationLevel>) -> String {
        // Within a nested router the address that was asked for is shortened.
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        let asked = uri.path_and_query().map_or("/", |path| path.as_str());
        let Ok(mut url) = Url::parse(&self.0.settings.at(LOGIN)) else { return LOGIN.to_owned() };
        url.query_pairs_mut().append_pair("redirect", asked);
        if let Some(level) = level {
            url.query_pairs_mut().append_pair("level", acr(self.0.settings.issuer_kind, level));
        }
        format!("{}?{}", url.path(), url.query().unwrap_or_default())
    }
}

/// A query whose parameters stand there once.
struct Asked<T>(T);

impl<T: for<'de> Deserialize<'de> + Send, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = LoginError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, LoginError> {
        let query: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, state).await;
        query.map(|Query(asked)| Self(asked)).map_err(|_| LoginError::Parameter { parameter: "query" })
    }
}

async fn begin(
    State(login): State<Login>,
    Asked(asked): Asked<Begin>,
    headers: HeaderMap,
) -> Result<Response, LoginError> {
    let return_to = asked.redirect.as_deref().unwrap_or("/").parse::<ReturnPath>()?;
    let kind = login.0.settings.issuer_kind;
    let level =
        asked.level.map(|name| level_of(kind, &name).ok_or(LoginError::Parameter { parameter: "level" }));
    let language = asked
        .locale
        .map(|code| code.parse::<Language>().map_err(|_| LoginError::Parameter { parameter: "locale" }));
    let browser = match cookie::find(&headers, cookie::BROWSER) {
        Some(browser) => browser.to_owned(),
        None => secret()?,
    };
    let address = login.begin(level.transpose()?, language.transpose()?, return_to, &browser).await?;
    Ok(with_cookie(redirect(&address), &cookie::set(cookie::BROWSER, &browser, BROWSER_SECONDS)))
}

async fn finish(
    State(login): State<Login>,
    Asked(answer): Asked<Answer>,
    headers: HeaderMap,
) -> Result<Response, LoginError> {
    let browser = cookie::find(&headers, cookie::BROWSER).ok_or(LoginError::State)?;
    let before = cookie::find(&headers, cookie::SESSION);
    let done = login.finish(answer, browser, before).await?;
    let session = cookie::set(cookie::SESSION, &done.cookie, login.0.settings.lifetime.num_seconds());
    Ok(with_cookie(redirect(done.return_to.as_str()), &session))
}

/// Ends the session here at once, and sends the browser on to end the issuer's. The ID token, by which the issuer knows which
/// one, goes in a form and not in the address.
async fn log_out(State(login): State<Login>, headers: HeaderMap) -> Result<Response, NotLetIn> {
    if !is_own_page(&headers, &login.0.settings.origin()) {
        return Err(NotLetIn::OtherSite);
    }
    let id_token = match cookie::find(&headers, cookie::SESSION) {
        Some(cookie) => login.0.sessions.end(cookie).await.map_err(LoginError::from)?,
        None => None,
    };
    let page = match (&login.0.provider.metadata.end_session_endpoint, id_token) {
        (Some(endpoint), Some(id_token)) => logout_page(&login, endpoint, &id_token),
        _ => redirect(login.0.settings.after_logout.as_str()),
    };
    Ok(with_cookie(page, &cookie::clear(cookie::SESSION)))
}

const SUBMIT: &str = "document.forms[0].submit()";

fn logout_page(login: &Login, endpoint: &str, id_token: &str) -> Response {
    let field = |name: &str, value: &str| {
        format!(r#"<input type="hidden" name="{name}" value="{}">"#, escaped(value))
    };
    let html = format!(
        r#"<!doctype html><html lang="nb"><meta charset="utf-8"><title>Logger ut</title><form method="post" action="{}">{}{}{}<button>Logg ut</button></form><script>{SUBMIT}</script></html>"#,
        escaped(endpoint),
        field("id_token_hint", id_token),
        field("client_id", &login.0.settings.client_id),
        field("post_logout_redirect_uri", &login.0.settings.at(AFTER_LOGOUT)),
    );
    let script = STANDARD.encode(Digest::of(SUBMIT.as_bytes()).as_bytes());
    let policy = format!("default-src 'none'; script-src 'sha256-{script}'; frame-ancestors 'none'");
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    (headers, html).into_response()
}

/// The issuer says, in a frame of its own page and so without our cookies, that somebody has logged out: every session of
/// theirs ends at once (OpenID Connect Front-Channel Logout 1.0).
async fn issuer_logout(
    State(login): State<Login>,
    Asked(asked): Asked<IssuerLogout>,
) -> Result<Response, LoginError> {
    if asked.iss != login.0.provider.metadata.issuer {
        return Err(LoginError::Issuer);
    }
    login.0.sessions.end_of_issuer(&asked.iss, &asked.sid).await?;
    Ok((StatusCode::OK, [(CACHE_CONTROL, "no-store")]).into_response())
}

async fn after_logout(State(login): State<Login>) -> Response {
    redirect(login.0.settings.after_logout.as_str())
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

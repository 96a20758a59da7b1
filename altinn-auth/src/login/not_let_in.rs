//! How those are answered who are not let in.

use altinn_core::{AuthenticationLevel, Problem};
use axum::Json;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use thiserror::Error;

use super::LoginError;
use super::attempt::acr;
use super::settings::IssuerKind;
use crate::token::TokenError;

/// Why a caller is not let in; as an answer, a problem (RFC 9457) or the way to the login.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NotLetIn {
    /// A browser must log in, and is sent there.
    #[error("the caller must log in")]
    LogIn {
        /// The address of the login.
        address: String,
    },
    /// There is neither a token nor a session.
    #[error("the caller has neither a token nor a session")]
    Nobody,
    /// The header `Authorization` has no bearer token.
    #[error("the header `Authorization` holds no bearer token")]
    NoBearer,
    /// The token is not in order.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The request would change something, and comes from a page of another site.
    #[error("the request comes from a page of another site")]
    OtherSite,
    /// The caller is no person.
    #[error("the caller is no person")]
    NotAPerson,
    /// The caller is no organization and represents none.
    #[error("the caller is no organization and represents none")]
    NotAnOrganization,
    /// The caller is not identified as surely as is needed.
    #[error("the caller must be identified at level {asked}")]
    TooLow {
        /// The level that is needed.
        asked: AuthenticationLevel,
    },
    /// The session cannot be read.
    #[error(transparent)]
    Session(LoginError),
}

impl NotLetIn {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::LogIn { .. } | Self::Nobody => "AUTH-CALLER-UNKNOWN",
            Self::NoBearer => "AUTH-CALLER-NO-BEARER",
            Self::Token(error) => error.code(),
            Self::OtherSite => "AUTH-CALLER-OTHER-SITE",
            Self::NotAPerson => "AUTH-CALLER-NOT-A-PERSON",
            Self::NotAnOrganization => "AUTH-CALLER-NOT-AN-ORGANIZATION",
            Self::TooLow { .. } => "AUTH-CALLER-LEVEL",
            Self::Session(error) => error.code(),
        }
    }

    fn status(&self) -> u16 {
        match self {
            Self::LogIn { .. } => 303,
            Self::Token(TokenError::Keys(_) | TokenError::Register(_)) => 503,
            Self::Token(TokenError::UnknownParty) => 403,
            Self::Nobody | Self::NoBearer | Self::Token(_) => 401,
            // What RFC 9470 says, so that clients know to come again at a higher level.
            Self::TooLow { .. } => 401,
            Self::OtherSite | Self::NotAPerson | Self::NotAnOrganization => 403,
            Self::Session(error) => error.status(),
        }
    }

    /// How to come again: the value of `WWW-Authenticate` (RFC 6750, RFC 9470), where coming again may help.
    pub fn challenge(&self) -> Option<String> {
        Some(match self {
            Self::Nobody => "Bearer".to_owned(),
            Self::NoBearer => r#"Bearer error="invalid_request""#.to_owned(),
            Self::Token(_) if self.status() == 401 => r#"Bearer error="invalid_token""#.to_owned(),
            Self::TooLow { asked } => {
                let acr = acr(IssuerKind::IdPorten, *asked);
                format!(r#"Bearer error="insufficient_user_authentication", acr_values="{acr}""#)
            }
            _ => return None,
        })
    }
}

impl IntoResponse for NotLetIn {
    fn into_response(self) -> Response {
        let mut response = match &self {
            Self::LogIn { address } => redirect(address),
            other => problem(other.status(), other.code(), &other.to_string()),
        };
        let challenge = self.challenge().and_then(|challenge| HeaderValue::from_str(&challenge).ok());
        if let Some(challenge) = challenge {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

impl IntoResponse for LoginError {
    fn into_response(self) -> Response {
        tracing::info!(code = self.code(), "a login did not succeed");
        problem(self.status(), self.code(), &self.to_string())
    }
}

/// A redirect that nobody keeps.
pub(super) fn redirect(address: &str) -> Response {
    match HeaderValue::from_str(address) {
        Ok(address) => {
            let headers = [(LOCATION, address), (CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// A problem that nobody keeps.
pub(crate) fn problem(status: u16, code: &str, title: &str) -> Response {
    let status_code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = [(CONTENT_TYPE, Problem::MEDIA_TYPE), (CACHE_CONTROL, "no-store")];
    (status_code, headers, Json(Problem::new(status, code, title))).into_response()
}

//! The issuer's pages.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use super::{ExchangeError, TokenIssuer};
use crate::login::{NotLetIn, bearer, problem};
use crate::token::TokenVerifier;

impl TokenIssuer {
    /// What it says of itself, its keys, and the exchange, to be merged into the router at the issuer's name. Each provider has
    /// a name of its own in the address, as Altinn's `id-porten` and `maskinporten` have, and a verifier that trusts its tokens.
    ///
    /// | page | |
    /// |---|---|
    /// | `GET /.well-known/openid-configuration` | [`metadata`](Self::metadata) |
    /// | `GET /.well-known/jwks.json` | [`jwks`](Self::jwks) |
    /// | `GET /authentication/api/v1/exchange/{provider}` | the token in `Authorization: Bearer`, exchanged; as text |
    pub fn router<S: Clone + Send + Sync + 'static>(
        self: Arc<Self>,
        providers: impl IntoIterator<Item = (&'static str, TokenVerifier)>,
    ) -> Router<S> {
        let (said, published) = (Arc::clone(&self), Arc::clone(&self));
        let pages = Router::new()
            .route("/.well-known/openid-configuration", get(async move || Json(said.metadata())))
            .route("/.well-known/jwks.json", get(async move || Json(published.jwks())));
        providers.into_iter().fold(pages, |pages, (provider, tokens)| {
            let issuer = Arc::clone(&self);
            let exchange = async move |headers: HeaderMap| issuer.answer(&tokens, &headers).await;
            pages.route(&format!("/authentication/api/v1/exchange/{provider}"), get(exchange))
        })
    }

    async fn answer(&self, tokens: &TokenVerifier, headers: &HeaderMap) -> Result<Response, NotExchanged> {
        let token = bearer(headers).ok_or(NotLetIn::NoBearer)?;
        let token = self.exchange(tokens, token).await?;
        Ok(([(CACHE_CONTROL, "no-store")], token).into_response())
    }
}

/// How those are answered who get no token.
enum NotExchanged {
    NotLetIn(NotLetIn),
    Exchange(ExchangeError),
}

impl From<NotLetIn> for NotExchanged {
    fn from(error: NotLetIn) -> Self {
        Self::NotLetIn(error)
    }
}

impl From<ExchangeError> for NotExchanged {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Token(error) => Self::NotLetIn(error.into()),
            other => Self::Exchange(other),
        }
    }
}

impl IntoResponse for NotExchanged {
    fn into_response(self) -> Response {
        match self {
            Self::NotLetIn(error) => error.into_response(),
            Self::Exchange(error) => problem(500, error.code(), &error.to_string()),
        }
    }
}

//! Tokens of one's own: short-lived, in the form that Altinn's exchange gives them.
//!
//! A [`TokenIssuer`] signs with keys that change ([`RotatingKeys`]) and publishes their public halves; a
//! [`TokenVerifier`](crate::token::TokenVerifier) with `IssuerProfile::altinn` reads its tokens back. `TokenIssuer::router` (feature
//! `login`) serves keys, discovery document and exchange.
//!
//! ```
//! # #[cfg(feature = "testing")]
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! use std::sync::Arc;
//! use altinn_auth::issuing::{RotatingKeys, TokenIssuer};
//! use altinn_auth::token::TokenSigner;
//! use altinn_core::{Actor, AuthenticationLevel, Subject, SystemClock};
//!
//! let keys = RotatingKeys::new(TokenSigner::generate()?);
//! let issuer = TokenIssuer::new("https://altinn.example.no", keys, Arc::new(SystemClock));
//!
//! let agency = Subject::ServiceOwner { org: "ttd".to_owned(), number: None };
//! let token = issuer.issue(&Actor::new(agency, AuthenticationLevel::Sensitive))?;
//! assert_eq!(token.split('.').count(), 3);
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;
mod issuer;
mod keys;
#[cfg(feature = "login")]
mod routes;

pub use issuer::{ExchangeError, TokenIssuer};
pub use keys::RotatingKeys;

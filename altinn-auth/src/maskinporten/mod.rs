//! Tokens from Maskinporten for one's own system (feature `http`).
//!
//! ```no_run
//! use altinn_auth::maskinporten::{Maskinporten, TokenRequest};
//! use altinn_auth::token::TokenSigner;
//!
//! # async fn example(jwk: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let well_known = "https://maskinporten.no/.well-known/oauth-authorization-server";
//! let maskinporten = Maskinporten::connect(well_known, "my-client", TokenSigner::from_jwk(jwk)?).await?;
//!
//! let payroll = TokenRequest::new(["altinn:instances.write"]).as_system_user_of("991825827".parse()?);
//! let token = maskinporten.token(&payroll).await?;
//! println!("Authorization: Bearer {}", token.expose());
//! # Ok(()) }
//! ```
//!
//! A token is kept until shortly before it expires, and fetched once however many ask for it.

mod access_token;
mod client;
mod error;
mod request;

pub use access_token::AccessToken;
pub use client::{Maskinporten, MaskinportenBuilder};
pub use error::MaskinportenError;
pub use request::TokenRequest;

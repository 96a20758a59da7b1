//! Logs people in to a portal by ID-porten or Ansattporten (feature `login`).
//!
//! ```no_run
//! use std::sync::Arc;
//! use altinn_auth::login::{ClientAuthentication, Login, LoginSettings, Person};
//! use altinn_auth::register::PartyRegister;
//! use altinn_auth::token::TokenSigner;
//! use altinn_core::store::Store;
//! use axum::{Router, routing::get};
//!
//! # async fn portal(store: Store, register: Arc<dyn PartyRegister>, jwk: &str) -> Result<Router, Box<dyn std::error::Error>> {
//! let key = ClientAuthentication::private_key_jwt(TokenSigner::from_jwk(jwk)?);
//! let well_known = "https://idporten.no/.well-known/openid-configuration";
//! let settings = LoginSettings::id_porten(well_known, "my-client", key, "https://portal.example.no")?;
//! let login = Login::builder(settings, store, register).connect().await?;
//!
//! let pages = Router::new().route("/", get(|person: Person| async move { format!("party {}", person.party) }));
//! Ok(pages.with_state(login.clone()).merge(login.router()))
//! # }
//! ```
//!
//! **Security.** Every login has its own state, nonce and PKCE verifier and is ended once, by the browser that began it. The
//! answer must name the issuer where the issuer says that it does. The ID token's signature, issuer, audience, time, nonce
//! and level are checked, and it is kept only sealed under the browser's cookie, for the logout. A session is a random id in a
//! cookie (`HttpOnly`, `Secure`, `SameSite=Lax`, bound to the host) and a row that a logout deletes, also one at another
//! service that the issuer tells of. What changes something is accepted from pages of the portal alone, and nobody is sent
//! anywhere else after a login.

mod attempt;
mod callers;
mod cookie;
mod error;
mod extract;
mod not_let_in;
mod provider;
mod relying_party;
mod return_path;
mod routes;
mod seal;
mod sessions;
mod settings;

use altinn_core::store::Migration;

pub use callers::Callers;
pub(crate) use callers::bearer;
pub use error::LoginError;
pub use extract::{AtLeast, High, Level, Organization, Person, Substantial};
pub use not_let_in::NotLetIn;
pub(crate) use not_let_in::problem;
pub use relying_party::{Login, LoginBuilder};
pub use return_path::ReturnPath;
pub use settings::{ClientAuthentication, LoginSettings};

/// The tables of logins and sessions.
pub static MIGRATIONS: &[Migration] = &[Migration {
    owner: "altinn-auth-login",
    number: 1,
    name: "session",
    sqlite: include_str!("../../migrations/login_0001_session.sqlite.sql"),
    postgres: include_str!("../../migrations/login_0001_session.postgres.sql"),
}];

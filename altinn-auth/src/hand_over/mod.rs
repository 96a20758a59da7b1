//! Hand-overs: somebody who may use a link service is sent on to another solution, which can tell that it is so.
//!
//! The agency that decides signs a [`HandOver`] for one target ([`HandOverIssuer`]); the target embeds a
//! [`HandOverVerifier`], which accepts it once, within a minute, and only if it is meant for this target. People are
//! named by a pseudonym that is another one for every target. Nothing of it belongs into a URL: it travels in the body
//! of a form, or is fetched behind the browser's back.
//!
//! ```
//! # #[cfg(feature = "sqlite")]
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! use std::sync::Arc;
//! use altinn_auth::hand_over::{HandOverError, HandOverIssuer, HandOverVerifier, MIGRATIONS, NewHandOver, StoredReplays};
//! use altinn_auth::issuing::RotatingKeys;
//! use altinn_auth::token::{StaticKeys, TokenSigner};
//! use altinn_core::key::SecretKey;
//! use altinn_core::store::Store;
//! use altinn_core::{Actor, AuthenticationLevel, Language, Subject, SystemClock};
//!
//! // The agency's side.
//! let clock = Arc::new(SystemClock);
//! let keys = RotatingKeys::new(TokenSigner::generate()?);
//! let issuer = HandOverIssuer::new("https://portal.example.no", keys, &SecretKey::generate()?, clock.clone());
//! let actor = Actor::new(Subject::ServiceOwner { org: "ttd".to_owned(), number: None }, AuthenticationLevel::Sensitive);
//! let service = "ttd/tax-card".parse()?;
//! let to = NewHandOver::new(&actor, &service, "https://target.example.no").in_language(Language::Nn);
//! let token = issuer.sign(&issuer.hand_over(&to))?;
//!
//! // The target's side.
//! let store = Store::open("sqlite::memory:").await?;
//! store.migrate(&[MIGRATIONS]).await?;
//! let keys = Arc::new(StaticKeys::from_jwks(issuer.jwks().to_string())?);
//! let replays = Arc::new(StoredReplays::new(store, clock.clone()));
//! let verifier =
//!     HandOverVerifier::new("https://portal.example.no", "https://target.example.no", keys, replays, clock);
//! let hand_over = verifier.verify(&token).await?;
//! assert_eq!(hand_over.language, Language::Nn);
//! assert!(matches!(verifier.verify(&token).await, Err(HandOverError::UsedAlready)));
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;
mod error;
mod issuer;
mod replay;
mod verifier;

use altinn_core::store::Migration;
use chrono::TimeDelta;

pub use claims::HandOver;
pub use error::HandOverError;
pub use issuer::{HandOverIssuer, NewHandOver};
pub use replay::{ReplayStore, ReplayStoreUnavailable, StoredReplays};
pub use verifier::HandOverVerifier;

/// How long a hand-over can be used: 60 seconds.
pub const LIFETIME: TimeDelta = TimeDelta::seconds(60);

/// The type in the header of its tokens (RFC 8725, 3.11), so that no other token passes for one, nor one for another.
const TYPE: &str = "hand-over+jwt";

/// The table of [`StoredReplays`], for [`Store::migrate`](altinn_core::store::Store::migrate).
pub static MIGRATIONS: &[Migration] = &[Migration {
    owner: "altinn-auth-hand-over",
    number: 1,
    name: "replay",
    sqlite: include_str!("../../migrations/hand_over_0001_replay.sqlite.sql"),
    postgres: include_str!("../../migrations/hand_over_0001_replay.postgres.sql"),
}];

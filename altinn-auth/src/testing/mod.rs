//! Stand-ins for tests: issuers that sign with real keys, and a browser. Behind the feature `testing`; never in production.
//!
//! [`FakeIssuer`] signs tokens without a network. [`FakeIdPorten`] and [`FakeMaskinporten`] answer over HTTP on a port of this
//! machine that no other machine can reach.

#[cfg(feature = "http")]
mod browser;
mod choose_page;
mod clients;
mod fake_id_porten;
mod fake_issuer;
mod fake_maskinporten;
mod form;
mod id_porten_pages;
mod loopback;

#[cfg(feature = "http")]
pub use browser::{TestBrowser, TestPage};
pub use fake_id_porten::FakeIdPorten;
use fake_issuer::Kind;
pub use fake_issuer::{FakeIssuer, FakeIssuerError};
pub use fake_maskinporten::FakeMaskinporten;
pub use loopback::{Loopback, LoopbackPort};

//! Stand-ins for tests: issuers that sign with real keys. Behind the feature `testing`; never in production.

mod fake_issuer;

pub use fake_issuer::{FakeIssuer, FakeIssuerError};

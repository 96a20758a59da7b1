//! Settings from environment variables by the names of Nais.
//!
//! Everything that is missing or malformed is named at once, when the program starts:
//!
//! ```
//! use altinn_auth::environment::{MaskinportenClient, MaskinportenTokens, read_from};
//!
//! let variables = |name: &str| match name {
//!     "MASKINPORTEN_WELL_KNOWN_URL" => Some("maskinporten.no".to_owned()),
//!     _ => None,
//! };
//! let wanted = (MaskinportenClient, MaskinportenTokens::for_audience("https://api.example.no"));
//! let error = read_from(&wanted, variables).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "`MASKINPORTEN_WELL_KNOWN_URL` is no `http` or `https` address, `MASKINPORTEN_CLIENT_ID` is missing, \
//!      `MASKINPORTEN_CLIENT_JWK` is missing"
//! );
//! ```

#[cfg(feature = "login")]
mod login;
mod maskinporten;
mod tokens;
mod variables;

#[cfg(feature = "login")]
pub use login::IdPortenLogin;
pub use maskinporten::{MaskinportenClient, MaskinportenSettings};
pub use tokens::{IdPortenTokens, IssuerSettings, MaskinportenTokens};
pub use variables::{SettingFault, Settings, SettingsError, Variables, read, read_from};

//! Settings of a login.

use std::fmt;
use std::sync::Arc;

use altinn_core::http::Url;
use altinn_core::{AuthenticationLevel, Language};
use chrono::TimeDelta;

use super::{LoginError, ReturnPath};
use crate::token::{SignatureAlgorithm, TokenSigner};

/// How a portal logs people in: at which issuer, as which client, at which level.
///
/// ```
/// use altinn_auth::login::{ClientAuthentication, LoginSettings};
/// use altinn_auth::token::TokenSigner;
/// use altinn_core::AuthenticationLevel;
///
/// let key = ClientAuthentication::private_key_jwt(TokenSigner::generate()?);
/// let well_known = "https://idporten.no/.well-known/openid-configuration";
/// let settings = LoginSettings::id_porten(well_known, "my-client", key, "https://portal.example.no")?
///     .at_level(AuthenticationLevel::VerySensitive);
/// assert_eq!(settings.redirect_uri(), "https://portal.example.no/oauth2/callback");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct LoginSettings {
    pub(super) issuer_kind: IssuerKind,
    pub(super) well_known_url: String,
    pub(super) client_id: String,
    pub(super) authentication: ClientAuthentication,
    pub(super) public_url: Url,
    pub(super) level: AuthenticationLevel,
    pub(super) language: Option<Language>,
    pub(super) authorization_details: Option<String>,
    pub(super) lifetime: TimeDelta,
    pub(super) after_logout: ReturnPath,
    pub(super) algorithms: Vec<SignatureAlgorithm>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IssuerKind {
    IdPorten,
    Ansattporten,
}

/// How the portal proves to the issuer that it is the client. `Debug` shows no secret.
#[derive(Clone)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// By an assertion signed with its own key (`private_key_jwt`), as is recommended.
    PrivateKeyJwt(Arc<TokenSigner>),
    /// By a shared secret (`client_secret_basic`).
    Secret(Arc<str>),
}

impl ClientAuthentication {
    /// By an assertion signed with the client's own key.
    pub fn private_key_jwt(signer: TokenSigner) -> Self {
        Self::PrivateKeyJwt(Arc::new(signer))
    }

    /// By a shared secret.
    pub fn secret(secret: impl Into<Arc<str>>) -> Self {
        Self::Secret(secret.into())
    }
}

impl fmt::Debug for ClientAuthentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PrivateKeyJwt(_) => "PrivateKeyJwt(***)",
            Self::Secret(_) => "Secret(***)",
        })
    }
}

impl LoginSettings {
    /// The path that the issuer sends people back to: register it as redirect address of the client.
    pub const CALLBACK: &'static str = "/oauth2/callback";

    /// Login by ID-porten, as the client that is registered there for the portal at `public_url`.
    ///
    /// # Errors
    /// [`LoginError::PublicUrl`] when that is no `https` origin (or, for tests, an `http` one on this machine).
    pub fn id_porten(
        well_known_url: impl Into<String>,
        client_id: impl Into<String>,
        authentication: ClientAuthentication,
        public_url: &str,
    ) -> Result<Self, LoginError> {
        Ok(Self {
            issuer_kind: IssuerKind::IdPorten,
            well_known_url: well_known_url.into(),
            client_id: client_id.into(),
            authentication,
            public_url: origin(public_url).ok_or(LoginError::PublicUrl)?,
            level: AuthenticationLevel::Sensitive,
            language: None,
            authorization_details: None,
            lifetime: TimeDelta::hours(2),
            after_logout: ReturnPath::root(),
            algorithms: vec![SignatureAlgorithm::Rs256],
        })
    }

    /// Login by Ansattporten, for people at work.
    ///
    /// # Errors
    /// As [`id_porten`](Self::id_porten).
    pub fn ansattporten(
        well_known_url: impl Into<String>,
        client_id: impl Into<String>,
        authentication: ClientAuthentication,
        public_url: &str,
    ) -> Result<Self, LoginError> {
        let settings = Self::id_porten(well_known_url, client_id, authentication, public_url)?;
        Ok(Self { issuer_kind: IssuerKind::Ansattporten, ..settings })
    }

    /// The level that is asked for when nothing else is said; substantial (3) from the start.
    pub fn at_level(mut self, level: AuthenticationLevel) -> Self {
        self.level = level;
        self
    }

    /// The language of the issuer's pages; their own choice from the start.
    pub fn in_language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// Asks Ansattporten to let people choose whom they represent: those that they have the rights of this resource for, such
    /// as `urn:altinn:resource:2480:40`.
    pub fn representing_for(mut self, resource: &str) -> Self {
        let details = serde_json::json!([{"type": "ansattporten:altinn:service", "resource": resource}]);
        self.authorization_details = Some(details.to_string());
        self
    }

    /// How long a session lasts at most; two hours from the start, as ID-porten's own.
    pub fn session_lifetime(mut self, lifetime: TimeDelta) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Where people come to after they have logged out; the front page from the start.
    pub fn after_logout(mut self, path: ReturnPath) -> Self {
        self.after_logout = path;
        self
    }

    /// The algorithms that ID tokens may be signed with; RS256 alone from the start.
    pub fn allowing(mut self, algorithms: impl IntoIterator<Item = SignatureAlgorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// The address that the issuer sends people back to after they have logged in.
    pub fn redirect_uri(&self) -> String {
        self.at(Self::CALLBACK)
    }

    /// The address of a path of the portal.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    pub(super) fn origin(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }
}

/// An address without path that cookies marked `Secure` come back from.
fn origin(url: &str) -> Option<Url> {
    let url = Url::parse(url).ok()?;
    let this_machine = matches!(url.host_str()?, "localhost" | "127.0.0.1" | "[::1]");
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && this_machine);
    let is_bare = url.path() == "/" && url.query().is_none() && url.username().is_empty();
    (is_safe && is_bare).then_some(url)
}

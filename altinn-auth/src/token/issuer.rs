//! Issuers that are trusted, and how their tokens are read.

use std::sync::Arc;

use altinn_core::{AuthenticationLevel, OrganizationNumber};
use chrono::TimeDelta;

use super::{KeySource, SignatureAlgorithm, TokenError};

/// The most that an issuer's clock may differ from ours: 10 seconds.
pub const MAX_SKEW: TimeDelta = TimeDelta::seconds(10);

/// An issuer that is trusted: its name, its keys, and how its tokens are read.
///
/// ```no_run
/// use std::sync::Arc;
/// use altinn_auth::token::{IssuerProfile, StaticKeys};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let keys = StaticKeys::from_jwks(std::fs::read("idporten-jwks.json")?)?;
/// let id_porten = IssuerProfile::id_porten("https://idporten.no", "https://portal.example.no", Arc::new(keys));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct IssuerProfile {
    pub(super) issuer: String,
    /// None accepts any audience, or none.
    pub(super) audience: Option<String>,
    pub(super) kind: IssuerKind,
    pub(super) keys: Arc<dyn KeySource>,
    pub(super) algorithms: Vec<SignatureAlgorithm>,
    pub(super) skew: TimeDelta,
    /// Whether a token without `kid` may be signed with the only key of the set.
    pub(super) without_kid: bool,
    pub(super) levels: Vec<(String, AuthenticationLevel)>,
    pub(super) service_owners: Vec<(OrganizationNumber, String)>,
}

/// Whose tokens they are, and so what their claims mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IssuerKind {
    IdPorten,
    Ansattporten,
    Maskinporten,
    Altinn,
}

impl IssuerProfile {
    /// ID-porten: people, by `pid`, at the level of `acr`.
    pub fn id_porten(
        issuer: impl Into<String>,
        audience: impl Into<String>,
        keys: Arc<dyn KeySource>,
    ) -> Self {
        Self::new(IssuerKind::IdPorten, issuer.into(), Some(audience.into()), keys)
    }

    /// Ansattporten: people at work, by `pid`, at the level of `acr` (`substantial`, `high`), and the organizations that
    /// they chose to represent, by `authorization_details`.
    pub fn ansattporten(
        issuer: impl Into<String>,
        audience: impl Into<String>,
        keys: Arc<dyn KeySource>,
    ) -> Self {
        Self::new(IssuerKind::Ansattporten, issuer.into(), Some(audience.into()), keys)
    }

    /// Maskinporten: organizations, by `consumer`, and system users, by `authorization_details`, at level 3.
    ///
    /// A client asks Maskinporten for the audience (`resource`).
    pub fn maskinporten(
        issuer: impl Into<String>,
        audience: impl Into<String>,
        keys: Arc<dyn KeySource>,
    ) -> Self {
        Self::new(IssuerKind::Maskinporten, issuer.into(), Some(audience.into()), keys)
    }

    /// Altinn: tokens that Altinn has exchanged from another issuer's. They name no audience.
    pub fn altinn(issuer: impl Into<String>, keys: Arc<dyn KeySource>) -> Self {
        Self::new(IssuerKind::Altinn, issuer.into(), None, keys)
    }

    fn new(kind: IssuerKind, issuer: String, audience: Option<String>, keys: Arc<dyn KeySource>) -> Self {
        Self {
            issuer,
            audience,
            kind,
            keys,
            algorithms: vec![SignatureAlgorithm::Rs256],
            skew: MAX_SKEW,
            without_kid: false,
            levels: Vec::new(),
            service_owners: Vec::new(),
        }
    }

    /// The same issuer, whose tokens may be signed with these algorithms alone; from the start, `RS256`.
    #[must_use]
    pub fn allowing(mut self, algorithms: impl IntoIterator<Item = SignatureAlgorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// The same issuer, whose clock may differ by so much, at most [`MAX_SKEW`]; that is also where it starts.
    #[must_use]
    pub fn with_skew(mut self, skew: TimeDelta) -> Self {
        self.skew = skew.clamp(TimeDelta::zero(), MAX_SKEW);
        self
    }

    /// The same issuer, with one more `acr` accepted, such as `eidas-loa-high`.
    #[must_use]
    pub fn accepting_acr(mut self, acr: impl Into<String>, level: AuthenticationLevel) -> Self {
        self.levels.push((acr.into(), level));
        self
    }

    /// The same issuer, where this organization is the service owner `org` when its token has a service owner's scope
    /// (`altinn:serviceowner`).
    #[must_use]
    pub fn recognizing_service_owner(mut self, number: OrganizationNumber, org: impl Into<String>) -> Self {
        self.service_owners.push((number, org.into()));
        self
    }

    /// The same issuer, whose tokens need not name the key that they are signed with while it has only one, as OpenID Connect
    /// (Core, 10.1) allows. Norwegian issuers name it always.
    #[must_use]
    pub fn accepting_tokens_without_kid(mut self) -> Self {
        self.without_kid = true;
        self
    }

    /// The same issuer, whose tokens need not be for a certain audience. Maskinporten puts one in only when the client asked
    /// for it (`resource`): without it, a token that another service was given counts here too, and its scope alone tells
    /// what it is for.
    #[must_use]
    pub fn accepting_any_audience(mut self) -> Self {
        self.audience = None;
        self
    }

    /// A login is for one relying party alone; a system's token may be for several services at once, of which we must be one.
    pub(super) fn check_audience(&self, audiences: &[String]) -> Result<(), TokenError> {
        let Some(expected) = &self.audience else { return Ok(()) };
        let may_be_several = matches!(self.kind, IssuerKind::Maskinporten | IssuerKind::Altinn);
        let is_for_us = audiences.contains(expected) && (may_be_several || audiences.len() == 1);
        if is_for_us { Ok(()) } else { Err(TokenError::Audience) }
    }
}

//! Where a link leads.

use std::fmt;

use altinn_core::{OrganizationNumber, SyntheticNumbers};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use thiserror::Error;
use url::{Host, Url};

/// How a user is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Way {
    /// The browser posts a signed token.
    #[default]
    Form,
    /// The browser brings a code, which the target redeems.
    Code,
}

/// Where a link leads, as `service.toml` says it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LinkTarget {
    url: TargetUrl,
    audience: Option<String>,
    #[serde(default)]
    hand_over: Way,
    #[serde(default, deserialize_with = "organization_number")]
    organization: Option<OrganizationNumber>,
    #[serde(default)]
    names_organization: bool,
}

impl LinkTarget {
    /// The address.
    pub fn url(&self) -> &TargetUrl {
        &self.url
    }

    /// What the target calls itself: what the hand-over must be for.
    pub fn audience(&self) -> String {
        self.audience.clone().unwrap_or_else(|| self.url.0.origin().ascii_serialization())
    }

    /// Whether the target learns which organization it is about.
    pub fn names_organization(&self) -> bool {
        self.names_organization
    }

    pub(super) fn way(&self) -> Way {
        self.hand_over
    }

    /// Who redeems codes.
    pub(super) fn organization(&self) -> Option<OrganizationNumber> {
        self.organization
    }
}

/// Reads an organization number, also a synthetic one: whoever may log in as one is settled elsewhere.
fn organization_number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<OrganizationNumber>, D::Error> {
    let text = String::deserialize(from)?;
    OrganizationNumber::parse(&text, SyntheticNumbers::Accepted).map(Some).map_err(D::Error::custom)
}

/// The address of a target: `https`, or `http` on this machine; without a user, a password or a fragment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TargetUrl(Url);

/// Why an address is none that a link may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TargetUrlError {
    /// It is no URL.
    #[error("the target is no URL")]
    NotAUrl,
    /// It is not encrypted, and not on this machine.
    #[error("the target must begin with `https://`, or with `http://` on this machine")]
    NotSecure,
    /// It has a user or a password.
    #[error("the target has a user or a password in its URL")]
    Credentials,
    /// It has a fragment, which no server sees.
    #[error("the target has a fragment in its URL")]
    Fragment,
    /// It has a parameter `code` already.
    #[error("the target has a parameter `code` in its URL")]
    Code,
}

impl TargetUrl {
    /// The address as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The address with a code.
    pub(super) fn with_code(&self, code: &str) -> String {
        let mut url = self.0.clone();
        url.query_pairs_mut().append_pair(CODE, code);
        url.into()
    }
}

/// The parameter that a code is brought in.
const CODE: &str = "code";

impl TryFrom<String> for TargetUrl {
    type Error = TargetUrlError;

    fn try_from(text: String) -> Result<Self, TargetUrlError> {
        let url = Url::parse(&text).map_err(|_| TargetUrlError::NotAUrl)?;
        if !is_secure(&url) {
            return Err(TargetUrlError::NotSecure);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetUrlError::Credentials);
        }
        if url.fragment().is_some() {
            return Err(TargetUrlError::Fragment);
        }
        if url.query_pairs().any(|(name, _)| name == CODE) {
            return Err(TargetUrlError::Code);
        }
        Ok(Self(url))
    }
}

fn is_secure(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => return false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_here)
}

impl fmt::Display for TargetUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

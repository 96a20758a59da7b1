//! Resource ids.

use std::fmt;
use std::str::FromStr;

use super::{IdentifierError, text_form};

/// The id of a resource in the resource registry (ressursregisteret), `app_ttd_frontend-test` or
/// `nav_aa_innrapportering`: 4 to 133 letters of ASCII, digits, hyphens and underscores.
///
/// New ones have small letters only; the registry holds older ones with capitals, and they are told apart.
/// It stands in policies as the attribute `urn:altinn:resource`.
///
/// ```
/// use altinn_core::ResourceId;
///
/// assert!("brg-rrh-innrapportering".parse::<ResourceId>().is_ok());
/// assert!("Innrapportering av lønn".parse::<ResourceId>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId(String);

text_form!(ResourceId);

impl ResourceId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn of_app(org: &str, name: &str) -> Self {
        Self(["app_", org, "_", name].concat())
    }
}

impl From<ResourceId> for String {
    fn from(id: ResourceId) -> Self {
        id.0
    }
}

impl FromStr for ResourceId {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if (4..=133).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdentifierError::Form {
                identifier: "resource id",
                expected: "4 to 133 letters of ASCII, digits, hyphens and underscores",
            })
        }
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

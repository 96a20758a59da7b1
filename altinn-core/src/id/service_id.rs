//! Service ids.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::{IdentifierError, ResourceId, text_form};

/// The id of a service: its owner's short name and the service's name, `ttd/frontend-test`.
///
/// - The owner's short name (`org`) has 2 to 64 small letters and digits, the first a letter.
/// - The name (`app`) has 1 to 64 small letters, digits and hyphens, the first a letter, the last no hyphen.
///
/// ```
/// use altinn_core::ServiceId;
///
/// let service: ServiceId = "ttd/frontend-test".parse()?;
/// assert_eq!((service.org(), service.name()), ("ttd", "frontend-test"));
/// assert_eq!(service.resource_id().to_string(), "app_ttd_frontend-test");
/// assert!("ttd/Frontend".parse::<ServiceId>().is_err());
/// # Ok::<(), altinn_core::IdentifierError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(Arc<str>);

text_form!(ServiceId);

impl ServiceId {
    /// A service of an owner.
    ///
    /// # Errors
    /// [`IdentifierError::Form`] when a part is not as said above.
    pub fn new(org: &str, name: &str) -> Result<Self, IdentifierError> {
        [org, "/", name].concat().parse()
    }

    const FORM: IdentifierError = IdentifierError::Form {
        identifier: "service id",
        expected: "`org/name` in small letters and digits, with hyphens in the name",
    };

    /// The owner's short name, as in the application metadata's `org`.
    pub fn org(&self) -> &str {
        self.parts().0
    }

    /// The service's name.
    pub fn name(&self) -> &str {
        self.parts().1
    }

    fn parts(&self) -> (&str, &str) {
        self.0.split_once('/').unwrap_or_default()
    }

    /// The service as a resource of the resource registry: `app_org_name`.
    pub fn resource_id(&self) -> ResourceId {
        ResourceId::of_app(self.org(), self.name())
    }
}

/// Whether a text begins with a small letter, and goes on in small letters, digits and what else is allowed.
fn letters_then(text: &str, also: impl Fn(u8) -> bool) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || also(byte))
        && text.starts_with(|first: char| first.is_ascii_lowercase())
}

impl FromStr for ServiceId {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let (org, name) = text.split_once('/').ok_or(Self::FORM)?;
        let is_org = (2..=64).contains(&org.len()) && letters_then(org, |_| false);
        let is_name =
            (1..=64).contains(&name.len()) && letters_then(name, |byte| byte == b'-') && !name.ends_with('-');
        if is_org && is_name { Ok(Self(text.into())) } else { Err(Self::FORM) }
    }
}

impl fmt::Display for ServiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

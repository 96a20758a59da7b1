//! What a policy gives rights to: the roles, packages and callers that its rules name.

use std::borrow::Cow;
use std::sync::Arc;

use super::{ServicePolicy, attribute, enrichment};
use crate::register::Role;
use crate::xacml::model::Match;
use crate::xacml::{Request, Value, name};

/// What a rule asks of a caller: whoever has it would come closer to a permission.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Grant {
    /// To hold a role for the party.
    Role(Role),
    /// To hold an access package for the party.
    AccessPackage(String),
    /// To be this service owner.
    ServiceOwner(String),
    /// To have another attribute of the subject.
    Attribute {
        /// The attribute's id.
        id: Arc<str>,
        /// The value that the rule asks for.
        value: Value,
    },
}

impl Grant {
    /// What a match asks of the subject; nothing when it asks something else.
    pub(super) fn of_match(a_match: &Match) -> Option<Self> {
        if &*a_match.attribute.category != name::ACCESS_SUBJECT {
            return None;
        }
        let text = a_match.value.as_text().unwrap_or("");
        let named = match &*a_match.attribute.id {
            attribute::ROLE_CODE => text.parse().ok().map(Self::Role),
            attribute::EXTERNAL_ROLE => Role::from_external_name(text).map(Self::Role),
            attribute::ACCESS_PACKAGE => Some(Self::AccessPackage(text.to_owned())),
            attribute::ORG => Some(Self::ServiceOwner(text.to_owned())),
            _ => None,
        };
        named.or_else(|| {
            Some(Self::Attribute { id: Arc::clone(&a_match.attribute.id), value: a_match.value.clone() })
        })
    }

    /// The attribute that names it, and its value.
    pub(super) fn parts(&self) -> (&str, Cow<'_, str>) {
        match self {
            Self::Role(role) => (attribute::ROLE_CODE, role.code().into()),
            Self::AccessPackage(package) => (attribute::ACCESS_PACKAGE, package.into()),
            Self::ServiceOwner(org) => (attribute::ORG, org.into()),
            Self::Attribute { id, value } => (id, text_of(value)),
        }
    }

    /// Whether the subject of a request has it.
    pub(super) fn is_held(&self, request: &Request) -> bool {
        let (attribute, wanted) = self.parts();
        let mut values = request.values(name::ACCESS_SUBJECT, attribute);
        values.any(|value| text_of(value).eq_ignore_ascii_case(&wanted))
    }

    /// Adds it to the subject of a request.
    pub(super) fn add_to(&self, request: &mut Request, policy: &ServicePolicy) {
        match self {
            Self::Role(role) => enrichment::add_role(request, policy, role),
            Self::AccessPackage(package) => {
                request.add(name::ACCESS_SUBJECT, attribute::ACCESS_PACKAGE, package.as_str());
            }
            Self::ServiceOwner(org) => request.add(name::ACCESS_SUBJECT, attribute::ORG, org.as_str()),
            Self::Attribute { id, value } => {
                request.add(name::ACCESS_SUBJECT, id.to_string(), value.clone());
            }
        }
    }
}

fn text_of(value: &Value) -> Cow<'_, str> {
    value.as_text().map_or_else(|| value.to_string().into(), Cow::Borrowed)
}

//! Whom a stored contact is of.

use std::fmt;

use altinn_core::{NationalIdentityNumber, OrganizationNumber, PartyId};

/// Whom a stored contact is of: what its row is found by is a digest of it. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Subject(String);

/// What stands between the subject and what is known of it; no subject holds it.
const SEPARATOR: char = '\n';

impl Subject {
    /// A party.
    pub(crate) fn party(party: PartyId) -> Self {
        Self(format!("party {party}"))
    }

    /// A person.
    pub(crate) fn person(number: &NationalIdentityNumber) -> Self {
        Self(format!("person {}", number.expose()))
    }

    /// An organization.
    pub(crate) fn organization(number: OrganizationNumber) -> Self {
        Self(format!("organization {number}"))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The text that is sealed: whom it is of, so that another digest of it can be made, and what is known.
    pub(super) fn with_contact(&self, contact: &str) -> String {
        format!("{}{SEPARATOR}{contact}", self.0)
    }

    /// The two parts of the text that was sealed.
    pub(super) fn split(text: &str) -> Option<(Self, &str)> {
        let (subject, contact) = text.split_once(SEPARATOR)?;
        Some((Self(subject.to_owned()), contact))
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subject(***)")
    }
}

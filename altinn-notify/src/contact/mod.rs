//! Contact registers: where someone can be told something, and in which language.

mod error;
#[cfg(feature = "http")]
mod krr;
mod organization;
mod person;
mod stored;

use std::fmt::Debug;

use altinn_core::{Language, NationalIdentityNumber, OrganizationNumber, PartyId};
use async_trait::async_trait;

pub use error::ContactError;
#[cfg(feature = "http")]
pub use krr::{AccessTokens, FixedToken, Krr};
pub use organization::{OrganizationAddress, OrganizationContact};
pub use person::{Dated, PersonContact, PersonStatus};
pub use stored::StoredContacts;
pub(crate) use stored::Subject;

use crate::Recipient;

/// Where a party can be told something, and in which language.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Contact {
    /// Where.
    pub recipient: Recipient,
    /// In which language (KRR: `spraak`).
    pub language: Language,
}

impl Contact {
    /// A contact.
    pub fn new(recipient: Recipient, language: Language) -> Self {
        Self { recipient, language }
    }
}

/// Knows where people, organizations and parties can be told something. [`Krr`] asks the contact and reservation
/// register over HTTP, [`StoredContacts`] is one in the store, and an agency can bring its own: what a register does
/// not say, it does not know.
///
/// An error means that nothing is known now: whoever asked tries again later, and tells nobody anything meanwhile.
#[async_trait]
pub trait ContactRegister: Debug + Send + Sync {
    /// What is known of people, at most [`MAX_PERSONS`] in one call, in the order of the numbers;
    /// nothing for those who are not known.
    async fn persons(
        &self,
        numbers: &[NationalIdentityNumber],
    ) -> Result<Vec<Option<PersonContact>>, ContactError> {
        Ok(vec![None; numbers.len()])
    }

    /// The addresses of organizations, in the order of the numbers.
    async fn organizations(
        &self,
        numbers: &[OrganizationNumber],
    ) -> Result<Vec<OrganizationContact>, ContactError> {
        Ok(vec![OrganizationContact::default(); numbers.len()])
    }

    /// The contact of a party; nothing when none is known.
    async fn contact(&self, _party: PartyId) -> Result<Option<Contact>, ContactError> {
        Ok(None)
    }
}

/// The most people that are asked for in one call, as KRR has it.
pub const MAX_PERSONS: usize = 1_000;

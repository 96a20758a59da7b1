//! Contact registers: where a party can be told something, and in which language.

mod stored;

use std::fmt::Debug;

use altinn_core::store::StoreError;
use altinn_core::{Language, PartyId};
use async_trait::async_trait;
use thiserror::Error;

pub use stored::StoredContacts;

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

/// Knows where parties can be told something. [`StoredContacts`] is one in the store.
#[async_trait]
pub trait ContactRegister: Debug + Send + Sync {
    /// The contact of a party; nothing when none is known.
    async fn contact(&self, party: PartyId) -> Result<Option<Contact>, ContactError>;
}

/// Why a contact register did not answer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ContactError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What the register holds is not in order.
    #[error("the contact register holds {what} that cannot be used")]
    NotInOrder {
        /// What it is: an address, or a language.
        what: &'static str,
    },
}

impl ContactError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::NotInOrder { .. } => "NOTIFY-CONTACT-NOT-IN-ORDER",
        }
    }
}

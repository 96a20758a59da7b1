//! Parties: those on whose behalf something is done.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::{
    NationalIdentityNumber, OrganizationNumber, PartyId, UncheckedNationalIdentityNumber,
    UncheckedOrganizationNumber,
};

/// A party (avgiver): a person, an organization or somebody self-identified on whose behalf something is done.
///
/// `Debug` shows neither name nor identifier.
#[derive(Clone, PartialEq, Eq)]
pub struct Party {
    /// The number in Altinn's paths.
    pub id: PartyId,
    /// The same party's UUID.
    pub uuid: Uuid,
    /// What it is.
    pub kind: PartyKind,
    /// What it is called.
    pub name: String,
    /// What the register knows it by.
    pub identifier: PartyIdentifier,
    /// The organization that a sub-unit belongs to.
    pub parent: Option<PartyId>,
    /// Whether the register has closed it.
    pub deleted: bool,
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Party")
            .field("id", &self.id)
            .field("uuid", &self.uuid)
            .field("kind", &self.kind)
            .field("parent", &self.parent)
            .field("deleted", &self.deleted)
            .finish_non_exhaustive()
    }
}

/// What a party is. The numbers are those of Altinn's register.
///
/// ```
/// use altinn_core::PartyKind;
///
/// assert_eq!(PartyKind::try_from(4), Ok(PartyKind::SubUnit));
/// assert_eq!(PartyKind::SubUnit.name(), "SubUnit");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
#[repr(u8)]
pub enum PartyKind {
    /// 1: a person.
    Person = 1,
    /// 2: an organization.
    Organization = 2,
    /// 3: somebody who registered themselves, without a national identity number.
    SelfIdentified = 3,
    /// 4: a sub-unit (underenhet) of an organization.
    SubUnit = 4,
    /// 5: a bankruptcy estate (konkursbo).
    BankruptcyEstate = 5,
}

/// A number that is no kind of party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("party type `{0}` is not one of 1, 2, 3, 4 and 5")]
pub struct UnknownPartyKind(pub u8);

impl PartyKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Person, Self::Organization, Self::SelfIdentified, Self::SubUnit, Self::BankruptcyEstate];

    /// The name that Altinn's register gives it (with a British `s` in `Organisation`).
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "Person",
            Self::Organization => "Organisation",
            Self::SelfIdentified => "SelfIdentified",
            Self::SubUnit => "SubUnit",
            Self::BankruptcyEstate => "BankruptcyEstate",
        }
    }
}

impl TryFrom<u8> for PartyKind {
    type Error = UnknownPartyKind;

    fn try_from(number: u8) -> Result<Self, UnknownPartyKind> {
        Self::ALL.into_iter().find(|kind| u8::from(*kind) == number).ok_or(UnknownPartyKind(number))
    }
}

impl From<PartyKind> for u8 {
    fn from(kind: PartyKind) -> u8 {
        kind as u8
    }
}

/// What a register knows a party by. Numbers are unchecked, since registers of test data hold wrong ones.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum PartyIdentifier {
    /// A person's national identity number.
    Person(UncheckedNationalIdentityNumber),
    /// The number of an organization, a sub-unit or a bankruptcy estate.
    Organization(UncheckedOrganizationNumber),
    /// The name that somebody self-identified chose, or their mail address.
    SelfIdentified(String),
}

impl fmt::Debug for PartyIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(_) => f.write_str("Person(***)"),
            Self::Organization(number) => write!(f, "Organization({number})"),
            Self::SelfIdentified(_) => f.write_str("SelfIdentified(***)"),
        }
    }
}

impl From<NationalIdentityNumber> for PartyIdentifier {
    fn from(number: NationalIdentityNumber) -> Self {
        Self::Person(number.into())
    }
}

impl From<OrganizationNumber> for PartyIdentifier {
    fn from(number: OrganizationNumber) -> Self {
        Self::Organization(number.into())
    }
}

//! Who a caller is.

use std::fmt;

use uuid::Uuid;

use crate::{NationalIdentityNumber, OrganizationNumber, PartyId};

/// Who a caller is, apart from how it was found out.
///
/// `Debug` shows the [`reference`](Subject::reference), which holds nothing personal but a pseudonymous UUID.
#[derive(Clone, PartialEq, Eq)]
pub enum Subject {
    /// A person, by ID-porten.
    Person {
        /// The person's own party.
        party: PartyId,
        /// The same party's UUID.
        uuid: Uuid,
        /// The national identity number, where the token holds one; it does not for a foreign identity.
        number: Option<NationalIdentityNumber>,
    },
    /// An organization's own system, by Maskinporten.
    Organization {
        /// The organization's number.
        number: OrganizationNumber,
        /// The organization's party, where the register knows it.
        party: Option<PartyId>,
    },
    /// A system user (systembruker): a bought system that an organization has given rights.
    SystemUser {
        /// The system user's UUID.
        id: Uuid,
        /// The organization that it acts for.
        owner: OrganizationNumber,
        /// The system's id in the system register.
        system: String,
    },
    /// A service owner (tjenesteeier): the agency itself.
    ServiceOwner {
        /// The short name: `ttd`.
        org: String,
        /// The agency's number.
        number: Option<OrganizationNumber>,
    },
    /// Somebody who registered themselves, without a national identity number.
    SelfIdentified {
        /// Their own party.
        party: PartyId,
        /// The same party's UUID.
        uuid: Uuid,
        /// The name that they chose, or their mail address.
        name: String,
    },
}

impl Subject {
    /// The subject's own party, where it is one and known.
    pub fn party(&self) -> Option<PartyId> {
        match self {
            Self::Person { party, .. } | Self::SelfIdentified { party, .. } => Some(*party),
            Self::Organization { party, .. } => *party,
            Self::SystemUser { .. } | Self::ServiceOwner { .. } => None,
        }
    }

    /// A stable name without anything personal but a pseudonymous UUID, in the form of Altinn's attributes; for the
    /// trail, and to tell callers apart.
    ///
    /// ```
    /// use altinn_core::Subject;
    ///
    /// let agency = Subject::ServiceOwner { org: "ttd".to_owned(), number: None };
    /// assert_eq!(agency.reference(), "urn:altinn:org:ttd");
    /// ```
    pub fn reference(&self) -> String {
        match self {
            Self::Person { uuid, .. } => format!("urn:altinn:person:uuid:{uuid}"),
            Self::Organization { number, .. } => format!("urn:altinn:organization:identifier-no:{number}"),
            Self::SystemUser { id, .. } => format!("urn:altinn:systemuser:uuid:{id}"),
            Self::ServiceOwner { org, .. } => format!("urn:altinn:org:{org}"),
            Self::SelfIdentified { uuid, .. } => format!("urn:altinn:party:uuid:{uuid}"),
        }
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subject({})", self.reference())
    }
}

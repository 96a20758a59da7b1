//! Who is to be told.

mod line;
mod recipients;

use std::fmt;

use altinn_core::{NationalIdentityNumber, OrganizationNumber};
use serde::{Deserialize, Serialize};

pub use line::RecipientKey;
pub use recipients::Recipients;

use crate::{EmailAddress, PhoneNumber};

/// Who is to be told: someone whose address the agency gives itself, or a person or an organization whose addresses a
/// contact register knows when the time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recipient {
    /// Whoever reads the mail at an address (`recipientEmail`).
    Email(EmailAddress),
    /// Whoever has a mobile number (`recipientSms`).
    Sms(PhoneNumber),
    /// A person (`recipientPerson`).
    Person(PersonRecipient),
    /// An organization (`recipientOrganization`).
    Organization(OrganizationRecipient),
}

/// Which channels are used, as Altinn spells it (`channelSchema`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum ChannelSchema {
    /// Mail alone.
    Email,
    /// SMS alone.
    Sms,
    /// Mail, and SMS where there is no mail address that may be used.
    #[default]
    EmailPreferred,
    /// SMS, and mail where there is no mobile number that may be used.
    SmsPreferred,
    /// Both.
    EmailAndSms,
}

impl ChannelSchema {
    /// Whether mail may go out.
    pub fn uses_email(self) -> bool {
        self != Self::Sms
    }

    /// Whether SMS may go out.
    pub fn uses_sms(self) -> bool {
        self != Self::Email
    }
}

/// A person who is to be told, by national identity number. `Debug` hides it.
///
/// ```
/// use altinn_core::{NationalIdentityNumber, SyntheticNumbers};
/// use altinn_notify::{ChannelSchema, PersonRecipient, Recipient};
///
/// let number = NationalIdentityNumber::parse("10915596784", SyntheticNumbers::Accepted)?;
/// let recipient: Recipient = PersonRecipient::new(number).with_channel_schema(ChannelSchema::SmsPreferred).into();
/// assert!(!format!("{recipient:?}").contains("10915596784"));
/// # Ok::<(), altinn_core::IdentifierError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PersonRecipient {
    /// Who.
    pub national_identity_number: NationalIdentityNumber,
    /// By which channels: mail preferred if nothing is said.
    pub channel_schema: ChannelSchema,
    /// Whether a reservation against digital communication (eForvaltningsforskriften § 9) is passed over.
    pub ignore_reservation: bool,
    /// Whether contact information older than 18 months is used too.
    pub use_stale_contact_information: bool,
}

/// An organization that is to be told. All of its addresses that fit are used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrganizationRecipient {
    /// Who.
    pub organization_number: OrganizationNumber,
    /// By which channels: mail preferred if nothing is said.
    pub channel_schema: ChannelSchema,
    /// The service that it is about (`resourceId`): addresses registered for other services alone are passed over.
    pub resource_id: Option<String>,
    /// The action in that service (`resourceAction`).
    pub resource_action: Option<String>,
}

impl PersonRecipient {
    /// A person: mail preferred, reservation respected, stale information passed over.
    pub fn new(national_identity_number: NationalIdentityNumber) -> Self {
        Self {
            national_identity_number,
            channel_schema: ChannelSchema::default(),
            ignore_reservation: false,
            use_stale_contact_information: false,
        }
    }

    /// The same person by other channels.
    #[must_use]
    pub fn with_channel_schema(mut self, schema: ChannelSchema) -> Self {
        self.channel_schema = schema;
        self
    }

    /// The same person, also when reserved (`ignoreReservation`): for what the law lets an agency send all the same.
    #[must_use]
    pub fn ignoring_reservation(mut self) -> Self {
        self.ignore_reservation = true;
        self
    }

    /// The same person, also at addresses older than 18 months (`useStaleContactInformation`).
    #[must_use]
    pub fn using_stale_contact_information(mut self) -> Self {
        self.use_stale_contact_information = true;
        self
    }
}

impl OrganizationRecipient {
    /// An organization: mail preferred, at every address of its own.
    pub fn new(organization_number: OrganizationNumber) -> Self {
        let channel_schema = ChannelSchema::default();
        Self { organization_number, channel_schema, resource_id: None, resource_action: None }
    }

    /// The same organization by other channels.
    #[must_use]
    pub fn with_channel_schema(mut self, schema: ChannelSchema) -> Self {
        self.channel_schema = schema;
        self
    }

    /// The same organization about a service (`resourceId`), as `app_ttd_bakery-licence`.
    #[must_use]
    pub fn about_resource(mut self, resource_id: impl Into<String>) -> Self {
        self.resource_id = Some(resource_id.into());
        self
    }

    /// The same organization about an action in the service (`resourceAction`), as `read`.
    #[must_use]
    pub fn about_action(mut self, action: impl Into<String>) -> Self {
        self.resource_action = Some(action.into());
        self
    }
}

impl Recipient {
    /// Which channels are used.
    pub fn channel_schema(&self) -> ChannelSchema {
        match self {
            Self::Email(_) => ChannelSchema::Email,
            Self::Sms(_) => ChannelSchema::Sms,
            Self::Person(person) => person.channel_schema,
            Self::Organization(organization) => organization.channel_schema,
        }
    }
}

impl From<EmailAddress> for Recipient {
    fn from(address: EmailAddress) -> Self {
        Self::Email(address)
    }
}

impl From<PhoneNumber> for Recipient {
    fn from(number: PhoneNumber) -> Self {
        Self::Sms(number)
    }
}

impl From<PersonRecipient> for Recipient {
    fn from(person: PersonRecipient) -> Self {
        Self::Person(person)
    }
}

impl From<OrganizationRecipient> for Recipient {
    fn from(organization: OrganizationRecipient) -> Self {
        Self::Organization(organization)
    }
}

impl fmt::Display for ChannelSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

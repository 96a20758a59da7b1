//! What is known of someone as the text that is sealed.

use std::str::FromStr;

use altinn_core::Language;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::{
    Contact, ContactError, Dated, OrganizationAddress, OrganizationContact, PersonContact, PersonStatus,
};
use crate::{EmailAddress, PhoneNumber, Recipient};

/// The contact of a party.
#[derive(Serialize, Deserialize)]
pub(super) struct PartyRecord {
    email: String,
    language: String,
}

/// What is known of a person.
#[derive(Serialize, Deserialize)]
pub(super) struct PersonRecord {
    status: String,
    reserved: bool,
    can_be_notified: bool,
    email: Option<DatedRecord>,
    mobile: Option<DatedRecord>,
    language: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct DatedRecord {
    address: String,
    updated: Option<DateTime<Utc>>,
    last_verified: Option<DateTime<Utc>>,
}

/// The addresses of an organization.
#[derive(Serialize, Deserialize)]
pub(super) struct OrganizationRecord {
    addresses: Vec<AddressRecord>,
}

#[derive(Serialize, Deserialize)]
struct AddressRecord {
    email: Option<String>,
    mobile: Option<String>,
    resources: Vec<String>,
    actions: Vec<String>,
}

impl PartyRecord {
    pub(super) fn new(address: &EmailAddress, language: Language) -> Self {
        Self { email: address.expose().to_owned(), language: language.code().to_owned() }
    }
}

impl TryFrom<PartyRecord> for Contact {
    type Error = ContactError;

    fn try_from(record: PartyRecord) -> Result<Self, ContactError> {
        let address = parsed(&record.email, "an address")?;
        Ok(Self { recipient: Recipient::Email(address), language: parsed(&record.language, "a language")? })
    }
}

impl From<&PersonContact> for PersonRecord {
    fn from(contact: &PersonContact) -> Self {
        Self {
            status: status_name(contact.status).to_owned(),
            reserved: contact.is_reserved,
            can_be_notified: contact.can_be_notified,
            email: contact.email.as_ref().map(|email| DatedRecord::new(email, email.address.expose())),
            mobile: contact.mobile.as_ref().map(|mobile| DatedRecord::new(mobile, mobile.address.expose())),
            language: contact.language.map(|language| language.code().to_owned()),
        }
    }
}

impl TryFrom<PersonRecord> for PersonContact {
    type Error = ContactError;

    fn try_from(record: PersonRecord) -> Result<Self, ContactError> {
        let status = STATUSES.into_iter().find(|known| status_name(*known) == record.status);
        Ok(Self {
            status: status.ok_or(ContactError::NotInOrder { what: "a status" })?,
            is_reserved: record.reserved,
            can_be_notified: record.can_be_notified,
            email: record.email.map(|email| email.read("an address")).transpose()?,
            mobile: record.mobile.map(|mobile| mobile.read("a mobile number")).transpose()?,
            language: record.language.map(|language| parsed(&language, "a language")).transpose()?,
        })
    }
}

impl DatedRecord {
    fn new<A>(dated: &Dated<A>, address: &str) -> Self {
        Self { address: address.to_owned(), updated: dated.updated, last_verified: dated.last_verified }
    }

    fn read<A: FromStr>(self, what: &'static str) -> Result<Dated<A>, ContactError> {
        Ok(Dated::new(parsed(&self.address, what)?, self.updated, self.last_verified))
    }
}

impl From<&OrganizationContact> for OrganizationRecord {
    fn from(contact: &OrganizationContact) -> Self {
        let record = |address: &OrganizationAddress| AddressRecord {
            email: address.email.as_ref().map(|email| EmailAddress::expose(email).to_owned()),
            mobile: address.mobile.as_ref().map(|mobile| PhoneNumber::expose(mobile).to_owned()),
            resources: address.resources.clone(),
            actions: address.actions.clone(),
        };
        Self { addresses: contact.addresses.iter().map(record).collect() }
    }
}

impl TryFrom<OrganizationRecord> for OrganizationContact {
    type Error = ContactError;

    fn try_from(record: OrganizationRecord) -> Result<Self, ContactError> {
        let address = |record: AddressRecord| {
            Ok(OrganizationAddress {
                email: record.email.map(|email| parsed(&email, "an address")).transpose()?,
                mobile: record.mobile.map(|mobile| parsed(&mobile, "a mobile number")).transpose()?,
                resources: record.resources,
                actions: record.actions,
            })
        };
        let addresses = record.addresses.into_iter().map(address).collect::<Result<_, ContactError>>()?;
        Ok(Self { addresses })
    }
}

const STATUSES: [PersonStatus; 3] =
    [PersonStatus::Active, PersonStatus::Deleted, PersonStatus::NotRegistered];

/// The status as KRR spells it.
fn status_name(status: PersonStatus) -> &'static str {
    match status {
        PersonStatus::Active => "AKTIV",
        PersonStatus::Deleted => "SLETTET",
        PersonStatus::NotRegistered => "IKKE_REGISTRERT",
    }
}

fn parsed<T: FromStr>(text: &str, what: &'static str) -> Result<T, ContactError> {
    text.parse().map_err(|_| ContactError::NotInOrder { what })
}

//! A contact register in the store.

use std::collections::HashMap;
use std::str::FromStr;

use altinn_core::store::{Batch, Row, Store, params};
use altinn_core::{Language, NationalIdentityNumber, OrganizationNumber, PartyId};
use async_trait::async_trait;

use super::{
    Contact, ContactError, ContactRegister, Dated, OrganizationAddress, OrganizationContact, PersonContact,
    PersonStatus,
};
use crate::{EmailAddress, PhoneNumber, Recipient};

/// A contact register in the store: for tests, for a first run, and for an agency that keeps its own.
///
/// ```
/// use altinn_core::store::{Batch, Store};
/// use altinn_core::{Language, PartyId};
/// use altinn_notify::contact::{Contact, ContactRegister, StoredContacts};
/// use altinn_notify::{MIGRATIONS, Recipient};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let store = Store::open("sqlite::memory:").await?;
/// store.migrate(&[MIGRATIONS]).await?;
/// let contacts = StoredContacts::new(store.clone());
///
/// let party = PartyId::new(50_001);
/// let contact = Contact::new(Recipient::Email("ola@example.com".parse()?), Language::Nn);
/// let mut batch = Batch::new();
/// contacts.put(&mut batch, party, &contact);
/// store.commit(batch).await?;
/// assert_eq!(contacts.contact(party).await?, Some(contact));
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct StoredContacts {
    store: Store,
}

/// How many people one query asks for.
const AT_ONCE: usize = 500;

/// What stands between the names in a column of several.
const SEPARATOR: char = '\n';

const PUT_PERSON: &str = "insert into notify_person_contact (number, status, reserved, can_be_notified, email, \
    email_updated, email_verified, mobile, mobile_updated, mobile_verified, language) \
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (number) do update set \
    status = excluded.status, reserved = excluded.reserved, can_be_notified = excluded.can_be_notified, \
    email = excluded.email, email_updated = excluded.email_updated, email_verified = excluded.email_verified, \
    mobile = excluded.mobile, mobile_updated = excluded.mobile_updated, mobile_verified = excluded.mobile_verified, \
    language = excluded.language";

const PUT_ADDRESS: &str = "insert into notify_organization_address (organization, position, email, mobile, resources, \
    actions) values ($1, $2, $3, $4, $5, $6)";

impl StoredContacts {
    /// The register of a store whose tables are there ([`MIGRATIONS`](crate::MIGRATIONS)).
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Adds the contact of a party, or another one in its place, to a batch. Only a mail address is kept.
    pub fn put(&self, batch: &mut Batch, party: PartyId, contact: &Contact) {
        let Recipient::Email(address) = &contact.recipient else { return };
        batch.execute_one(
            "insert into notify_contact (party, email, language) values ($1, $2, $3) \
             on conflict (party) do update set email = excluded.email, language = excluded.language",
            params![party, address.expose(), contact.language.code()],
        );
    }

    /// Adds what is known of a person, in the place of what was, to a batch.
    pub fn put_person(&self, batch: &mut Batch, number: &NationalIdentityNumber, contact: &PersonContact) {
        let (email, mobile) = (contact.email.as_ref(), contact.mobile.as_ref());
        batch.execute_one(
            PUT_PERSON,
            params![
                number.expose(),
                status_name(contact.status),
                i64::from(contact.is_reserved),
                i64::from(contact.can_be_notified),
                email.map(|email| email.address.expose()),
                email.and_then(|email| email.updated),
                email.and_then(|email| email.last_verified),
                mobile.map(|mobile| mobile.address.expose()),
                mobile.and_then(|mobile| mobile.updated),
                mobile.and_then(|mobile| mobile.last_verified),
                contact.language.map(Language::code),
            ],
        );
    }

    /// Adds the addresses of an organization, in the place of those that were, to a batch.
    pub fn put_organization(
        &self,
        batch: &mut Batch,
        number: OrganizationNumber,
        contact: &OrganizationContact,
    ) {
        let number = number.to_string();
        batch.execute("delete from notify_organization_address where organization = $1", params![&number]);
        for (address, position) in contact.addresses.iter().zip(0_i64..) {
            batch.execute_one(
                PUT_ADDRESS,
                params![
                    &number,
                    position,
                    address.email.as_ref().map(EmailAddress::expose),
                    address.mobile.as_ref().map(PhoneNumber::expose),
                    address.resources.join("\n"),
                    address.actions.join("\n"),
                ],
            );
        }
    }
}

#[async_trait]
impl ContactRegister for StoredContacts {
    async fn persons(
        &self,
        numbers: &[NationalIdentityNumber],
    ) -> Result<Vec<Option<PersonContact>>, ContactError> {
        let mut known = HashMap::new();
        for numbers in numbers.chunks(AT_ONCE) {
            let places = (1..=numbers.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
            let sql = format!("select * from notify_person_contact where number in ({places})");
            let asked = numbers.iter().map(|number| number.expose().into()).collect();
            for row in self.store.query(sql, asked).await? {
                known.insert(row.get::<String>("number")?, person_of(&row)?);
            }
        }
        Ok(numbers.iter().map(|number| known.get(number.expose()).cloned()).collect())
    }

    async fn organizations(
        &self,
        numbers: &[OrganizationNumber],
    ) -> Result<Vec<OrganizationContact>, ContactError> {
        let sql = "select * from notify_organization_address where organization = $1 order by position";
        let mut found = Vec::with_capacity(numbers.len());
        for number in numbers {
            let rows = self.store.query(sql, params![number.to_string()]).await?;
            let addresses = rows.iter().map(address_of).collect::<Result<_, _>>()?;
            found.push(OrganizationContact { addresses });
        }
        Ok(found)
    }

    async fn contact(&self, party: PartyId) -> Result<Option<Contact>, ContactError> {
        let sql = "select email, language from notify_contact where party = $1";
        let Some(row) = self.store.query_opt(sql, params![party]).await? else { return Ok(None) };
        let address = parsed(Some(row.get("email")?), "an address")?;
        let language = parsed(Some(row.get("language")?), "a language")?;
        let not_in_order = |what| ContactError::NotInOrder { what };
        Ok(Some(Contact {
            recipient: Recipient::Email(address.ok_or_else(|| not_in_order("an address"))?),
            language: language.ok_or_else(|| not_in_order("a language"))?,
        }))
    }
}

fn person_of(row: &Row) -> Result<PersonContact, ContactError> {
    let status: String = row.get("status")?;
    let status = STATUSES.into_iter().find(|known| status_name(*known) == status);
    let email = parsed(row.get("email")?, "an address")?;
    let (email_updated, email_verified) = (row.get("email_updated")?, row.get("email_verified")?);
    let mobile = parsed(row.get("mobile")?, "a mobile number")?;
    let (mobile_updated, mobile_verified) = (row.get("mobile_updated")?, row.get("mobile_verified")?);
    Ok(PersonContact {
        status: status.ok_or(ContactError::NotInOrder { what: "a status" })?,
        is_reserved: row.get::<i64>("reserved")? != 0,
        can_be_notified: row.get::<i64>("can_be_notified")? != 0,
        email: email.map(|address| Dated::new(address, email_updated, email_verified)),
        mobile: mobile.map(|number| Dated::new(number, mobile_updated, mobile_verified)),
        language: parsed(row.get("language")?, "a language")?,
    })
}

fn address_of(row: &Row) -> Result<OrganizationAddress, ContactError> {
    let names = |text: String| {
        text.split(SEPARATOR).filter(|name| !name.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    Ok(OrganizationAddress {
        email: parsed(row.get("email")?, "an address")?,
        mobile: parsed(row.get("mobile")?, "a mobile number")?,
        resources: names(row.get("resources")?),
        actions: names(row.get("actions")?),
    })
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

fn parsed<T: FromStr>(text: Option<String>, what: &'static str) -> Result<Option<T>, ContactError> {
    text.map(|text| text.parse().map_err(|_| ContactError::NotInOrder { what })).transpose()
}

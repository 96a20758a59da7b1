//! A contact register in the store.

mod record;
mod rotate;
mod subject;

use std::collections::HashMap;

use altinn_core::store::{Batch, Row, Store, StoreError, Value, params};
use altinn_core::{NationalIdentityNumber, OrganizationNumber, PartyId};
use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;

use self::record::{OrganizationRecord, PartyRecord, PersonRecord};
pub(crate) use self::subject::Subject;
use super::{Contact, ContactError, ContactRegister, OrganizationContact, PersonContact};
use crate::Recipient;
use crate::seal::{Keyring, SealError, SealedContact, check_keys, claim};

/// A contact register in the store: for tests, for a first run, and for an agency that keeps its own.
///
/// Whom a contact is of and what is known are sealed under the agency's keys, each in its own row, and found by keyed
/// digests; [`Notifier::rotate_keys`](crate::Notifier::rotate_keys) brings them under another key. A keyring that lacks a
/// key that the store has data under never says that somebody is not known, since it cannot tell.
///
/// ```
/// use altinn_core::key::SecretKey;
/// use altinn_core::store::{Batch, Store};
/// use altinn_core::{Language, PartyId};
/// use altinn_notify::contact::{Contact, ContactRegister, StoredContacts};
/// use altinn_notify::{Keyring, MIGRATIONS, Recipient};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let store = Store::open("sqlite::memory:").await?;
/// store.migrate(&[MIGRATIONS]).await?;
/// let keyring = Keyring::new(&SecretKey::generate()?); // for good: that of the notifier, `Notifier::stored_contacts`
/// let contacts = StoredContacts::new(store.clone(), keyring);
///
/// let party = PartyId::new(50_001);
/// let contact = Contact::new(Recipient::Email("ola@example.com".parse()?), Language::Nn);
/// let mut batch = Batch::new();
/// contacts.put(&mut batch, party, &contact)?;
/// store.commit(batch).await?;
/// assert_eq!(contacts.contact(party).await?, Some(contact));
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct StoredContacts {
    store: Store,
    keyring: Keyring,
}

/// How many contacts one query asks for.
const AT_ONCE: usize = 500;

const PUT: &str = "insert into notify_contact (found_by, sealed_under, sealed) values ($1, $2, $3) \
    on conflict (found_by) do update set sealed_under = excluded.sealed_under, sealed = excluded.sealed";

const TAKE_AWAY: &str = "delete from notify_contact where found_by = $1";

impl StoredContacts {
    /// The register of a store whose tables are there ([`MIGRATIONS`](crate::MIGRATIONS)), under the keys of the
    /// notifier that uses the store.
    pub fn new(store: Store, keyring: Keyring) -> Self {
        Self { store, keyring }
    }

    /// Adds the contact of a party, or another one in its place, to a batch. Only a mail address is kept.
    ///
    /// # Errors
    /// [`SealError`] when it cannot be sealed; the batch is as it was.
    pub fn put(&self, batch: &mut Batch, party: PartyId, contact: &Contact) -> Result<(), SealError> {
        let Recipient::Email(address) = &contact.recipient else { return Ok(()) };
        self.put_record(batch, &Subject::party(party), &PartyRecord::new(address, contact.language))
    }

    /// Adds what is known of a person, in the place of what was, to a batch.
    ///
    /// # Errors
    /// [`SealError`] when it cannot be sealed; the batch is as it was.
    pub fn put_person(
        &self,
        batch: &mut Batch,
        number: &NationalIdentityNumber,
        contact: &PersonContact,
    ) -> Result<(), SealError> {
        self.put_record(batch, &Subject::person(number), &PersonRecord::from(contact))
    }

    /// Adds the addresses of an organization, in the place of those that were, to a batch.
    ///
    /// # Errors
    /// [`SealError`] when they cannot be sealed; the batch is as it was.
    pub fn put_organization(
        &self,
        batch: &mut Batch,
        number: OrganizationNumber,
        contact: &OrganizationContact,
    ) -> Result<(), SealError> {
        self.put_record(batch, &Subject::organization(number), &OrganizationRecord::from(contact))
    }

    fn put_record(&self, batch: &mut Batch, of: &Subject, record: &impl Serialize) -> Result<(), SealError> {
        let text = of.with_contact(&serde_json::json!(record).to_string());
        let SealedContact { found_by, sealed_under, sealed } = self.keyring.seal_contact(of, &text)?;
        claim(batch, &self.keyring);
        for former in self.keyring.every_subject(of).into_iter().filter(|digest| *digest != found_by) {
            batch.execute(TAKE_AWAY, params![former]);
        }
        batch.execute_one(PUT, params![found_by, sealed_under, sealed]);
        Ok(())
    }

    /// What is kept of each, in their order; nothing of those who are surely not known.
    async fn find<R: DeserializeOwned>(&self, of: &[Subject]) -> Result<Vec<Option<R>>, ContactError> {
        let mut found = Vec::with_capacity(of.len());
        for of in of.chunks(AT_ONCE) {
            let digests: Vec<_> = of.iter().map(|of| self.keyring.every_subject(of)).collect();
            let rows = self.rows(digests.iter().flatten()).await?;
            for digests in &digests {
                let row = digests.iter().find_map(|digest| rows.get(digest));
                found.push(row.map(|row| self.open(row)).transpose()?);
            }
        }
        if found.iter().any(Option::is_none) {
            check_keys(&self.store, &self.keyring).await?;
        }
        Ok(found)
    }

    async fn rows(
        &self,
        digests: impl Iterator<Item = &Vec<u8>>,
    ) -> Result<HashMap<Vec<u8>, SealedContact>, ContactError> {
        let asked: Vec<Value> = digests.cloned().map(Value::from).collect();
        let places = (1..=asked.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
        let sql =
            format!("select found_by, sealed_under, sealed from notify_contact where found_by in ({places})");
        let mut rows = HashMap::new();
        for row in self.store.query(sql, asked).await? {
            let contact = sealed_contact(&row)?;
            rows.insert(contact.found_by.clone(), contact);
        }
        Ok(rows)
    }

    fn open<R: DeserializeOwned>(&self, contact: &SealedContact) -> Result<R, ContactError> {
        let text = self.keyring.open_contact(contact)?;
        let (_, record) = Subject::split(&text).ok_or(SealError::Refused)?;
        serde_json::from_str(record).map_err(|_| ContactError::NotInOrder { what: "a contact" })
    }
}

#[async_trait]
impl ContactRegister for StoredContacts {
    async fn persons(
        &self,
        numbers: &[NationalIdentityNumber],
    ) -> Result<Vec<Option<PersonContact>>, ContactError> {
        let of: Vec<_> = numbers.iter().map(Subject::person).collect();
        let found = self.find::<PersonRecord>(&of).await?;
        found.into_iter().map(|record| record.map(PersonContact::try_from).transpose()).collect()
    }

    async fn organizations(
        &self,
        numbers: &[OrganizationNumber],
    ) -> Result<Vec<OrganizationContact>, ContactError> {
        let of: Vec<_> = numbers.iter().copied().map(Subject::organization).collect();
        let found = self.find::<OrganizationRecord>(&of).await?;
        let contact = |record: Option<_>| record.map_or_else(|| Ok(Default::default()), TryFrom::try_from);
        found.into_iter().map(contact).collect()
    }

    async fn contact(&self, party: PartyId) -> Result<Option<Contact>, ContactError> {
        let found = self.find::<PartyRecord>(&[Subject::party(party)]).await?;
        found.into_iter().flatten().next().map(Contact::try_from).transpose()
    }
}

fn sealed_contact(row: &Row) -> Result<SealedContact, StoreError> {
    Ok(SealedContact {
        found_by: row.get("found_by")?,
        sealed_under: row.get("sealed_under")?,
        sealed: row.get("sealed")?,
    })
}

//! A contact register in the store.

use altinn_core::PartyId;
use altinn_core::store::{Batch, Store, params};
use async_trait::async_trait;

use super::{Contact, ContactError, ContactRegister};
use crate::Recipient;

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

impl StoredContacts {
    /// The register of a store whose tables are there ([`MIGRATIONS`](crate::MIGRATIONS)).
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Adds a contact, or another one in its place, to a batch.
    pub fn put(&self, batch: &mut Batch, party: PartyId, contact: &Contact) {
        let Recipient::Email(address) = &contact.recipient;
        batch.execute_one(
            "insert into notify_contact (party, email, language) values ($1, $2, $3) \
             on conflict (party) do update set email = excluded.email, language = excluded.language",
            params![party, address.expose(), contact.language.code()],
        );
    }
}

#[async_trait]
impl ContactRegister for StoredContacts {
    async fn contact(&self, party: PartyId) -> Result<Option<Contact>, ContactError> {
        let sql = "select email, language from notify_contact where party = $1";
        let Some(row) = self.store.query_opt(sql, params![party]).await? else { return Ok(None) };
        let address = row.get::<String>("email")?.parse();
        let language = row.get::<String>("language")?.parse();
        Ok(Some(Contact {
            recipient: Recipient::Email(
                address.map_err(|_| ContactError::NotInOrder { what: "an address" })?,
            ),
            language: language.map_err(|_| ContactError::NotInOrder { what: "a language" })?,
        }))
    }
}

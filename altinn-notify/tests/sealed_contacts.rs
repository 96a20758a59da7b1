//! Contacts in the store: sealed under the agency's keys, found by keyed digests, and brought under other keys.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]
#![allow(clippy::indexing_slicing, reason = "tests fail by panicking")]

mod scene;

use altinn_core::key::SecretKey;
use altinn_core::store::{Batch, Store, params};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Language, NationalIdentityNumber, OrganizationNumber, PartyId};
use altinn_notify::channel::Capture;
use altinn_notify::contact::{
    Contact, ContactRegister, OrganizationAddress, OrganizationContact, PersonContact, StoredContacts,
};
use altinn_notify::{Keyring, MIGRATIONS, Notifier, Recipient};
use chrono::{DateTime, Utc};
use scene::{Scene, keyring};

/// Everybody whom the register of the tests knows.
struct Known {
    party: (PartyId, Contact),
    person: (NationalIdentityNumber, PersonContact),
    organization: (OrganizationNumber, OrganizationContact),
}

impl Known {
    fn new() -> Self {
        let verified: DateTime<Utc> = "2026-06-01T00:00:00.123456Z".parse().unwrap();
        let party = Recipient::Email("kari.larsen@example.com".parse().unwrap());
        let person = PersonContact::active()
            .with_email("ola.nordmann@example.com".parse().unwrap(), verified)
            .with_mobile("91234567".parse().unwrap(), verified)
            .with_language(Language::Se);
        let addresses = vec![
            OrganizationAddress::email("post@bakeriet.example".parse().unwrap()).for_resource("tax"),
            OrganizationAddress::mobile("98765432".parse().unwrap()).for_action("read"),
        ];
        let mut people = SyntheticPeople::from_seed(5);
        Self {
            party: (PartyId::new(50_001), Contact::new(party, Language::Nn)),
            person: (people.national_identity_number(), person),
            organization: (people.organization_number(), OrganizationContact { addresses }),
        }
    }

    async fn put(&self, contacts: &StoredContacts, store: &Store) {
        let mut batch = Batch::new();
        contacts.put(&mut batch, self.party.0, &self.party.1).unwrap();
        contacts.put_person(&mut batch, &self.person.0, &self.person.1).unwrap();
        contacts.put_organization(&mut batch, self.organization.0, &self.organization.1).unwrap();
        store.commit(batch).await.unwrap();
    }

    async fn assert_found(&self, contacts: &StoredContacts) {
        assert_eq!(contacts.contact(self.party.0).await.unwrap().as_ref(), Some(&self.party.1));
        let persons = contacts.persons(&[self.person.0.clone(), stranger()]).await.unwrap();
        assert_eq!(persons, [Some(self.person.1.clone()), None]);
        let organizations = contacts.organizations(&[self.organization.0]).await.unwrap();
        assert_eq!(organizations, std::slice::from_ref(&self.organization.1));
    }

    /// What nobody is to read in the store.
    fn hidden(&self) -> [String; 7] {
        let number = self.person.0.expose().to_owned();
        let organization = self.organization.0.to_string();
        let [party, person, post] = ["larsen", "nordmann", "bakeriet"].map(str::to_owned);
        [party, person, post, "91234567".to_owned(), "98765432".to_owned(), number, organization]
    }
}

/// Somebody whom nobody knows.
fn stranger() -> NationalIdentityNumber {
    SyntheticPeople::from_seed(6).national_identity_number()
}

fn other_key() -> SecretKey {
    SecretKey::from_bytes([8; 32])
}

/// The keyring whose current key is another, with that of the scenes as a former one.
fn both_keys() -> Keyring {
    Keyring::new(&other_key()).with_former(&SecretKey::from_bytes([7; 32]))
}

/// How many contacts are kept.
async fn rows(scene: &Scene) -> i64 {
    let sql = "select count(*) as number from notify_contact";
    scene.store.query_one(sql, params![]).await.unwrap().get("number").unwrap()
}

fn notifier(scene: &Scene, keyring: Keyring) -> Notifier {
    let sender = "noreply@example.com".parse().unwrap();
    Notifier::new(scene.store.clone(), keyring, sender, scene.clock.clone())
        .with_email_channel(Capture::new())
}

#[tokio::test]
async fn nothing_in_the_files_of_the_database_tells_whose_contact_it_is_or_what() {
    let folder = tempfile::tempdir().unwrap();
    let store =
        Store::open(&format!("sqlite:{}", folder.path().join("contacts.db").display())).await.unwrap();
    store.migrate(&[MIGRATIONS]).await.unwrap();
    let (known, contacts) = (Known::new(), StoredContacts::new(store.clone(), keyring()));
    known.put(&contacts, &store).await;
    known.assert_found(&contacts).await;

    let mut kept = Vec::new();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        kept.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    let holds = |text: &str| kept.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("notify_contact"), "the files are those of the database");
    assert!(holds(keyring().name()), "the contacts are in them");
    for hidden in known.hidden() {
        assert!(!holds(&hidden), "{hidden} stands in the database");
    }
    let shown = format!("{contacts:?}");
    assert!(known.hidden().iter().all(|hidden| !shown.contains(hidden)), "{shown}");
}

#[tokio::test]
async fn no_column_of_a_row_tells_whose_contact_it_is_or_what() {
    for scene in Scene::all().await {
        let known = Known::new();
        known.put(&scene.contacts(), &scene.store).await;
        let sql = "select found_by, sealed_under, sealed from notify_contact";
        let rows = scene.store.query(sql, params![]).await.unwrap();
        assert_eq!(rows.len(), 3, "{}", scene.back_end);
        for row in &rows {
            let (found_by, sealed): (Vec<u8>, Vec<u8>) =
                (row.get("found_by").unwrap(), row.get("sealed").unwrap());
            assert_eq!(row.get::<String>("sealed_under").unwrap(), keyring().name());
            for hidden in known.hidden() {
                let holds =
                    |kept: &[u8]| kept.windows(hidden.len()).any(|window| window == hidden.as_bytes());
                assert!(!holds(&found_by) && !holds(&sealed), "{}: {hidden} stands in a row", scene.back_end);
            }
        }
    }
}

#[tokio::test]
async fn what_is_put_again_stands_in_the_place_of_what_was() {
    for scene in Scene::all().await {
        let (mut known, contacts) = (Known::new(), scene.contacts());
        known.put(&contacts, &scene.store).await;
        known.person.1 = PersonContact::active().reserved();
        known.organization.1.addresses.truncate(1);
        known.party.1.language = Language::En;
        known.put(&contacts, &scene.store).await;
        known.assert_found(&contacts).await;
        assert_eq!(rows(&scene).await, 3, "{}", scene.back_end);
    }
}

#[tokio::test]
async fn without_the_key_nobody_is_said_to_be_unknown() {
    for scene in Scene::all().await {
        let known = Known::new();
        let stranger = StoredContacts::new(scene.store.clone(), Keyring::new(&other_key()));
        assert!(stranger.contact(known.party.0).await.unwrap().is_none(), "nothing is there yet");
        known.put(&scene.contacts(), &scene.store).await;
        let refused = [
            stranger.contact(known.party.0).await.unwrap_err(),
            stranger.persons(std::slice::from_ref(&known.person.0)).await.unwrap_err(),
            stranger.organizations(&[known.organization.0]).await.unwrap_err(),
        ];
        for error in refused {
            assert_eq!(error.code(), "SEAL-NO-SUCH-KEY", "{}", scene.back_end);
            assert!(error.to_string().contains(keyring().name()), "{error}");
        }
    }
}

#[tokio::test]
async fn a_contact_that_was_moved_or_changed_is_refused() {
    for scene in Scene::all().await {
        let (known, contacts) = (Known::new(), scene.contacts());
        let mut batch = Batch::new();
        contacts.put_person(&mut batch, &known.person.0, &known.person.1).unwrap();
        contacts.put_person(&mut batch, &stranger(), &PersonContact::active()).unwrap();
        scene.store.commit(batch).await.unwrap();
        let sealed = "select found_by, sealed from notify_contact order by found_by";
        let rows = scene.store.query(sealed, params![]).await.unwrap();
        let (one, other): (Vec<u8>, Vec<u8>) =
            (rows[0].get("found_by").unwrap(), rows[1].get("sealed").unwrap());
        let mut batch = Batch::new();
        batch.execute_one("update notify_contact set sealed = $1 where found_by = $2", params![other, one]);
        scene.store.commit(batch).await.unwrap();
        let refused = contacts.persons(&[known.person.0, stranger()]).await.unwrap_err();
        assert_eq!(refused.code(), "SEAL-REFUSED", "{}", scene.back_end);
    }
}

#[tokio::test]
async fn contacts_come_under_a_new_key_and_the_former_one_is_needed_no_longer() {
    for scene in Scene::all().await {
        let known = Known::new();
        known.put(&scene.contacts(), &scene.store).await;
        scene.commit(&scene::order("receipt")).await;
        let both = notifier(&scene, both_keys());
        known.assert_found(&both.stored_contacts()).await;
        let first = both.rotate_keys(2).await.unwrap();
        assert_eq!((first.orders, first.contacts, first.more), (1, 1, true), "{}", scene.back_end);
        known.assert_found(&both.stored_contacts()).await;
        let second = both.rotate_keys(2).await.unwrap();
        assert_eq!((second.orders, second.contacts, second.more), (0, 2, false));
        let new = notifier(&scene, Keyring::new(&other_key()));
        new.claim_keys().await.expect("nothing is left under the former key");
        known.assert_found(&new.stored_contacts()).await;
        let old = scene.contacts().contact(known.party.0).await.unwrap_err();
        assert_eq!(old.code(), "SEAL-NO-SUCH-KEY");
    }
}

#[tokio::test]
async fn the_former_key_stays_claimed_while_a_contact_is_under_it() {
    for scene in Scene::all().await {
        let known = Known::new();
        known.put(&scene.contacts(), &scene.store).await;
        assert!(notifier(&scene, both_keys()).rotate_keys(2).await.unwrap().more);
        let missing = notifier(&scene, Keyring::new(&other_key())).claim_keys().await.unwrap_err();
        assert_eq!(missing.code(), "SEAL-NO-SUCH-KEY", "{}", scene.back_end);
    }
}

#[tokio::test]
async fn a_contact_that_was_put_under_either_key_is_one_contact() {
    for scene in Scene::all().await {
        let mut known = Known::new();
        known.put(&scene.contacts(), &scene.store).await;
        known.person.1 = PersonContact::active().reserved();
        let both = notifier(&scene, both_keys());
        known.put(&both.stored_contacts(), &scene.store).await;
        known.assert_found(&both.stored_contacts()).await;
        assert_eq!(rows(&scene).await, 3, "{}", scene.back_end);
        // A node that has the new key not yet as its current one comes after it.
        let behind = Known::new();
        behind.put(&scene.contacts(), &scene.store).await;
        let rotated = both.rotate_keys(10).await.unwrap();
        assert_eq!((rotated.contacts, rotated.more), (3, false), "{}", scene.back_end);
        known.assert_found(&both.stored_contacts()).await;
        assert_eq!(rows(&scene).await, 3);
    }
}

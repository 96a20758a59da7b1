//! A backup of the database brings back nothing that was erased after it was made: erasures are found again when the program
//! starts over it, by their notes beside the objects.
#![cfg(all(feature = "broker", feature = "correspondence"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(clippy::future_not_send, reason = "a test runs where it was started")]

mod scene;

use altinn_archive::{EntryId, ErasureOrder, Participant};
use altinn_core::store::{Store, params};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Actor, AuthenticationLevel, InstanceId, Language, Party, PartyIdentifier, Subject, SyntheticNumbers,
};
use altinn_services::broker::{BrokerService, NewTransfer, TransferId};
use altinn_services::correspondence::{
    AttachmentStatus, CorrespondenceService, Message, NewCorrespondence, NewSharedAttachment, Recipient,
};
use altinn_services::inbox::InboxQuery;
use altinn_services::{Altinn, all_migrations};
use bytes::Bytes;
use futures_util::stream;
use scene::{person, register, sample, stores};
use tempfile::TempDir;
use uuid::Uuid;

/// A program over a database, with the objects and the keys of a folder.
struct Program {
    altinn: Altinn,
    decisions: CorrespondenceService,
    accounts: BrokerService,
}

impl Program {
    async fn start(store: &Store, folder: &TempDir) -> Self {
        let builder = Altinn::over(store.clone()).objects_in(&folder.path().join("objects")).unwrap();
        let altinn = builder.keys_in(&folder.path().join("keys"), true).unwrap().build().await.unwrap();
        let decisions = altinn.publish_correspondence(sample("decisions")).unwrap();
        let accounts = altinn.publish_broker(sample("annual-accounts")).unwrap();
        Self { altinn, decisions, accounts }
    }

    async fn letter(&self, cast: &Cast, title: &str) -> (InstanceId, EntryId) {
        let PartyIdentifier::Organization(number) = &cast.bakery.identifier else { panic!("a business") };
        let to = Recipient::parse(&number.to_string(), SyntheticNumbers::Accepted).unwrap();
        let new = NewCorrespondence::new("2026/17", to, Message::new(Language::Nb, title, "Innvilget."));
        let letters = self.altinn.correspondences();
        let sent = letters.send(&cast.writer, &self.decisions, cast.agency.id, &new).await.unwrap();
        while letters.run_due(100).await.unwrap() > 0 {}
        (sent.recipients[0].correspondence.unwrap(), sent.mailing.entry)
    }

    async fn transfer(&self, cast: &Cast) -> (TransferId, EntryId) {
        let new = NewTransfer::new("regnskap-kari.zip".parse().unwrap(), [cast.mill.id]);
        let new = new.with_size(3).with_reference("kari").with_property("who", "kari");
        let (broker, from) = (self.altinn.broker(), cast.bakery.id);
        let id = broker.initialise(&cast.leader, &self.accounts, from, &new).await.unwrap();
        let bytes = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"abc"))]);
        broker.upload((&cast.leader, from), &self.accounts, id, 0, bytes).await.unwrap();
        let entry = broker.transfer(&cast.leader, &self.accounts, from, id).await.unwrap().entry;
        (id, entry.unwrap())
    }

    async fn file(&self, cast: &Cast) -> Uuid {
        let new = NewSharedAttachment::new("kari.pdf").under("kari");
        let (letters, sender) = (self.altinn.correspondences(), cast.agency.id);
        let id = letters.initialize_attachment(&cast.writer, &self.decisions, sender, &new).await.unwrap();
        let bytes = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"%PDF"))]);
        letters.upload_attachment(&cast.writer, &self.decisions, (sender, id), bytes).await.unwrap();
        id
    }

    async fn erase(&self, entry: EntryId) {
        let officer = Participant::new("urn:altinn:party:1", "");
        let order = ErasureOrder::new(officer, AuthenticationLevel::VerySensitive, "article 17 of the GDPR");
        self.altinn.archive().erase(entry, &order).await.unwrap();
    }
}

struct Cast {
    agency: Party,
    bakery: Party,
    mill: Party,
    writer: Actor,
    leader: Actor,
    miller: Actor,
}

impl Cast {
    async fn enter(altinn: &Altinn) -> Self {
        let mut people = SyntheticPeople::from_seed(61);
        let [agency, bakery, mill] = std::array::from_fn(|_| people.organization());
        let [leader, miller] = std::array::from_fn(|_| people.person());
        let roles = [("DAGL", &bakery, &leader), ("DAGL", &mill, &miller)];
        register(altinn, &[&agency, &bakery, &mill, &leader, &miller], &roles).await;
        let PartyIdentifier::Organization(number) = &agency.identifier else { panic!("an agency") };
        let number = Some(number.check(SyntheticNumbers::Accepted).unwrap());
        let writer = Subject::ServiceOwner { org: "mattilsynet".to_owned(), number };
        let actor = |party: &Party| person(party, AuthenticationLevel::VerySensitive);
        Self {
            writer: Actor::new(writer, AuthenticationLevel::VerySensitive),
            leader: actor(&leader),
            miller: actor(&miller),
            agency,
            bakery,
            mill,
        }
    }
}

/// How often a word stands in a table that names what is sent.
async fn named(store: &Store, word: &str) -> i64 {
    let sql = "select (select count(*) from services_broker_transfer where file_name like $1 or reference like $1 \
               or properties like $1) + (select count(*) from services_shared_attachment where file_name like $1 \
               or senders_reference like $1) as n";
    store.query_one(sql, params![format!("%{word}%")]).await.unwrap().get("n").unwrap()
}

#[tokio::test]
async fn what_was_erased_after_a_backup_is_erased_again_when_the_program_starts_over_it() {
    for (store, folder) in stores().await {
        let program = Program::start(&store, &folder).await;
        let cast = Cast::enter(&program.altinn).await;
        let (letter, mailing) = program.letter(&cast, "Vedtak om Kari").await;
        let (kept, _) = program.letter(&cast, "Annet").await;
        let (transfer, accounts) = program.transfer(&cast).await;
        let file = program.file(&cast).await;
        assert_eq!(named(&store, "kari").await, 2);

        let (backup, _beside) =
            stores().await.into_iter().find(|(other, _)| other.dialect() == store.dialect()).unwrap();
        store.copy_to(&backup, &all_migrations()).await.unwrap();
        program.erase(mailing).await;
        program.erase(accounts).await;
        let (letters, sender) = (program.altinn.correspondences(), cast.agency.id);
        letters.purge_attachment(&cast.writer, &program.decisions, sender, file).await.unwrap();
        assert_eq!(named(&store, "kari").await, 0, "names go with what they name");
        let before = program.altinn.archive().erasure(mailing).await.unwrap().unwrap();
        drop(program);

        assert_eq!(named(&backup, "kari").await, 2, "the backup has all of it");
        let program = Program::start(&backup, &folder).await;
        let (altinn, decisions) = (&program.altinn, &program.decisions);
        let letters = altinn.correspondences();
        let fetched = letters.fetch(&cast.leader, decisions, &letter).await;
        assert_eq!(fetched.unwrap_err().code(), "ARCHIVE-ERASED");
        letters.fetch(&cast.leader, decisions, &kept).await.unwrap();
        let inbox = altinn.inbox().list(&cast.leader, &InboxQuery::new().of(cast.bakery.id)).await.unwrap();
        let titles: Vec<_> = inbox.items.iter().map(|item| item.title.in_language(Language::Nb)).collect();
        assert!(titles.contains(&"Annet") && !titles.contains(&"Vedtak om Kari"), "{titles:?}");
        let broker = altinn.broker();
        let download = broker.download(&cast.miller, &program.accounts, cast.mill.id, transfer).await;
        assert_eq!(download.unwrap_err().code(), "ARCHIVE-ERASED");
        let shared = letters.shared_attachment(&cast.writer, decisions, sender, file).await.unwrap();
        assert_eq!(shared.status, AttachmentStatus::Purged);
        let download = letters.download_shared(&cast.writer, decisions, sender, file).await;
        assert_eq!(download.unwrap_err().code(), "CORRESPONDENCE-NOTHING");
        assert_eq!(named(&backup, "kari").await, 0);

        let again = altinn.archive().erasure(mailing).await.unwrap().unwrap();
        assert_eq!((again.erased_at, &again.note), (before.erased_at, &before.note));
        assert!(altinn.archive().audit(None).await.unwrap().is_sound());
        assert_eq!(altinn.archive().reapply_erasures().await.unwrap(), 0, "once is enough");
    }
}

//! What is refused, and what nobody learns.

use std::fs;
use std::sync::Arc;

use altinn_auth::register::{AccessListId, ResourceRules, StoredAccessLists, StoredResources};
use altinn_core::store::Batch;
use altinn_core::{Clock as _, Digest, PartyId, SteppableClock};
use altinn_services::Altinn;
use altinn_services::broker::{FileName, NewTransfer, TransferId, TransferStatus};
use tempfile::TempDir;

use super::scene::sample;
use super::{MIB, SAMPLE, Scene, content, everywhere, pieces};

#[tokio::test]
async fn a_file_that_is_not_what_was_announced_fails_and_leaves_nothing() {
    everywhere(async |scene| {
        let sent = content(9 * MIB);
        let wrong = Digest::of(b"something else").to_string().parse().unwrap();
        let new = scene.file().with_size(sent.len() as u64).with_checksum(wrong);
        let id = scene.announce(&new).await.unwrap();
        assert_eq!(scene.upload(id, 0, pieces(&sent)).await.unwrap_err().code(), "BROKER-CHECKSUM");
        assert_eq!(scene.status(id).await, TransferStatus::Failed);
        assert_eq!(scene.download(&scene.first, id).await.unwrap_err().code(), "BROKER-NOT-FOUND");
        assert_eq!(scene.upload(id, 0, pieces(&sent)).await.unwrap_err().code(), "BROKER-STATUS");
        assert_eq!(scene.altinn.archive().remove_unnamed().await.unwrap(), 2);
        assert_eq!(scene.count("services_broker_segment").await, 0);

        let short = scene.announce(&scene.file().with_size(10)).await.unwrap();
        let surplus = scene.upload(short, 0, pieces(b"eleven bytes")).await.unwrap_err();
        assert_eq!(surplus.to_string(), "the file has more than 10 bytes");
        assert_eq!(scene.transfer(short).await.received, 0);
        scene.upload(short, 0, pieces(b"five ")).await.unwrap();
        let refused =
            scene.altinn.broker().complete(&scene.sender.1, &scene.service, scene.sender.0.id, short).await;
        assert_eq!(refused.unwrap_err().to_string(), "5 of 10 bytes are there");
    })
    .await;
}

#[tokio::test]
async fn whoever_has_nothing_to_do_with_it_learns_nothing() {
    everywhere(async |scene| {
        let id = scene.publish(b"accounts").await;
        let draft = scene.announce(&scene.file()).await.unwrap();
        let nothing = TransferId::new(uuid::Uuid::now_v7());
        let broker = scene.altinn.broker();
        let told = scene.download(&scene.first, nothing).await.unwrap_err().to_string();
        // Another business, the sender as a recipient, and a leader on behalf of a business that is not theirs.
        let cases = [
            (&scene.other.1, scene.other.0.id),
            (&scene.sender.1, scene.sender.0.id),
            (&scene.other.1, scene.first.0.id),
            (&scene.first.1, PartyId::new(99_999_999)),
        ];
        for (actor, party) in cases {
            let download = broker.download(actor, &scene.service, party, id).await.unwrap_err();
            let confirm = broker.confirm(actor, &scene.service, party, id).await.unwrap_err();
            assert_eq!([download.to_string(), confirm.to_string()], [told.clone(), told.clone()]);
        }
        for (actor, party) in [(&scene.other.1, scene.other.0.id), (&scene.other.1, scene.sender.0.id)] {
            for id in [id, draft, nothing] {
                let look = broker.transfer(actor, &scene.service, party, id).await.unwrap_err();
                let history = broker.history(actor, &scene.service, party, id).await.unwrap_err();
                let upload =
                    broker.upload((actor, party), &scene.service, id, 0, pieces(b"x")).await.unwrap_err();
                let cancel = broker.cancel(actor, &scene.service, party, id).await.unwrap_err();
                let complete = broker.complete(actor, &scene.service, party, id).await.unwrap_err();
                for error in [look, history, upload, cancel, complete] {
                    assert_eq!(error.to_string(), told);
                }
            }
        }
        assert_eq!(
            scene.download(&scene.first, draft).await.unwrap_err().to_string(),
            told,
            "not before it is published"
        );
        let seen = broker.transfer(&scene.first.1, &scene.service, scene.first.0.id, id).await.unwrap();
        assert_eq!(seen.recipients.len(), 1, "who else receives it is not told");
    })
    .await;
}

#[tokio::test]
async fn nobody_confirms_what_they_have_not_downloaded() {
    everywhere(async |scene| {
        let id = scene.publish(b"accounts").await;
        assert_eq!(scene.confirm(&scene.first, id).await.unwrap_err().code(), "BROKER-NOT-DOWNLOADED");
        assert_eq!(scene.history(&scene.sender, id).await, ["Initialized", "UploadStarted", "Published"]);
    })
    .await;
}

#[tokio::test]
async fn announcements_are_checked_and_made_once() {
    everywhere(async |scene| {
        let id = scene.announce(&scene.file().once("k-1")).await.unwrap();
        assert_eq!(scene.announce(&scene.file().once("k-1")).await.unwrap(), id);
        let other = scene.announce(&scene.file().with_size(1).once("k-1")).await.unwrap_err();
        assert_eq!(other.code(), "IDEMPOTENCY-DIFFERENT-REQUEST");
        let name: FileName = "a.zip".parse().unwrap();
        let (first, sender) = (scene.first.0.id, scene.sender.0.id);
        let cases = [
            (NewTransfer::new(name.clone(), []), "BROKER-RECIPIENT-COUNT"),
            (NewTransfer::new(name.clone(), (0..1_001).map(PartyId::new)), "BROKER-RECIPIENT-COUNT"),
            (NewTransfer::new(name.clone(), [first, first]), "BROKER-RECIPIENT"),
            (NewTransfer::new(name.clone(), [sender]), "BROKER-RECIPIENT"),
            (NewTransfer::new(name.clone(), [PartyId::new(99_999_999)]), "BROKER-RECIPIENT"),
            (NewTransfer::new(name.clone(), [first]).with_size(u64::MAX), "BROKER-TOO-LARGE"),
            (NewTransfer::new(name.clone(), [first]).with_reference("x".repeat(4_097)), "BROKER-TOO-LONG"),
            (NewTransfer::new(name, [first]).with_property("a", "x".repeat(301)), "BROKER-TOO-LONG"),
        ];
        for (new, code) in cases {
            assert_eq!(scene.announce(&new).await.unwrap_err().code(), code, "{new:?}");
        }
        assert_eq!(scene.count("services_broker_transfer").await, 1);
    })
    .await;
}

#[tokio::test]
async fn who_is_not_on_the_list_receives_nothing() {
    let folder = TempDir::new().unwrap();
    let clock = Arc::new(SteppableClock::at("2026-12-01T08:00:00Z".parse().unwrap()));
    let mut scene =
        Scene::set(Altinn::local(folder.path()).await.unwrap(), clock, TempDir::new().unwrap()).await;
    let altinn_core::PartyIdentifier::Organization(listed) = scene.first.0.identifier else { panic!() };
    let listing = |list: &str| {
        let sample = sample(SAMPLE);
        let own = folder.path().join("own");
        fs::create_dir_all(&own).unwrap();
        fs::copy(sample.join("policy.xml"), own.join("policy.xml")).unwrap();
        let text = fs::read_to_string(sample.join("service.toml")).unwrap();
        fs::write(own.join("service.toml"), format!("{text}access-list = [{list}]\n")).unwrap();
        scene.altinn.publish_broker(own)
    };
    let refused = listing("\"123\"").unwrap_err().to_string();
    assert!(refused.contains("line 10, column 16: "), "{refused}");
    let service = listing(&format!("\"{listed}\"")).unwrap();
    scene.service = service;
    let refused = scene.announce(&scene.file()).await.unwrap_err();
    assert_eq!(refused.to_string(), "recipient 2 cannot receive: it is not one of those who may receive");
    let new = NewTransfer::new("a.zip".parse().unwrap(), [scene.first.0.id]);
    scene.announce(&new).await.unwrap();
}

#[test]
fn names_of_files_that_mislead_are_refused() {
    let long = "x".repeat(10_000);
    for (name, told) in [
        ("", "1 to 255 bytes"),
        (long.as_str(), "not 10000"),
        ("../../etc/passwd", "no `/`"),
        ("C:\\boot.ini", "no `/`"),
        ("..", "is not `.` or `..`"),
        ("a\0.zip", "character 2"),
        ("a\n.zip", "character 2"),
        ("accounts\u{202e}piz.exe", "character 9"),
        ("a\u{200b}.zip", "character 2"),
        (" a.zip", "space"),
        ("a.zip.", "point"),
    ] {
        let refused = name.parse::<FileName>().unwrap_err().to_string();
        assert!(refused.contains(told), "{refused}");
    }
    for name in ["årsregnskap (2026).zip", "日本.txt", "a", ".profile"] {
        assert_eq!(name.parse::<FileName>().unwrap().as_str(), name);
    }
}

#[tokio::test]
async fn only_those_on_an_access_list_receive_from_when_the_file_is_announced() {
    everywhere(async |scene| {
        let store = scene.altinn.store();
        let lists = StoredAccessLists::new(store.clone(), Arc::new(scene.altinn.register().clone()));
        let resource = scene.service.id().resource_id();
        let list = |name: &str| AccessListId { owner: "ttd".to_owned(), name: name.to_owned() };
        let (senders, receivers) = (list("senders"), list("receivers"));
        let now = scene.clock.now();
        let mut batch = Batch::new();
        let rules = ResourceRules { access_list_mode: true, ..ResourceRules::default() };
        StoredResources::new(store.clone()).put(&mut batch, &resource, rules);
        for (list, action, member) in
            [(&senders, "write", &scene.sender.0), (&receivers, "read", &scene.first.0)]
        {
            lists.put(&mut batch, list, "A list");
            lists.connect(&mut batch, list, &resource, Some(&[action.to_owned()]));
            lists.add_member(&mut batch, list, member.id, now);
        }
        // Who may send is no recipient by that.
        lists.add_member(&mut batch, &senders, scene.second.0.id, now);
        store.commit(batch).await.unwrap();

        let refused = scene.announce(&scene.file()).await.unwrap_err();
        assert_eq!(refused.to_string(), "recipient 2 cannot receive: it is not one of those who may receive");
        let to_one = NewTransfer::new("accounts.zip".parse().unwrap(), [scene.first.0.id]).with_size(3);
        let id = scene.announce(&to_one).await.unwrap();
        scene.upload(id, 0, pieces(b"abc")).await.unwrap();
        assert_eq!(scene.download(&scene.first, id).await.unwrap(), b"abc");
        let mut batch = Batch::new();
        lists.remove_member(&mut batch, &receivers, scene.first.0.id);
        store.commit(batch).await.unwrap();
        assert!(scene.download(&scene.first, id).await.is_err(), "whoever was taken off gets nothing more");
        assert!(scene.announce(&to_one).await.is_err());
    })
    .await;
}

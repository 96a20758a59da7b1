//! Work on a mailing that fails is put off, told to its sender, and driven again.

use std::sync::atomic::Ordering;

use altinn_archive::{ErasureOrder, Participant};
use altinn_core::AuthenticationLevel;
use altinn_core::store::params;
use altinn_services::correspondence::{CorrespondenceStatus, NewCorrespondence};
use uuid::Uuid;

use crate::publishing::many;
use crate::scene::{Scene, after, days, everywhere, message, recipient};

#[tokio::test]
async fn a_mailing_whose_recipients_cannot_be_looked_up_waits_and_goes_on() {
    everywhere(async |scene| {
        scene.contact(&scene.kari, false).await;
        let letter = NewCorrespondence::new("2026/17", recipient(&scene.kari), message());
        let sent = scene.send(&letter.visible_from(after(1))).await;
        let (letters, writer, service) = (scene.letters(), &scene.writer, &scene.service);
        let sender = scene.agency.id;
        let stuck = async || letters.stuck(writer, service, sender, None).await.unwrap();
        scene.clock.step(days(2));
        scene.contacts_down.store(true, Ordering::SeqCst);
        scene.run_due().await;
        let found = stuck().await;
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].id, found[0].work.as_str(), found[0].attempts), (sent.mailing.id, "publish", 1));
        assert!(found[0].problem.starts_with("NOTIFY-CONTACT-"), "{found:?}");
        assert!(found[0].due_at > after(2));
        let next = letters.stuck(writer, service, sender, Some(sent.mailing.id)).await.unwrap();
        assert_eq!(next, []);

        // Driven again in vain, it waits again; driven again when the register answers, it goes on at once.
        assert!(letters.redrive(writer, service, sender, sent.mailing.id).await.unwrap());
        scene.run_due().await;
        assert_eq!(stuck().await[0].attempts, 1);
        scene.contacts_down.store(false, Ordering::SeqCst);
        scene.run_due().await;
        assert_eq!(stuck().await.len(), 1, "it is not due");
        assert!(letters.redrive(writer, service, sender, sent.mailing.id).await.unwrap());
        scene.run_due().await;
        assert_eq!(stuck().await, []);
        assert!(!letters.redrive(writer, service, sender, sent.mailing.id).await.unwrap());
        let id = sent.recipients[0].correspondence.unwrap();
        assert_eq!(scene.statuses(&id).await.last(), Some(&CorrespondenceStatus::Published));
    })
    .await;
}

async fn erase(scene: &Scene, mailing: Uuid) {
    let sql = "select entry from services_mailing where id = $1";
    let row = scene.altinn.store().query_one(sql, params![mailing]).await.unwrap();
    let officer = Participant::new("urn:altinn:party:1", "");
    let order = ErasureOrder::new(officer, AuthenticationLevel::VerySensitive, "article 17 of the GDPR");
    scene.altinn.archive().erase(row.get("entry").unwrap(), &order).await.unwrap();
}

#[tokio::test]
async fn a_letter_that_is_erased_before_its_time_fails_and_says_why() {
    everywhere(async |scene| {
        let letter = scene.letter().visible_from(after(3)).deleted_after(after(30));
        let sent = scene.send(&letter).await;
        let id = sent.recipients[0].correspondence.unwrap();
        erase(&scene, sent.mailing.id).await;
        scene.clock.step(days(3));
        scene.run_due().await;
        let (letters, sender) = (scene.letters(), scene.agency.id);
        assert_eq!(letters.stuck(&scene.writer, &scene.service, sender, None).await.unwrap(), []);
        let told = letters.status(&scene.writer, &scene.service, sender, id.guid).await.unwrap();
        let last = told.history.last().unwrap();
        assert_eq!(last.status, CorrespondenceStatus::Failed);
        assert_eq!(last.note.as_deref(), Some("what was to be published is erased"));
        assert_eq!(scene.told(&id).await.last().unwrap(), "correspondencepublishfailed");
        assert_eq!(scene.mails.subjects(), Vec::<String>::new());
        scene.clock.step(days(30));
        scene.run_due().await;
        assert_eq!(letters.stuck(&scene.writer, &scene.service, sender, None).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn all_recipients_of_a_mailing_that_is_erased_before_they_are_reached_fail() {
    everywhere(async |mut scene| {
        let all = many(&mut scene, 1_100).await;
        let sent = scene.send(&NewCorrespondence::new("2026/18", all, message())).await;
        // The first slice of recipients has its correspondences, the others are still to get theirs.
        scene.letters().run_due(1).await.unwrap();
        erase(&scene, sent.mailing.id).await;
        scene.run_due().await;
        let (letters, sender) = (scene.letters(), scene.agency.id);
        let mailing = letters.mailing(&scene.writer, &scene.service, sender, sent.mailing.id).await.unwrap();
        assert_eq!(mailing.counts.into_iter().collect::<Vec<_>>(), [("Failed", 1_100)]);
        assert_eq!(letters.stuck(&scene.writer, &scene.service, sender, None).await.unwrap(), []);
    })
    .await;
}

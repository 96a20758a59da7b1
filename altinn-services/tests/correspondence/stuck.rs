//! Work on a mailing that fails is put off, told to its sender, and driven again.

use std::sync::atomic::Ordering;

use crate::scene::{after, everywhere, message, recipient};
use altinn_services::correspondence::{CorrespondenceStatus, NewCorrespondence};

#[tokio::test]
async fn a_mailing_whose_recipients_cannot_be_looked_up_waits_and_goes_on() {
    everywhere(async |scene| {
        scene.contact(&scene.kari, false).await;
        let letter = NewCorrespondence::new("2026/17", recipient(&scene.kari), message());
        let sent = scene.send(&letter.visible_from(after(1))).await;
        let (letters, writer, service) = (scene.letters(), &scene.writer, &scene.service);
        let sender = scene.agency.id;
        let stuck = async || letters.stuck(writer, service, sender, None).await.unwrap();
        scene.clock.step(crate::scene::days(2));
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

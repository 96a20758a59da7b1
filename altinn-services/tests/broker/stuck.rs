//! Work on a transfer that fails is put off, holds nothing up, and is driven again.

use std::fs;
use std::time::Duration;

use altinn_core::{Actor, AuthenticationLevel, Subject};
use altinn_services::broker::TransferStatus;

use super::{Scene, everywhere};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn agency(org: &str) -> Actor {
    let subject = Subject::ServiceOwner { org: org.to_owned(), number: None };
    Actor::new(subject, AuthenticationLevel::VerySensitive)
}

async fn run(scene: &Scene) -> u64 {
    scene.altinn.broker().run_due(10).await.unwrap()
}

#[tokio::test]
async fn a_file_that_cannot_be_erased_is_told_to_the_agency_and_purged_when_it_can_be() {
    everywhere(async |scene| {
        let (broker, service) = (scene.altinn.broker(), &scene.service);
        let poison = scene.publish(b"accounts").await;
        // Where the notes of erasures go, nothing can be written.
        let notes = scene.folder.path().join("objects").join("erasures");
        fs::write(&notes, b"").unwrap();
        scene.clock.step(DAY * 29 + Duration::from_secs(3_600));
        let idle = scene.announce(&scene.file()).await.unwrap();
        scene.clock.step(DAY * 2);
        assert_eq!(run(&scene).await, 2);
        assert_eq!(scene.status(idle).await, TransferStatus::Failed, "what comes behind it is done");
        assert_eq!(scene.status(poison).await, TransferStatus::Published);
        assert_eq!(run(&scene).await, 0, "it is put off");

        let stuck = broker.stuck(&agency("ttd"), service, None).await.unwrap();
        assert_eq!(stuck.len(), 1);
        assert_eq!((stuck[0].id, stuck[0].attempts), (poison, 1));
        assert!(
            stuck[0].problem.starts_with("ARCHIVE-") || stuck[0].problem.starts_with("CONTENT-"),
            "{stuck:?}"
        );
        assert_eq!(broker.stuck(&agency("ttd"), service, Some(poison)).await.unwrap(), []);
        for actor in [&agency("other"), &scene.sender.1, &scene.other.1] {
            let refused = broker.stuck(actor, service, None).await.unwrap_err();
            let redriven = broker.redrive(actor, service, poison).await.unwrap_err();
            assert_eq!((refused.code(), redriven.code()), ("BROKER-NOT-FOUND", "BROKER-NOT-FOUND"));
        }

        assert!(broker.redrive(&agency("ttd"), service, poison).await.unwrap());
        assert_eq!(run(&scene).await, 1, "tried again at once, in vain");
        assert_eq!(broker.stuck(&agency("ttd"), service, None).await.unwrap()[0].attempts, 1);
        fs::remove_file(&notes).unwrap();
        assert!(broker.redrive(&agency("ttd"), service, poison).await.unwrap());
        assert_eq!(run(&scene).await, 1);
        assert_eq!(scene.status(poison).await, TransferStatus::Purged);
        assert_eq!(broker.stuck(&agency("ttd"), service, None).await.unwrap(), []);
        assert!(!broker.redrive(&agency("ttd"), service, poison).await.unwrap(), "nothing is left of it");
        let history = broker.history(&scene.sender.1, service, scene.sender.0.id, poison).await.unwrap();
        let told =
            history.iter().filter(|step| step.reason.as_deref() == Some("the agency has it tried again"));
        assert_eq!(told.count(), 2);
    })
    .await;
}

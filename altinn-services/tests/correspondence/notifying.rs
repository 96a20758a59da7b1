//! Recipients are told that a letter has come, and reminded until they have read it.

use altinn_core::{Language, Text};
use altinn_services::correspondence::{NewCorrespondence, Notification};

use crate::scene::{Scene, days, everywhere, message, recipient};

async fn dispatch(scene: &Scene) {
    scene.altinn.notifier().dispatch(100).await.unwrap();
}

fn letter(scene: &Scene) -> NewCorrespondence {
    NewCorrespondence::new("1", recipient(&scene.kari), message())
        .notified(Notification::generic().with_reminder(7))
}

#[tokio::test]
async fn whoever_does_not_read_is_reminded_once() {
    everywhere(async |scene| {
        scene.contact(&scene.kari, false).await;
        let id = scene.published(&letter(&scene)).await;
        dispatch(&scene).await;
        assert_eq!(scene.mails.subjects(), [format!("Ny melding fra {}", scene.agency.name)]);
        assert!(scene.told(&id).await.contains(&"notificationcreated".to_owned()));
        scene.clock.step(days(7));
        dispatch(&scene).await;
        assert_eq!(scene.mails.subjects().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn whoever_has_read_or_deleted_it_is_not_reminded() {
    everywhere(async |scene| {
        scene.contact(&scene.kari, false).await;
        let kari = crate::scene::person(&scene.kari, altinn_core::AuthenticationLevel::Sensitive);
        let (read, purged) = (scene.published(&letter(&scene)).await, scene.published(&letter(&scene)).await);
        dispatch(&scene).await;
        assert_eq!(scene.mails.subjects().len(), 2);
        scene.letters().read(&kari, &scene.service, &read).await.unwrap();
        scene.letters().purge(&kari, &scene.service, &purged).await.unwrap();
        scene.clock.step(days(7));
        dispatch(&scene).await;
        assert_eq!(scene.mails.subjects().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_agencys_own_words_are_sent_as_they_are() {
    everywhere(async |scene| {
        scene.contact(&scene.kari, false).await;
        let words = Notification::custom(
            Text::new(Language::Nb, "Brev {{ secret }} {% x"),
            Text::new(Language::Nb, "Les {# det #}"),
        );
        let letter = NewCorrespondence::new("1", recipient(&scene.kari), message()).notified(words);
        scene.published(&letter).await;
        dispatch(&scene).await;
        assert_eq!(scene.mails.subjects(), ["Brev {{ secret }} {% x"]);
    })
    .await;
}

#[tokio::test]
async fn a_notification_that_cannot_be_is_found_before_anything_is_stored() {
    everywhere(async |scene| {
        let words =
            Notification::custom(Text::new(Language::Nb, "a\r\nBcc: x"), Text::new(Language::Nb, "b"));
        let letter = NewCorrespondence::new("1", recipient(&scene.kari), message()).notified(words);
        let refused = scene.letters().send(&scene.writer, &scene.service, scene.agency.id, &letter).await;
        assert!(refused.is_err());
        assert_eq!(scene.count("services_mailing").await, 0);
    })
    .await;
}

//! Whoever has nothing to do with a party is answered the same whatever there is.

use altinn_core::{Actor, AuthenticationLevel, InstanceId};
use altinn_services::correspondence::{CorrespondenceError, CorrespondenceStatus};
use uuid::Uuid;

use crate::scene::{Scene, everywhere};

/// Every operation of a recipient, and what each answers.
async fn all(scene: &Scene, actor: &Actor, id: &InstanceId) -> Vec<String> {
    let (letters, service) = (scene.letters(), &scene.service);
    let said = |error: Option<CorrespondenceError>| {
        error.map_or_else(|| "done".to_owned(), |error| format!("{} {error}", error.code()))
    };
    vec![
        said(letters.list(actor, service, id.owner, None, 10).await.err()),
        said(letters.fetch(actor, service, id).await.err()),
        said(letters.read(actor, service, id).await.err()),
        said(letters.mark_as_read(actor, service, id).await.err()),
        said(letters.confirm(actor, service, id).await.err()),
        said(letters.reply(actor, service, id, 0).await.err()),
        said(letters.archive(actor, service, id).await.err()),
        said(letters.purge(actor, service, id).await.err()),
        said(letters.attachment(actor, service, id, 0).await.err()),
        said(letters.receipt(actor, service, id, CorrespondenceStatus::Read).await.err()),
    ]
}

/// Every operation of a sender.
async fn all_of_sender(scene: &Scene, actor: &Actor, mailing: Uuid, id: Uuid) -> Vec<String> {
    let (letters, service, agency) = (scene.letters(), &scene.service, scene.agency.id);
    let said = |error: Option<CorrespondenceError>| {
        error.map_or_else(|| "done".to_owned(), |error| format!("{} {error}", error.code()))
    };
    vec![
        said(letters.send(actor, service, agency, &scene.letter()).await.err()),
        said(letters.mailing(actor, service, agency, mailing).await.err()),
        said(letters.recipients(actor, service, agency, mailing, None, 10).await.err()),
        said(letters.status(actor, service, agency, id).await.err()),
        said(letters.withdraw(actor, service, agency, id).await.err()),
    ]
}

const NOTHING: &str = "CORRESPONDENCE-NOT-FOUND there is no such correspondence";

#[tokio::test]
async fn a_stranger_is_told_the_same_whether_it_exists_or_not() {
    everywhere(async |scene| {
        let id = scene.published(&scene.letter()).await;
        let made_up = InstanceId::new(id.owner, Uuid::new_v4());
        let nobody = InstanceId::new(altinn_core::PartyId::new(77), id.guid);
        for actor in [&scene.stranger, &scene.writer] {
            for id in [&id, &made_up, &nobody] {
                let answers = all(&scene, actor, id).await;
                assert!(answers.iter().all(|answer| answer == NOTHING), "{answers:?}");
            }
        }
        let answers = all(&scene, &scene.leader, &made_up).await;
        assert!(answers[1..].iter().all(|answer| answer == NOTHING), "{answers:?}");
        let sent = scene.send(&scene.letter()).await;
        for (mailing, id) in [(sent.mailing.id, sent.recipients[0].id), (Uuid::new_v4(), Uuid::new_v4())] {
            for actor in [&scene.stranger, &scene.leader] {
                let answers = all_of_sender(&scene, actor, mailing, id).await;
                assert!(answers.iter().all(|answer| answer == NOTHING), "{answers:?}");
            }
        }
        assert!(scene.statuses(&id).await.len() == 3, "a stranger left a trace");
    })
    .await;
}

#[tokio::test]
async fn a_letter_of_another_party_is_none_of_ones_own() {
    everywhere(async |scene| {
        let id = scene.published(&scene.letter()).await;
        let own = InstanceId::new(scene.kari.id, id.guid);
        let kari = crate::scene::person(&scene.kari, AuthenticationLevel::Sensitive);
        let answers = all(&scene, &kari, &own).await;
        assert!(answers[1..].iter().all(|answer| answer == NOTHING), "{answers:?}");
    })
    .await;
}

#[tokio::test]
async fn whoever_represents_the_party_is_told_why_they_may_not() {
    everywhere(async |scene| {
        let id = scene.published(&scene.letter()).await;
        let refused = scene.letters().read(&scene.auditor, &scene.service, &id).await;
        assert_eq!(refused.unwrap_err().code(), "AUTH-DENIED-NOT-GRANTED");
        let weak = crate::scene::person(&scene.kari, AuthenticationLevel::NotSensitive);
        let own = InstanceId::new(scene.kari.id, id.guid);
        assert_eq!(
            scene.letters().read(&weak, &scene.service, &own).await.unwrap_err().code(),
            "AUTH-DENIED-LEVEL"
        );
    })
    .await;
}

#[tokio::test]
async fn an_agency_sends_for_itself_alone() {
    everywhere(async |scene| {
        let letter = scene.letter();
        let refused = scene.letters().send(&scene.writer, &scene.service, scene.bakery.id, &letter).await;
        assert_eq!(refused.unwrap_err().code(), "CORRESPONDENCE-NOT-FOUND");
        assert_eq!(scene.count("services_mailing").await, 0);
    })
    .await;
}

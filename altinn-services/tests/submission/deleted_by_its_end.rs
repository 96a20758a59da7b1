//! Instances that their own end deletes (`autoDeleteOnProcessEnd` of an app): gone for all but the agency, which has them
//! until it confirms.

use altinn_archive::ReceiptState;
use altinn_core::{Actor, AuthenticationLevel, Subject};
use altinn_services::submission::{InstanceQuery, SubmissionError};
use altinn_services::testing::StandIn;
use serde_json::json;

use crate::own_app::OwnApp;
use crate::scene::{Scene, everywhere};

fn agency() -> Actor {
    let subject = Subject::ServiceOwner { org: "ttd".to_owned(), number: None };
    Actor::new(subject, AuthenticationLevel::VerySensitive)
}

/// An app that deletes its instances when they have come to their end.
fn tip() -> OwnApp {
    OwnApp::new("tip")
        .metadata("autoDeleteOnProcessEnd", json!(true))
        .metadata("dataFields", json!([{"id": "text", "path": "text", "dataTypeId": "form"}]))
}

async fn filled_in(scene: &Scene, app: &OwnApp) -> altinn_core::InstanceId {
    let service = app.publish(scene);
    let submissions = scene.altinn.submissions();
    let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
    let form = r#"{"text": "fortrolig"}"#.parse().unwrap();
    submissions.save(&scene.leader, &id, "form", &form).await.unwrap();
    id
}

fn is_not_found<T: std::fmt::Debug>(outcome: Result<T, SubmissionError>) {
    assert_eq!(outcome.unwrap_err().code(), "SUBMISSION-NOT-FOUND");
}

#[tokio::test]
async fn it_is_gone_for_its_party_and_there_for_the_agency_until_that_confirms() {
    everywhere(async |scene| {
        let id = filled_in(&scene, &tip().flow("Fill", "End")).await;
        let submissions = scene.altinn.submissions();
        let ended = submissions.next_from(&scene.leader, &id, "Fill", None).await.unwrap();
        assert!(ended.process().has_ended() && ended.was_deleted_by_its_end());
        assert!(ended.elements().is_empty() && ended.status().data_values.is_empty());

        is_not_found(submissions.get(&scene.leader, &id).await);
        is_not_found(submissions.contents(&scene.leader, &id).await);
        is_not_found(submissions.history(&scene.leader, &id).await);
        is_not_found(submissions.delete(&scene.leader, &id).await);
        let mut query = InstanceQuery::default();
        query.party = Some(scene.bakery.id);
        assert_eq!(submissions.list(&scene.leader, &query).await.unwrap().instances.len(), 0);
        let inbox = scene.altinn.store().query("select 1 from services_inbox", vec![]).await;
        assert_eq!(inbox.map(|rows| rows.len()).unwrap_or(0), 0);
        // Whoever did not get the answer gets it again.
        let again = submissions.next_from(&scene.leader, &id, "Fill", None).await.unwrap();
        assert_eq!(again.version(), ended.version());
        is_not_found(submissions.next_from(&scene.stranger, &id, "Fill", None).await);

        let kept = submissions.get(&agency(), &id).await.unwrap();
        assert_eq!(kept.element("form").unwrap().form().unwrap(), json!({"text": "fortrolig"}));
        assert_eq!(kept.status().data_values["text"], "fortrolig");
        assert_eq!(submissions.contents(&agency(), &id).await.unwrap().elements.len(), 1);
        let other = Subject::ServiceOwner { org: "skd".to_owned(), number: None };
        is_not_found(submissions.get(&Actor::new(other, AuthenticationLevel::VerySensitive), &id).await);

        let confirmed = submissions.confirm_complete(&agency(), &id).await.unwrap();
        assert!(confirmed.elements().is_empty());
        assert_eq!(scene.rows().await.data, 0);
        let twice = submissions.confirm_complete(&agency(), &id).await.unwrap();
        assert_eq!(twice.status().complete_confirmations.len(), 1);
        assert_eq!(twice.version(), confirmed.version());
    })
    .await;
}

#[tokio::test]
async fn the_receipt_proves_that_it_was_sent_in_and_the_archive_holds_nothing_of_it() {
    everywhere(async |scene| {
        let id = filled_in(&scene, &tip().flow("Fill", "End")).await;
        let submissions = scene.altinn.submissions();
        let (leader, key) = (&scene.leader, scene.altinn.archive().verifier_key());
        let outcomes = futures_util::future::join_all((0..8).map(|_| submissions.submit(leader, &id))).await;
        let receipts: Vec<_> =
            outcomes.into_iter().map(|outcome| outcome.unwrap().proved().unwrap()).collect();
        assert!(receipts.iter().all(|receipt| receipt.to_json() == receipts[0].to_json()));
        receipts[0].verify(key).unwrap();
        assert!(receipts[0].fields().elements.is_empty());
        let ReceiptState::Proved(later) = submissions.receipt(leader, &id).await.unwrap() else {
            panic!("it is proved");
        };
        assert_eq!(later.to_json(), receipts[0].to_json());
        is_not_found(submissions.receipt(&scene.stranger, &id).await);
        let content = scene.altinn.archive().content(receipts[0].entry(), "form").await;
        assert_eq!(content.unwrap_err().code(), "ARCHIVE-NO-ELEMENT");
        assert_eq!(scene.rows().await.entries, 1);
        assert!(scene.history(&id).await.contains(&"Deleted".to_owned()));
        let events = scene.events().await;
        assert!(events.iter().any(|event| event.ends_with("app.instance.deleted")), "{events:?}");
    })
    .await;
}

#[tokio::test]
async fn the_machine_may_bring_it_to_its_end() {
    everywhere(async |scene| {
        scene.altinn.register_service_task("register", StandIn::new());
        let app = tip().task("Send", "serviceTask", "register", "").flow("Fill", "Send").flow("Send", "End");
        let id = filled_in(&scene, &app).await;
        let ended = scene.altinn.submissions().next(&scene.leader, &id, None).await.unwrap();
        assert!(ended.process().has_ended() && ended.elements().is_empty());
        is_not_found(scene.altinn.submissions().get(&scene.leader, &id).await);
    })
    .await;
}

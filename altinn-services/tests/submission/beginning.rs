//! Who begins an instance, for whom and when: started, copied or made by a subscription, the same holds.

use altinn_core::{Actor, AuthenticationLevel, Subject};
use altinn_services::submission::{Instance, Service, StartOptions, SubmissionError};
use serde_json::{Value, json};

use crate::own_app::OwnApp;
use crate::scene::{Scene, everywhere};

fn agency() -> Actor {
    let subject = Subject::ServiceOwner { org: "ttd".to_owned(), number: None };
    Actor::new(subject, AuthenticationLevel::VerySensitive)
}

/// An app that lets its instances be copied.
fn copied() -> OwnApp {
    OwnApp::new("copied")
        .flow("Fill", "End")
        .metadata("copyInstanceSettings", json!({"enabled": true, "excludedDataFields": ["secret"]}))
}

/// An instance that was sent in.
async fn sent_in(scene: &Scene, service: &Service) -> Instance {
    let submissions = scene.altinn.submissions();
    let mut options = StartOptions::default();
    options.forms = vec![("form".to_owned(), r#"{"kept": "a", "secret": "b"}"#.parse().unwrap())];
    let begun = submissions.start_with(&scene.leader, service, scene.bakery.id, &options).await.unwrap();
    submissions.submit(&scene.leader, begun.id()).await.unwrap();
    begun
}

fn code<T: std::fmt::Debug>(outcome: Result<T, SubmissionError>) -> &'static str {
    outcome.unwrap_err().code()
}

#[tokio::test]
async fn no_instances_are_made_before_a_service_is_valid_and_after() {
    everywhere(async |scene| {
        let app = |from: &str, to: Value| {
            OwnApp::new("valid")
                .flow("Fill", "End")
                .metadata("validFrom", json!(from))
                .metadata("validTo", to)
        };
        let submissions = scene.altinn.submissions();
        let start =
            async |service: &Service| submissions.start(&scene.leader, service, scene.bakery.id).await;
        let open = app("2020-01-01T00:00:00Z", json!("2999-12-31T23:59:59Z")).publish(&scene);
        let begun = start(&open).await.unwrap();
        for (from, to) in [("2998-01-01", json!(null)), ("2020-01-01", json!("2020-12-31T23:59:59"))] {
            let closed = app(from, to).publish(&scene);
            match start(&closed).await.unwrap_err() {
                SubmissionError::OutsideValidity(validity) => {
                    assert!(!validity.holds_at(scene.altinn.clock().now()));
                }
                other => panic!("{other}"),
            }
        }
        // What was begun goes on.
        submissions.submit(&scene.leader, begun.id()).await.unwrap();
        assert_eq!(scene.rows().await.instances, 1);
    })
    .await;
}

#[tokio::test]
async fn what_holds_for_an_instance_holds_for_its_copy() {
    everywhere(async |scene| {
        let earlier = *sent_in(&scene, &copied().publish(&scene)).await.id();
        let submissions = scene.altinn.submissions();
        let before = scene.rows().await;
        let refused = [
            (copied().metadata("disallowUserInstantiation", json!(true)), "SUBMISSION-ONLY-FOR-AGENCY"),
            (copied().metadata("partyTypesAllowed", json!({"person": true})), "SUBMISSION-PARTY-KIND"),
            (copied().metadata("validTo", json!("2020-01-01")), "SUBMISSION-OUTSIDE-VALIDITY"),
        ];
        for (app, expected) in refused {
            app.publish(&scene);
            assert_eq!(code(submissions.copy(&scene.leader, &earlier).await), expected);
        }
        assert_eq!(scene.rows().await, before);
        copied().metadata("disallowUserInstantiation", json!(true)).publish(&scene);
        submissions.copy(&agency(), &earlier).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_copy_takes_dates_and_fields_and_is_made_once_for_a_key() {
    everywhere(async |scene| {
        let service = copied().publish(&scene);
        let earlier = *sent_in(&scene, &service).await.id();
        let submissions = scene.altinn.submissions();
        let mut options = StartOptions::idempotent("again");
        options.due_before = Some("2027-01-31T23:00:00Z".parse().unwrap());
        options.prefill = [("added".to_owned(), json!("c"))].into();
        let copy = submissions.copy_with(&scene.leader, &earlier, &options).await.unwrap();
        assert_eq!(copy.element("form").unwrap().form().unwrap(), json!({"kept": "a", "added": "c"}));
        assert_eq!(copy.status().due_before, options.due_before);
        let before = scene.rows().await;
        let again = submissions.copy_with(&scene.leader, &earlier, &options).await.unwrap();
        assert_eq!((again.id(), scene.rows().await), (copy.id(), before));
        // The key is that of another request.
        let other = submissions.start_with(&scene.leader, &service, scene.bakery.id, &options).await;
        assert_eq!(code(other), "IDEMPOTENCY-DIFFERENT-REQUEST");
    })
    .await;
}

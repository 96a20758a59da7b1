//! Tags of elements, and values that users keep with them.

use altinn_core::{Actor, InstanceId};
use altinn_services::submission::{Attachment, SubmissionError};
use serde_json::json;
use uuid::Uuid;

use crate::own_app::OwnApp;
use crate::scene::{Scene, everywhere};

fn app() -> OwnApp {
    OwnApp::new("tagged")
        .flow("Fill", "End")
        .action_of_leader("write-secret")
        .metadata("copyInstanceSettings", json!({"enabled": true, "includeAttachments": true}))
        .data_type(json!({"id": "payslip", "taskId": "Fill", "allowedKeysForUserDefinedMetadata": ["month", "year"]}))
        .data_type(json!({"id": "secret", "taskId": "Fill", "actionRequiredToWrite": "write-secret"}))
        .data_type(json!({"id": "of-the-agency", "taskId": "Fill", "allowedContributors": ["org:ttd"]}))
}

/// An instance with a file of a data type.
async fn with_file(scene: &Scene, data_type: &str) -> (InstanceId, Uuid) {
    let service = app().publish(scene);
    let submissions = scene.altinn.submissions();
    let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
    let (file_name, content_type) = ("f.txt".to_owned(), "text/plain".to_owned());
    let file = Attachment { file_name, content_type, content: b"x".to_vec() };
    let element = submissions.attach(&scene.leader, &id, data_type, &file).await.unwrap();
    (id, element)
}

fn pairs(values: &[(&str, &str)]) -> Vec<(String, String)> {
    values.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn code<T: std::fmt::Debug>(outcome: Result<T, SubmissionError>) -> &'static str {
    outcome.unwrap_err().code()
}

#[tokio::test]
async fn an_element_has_tags_and_values_that_stay_with_it() {
    everywhere(async |scene| {
        let (id, element) = with_file(&scene, "payslip").await;
        let (submissions, leader) = (scene.altinn.submissions(), &scene.leader);
        submissions.add_tag(leader, &id, element, "lønn").await.unwrap();
        let version = submissions.get(leader, &id).await.unwrap().version();
        submissions.add_tag(leader, &id, element, "lønn").await.unwrap();
        assert_eq!(submissions.get(leader, &id).await.unwrap().version(), version, "once more does nothing");
        submissions.add_tag(leader, &id, element, "til_kontroll").await.unwrap();
        submissions.remove_tag(leader, &id, element, "lønn").await.unwrap();
        let kept = pairs(&[("month", "11"), ("year", "2026")]);
        submissions.set_user_defined_metadata(leader, &id, element, &kept).await.unwrap();

        let (instance, stored) = submissions.element(leader, &id, element).await.unwrap();
        assert_eq!(stored.metadata().tags, ["til_kontroll"]);
        assert_eq!(stored.metadata().user_defined, kept);
        assert!(!format!("{instance:?}").contains("2026\""), "values are personal");

        submissions.submit(leader, &id).await.unwrap();
        let copy = submissions.copy(leader, &id).await.unwrap();
        assert_eq!(copy.element("payslip").unwrap().metadata(), stored.metadata());
        let set = submissions.set_tags(leader, copy.id(), copy.element("payslip").unwrap().id(), &[]).await;
        assert_eq!(set.unwrap().metadata().tags.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_tag_and_no_allowed_key_is_refused() {
    everywhere(async |scene| {
        let (id, element) = with_file(&scene, "payslip").await;
        let (submissions, leader) = (scene.altinn.submissions(), &scene.leader);
        let before = scene.rows().await;
        for wrong in ["", "two words", "no.1", &"a".repeat(101)] {
            assert_eq!(
                code(submissions.add_tag(leader, &id, element, wrong).await),
                "SUBMISSION-TAG",
                "{wrong}"
            );
        }
        let letters = |index: usize| "abcdefghij".chars().nth(index).unwrap();
        let many: Vec<String> = (0..101)
            .map(|index| {
                [letters(index / 100), letters(index / 10 % 10), letters(index % 10)].iter().collect()
            })
            .collect();
        assert_eq!(code(submissions.set_tags(leader, &id, element, &many).await), "SUBMISSION-TAG");
        for wrong in [
            pairs(&[("day", "1")]),
            pairs(&[("year", "2026"), ("year", "2027")]),
            pairs(&[("year", &"1".repeat(1_001))]),
        ] {
            let refused = submissions.set_user_defined_metadata(leader, &id, element, &wrong).await;
            assert_eq!(code(refused), "SUBMISSION-USER-DEFINED-METADATA");
        }
        assert_eq!(scene.rows().await, before);
    })
    .await;
}

#[tokio::test]
async fn whoever_may_not_write_an_element_tags_it_not() {
    everywhere(async |scene| {
        let tag = async |actor: &Actor, (id, element): (InstanceId, Uuid)| {
            let submissions = scene.altinn.submissions();
            submissions.add_tag(actor, &id, element, "x").await.map(drop).map_err(|error| error.code())
        };
        let secret = with_file(&scene, "secret").await;
        assert_eq!(tag(&scene.filler, secret).await, Err("AUTH-DENIED-NOT-GRANTED"));
        assert_eq!(tag(&scene.stranger, secret).await, Err("SUBMISSION-NOT-FOUND"));
        assert_eq!(tag(&scene.leader, secret).await, Ok(()));
        let payslip = with_file(&scene, "payslip").await;
        assert_eq!(tag(&scene.filler, payslip).await, Ok(()));
        assert_eq!(tag(&scene.leader, (payslip.0, secret.1)).await, Err("SUBMISSION-NOT-FOUND"));
    })
    .await;
}

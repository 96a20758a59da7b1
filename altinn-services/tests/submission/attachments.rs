//! Attachments: what is taken in, by what it holds, and what a scan for malware says of it.

use altinn_core::{Actor, AuthenticationLevel, Digest, InstanceId, Subject};
use altinn_services::submission::{Attachment, FileScanResult, SubmissionError};
use serde_json::json;

use crate::own_app::OwnApp;
use crate::scene::{Scene, everywhere};

const PDF: &[u8] = b"%PDF-1.7\n%%EOF";

fn app() -> OwnApp {
    OwnApp::new("attached")
        .flow("Fill", "End")
        .data_type(json!({"id": "plan", "taskId": "Fill", "maxCount": 2, "maxSize": 1, "enableFileScan": true,
            "validationErrorOnPendingFileScan": true, "allowedContentTypes": ["application/pdf", "text/plain"]}))
        .data_type(json!({"id": "later", "taskId": "Other"}))
}

fn file(content_type: &str, content: &[u8]) -> Attachment {
    Attachment { file_name: "plan.pdf".into(), content_type: content_type.into(), content: content.to_vec() }
}

async fn start(scene: &Scene) -> InstanceId {
    let service = app().publish(scene);
    *scene.altinn.submissions().start(&scene.leader, &service, scene.bakery.id).await.unwrap().id()
}

fn codes(error: SubmissionError) -> Vec<String> {
    match error {
        SubmissionError::Invalid(issues) => issues.iter().map(|issue| issue.code.to_string()).collect(),
        other => vec![other.code().to_owned()],
    }
}

#[tokio::test]
async fn a_file_is_taken_in_by_what_it_holds_and_as_the_service_allows() {
    everywhere(async |scene| {
        let submissions = scene.altinn.submissions();
        let id = start(&scene).await;
        let refused = async |data_type: &str, file: Attachment| {
            codes(submissions.attach(&scene.leader, &id, data_type, &file).await.unwrap_err())
        };
        assert_eq!(
            refused("plan", file("application/pdf", b"MZ not a plan")).await,
            ["ELEMENT-CONTENT-DIFFERS"]
        );
        assert_eq!(refused("plan", file("image/png", b"\x89PNG\r\n\x1a\n")).await, ["ELEMENT-CONTENT-TYPE"]);
        let large = [PDF, &vec![b' '; 1024 * 1024]].concat();
        assert_eq!(refused("plan", file("application/pdf", &large)).await, ["ELEMENT-TOO-LARGE"]);
        assert_eq!(refused("later", file("application/pdf", PDF)).await, ["SUBMISSION-UNKNOWN-FORM"]);
        assert_eq!(refused("form", file("application/json", b"{}")).await, ["SUBMISSION-UNKNOWN-FORM"]);
        let by_stranger =
            submissions.attach(&scene.stranger, &id, "plan", &file("application/pdf", PDF)).await;
        assert_eq!(by_stranger.unwrap_err().code(), "SUBMISSION-NOT-FOUND");

        let first =
            submissions.attach(&scene.leader, &id, "plan", &file("application/pdf", PDF)).await.unwrap();
        submissions.attach(&scene.leader, &id, "plan", &file("text/plain", b"plan")).await.unwrap();
        assert_eq!(refused("plan", file("application/pdf", PDF)).await, ["ELEMENT-TOO-MANY"]);
        let left = submissions.detach(&scene.leader, &id, first).await.unwrap();
        let kept: Vec<_> = left.elements().iter().filter(|element| element.data_type() == "plan").collect();
        assert_eq!(kept.len(), 1);
        assert_eq!((kept[0].content(), kept[0].file_name()), (&b"plan"[..], Some("plan.pdf")));
        let twice = submissions.detach(&scene.leader, &id, first).await.unwrap_err();
        assert_eq!(twice.code(), "SUBMISSION-NOT-FOUND");
    })
    .await;
}

#[tokio::test]
async fn what_is_not_scanned_waits_and_what_is_infected_goes_nowhere() {
    everywhere(async |scene| {
        let submissions = scene.altinn.submissions();
        let id = start(&scene).await;
        let element =
            submissions.attach(&scene.leader, &id, "plan", &file("application/pdf", PDF)).await.unwrap();
        let agency = Actor::new(
            Subject::ServiceOwner { org: "ttd".to_owned(), number: None },
            AuthenticationLevel::VerySensitive,
        );
        let refused = async || codes(submissions.submit(&scene.leader, &id).await.unwrap_err());
        assert_eq!(refused().await, ["ELEMENT-SCAN-PENDING"]);
        let scanned = Digest::of(PDF);
        let by_user =
            submissions.file_scanned(&scene.leader, &id, element, &scanned, FileScanResult::Clean).await;
        assert_eq!(by_user.unwrap_err().code(), "SUBMISSION-NOT-FOUND");
        submissions.file_scanned(&agency, &id, element, &scanned, FileScanResult::Infected).await.unwrap();
        assert_eq!(refused().await, ["ELEMENT-INFECTED"]);
        submissions.file_scanned(&agency, &id, element, &scanned, FileScanResult::Clean).await.unwrap();
        let read = submissions.get(&scene.leader, &id).await.unwrap();
        assert_eq!(read.element("plan").unwrap().file_scan(), FileScanResult::Clean);
        submissions.submit(&scene.leader, &id).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_was_found_in_a_file_counts_for_no_other_that_replaced_it() {
    everywhere(async |scene| {
        let submissions = scene.altinn.submissions();
        let id = start(&scene).await;
        let element =
            submissions.attach(&scene.leader, &id, "plan", &file("application/pdf", PDF)).await.unwrap();
        let agency = Actor::new(
            Subject::ServiceOwner { org: "ttd".to_owned(), number: None },
            AuthenticationLevel::VerySensitive,
        );
        let plan = file("text/plain", b"plan");
        let by_stranger = submissions.replace_attachment(&scene.stranger, &id, element, &plan, None).await;
        assert_eq!(by_stranger.unwrap_err().code(), "SUBMISSION-NOT-FOUND");
        let replaced =
            submissions.replace_attachment(&scene.leader, &id, element, &plan, None).await.unwrap();
        let kept = replaced.element("plan").unwrap();
        assert_eq!((kept.id(), kept.content(), kept.content_type()), (element, &b"plan"[..], "text/plain"));
        let late = submissions.replace_attachment(&scene.leader, &id, element, &plan, Some(1)).await;
        assert_eq!(late.unwrap_err().code(), "SUBMISSION-CHANGED");

        let before = Digest::of(PDF);
        let scanned = submissions.file_scanned(&agency, &id, element, &before, FileScanResult::Clean);
        assert_eq!(scanned.await.unwrap_err().code(), "SUBMISSION-CHANGED");
        let read = submissions.get(&scene.leader, &id).await.unwrap();
        assert_eq!(read.element("plan").unwrap().file_scan(), FileScanResult::Pending);
        let found = Digest::of(b"plan");
        submissions.file_scanned(&agency, &id, element, &found, FileScanResult::Clean).await.unwrap();
        let read = submissions.get(&scene.leader, &id).await.unwrap();
        let plan = read.element("plan").unwrap();
        assert_eq!((plan.file_scan(), plan.file_name()), (FileScanResult::Clean, Some("plan.pdf")));
    })
    .await;
}

//! Service tasks that need the agency's code: attempted at least once, in effect once, and seen when they fail.

use std::sync::Arc;
use std::time::Duration;

use altinn_core::store::params;
use altinn_core::{InstanceId, SteppableClock};
use altinn_services::submission::{Instance, Service, ServiceTaskDone, ServiceTaskError, SubmissionError};
use altinn_services::testing::StandIn;

use crate::own_app::OwnApp;
use crate::scene::{Scene, everywhere, everywhere_with};

fn sending() -> OwnApp {
    OwnApp::new("sending")
        .task(
            "Send",
            "serviceTask",
            "food-register",
            "<altinn:actions><altinn:action>reject</altinn:action></altinn:actions>",
        )
        .flow("Fill", "Send")
        .flow("Send", "Sent")
        .back_on_reject("Sent", "End")
        .action("reject")
}

fn retry() -> Result<ServiceTaskDone, ServiceTaskError> {
    Err(ServiceTaskError::Retry("the register is closed".into()))
}

fn fail() -> Result<ServiceTaskDone, ServiceTaskError> {
    Err(ServiceTaskError::Failed("the register knows no such business".into()))
}

async fn start(scene: &Scene, service: &Service) -> InstanceId {
    *scene.altinn.submissions().start(&scene.leader, service, scene.bakery.id).await.unwrap().id()
}

async fn next(scene: &Scene, id: &InstanceId, action: Option<&str>) -> Instance {
    scene.altinn.submissions().next(&scene.leader, id, action).await.unwrap()
}

async fn states(scene: &Scene) -> Vec<String> {
    let rows =
        scene.altinn.store().query("select state from services_task order by created_at, id", params![]);
    rows.await.unwrap().iter().map(|row| row.get("state").unwrap()).collect()
}

#[tokio::test]
async fn without_the_code_the_step_is_refused_and_names_it() {
    everywhere(async |scene| {
        let id = start(&scene, &sending().publish(&scene)).await;
        let refused = scene.altinn.submissions().next(&scene.leader, &id, None).await.unwrap_err();
        assert_eq!(refused.code(), "SUBMISSION-SERVICE-TASK-MISSING");
        assert_eq!(
            refused.to_string(),
            "task `Send` needs a `ServiceTask` for kind `food-register`, and none is registered"
        );
        assert_eq!(scene.altinn.submissions().get(&scene.leader, &id).await.unwrap().task(), Some("Fill"));
    })
    .await;
}

#[tokio::test]
async fn what_the_work_made_is_kept_with_the_next_step() {
    everywhere(async |scene| {
        let register = StandIn::new();
        register.then(Ok(ServiceTaskDone::new().with_element("case-number", "text/plain", "K-17")));
        scene.altinn.register_service_task("food-register", register.clone());
        let id =
            start(&scene, &sending().data_type(serde_json::json!({"id": "case-number"})).publish(&scene))
                .await;
        let ended = next(&scene, &id, None).await;
        assert!(ended.process().has_ended());
        assert_eq!(ended.element("case-number").unwrap().content(), b"K-17");
        assert_eq!((register.calls().len(), states(&scene).await), (1, vec!["done".to_owned()]));
        scene.altinn.submissions().submit(&scene.leader, &id).await.unwrap();
        assert_eq!(register.calls().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_failed_is_tried_again_with_the_same_key_when_it_is_due() {
    let clock = Arc::new(SteppableClock::at("2026-11-24T10:00:00Z".parse().unwrap()));
    everywhere_with(
        |_, builder| builder.clock(Arc::clone(&clock) as _),
        async |scene| {
            let register = StandIn::new();
            register.then(retry());
            scene.altinn.register_service_task("food-register", register.clone());
            let id = start(&scene, &sending().publish(&scene)).await;
            assert_eq!(next(&scene, &id, None).await.task(), Some("Send"));
            let submissions = scene.altinn.submissions();
            assert_eq!(submissions.run_service_tasks(10).await.unwrap().claimed, 0, "it is not due yet");
            clock.step(Duration::from_secs(3));
            let report = submissions.run_service_tasks(10).await.unwrap();
            assert_eq!((report.claimed, report.done), (1, 1));
            assert!(submissions.get(&scene.leader, &id).await.unwrap().process().has_ended());
            let calls = register.calls();
            assert_eq!((calls.len(), calls[0]), (2, calls[1]));
        },
    )
    .await;
}

#[tokio::test]
async fn a_submission_that_waits_for_the_machine_says_why_and_goes_on_when_it_is_sent_again() {
    everywhere(async |scene| {
        let register = StandIn::new();
        register.then(retry());
        scene.altinn.register_service_task("food-register", register.clone());
        let id = start(&scene, &sending().publish(&scene)).await;
        let submissions = scene.altinn.submissions();
        let pending = submissions.submit(&scene.leader, &id).await.unwrap_err();
        assert_eq!(pending.to_string(), "service task `Send` is not done yet: the register is closed");
        assert!(matches!(submissions.submit(&scene.stranger, &id).await, Err(SubmissionError::NotFound)));
        submissions.submit(&scene.leader, &id).await.unwrap();
        assert_eq!(register.calls().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_failed_for_good_waits_and_a_reject_leads_back_to_the_form() {
    everywhere(async |scene| {
        let register = StandIn::new();
        register.then(fail());
        scene.altinn.register_service_task("food-register", register.clone());
        let id = start(&scene, &sending().publish(&scene)).await;
        next(&scene, &id, None).await;
        assert_eq!(states(&scene).await, ["failed"]);
        assert_eq!(scene.altinn.submissions().run_service_tasks(10).await.unwrap().claimed, 0);
        assert_eq!(next(&scene, &id, Some("reject")).await.task(), Some("Fill"));
        assert!(next(&scene, &id, None).await.process().has_ended());
        assert_eq!(states(&scene).await, ["abandoned", "done"]);
        let calls = register.calls();
        assert_ne!(calls[0], calls[1], "another visit is another piece of work");
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_died_in_the_middle_is_followed_by_another() {
    everywhere(async |scene| {
        scene.altinn.register_service_task("food-register", StandIn::new());
        let id = start(&scene, &sending().publish(&scene)).await;
        let submissions = scene.altinn.submissions();
        let mut going = Box::pin(submissions.next(&scene.leader, &id, None));
        // The call is dropped at some point on its way: what was committed by then stands.
        for _ in 0..3 {
            if tokio::time::timeout(Duration::from_millis(1), &mut going).await.is_ok() {
                break;
            }
        }
        drop(going);
        let free = "update services_task set lease_until = 0";
        let mut batch = altinn_core::store::Batch::new();
        batch.execute(free, params![]);
        scene.altinn.store().commit(batch).await.unwrap();
        scene.altinn.submissions().submit(&scene.leader, &id).await.unwrap();
        let history = scene.history(&id).await;
        assert_eq!(history.iter().filter(|entry| *entry == "process_EndEvent").count(), 1);
        assert_eq!(scene.rows().await.entries, 1);
    })
    .await;
}

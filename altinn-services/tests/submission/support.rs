//! Repair by the agency: what is stuck is found, goes on, is undone or moved, and all of it is in the trail.

use altinn_core::store::params;
use altinn_core::{Actor, AuthenticationLevel, InstanceId, Subject};
use altinn_services::submission::{Service, ServiceTaskError, ServiceTaskState};
use altinn_services::testing::StandIn;

use crate::own_app::OwnApp;
use crate::scene::{Scene, everywhere};

fn agency(org: &str) -> Actor {
    let subject = Subject::ServiceOwner { org: org.to_owned(), number: None };
    Actor::new(subject, AuthenticationLevel::VerySensitive)
}

async fn stuck(scene: &Scene, register: &StandIn) -> (Service, InstanceId) {
    register.then(Err(ServiceTaskError::Failed("the register knows no such business".into())));
    scene.altinn.register_service_task("food-register", register.clone());
    let app = OwnApp::new("sending").task("Send", "serviceTask", "food-register", "");
    let service = app.flow("Fill", "Send").flow("Send", "End").publish(scene);
    let submissions = scene.altinn.submissions();
    let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
    assert_eq!(submissions.next(&scene.leader, &id, None).await.unwrap().task(), Some("Send"));
    (service, id)
}

async fn trail(scene: &Scene) -> Vec<String> {
    let rows = scene
        .altinn
        .store()
        .query("select action, purpose from auth_trail where purpose is not null order by at, id", params![]);
    let line = |row: &altinn_core::store::Row| {
        let (action, purpose): (String, String) = (row.get("action").unwrap(), row.get("purpose").unwrap());
        format!("{action}: {purpose}")
    };
    rows.await.unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn what_is_stuck_is_found_by_the_agency_alone_and_goes_on_when_it_is_resumed() {
    everywhere(async |scene| {
        let register = StandIn::new();
        let (service, id) = stuck(&scene, &register).await;
        let submissions = scene.altinn.submissions();
        for other in [&scene.leader, &agency("skd")] {
            assert!(submissions.stuck(other, service.id(), 10).await.is_err());
            assert!(submissions.resume(other, &id, "curious").await.is_err());
        }
        let found = submissions.stuck(&agency("ttd"), service.id(), 10).await.unwrap();
        assert_eq!((found.len(), found[0].instance, found[0].state), (1, id, ServiceTaskState::Failed));
        assert_eq!(found[0].reason.as_deref(), Some("the register knows no such business"));
        let resumed =
            submissions.resume(&agency("ttd"), &id, "the business is registered now").await.unwrap();
        assert!(resumed.process().has_ended());
        assert_eq!(submissions.stuck(&agency("ttd"), service.id(), 10).await.unwrap().len(), 0);
        assert_eq!(trail(&scene).await, ["support.resume: the business is registered now"]);
        let calls = register.calls();
        assert_eq!((calls.len(), calls[0]), (2, calls[1]), "resumed work has the same key");
    })
    .await;
}

#[tokio::test]
async fn a_supporter_undoes_and_moves_back() {
    everywhere(async |scene| {
        let register = StandIn::new();
        let (_, id) = stuck(&scene, &register).await;
        let submissions = scene.altinn.submissions();
        submissions.compensate(&agency("ttd"), &id, "sent by mistake").await.unwrap();
        assert_eq!(register.compensations(), register.calls());
        let unknown = submissions.move_to(&agency("ttd"), &id, "Nowhere", "why not").await.unwrap_err();
        assert_eq!(unknown.code(), "PROCESS-NO-SUCH-TASK");
        let back = submissions.move_to(&agency("ttd"), &id, "Fill", "to be corrected").await.unwrap();
        assert_eq!(back.task(), Some("Fill"));
        assert!(submissions.next(&scene.leader, &id, None).await.unwrap().process().has_ended());
        assert_eq!(
            trail(&scene).await,
            ["support.compensate: sent by mistake", "support.move: to be corrected"]
        );
    })
    .await;
}

#[tokio::test]
async fn what_was_done_is_undone_after_the_process_has_gone_on() {
    everywhere(async |scene| {
        let register = StandIn::new();
        scene.altinn.register_service_task("food-register", register.clone());
        let service = OwnApp::new("sending")
            .task("Send", "serviceTask", "food-register", "")
            .task("Confirm", "task", "confirmation", "")
            .flow("Fill", "Send")
            .flow("Send", "Confirm")
            .flow("Confirm", "End")
            .action("confirm")
            .publish(&scene);
        let submissions = scene.altinn.submissions();
        let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
        let nothing = submissions.compensate(&agency("ttd"), &id, "too early").await.unwrap_err();
        assert_eq!(nothing.code(), "SUBMISSION-NOTHING-TO-REPAIR");
        submissions.next(&scene.leader, &id, None).await.unwrap();
        submissions.compensate(&agency("ttd"), &id, "sent by mistake").await.unwrap();
        assert_eq!((register.compensations().len(), register.compensations()), (1, register.calls()));
        assert_eq!(submissions.get(&scene.leader, &id).await.unwrap().task(), Some("Confirm"));
    })
    .await;
}

#[tokio::test]
async fn what_a_worker_is_at_is_not_undone() {
    everywhere(async |scene| {
        let register = StandIn::new();
        register.then(Err(ServiceTaskError::Retry("the register is closed".into())));
        let (submissions, agency) = (scene.altinn.submissions(), agency("ttd"));
        scene.altinn.register_service_task("food-register", register.clone());
        let app = OwnApp::new("sending").task("Send", "serviceTask", "food-register", "");
        let service = app.flow("Fill", "Send").flow("Send", "End").publish(&scene);
        let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
        submissions.next(&scene.leader, &id, None).await.unwrap();
        let hold = async |until: i64| {
            let mut batch = altinn_core::store::Batch::new();
            batch.execute("update services_task set lease_until = $1", params![until]);
            scene.altinn.store().commit(batch).await.unwrap();
        };
        hold(i64::MAX).await;
        let held = submissions.compensate(&agency, &id, "why not").await.unwrap_err();
        assert_eq!((held.code(), register.compensations().len()), ("SUBMISSION-NOTHING-TO-REPAIR", 0));
        hold(0).await;
        submissions.compensate(&agency, &id, "the business has closed").await.unwrap();
        assert_eq!(register.compensations(), register.calls());
        assert_eq!(scene.altinn.submissions().run_service_tasks(10).await.unwrap().claimed, 0);
    })
    .await;
}

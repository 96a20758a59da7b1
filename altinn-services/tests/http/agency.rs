//! What the agency sees of work that does not go on, and has tried again.

use altinn_core::http::{HttpResponse, Method};
use altinn_core::store::{Batch, params};
use serde_json::json;

use crate::world::{World, everywhere, json, named, problem};

async fn post(world: &World, token: &str, path: &str) -> HttpResponse {
    world.send(world.request(Method::POST, path).bearer(token).unwrap()).await
}

async fn change(world: &World, sql: &'static str) {
    let mut batch = Batch::new();
    batch.execute(sql, params![]);
    world.api.altinn().store().commit(batch).await.unwrap();
}

#[tokio::test]
async fn work_in_cases_that_was_given_up_is_found_and_tried_again() {
    everywhere(async |world: World| {
        let (agency, leader) = (world.agency(), world.token(&world.leader));
        let cases = "/v1/cases/ttd/opening";
        let participants =
            json!({"business": world.bakery.id.get(), "inspectorate": world.accountant.id.get()});
        let new = json!({ "participants": participants });
        let opened = json(&world.send_json(Method::POST, &agency, cases, &new).await, 201);
        let id = opened["caseId"].as_str().unwrap();
        let (pending, redrive) = (format!("{cases}/{id}/pending"), format!("{cases}/{id}/redrive"));
        let waiting = json(&world.get(&agency, &pending).await, 200);
        let deadline =
            waiting.as_array().unwrap().iter().find(|work| work["what"] == "deadline apply").unwrap();
        assert!(deadline["dueAt"].is_string() && deadline["isGivenUp"] == false, "{waiting}");
        assert_eq!(json(&world.get(&agency, &format!("{cases}/stuck")).await, 200), json!([]));
        assert_eq!(json(&post(&world, &agency, &redrive).await, 200)["again"], 0);

        change(
            &world,
            "update services_collaboration_work set due_at = 9223372036000000, attempts = 30, problem = 'X' \
             where deadline is null",
        )
        .await;
        let stuck = format!("{cases}/stuck");
        assert_eq!(json(&world.get(&agency, &stuck).await, 200), json!([id]));
        assert_eq!(json(&world.get(&agency, &format!("{stuck}?after={id}")).await, 200), json!([]));
        let waiting = json(&world.get(&agency, &pending).await, 200);
        let given_up = waiting.as_array().unwrap().iter().find(|work| work["isGivenUp"] == true).unwrap();
        assert_eq!((&given_up["problem"], given_up.get("dueAt")), (&json!("X"), None), "{waiting}");
        for token in [&leader, &world.authority(), &world.token(&world.stranger)] {
            for path in [&pending, &stuck] {
                assert_eq!(problem(&world.get(token, path).await, 404), "COLLABORATION-NOT-FOUND");
            }
            assert_eq!(problem(&post(&world, token, &redrive).await, 404), "COLLABORATION-NOT-FOUND");
        }
        let again = json(&post(&world, &agency, &redrive).await, 200)["again"].as_u64().unwrap();
        assert!(again > 0);
        assert_eq!(json(&world.get(&agency, &stuck).await, 200), json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_transfer_on_which_work_fails_is_found_and_tried_again() {
    everywhere(async |world: World| {
        let (agency, leader) = (world.agency(), world.token(&world.leader));
        let new = json!({"fileName": "accounts.zip", "resourceId": "ttd/annual-accounts",
            "recipients": [named(&world.accountant)]});
        let path = format!("/broker/api/v1/filetransfer?onBehalfOf={}", named(&world.bakery));
        let announced = json(&world.send_json(Method::POST, &leader, &path, &new).await, 200);
        let id = announced["fileTransferId"].as_str().unwrap();
        let (stuck, redrive) = (
            "/v1/transfers/ttd/annual-accounts/stuck".to_owned(),
            format!("/v1/transfers/ttd/annual-accounts/{id}/redrive"),
        );
        assert_eq!(json(&world.get(&agency, &stuck).await, 200), json!([]));
        assert_eq!(json(&post(&world, &agency, &redrive).await, 200)["again"], 0);
        change(&world, "update services_broker_transfer set failures = 3, problem = 'ARCHIVE-X'").await;
        let found = json(&world.get(&agency, &stuck).await, 200);
        let found = &found.as_array().unwrap()[0];
        assert_eq!(
            (&found["fileTransferId"], &found["attempts"], &found["problem"]),
            (&json!(id), &json!(3), &json!("ARCHIVE-X"))
        );
        assert!(found["dueAt"].is_string() && found["fileTransferStatus"] == "Initialized", "{found}");
        for token in [&leader, &world.authority(), &world.token(&world.stranger)] {
            assert_eq!(problem(&world.get(token, &stuck).await, 404), "BROKER-NOT-FOUND");
            assert_eq!(problem(&post(&world, token, &redrive).await, 404), "BROKER-NOT-FOUND");
        }
        assert_eq!(json(&post(&world, &agency, &redrive).await, 200)["again"], 1);
        let details = format!("/broker/api/v1/filetransfer/{id}/details?onBehalfOf={}", named(&world.bakery));
        let details = json(&world.get(&leader, &details).await, 200);
        let history = details["fileTransferStatusHistory"].as_array().unwrap();
        assert_eq!(history.last().unwrap()["fileTransferStatusText"], "the agency has it tried again");
    })
    .await;
}

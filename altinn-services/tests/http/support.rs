//! What the agency sees of instances that do not go on, and how it repairs them.

use altinn_core::http::{HttpResponse, Method};
use altinn_core::store::params;
use altinn_services::submission::ServiceTaskError;
use altinn_services::testing::StandIn;
use serde_json::{Value, json};

use crate::own_app::OwnApp;
use crate::world::{World, everywhere, json, problem};

const AT: &str = "/v1/instances/ttd/sending";

/// An instance whose service task has failed for good: its id.
async fn stuck(world: &World, register: &StandIn) -> String {
    register.then(Err(ServiceTaskError::Failed("the register knows no such business".into())));
    let altinn = world.api.altinn();
    altinn.register_service_task("food-register", register.clone());
    let app = OwnApp::new("sending").task("Send", "serviceTask", "food-register", "");
    app.flow("Fill", "Send").flow("Send", "End").publish_in(altinn);
    OwnApp::new("other").flow("Fill", "End").publish_in(altinn);
    let leader = world.token(&world.leader);
    let path = format!("/ttd/sending/instances?instanceOwnerPartyId={}", world.bakery.id);
    let begun = json(&world.send(world.request(Method::POST, &path).bearer(&leader).unwrap()).await, 201);
    let id = begun["id"].as_str().unwrap().to_owned();
    let agency = world.agency();
    let waiting = json(&world.get(&agency, &format!("{AT}/{id}")).await, 200);
    assert_eq!((&waiting["waitsFor"], &waiting["serviceTasks"]), (&json!("user"), &json!([])));
    let next = format!("/ttd/sending/instances/{id}/process/next");
    json(&world.send_json(Method::PUT, &leader, &next, &json!({})).await, 200);
    id
}

async fn post(world: &World, token: &str, path: &str, body: &Value) -> HttpResponse {
    world.send_json(Method::POST, token, path, body).await
}

async fn trail(world: &World) -> Vec<String> {
    let sql = "select action, purpose from auth_trail where purpose is not null order by at, id";
    let rows = world.api.altinn().store().query(sql, params![]).await.unwrap();
    let text = |row: &altinn_core::store::Row, name: &str| row.get::<String>(name).unwrap();
    rows.iter().map(|row| format!("{}: {}", text(row, "action"), text(row, "purpose"))).collect()
}

#[tokio::test]
async fn the_agency_finds_what_is_stuck_sees_why_and_has_it_tried_again() {
    everywhere(async |world: World| {
        let (agency, register) = (world.agency(), StandIn::new());
        let id = stuck(&world, &register).await;
        let found = json(&world.get(&agency, &format!("{AT}/stuck")).await, 200);
        assert_eq!((&found[0]["instanceId"], &found[0]["state"]), (&json!(id), &json!("failed")));
        let one = format!("{AT}/{id}");
        let standing = json(&world.get(&agency, &one).await, 200);
        assert_eq!(standing["waitsFor"], "serviceTask");
        assert_eq!(standing["process"]["currentTask"]["elementId"], "Send");
        let task = &standing["serviceTasks"][0];
        assert_eq!(
            (&task["task"], &task["kind"], &task["attempts"], task.get("dueAt")),
            (&json!("Send"), &json!("food-register"), &json!(1), None)
        );
        assert_eq!(task["reason"], "the register knows no such business");

        let resume = format!("{one}/resume");
        let resumed =
            json(&post(&world, &agency, &resume, &json!({"reason": "it is registered now"})).await, 200);
        assert_eq!(
            (&resumed["waitsFor"], &resumed["serviceTasks"][0]["state"]),
            (&json!("nothing"), &json!("done"))
        );
        assert_eq!(json(&world.get(&agency, &format!("{AT}/stuck")).await, 200), json!([]));
        let again = post(&world, &agency, &resume, &json!({"reason": "once more"})).await;
        assert_eq!(problem(&again, 409), "SUBMISSION-NOTHING-TO-REPAIR");
        assert_eq!(trail(&world).await, ["support.resume: it is registered now"]);
    })
    .await;
}

#[tokio::test]
async fn the_agency_undoes_and_moves_back_with_a_reason() {
    everywhere(async |world: World| {
        let (agency, register) = (world.agency(), StandIn::new());
        let one = format!("{AT}/{}", stuck(&world, &register).await);
        let why = json!({"reason": "sent by mistake"});
        json(&post(&world, &agency, &format!("{one}/compensate"), &why).await, 200);
        assert_eq!(register.compensations(), register.calls());
        let moves = format!("{one}/move");
        let nowhere = json!({"task": "Nowhere", "reason": "why not"});
        assert_eq!(problem(&post(&world, &agency, &moves, &nowhere).await, 400), "PROCESS-NO-SUCH-TASK");
        for reason in [String::new(), "x".repeat(501)] {
            let body = json!({"task": "Fill", "reason": reason});
            assert_eq!(problem(&post(&world, &agency, &moves, &body).await, 400), "HTTP-BODY");
        }
        let back = json!({"task": "Fill", "reason": "to be corrected"});
        let moved = json(&post(&world, &agency, &moves, &back).await, 200);
        assert_eq!(
            (&moved["waitsFor"], &moved["process"]["currentTask"]["elementId"]),
            (&json!("user"), &json!("Fill"))
        );
        assert_eq!(
            trail(&world).await,
            ["support.compensate: sent by mistake", "support.move: to be corrected"]
        );
    })
    .await;
}

#[tokio::test]
async fn nobody_else_sees_or_repairs_anything_and_an_instance_stands_under_its_own_app() {
    everywhere(async |world: World| {
        let id = stuck(&world, &StandIn::new()).await;
        let bodies = [
            ("resume", json!({"reason": "x"})),
            ("compensate", json!({"reason": "x"})),
            ("move", json!({"task": "Fill", "reason": "x"})),
        ];
        for token in [world.token(&world.leader), world.authority(), world.token(&world.stranger)] {
            for path in [format!("{AT}/stuck"), format!("{AT}/{id}")] {
                assert_eq!(problem(&world.get(&token, &path).await, 404), "SUBMISSION-NOT-FOUND");
            }
            for (what, body) in &bodies {
                let answer = post(&world, &token, &format!("{AT}/{id}/{what}"), body).await;
                assert_eq!(problem(&answer, 404), "SUBMISSION-NOT-FOUND", "{what}");
            }
        }
        let agency = world.agency();
        let elsewhere = format!("/v1/instances/ttd/other/{id}");
        assert_eq!(problem(&world.get(&agency, &elsewhere).await, 404), "SUBMISSION-NOT-FOUND");
        for (what, body) in &bodies {
            let answer = post(&world, &agency, &format!("{elsewhere}/{what}"), body).await;
            assert_eq!(problem(&answer, 404), "SUBMISSION-NOT-FOUND", "{what}");
        }
        assert_eq!(trail(&world).await, Vec::<String>::new());
        let many = world.get(&agency, &format!("{AT}/stuck?limit=1001")).await;
        assert_eq!(problem(&many, 400), "HTTP-QUERY");
    })
    .await;
}

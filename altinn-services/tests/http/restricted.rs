//! Data types that ask for actions of their own, over HTTP: what is hidden is in no answer, and named is refused.

use altinn_core::http::{HttpResponse, Method, header};
use serde_json::{Value, json};

use crate::own_app::OwnApp;
use crate::world::{World, everywhere, json, problem};

fn publish(world: &World) {
    OwnApp::new("restricted")
        .flow("Fill", "End")
        .action_of_leader("read-secret")
        .action_of_leader("write-secret")
        .data_type(
            json!({"id": "secret", "taskId": "Fill", "maxCount": 1, "appLogic": {"classRef": "Secret"},
            "actionRequiredToRead": "read-secret", "actionRequiredToWrite": "write-secret"}),
        )
        .data_type(json!({"id": "drop-box", "taskId": "Fill", "actionRequiredToRead": "read-secret"}))
        .publish_in(world.api.altinn());
}

async fn post(world: &World, token: &str, path: &str, (kind, body): (&'static str, &str)) -> HttpResponse {
    let request = world.request(Method::POST, path).bearer(token).unwrap();
    world.send(request.body(kind, body.as_bytes().to_vec())).await
}

fn types(instance: &Value) -> Vec<&str> {
    instance["data"].as_array().unwrap().iter().map(|element| element["dataType"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_element_that_one_may_not_read_is_in_no_answer_and_refused_by_name() {
    everywhere(async |world: World| {
        publish(&world);
        let (leader, filler) = (world.token(&world.leader), world.token(&world.filler));
        let instances = format!("/ttd/restricted/instances?instanceOwnerPartyId={}", world.bakery.id);
        let begun = world.send(world.request(Method::POST, &instances).bearer(&leader).unwrap()).await;
        let path = begun.header(&header::LOCATION).unwrap().to_owned();
        let secret = ("application/json", r#"{"text": "fortrolig"}"#);
        let added = json(&post(&world, &leader, &format!("{path}/data?dataType=secret"), secret).await, 201);
        let element = format!("{path}/data/{}", added["id"].as_str().unwrap());
        let stored_at = path.replace("/ttd/restricted", "/storage/api/v1");
        let stored = element.replace("/ttd/restricted", "/storage/api/v1");

        for instance in [&path, &stored_at] {
            assert_eq!(types(&json(&world.get(&leader, instance).await, 200)), ["form", "secret"]);
            assert_eq!(types(&json(&world.get(&filler, instance).await, 200)), ["form"]);
        }
        for address in [&element, &stored, &format!("{element}/validate")] {
            json(&world.get(&leader, &address.replace("/validate", "")).await, 200);
            assert_eq!(problem(&world.get(&filler, address).await, 403), "AUTH-DENIED-NOT-GRANTED");
        }
        let body = json!({"text": "x"});
        let replaced = world.send_json(Method::PUT, &filler, &element, &body).await;
        assert_eq!(problem(&replaced, 403), "AUTH-DENIED-NOT-GRANTED");
        let patch = json!({"patch": [{"op": "test", "path": "/text", "value": "fortrolig"}]});
        let patched = world.send_json(Method::PATCH, &filler, &element, &patch).await;
        assert_eq!(problem(&patched, 403), "AUTH-DENIED-NOT-GRANTED");
        let removed = world.send(world.request(Method::DELETE, &element).bearer(&filler).unwrap()).await;
        assert_eq!(problem(&removed, 403), "AUTH-DENIED-NOT-GRANTED");
        let again = post(&world, &filler, &format!("{path}/data?dataType=secret"), secret).await;
        assert_eq!(problem(&again, 403), "AUTH-DENIED-NOT-GRANTED");

        // A stranger is told nothing of it at all.
        let stranger = world.token(&world.stranger);
        assert_eq!(problem(&world.get(&stranger, &element).await, 404), "SUBMISSION-NOT-FOUND");
        json(&world.send_json(Method::PUT, &leader, &element, &body).await, 201);
    })
    .await;
}

#[tokio::test]
async fn what_one_may_write_and_not_read_is_taken_and_not_shown() {
    everywhere(async |world: World| {
        publish(&world);
        let (leader, filler) = (world.token(&world.leader), world.token(&world.filler));
        let instances = format!("/ttd/restricted/instances?instanceOwnerPartyId={}", world.bakery.id);
        let begun = world.send(world.request(Method::POST, &instances).bearer(&filler).unwrap()).await;
        let path = begun.header(&header::LOCATION).unwrap().to_owned();
        let added =
            post(&world, &filler, &format!("{path}/data?dataType=drop-box"), ("text/plain", "tips")).await;
        let element = added.header(&header::LOCATION).unwrap().to_owned();
        assert_eq!(json(&added, 201)["dataType"], "drop-box");
        assert_eq!(types(&json(&world.get(&filler, &path).await, 200)), ["form"]);
        assert_eq!(problem(&world.get(&filler, &element).await, 403), "AUTH-DENIED-NOT-GRANTED");
        assert_eq!(world.get(&leader, &element).await.body(), b"tips");
    })
    .await;
}

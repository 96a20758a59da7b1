//! Tags of data elements, and values that users keep with them.

use altinn_core::http::{HttpResponse, Method, header};
use serde_json::{Value, json};

use crate::own_app::OwnApp;
use crate::world::{World, everywhere, json, problem};

/// An instance with a file: its address, and that of the file.
async fn with_file(world: &World, token: &str) -> (String, String) {
    OwnApp::new("tagged")
        .flow("Fill", "End")
        .data_type(json!({"id": "payslip", "taskId": "Fill", "minCount": 2,
            "allowedKeysForUserDefinedMetadata": ["month"]}))
        .publish_in(world.api.altinn());
    let instances = format!("/ttd/tagged/instances?instanceOwnerPartyId={}", world.bakery.id);
    let begun = world.send(world.request(Method::POST, &instances).bearer(token).unwrap()).await;
    let instance = begun.header(&header::LOCATION).unwrap().to_owned();
    let request = world.request(Method::POST, &format!("{instance}/data?dataType=payslip"));
    let added = world.send(request.bearer(token).unwrap().body("text/plain", b"x".to_vec())).await;
    (instance, added.header(&header::LOCATION).unwrap().to_owned())
}

#[tokio::test]
async fn an_element_is_tagged_and_untagged() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let (instance, file) = with_file(&world, &leader).await;
        let tags = format!("{file}/tags");
        let add = async |tag: Value| world.send_json(Method::POST, &leader, &tags, &tag).await;
        let added = add(json!("lønn")).await;
        assert_eq!(json(&added, 201), json!({"tags": ["lønn"]}));
        assert_eq!(added.header(&header::LOCATION), Some(tags.as_str()));
        json(&add(json!("kontroll")).await, 201);
        assert_eq!(problem(&add(json!("two words")).await, 400), "SUBMISSION-TAG");
        assert_eq!(problem(&add(json!({"tag": "x"})).await, 400), "HTTP-BODY");
        let remove = world.request(Method::DELETE, &format!("{tags}/l%C3%B8nn")).bearer(&leader).unwrap();
        assert_eq!(world.send(remove).await.status().as_u16(), 204);
        assert_eq!(json(&world.get(&leader, &tags).await, 200), json!({"tags": ["kontroll"]}));

        let set = async |path: &str| {
            json(&world.send_json(Method::PUT, &leader, path, &json!({"tags": ["a", "b", "a"]})).await, 200)
        };
        assert_eq!(set(&tags).await, json!({"tags": ["a", "b"], "validationIssues": []}));
        let told = set(&format!("{tags}?ignoredValidators=Form")).await;
        assert_eq!(told["validationIssues"][0]["issues"][0]["code"], "ELEMENT-MISSING");
        assert_eq!(
            set(&format!("{tags}?ignoredValidators=Form,DataElements")).await["validationIssues"],
            json!([])
        );
        let listed = json(&world.get(&leader, &instance).await, 200);
        let of_file = listed["data"].as_array().unwrap().iter().find(|one| one["dataType"] == "payslip");
        assert_eq!(of_file.unwrap()["tags"], json!(["a", "b"]));

        let stranger = world.token(&world.stranger);
        assert_eq!(problem(&world.get(&stranger, &tags).await, 404), "SUBMISSION-NOT-FOUND");
        let refused = world.send_json(Method::POST, &stranger, &tags, &json!("x")).await;
        assert_eq!(problem(&refused, 404), "SUBMISSION-NOT-FOUND");
    })
    .await;
}

#[tokio::test]
async fn values_are_kept_under_the_keys_that_are_allowed() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let (instance, file) = with_file(&world, &leader).await;
        let path = format!("{file}/user-defined-metadata");
        let put = async |values: Value| -> HttpResponse {
            world.send_json(Method::PUT, &leader, &path, &json!({"userDefinedMetadata": values})).await
        };
        let kept = json!([{"key": "month", "value": "november"}]);
        assert_eq!(json(&put(kept.clone()).await, 200)["userDefinedMetadata"], kept);
        assert_eq!(json(&world.get(&leader, &path).await, 200)["userDefinedMetadata"], kept);
        let listed = json(&world.get(&leader, &instance).await, 200);
        let of_file = listed["data"].as_array().unwrap().iter().find(|one| one["dataType"] == "payslip");
        assert_eq!(of_file.unwrap()["userDefinedMetadata"], kept);
        for wrong in [json!([{"key": "year", "value": "1"}]), json!([kept[0], kept[0]])] {
            assert_eq!(problem(&put(wrong).await, 400), "SUBMISSION-USER-DEFINED-METADATA");
        }
        assert_eq!(json(&put(json!([])).await, 200)["userDefinedMetadata"], json!([]));
    })
    .await;
}

//! What is changed beside the usual: files replaced, several forms at once, texts and values of instances.

use altinn_core::http::{HttpResponse, Method, header};
use serde_json::{Value, json};

use crate::world::{World, everywhere, json, problem};

const INSTANCES: &str = "/ttd/bakery-licence/instances";
const STORED: &str = "/storage/api/v1/instances";
const PDF: &[u8] = b"%PDF-1.7\n0123456789\n%%EOF";
const OTHER: &[u8] = b"%PDF-1.7\nanother one\n%%EOF";

fn form() -> Value {
    serde_json::from_str(include_str!("../../../examples/data/bakery-licence.json")).unwrap()
}

/// An instance of the bakery's with its form filled in: its id, and the id of the form.
async fn begin(world: &World, token: &str) -> (String, String) {
    let path = format!("{INSTANCES}?instanceOwnerPartyId={}", world.bakery.id);
    let begun = json(&world.send(world.request(Method::POST, &path).bearer(token).unwrap()).await, 201);
    let (id, element) = (begun["id"].as_str().unwrap(), begun["data"][0]["id"].as_str().unwrap());
    let data = format!("{INSTANCES}/{id}/data/{element}");
    json(&world.send_json(Method::PUT, token, &data, &form()).await, 200);
    (id.to_owned(), element.to_owned())
}

async fn send_file(
    world: &World,
    (method, path): (Method, &str),
    token: &str,
    content: &'static [u8],
    version: Option<&str>,
) -> HttpResponse {
    let request = world.request(method, path).bearer(token).unwrap();
    let named = "attachment; filename=\"other.pdf\"";
    let mut request = request.header(header::CONTENT_DISPOSITION, named).unwrap();
    if let Some(version) = version {
        request = request.header(header::IF_MATCH, version).unwrap();
    }
    world.send(request.body("application/pdf", content)).await
}

#[tokio::test]
async fn a_file_is_replaced_by_another_under_the_same_id_and_is_scanned_anew() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let (id, _) = begin(&world, &leader).await;
        let data = format!("{INSTANCES}/{id}/data?dataType=floor-plan");
        let added = send_file(&world, (Method::POST, &data), &leader, PDF, None).await;
        json(&added, 201);
        let (file, version) =
            (added.header(&header::LOCATION).unwrap(), added.header(&header::ETAG).unwrap());

        let replaced = send_file(&world, (Method::PUT, file), &leader, OTHER, Some(version)).await;
        let element = json(&replaced, 201);
        assert!(file.ends_with(element["id"].as_str().unwrap()));
        assert_eq!(
            (&element["filename"], &element["fileScanResult"]),
            (&json!("other.pdf"), &json!("Pending"))
        );
        assert_eq!(world.get(&leader, file).await.body(), OTHER);
        let late = send_file(&world, (Method::PUT, file), &leader, PDF, Some(version)).await;
        assert_eq!(problem(&late, 412), "HTTP-PRECONDITION");
        let wrong = send_file(&world, (Method::PUT, file), &leader, b"MZ no pdf", None).await;
        assert_eq!(problem(&wrong, 400), "HTTP-FILE");
        assert_eq!(world.get(&leader, file).await.body(), OTHER);

        let stranger = world.token(&world.stranger);
        let by_stranger = send_file(&world, (Method::PUT, file), &stranger, PDF, None).await;
        problem(&by_stranger, 404);
    })
    .await;
}

#[tokio::test]
async fn forms_are_changed_together_or_not_at_all() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let (id, form) = begin(&world, &leader).await;
        let (data, nothing) = (format!("{INSTANCES}/{id}/data"), "00000000-0000-4000-8000-000000000000");
        let replace = |value: &str| json!([{"op": "replace", "path": "/applicant/email", "value": value}]);
        let patch = async |patches: Value| {
            world.send_json(Method::PATCH, &leader, &data, &json!({ "patches": patches })).await
        };
        let twice = json!([
            {"dataElementId": form, "patch": replace("first")},
            {"dataElementId": form, "patch": [
                {"op": "test", "path": "/applicant/email", "value": "first"},
                {"op": "replace", "path": "/applicant/email", "value": "nobody"},
            ]},
        ]);
        let patched = json(&patch(twice).await, 200);
        assert_eq!(patched["newDataModels"][0]["data"]["applicant"]["email"], "nobody");
        assert_eq!(patched["validationIssues"][0]["source"], "Form");
        assert_eq!(patched["validationIssues"][0]["issues"][0]["field"], "applicant.email");

        let half = json!([{"dataElementId": form, "patch": replace("third")}, {"dataElementId": nothing, "patch": []}]);
        problem(&patch(half).await, 404);
        let failing = json!([
            {"dataElementId": form, "patch": replace("fourth")},
            {"dataElementId": form, "patch": [{"op": "test", "path": "/applicant/email", "value": "nobody"}]},
        ]);
        assert_eq!(problem(&patch(failing).await, 409), "PATCH-TEST-FAILED");
        let kept = json(&world.get(&leader, &format!("{data}/{form}")).await, 200);
        assert_eq!(kept["applicant"]["email"], "nobody");
        assert_eq!(problem(&patch(json!([])).await, 400), "HTTP-BODY");
    })
    .await;
}

#[tokio::test]
async fn a_process_that_has_been_started_is_not_started_again() {
    everywhere(async |world: World| {
        let (leader, stranger) = (world.token(&world.leader), world.token(&world.stranger));
        let (id, _) = begin(&world, &leader).await;
        let start = format!("{INSTANCES}/{id}/process/start");
        let send =
            async |token: &str| world.send(world.request(Method::POST, &start).bearer(token).unwrap()).await;
        assert_eq!(problem(&send(&leader).await, 409), "PROCESS-ALREADY-STARTED");
        problem(&send(&stranger).await, 404);
    })
    .await;
}

#[tokio::test]
async fn texts_and_values_stay_beside_those_of_the_forms() {
    everywhere(async |world: World| {
        let (leader, stranger) = (world.token(&world.leader), world.token(&world.stranger));
        let (id, element) = begin(&world, &leader).await;
        let put = async |token: &str, name: &str, body: Value| {
            world.send_json(Method::PUT, token, &format!("{STORED}/{id}/{name}"), &body).await
        };
        let texts = json!({"texts": {"office": "Oslo", "gone": null}});
        let set = json(&put(&leader, "presentationtexts", texts.clone()).await, 200);
        assert_eq!(set["presentationTexts"]["office"], "Oslo");
        let values = json!({"values": {"caseNumber": "2026/17"}});
        assert_eq!(
            json(&put(&leader, "datavalues", values).await, 200)["dataValues"]["caseNumber"],
            "2026/17"
        );

        let data = format!("{INSTANCES}/{id}/data/{element}");
        json(&world.send_json(Method::PUT, &leader, &data, &form()).await, 200);
        let kept = json(&world.get(&leader, &format!("{STORED}/{id}")).await, 200);
        assert_eq!(kept["presentationTexts"]["office"], "Oslo");
        let cleared = json(&put(&leader, "presentationtexts", json!({"texts": {"office": ""}})).await, 200);
        assert!(cleared["presentationTexts"]["office"].is_null(), "{cleared}");

        let many: serde_json::Map<_, _> = (0..101).map(|n| (n.to_string(), json!("x"))).collect();
        let refused = put(&leader, "datavalues", json!({ "values": many })).await;
        assert_eq!(problem(&refused, 400), "SUBMISSION-TOO-MANY-VALUES");
        problem(&put(&stranger, "presentationtexts", texts).await, 404);
    })
    .await;
}

#[tokio::test]
async fn storage_gives_a_form_in_xml_unless_json_is_asked_for() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let (id, element) = begin(&world, &leader).await;
        let stored = format!("{STORED}/{id}/data/{element}");
        let read = async |path: &str, accept: Option<&str>| {
            let mut request = world.request(Method::GET, path).bearer(&leader).unwrap();
            if let Some(accept) = accept {
                request = request.header(header::ACCEPT, accept).unwrap();
            }
            world.send(request).await
        };
        let usual = read(&stored, None).await;
        assert_eq!(usual.header(&header::CONTENT_TYPE), Some("application/xml"));
        assert!(String::from_utf8_lossy(usual.body()).contains("<email>"));
        json(&read(&stored, Some("application/json")).await, 200);
        let of_app = format!("{INSTANCES}/{id}/data/{element}");
        assert_eq!(read(&of_app, None).await.header(&header::CONTENT_TYPE), Some("application/json"));
    })
    .await;
}

#[tokio::test]
async fn a_caller_learns_for_whom_it_may_begin_an_instance() {
    everywhere(async |world: World| {
        let (leader, stranger) = (world.token(&world.leader), world.token(&world.stranger));
        let app = "/ttd/bakery-licence/api";
        let parties = json(&world.get(&leader, &format!("{app}/v1/parties")).await, 200);
        let ids: Vec<_> = parties.as_array().unwrap().iter().map(|party| &party["partyId"]).collect();
        assert!(ids.contains(&&json!(world.bakery.id.get())), "{parties}");
        let own = json(&world.get(&leader, &format!("{app}/authorization/parties/current")).await, 200);
        assert_eq!(own["partyId"], world.leader.id.get());

        let validate = async |token: &str| {
            let path = format!("{app}/v1/parties/validateInstantiation?partyId={}", world.bakery.id);
            json(&world.send(world.request(Method::POST, &path).bearer(token).unwrap()).await, 200)
        };
        assert_eq!(validate(&leader).await["valid"], true);
        let not = validate(&stranger).await;
        assert_eq!((&not["valid"], not["message"].is_string()), (&json!(false), true));
    })
    .await;
}

#[tokio::test]
async fn several_forms_of_one_type_are_added_replaced_and_removed_each_by_itself() {
    everywhere(async |world: World| {
        let market = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/apps/town-market");
        world.api.altinn().publish_app(market).unwrap();
        let leader = world.token(&world.leader);
        let start = format!("/ttd/town-market/instances?instanceOwnerPartyId={}", world.bakery.id);
        let begun = json(&world.send_json(Method::POST, &leader, &start, &json!({})).await, 201);
        let instance = format!("/ttd/town-market/instances/{}", begun["id"].as_str().unwrap());
        let add = format!("{instance}/data?dataType=stall");
        let mut elements = Vec::new();
        for goods in ["Brød", "Ost", "Saft"] {
            let stall = json!({"goods": goods, "metres": 2});
            let added = json(&world.send_json(Method::POST, &leader, &add, &stall).await, 201);
            elements.push(format!("{instance}/data/{}", added["id"].as_str().unwrap()));
        }
        let full = world.send_json(Method::POST, &leader, &add, &json!({})).await;
        assert_eq!(problem(&full, 409), "SUBMISSION-CHANGED");
        let cheese = json!({"goods": "Geitost", "metres": 3});
        json(&world.send_json(Method::PUT, &leader, &elements[1], &cheese).await, 201);
        let patch = json!({"patch": [{"op": "replace", "path": "/metres", "value": 5}]});
        let patched = json(&world.send_json(Method::PATCH, &leader, &elements[2], &patch).await, 200);
        assert_eq!(patched["newDataModel"], json!({"goods": "Saft", "metres": 5}));
        assert_eq!(json(&world.get(&leader, &elements[0]).await, 200), json!({"goods": "Brød", "metres": 2}));
        assert_eq!(json(&world.get(&leader, &elements[1]).await, 200), cheese);
        let remove = world.request(Method::DELETE, &elements[0]).bearer(&leader).unwrap();
        json(&world.send(remove).await, 200);
        problem(&world.get(&leader, &elements[0]).await, 404);
        let only = begun["data"][0]["id"].as_str().unwrap();
        let only = world.request(Method::DELETE, &format!("{instance}/data/{only}"));
        problem(&world.send(only.bearer(&leader).unwrap()).await, 404);
    })
    .await;
}

//! The app API, as an end-user system uses Altinn 3's.

use altinn_core::http::{HttpResponse, Method, header};
use serde_json::{Value, json};

use crate::world::{World, everywhere, json, problem};

const INSTANCES: &str = "/ttd/bakery-licence/instances";
const PDF: &[u8] = b"%PDF-1.7\n0123456789\n%%EOF";

fn form() -> Value {
    serde_json::from_str(include_str!("../../../examples/data/bakery-licence.json")).unwrap()
}

fn invalid() -> Value {
    serde_json::from_str(include_str!("../../../examples/data/bakery-licence.invalid.json")).unwrap()
}

/// An instance of the bakery's: its path, and the path of its form.
struct Begun {
    path: String,
    form: String,
    body: Value,
}

async fn begin(world: &World, token: &str) -> Begun {
    let path = format!("{INSTANCES}?instanceOwnerPartyId={}", world.bakery.id);
    let answer = world.send(world.request(Method::POST, &path).bearer(token).unwrap()).await;
    let body = json(&answer, 201);
    let path = answer.header(&header::LOCATION).unwrap().to_owned();
    let form = format!("{path}/data/{}", body["data"][0]["id"].as_str().unwrap());
    Begun { path, form, body }
}

async fn fill_in(world: &World, token: &str, begun: &Begun) {
    let answer = world.send_json(Method::PUT, token, &begun.form, &form()).await;
    json(&answer, 200);
}

async fn next(world: &World, token: &str, begun: &Begun, body: &Value) -> HttpResponse {
    world.send_json(Method::PUT, token, &format!("{}/process/next", begun.path), body).await
}

#[tokio::test]
async fn a_submission_goes_from_its_beginning_to_the_confirmation_of_the_agency() {
    everywhere(async |world: World| {
        let (leader, agency) = (world.token(&world.leader), world.agency());
        let begun = begin(&world, &leader).await;
        assert_eq!(begun.body["appId"], "ttd/bakery-licence");
        assert_eq!(begun.body["instanceOwner"]["partyId"], world.bakery.id.to_string());
        assert_eq!(begun.body["process"]["currentTask"]["elementId"], "Task_Application");

        fill_in(&world, &leader, &begun).await;
        let mut kept = json(&world.get(&leader, &begun.form).await, 200);
        for row in kept["employees"].as_array_mut().unwrap() {
            assert!(row.as_object_mut().unwrap().remove("altinnRowId").is_some(), "rows have ids");
        }
        assert_eq!(kept, form());
        assert_eq!(json(&world.get(&leader, &format!("{}/validate", begun.path)).await, 200), json!([]));

        let state = json(&next(&world, &leader, &begun, &json!({})).await, 200);
        assert_eq!(state["currentTask"]["elementId"], "Task_Signing");
        assert_eq!(state["currentTask"]["actions"]["sign"], true);
        let signed = json(&world.get(&leader, &format!("{}/signing/data-elements", begun.path)).await, 200);
        assert_eq!(signed["dataElements"][0]["dataType"], "application");

        let state = json(&next(&world, &leader, &begun, &json!({"action": "sign"})).await, 200);
        assert!(state["ended"].is_string(), "{state}");
        let history = json(&world.get(&leader, &format!("{}/process/history", begun.path)).await, 200);
        let steps = history["processHistory"].as_array().unwrap();
        assert_eq!(steps.first().unwrap()["eventType"], "process_StartEvent");
        assert_eq!(steps.last().unwrap()["eventType"], "process_EndEvent");

        let complete = format!("{}/complete", begun.path);
        let confirmed = world.send(world.request(Method::POST, &complete).bearer(&agency).unwrap()).await;
        assert_eq!(json(&confirmed, 200)["completeConfirmations"][0]["stakeholderId"], "ttd");
        let substatus = json!({"label": "Under behandling"});
        let told =
            world.send_json(Method::PUT, &agency, &format!("{}/substatus", begun.path), &substatus).await;
        assert_eq!(json(&told, 200)["status"]["substatus"]["label"], "Under behandling");
    })
    .await;
}

#[tokio::test]
async fn one_call_completes_a_process_as_far_as_the_caller_may() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let begun = begin(&world, &leader).await;
        fill_in(&world, &leader, &begun).await;
        let path = format!("{}/process/completeProcess", begun.path);
        let state = json(&world.send_json(Method::PUT, &leader, &path, &json!({})).await, 200);
        assert!(state["ended"].is_string() && state["currentTask"].is_null(), "{state}");
        let instance = json(&world.get(&leader, &begun.path).await, 200);
        assert_eq!(instance["status"]["isArchived"], true);
    })
    .await;
}

#[tokio::test]
async fn a_form_that_is_not_in_order_is_kept_and_stops_the_process() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let begun = begin(&world, &leader).await;
        json(&world.send_json(Method::PUT, &leader, &begun.form, &invalid()).await, 200);

        let path = format!("{}/validate?language=en", begun.path);
        let issues = json(&world.get(&leader, &path).await, 200);
        let fields: Vec<_> = issues.as_array().unwrap().iter().map(|issue| &issue["field"]).collect();
        assert!(fields.contains(&&json!("applicant.email")), "{issues}");

        let refused = next(&world, &leader, &begun, &json!({})).await;
        assert_eq!(problem(&refused, 409), "SUBMISSION-INVALID");
        let faults = json(&refused, 409)["validationErrors"].clone();
        assert!(faults.as_array().unwrap().iter().any(|fault| fault["paths"] == json!(["/applicant/email"])));
    })
    .await;
}

#[tokio::test]
async fn a_stranger_is_told_the_same_of_what_is_there_and_what_is_not() {
    everywhere(async |world: World| {
        let (leader, stranger) = (world.token(&world.leader), world.token(&world.stranger));
        let begun = begin(&world, &leader).await;
        let nothing = format!("{INSTANCES}/{}/00000000-0000-4000-8000-000000000000", world.bakery.id);
        for rest in ["", "/process", "/process/history", "/validate", "/signing"] {
            let there = world.get(&stranger, &format!("{}{rest}", begun.path)).await;
            let not = world.get(&stranger, &format!("{nothing}{rest}")).await;
            assert_eq!((problem(&there, 404), problem(&not, 404)).0, "SUBMISSION-NOT-FOUND", "{rest}");
            let told = |answer: &HttpResponse| {
                let mut body: Value = answer.json().unwrap();
                body["traceId"] = Value::Null;
                body
            };
            assert_eq!(told(&there), told(&not), "{rest}");
        }
        problem(&world.get(&stranger, &begun.form).await, 404);
        let active = format!("{INSTANCES}/{}/active", world.bakery.id);
        assert_eq!(json(&world.get(&stranger, &active).await, 200), json!([]));
        assert_eq!(json(&world.get(&leader, &active).await, 200).as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_says_why_and_what_would_help_in_the_language_that_was_asked_for() {
    everywhere(async |world: World| {
        let (leader, filler) = (world.token(&world.leader), world.token(&world.filler));
        let begun = begin(&world, &leader).await;
        fill_in(&world, &filler, &begun).await;
        json(&next(&world, &filler, &begun, &json!({})).await, 200);
        let path = format!("{}/process/next", begun.path);
        let sign = async |language: &str| {
            let request = world.request(Method::PUT, &path).bearer(&filler).unwrap();
            let request = request.header(header::ACCEPT_LANGUAGE, language).unwrap();
            world.send(request.json(&json!({"action": "sign"})).unwrap()).await
        };
        let refused = sign("en").await;
        assert_eq!(problem(&refused, 403), "AUTH-DENIED-NOT-GRANTED");
        let body = json(&refused, 403);
        assert_eq!(body["explanation"]["action"], "sign");
        assert!(body["explanation"]["wouldHelp"].to_string().to_lowercase().contains("dagl"), "{body}");
        assert_ne!(body["detail"], json(&sign("nb").await, 403)["detail"]);
    })
    .await;
}

#[tokio::test]
async fn a_change_to_another_version_than_the_callers_is_refused() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let begun = begin(&world, &leader).await;
        let read = world.get(&leader, &begun.path).await;
        let version = read.header(&header::ETAG).unwrap().to_owned();
        let put = async |version: &str| {
            let request = world.request(Method::PUT, &begun.form).bearer(&leader).unwrap();
            let request = request.header(header::IF_MATCH, version).unwrap();
            world.send(request.json(&form()).unwrap()).await
        };
        json(&put(&version).await, 200);
        assert_eq!(problem(&put(&version).await, 412), "HTTP-PRECONDITION");
        assert_eq!(problem(&put("\"nonsense\"").await, 412), "HTTP-PRECONDITION");

        let read = world.get(&leader, &begun.path).await;
        let request = world.request(Method::GET, &begun.path).bearer(&leader).unwrap();
        let known = request.header(header::IF_NONE_MATCH, read.header(&header::ETAG).unwrap()).unwrap();
        assert_eq!(world.send(known).await.status().as_u16(), 304);
    })
    .await;
}

#[tokio::test]
async fn a_form_is_changed_field_by_field() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let begun = begin(&world, &leader).await;
        fill_in(&world, &leader, &begun).await;
        let change = json!({"patch": [
            {"op": "replace", "path": "/applicant/email", "value": "nobody"},
            {"op": "remove", "path": "/remarks"},
        ]});
        let patched = json(&world.send_json(Method::PATCH, &leader, &begun.form, &change).await, 200);
        assert_eq!(patched["newDataModel"]["applicant"]["email"], "nobody");
        assert!(patched["newDataModel"]["remarks"].is_null());
        assert_eq!(patched["validationIssues"]["Form"][0]["field"], "applicant.email");

        let test = json!({"patch": [{"op": "test", "path": "/applicant/email", "value": "somebody"}]});
        let refused = world.send_json(Method::PATCH, &leader, &begun.form, &test).await;
        assert_eq!(problem(&refused, 409), "PATCH-TEST-FAILED");
        let beyond = json!({"patch": [{"op": "remove", "path": "/nothing/there"}]});
        let refused = world.send_json(Method::PATCH, &leader, &begun.form, &beyond).await;
        assert_eq!(problem(&refused, 422), "PATCH-NOT-THERE");
    })
    .await;
}

#[tokio::test]
async fn files_are_added_read_in_parts_and_removed() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let begun = begin(&world, &leader).await;
        let path = format!("{}/data?dataType=floor-plan", begun.path);
        let request = world.request(Method::POST, &path).bearer(&leader).unwrap();
        let named = "attachment; filename*=UTF-8''pl%C3%A5n.pdf";
        let request = request.header(header::CONTENT_DISPOSITION, named).unwrap();
        let added = world.send(request.body("application/pdf", PDF)).await;
        let element = json(&added, 201);
        assert_eq!(
            (&element["filename"], &element["fileScanResult"]),
            (&json!("plån.pdf"), &json!("Pending"))
        );
        let file = added.header(&header::LOCATION).unwrap().to_owned();

        let whole = world.get(&leader, &file).await;
        assert_eq!(whole.body(), PDF);
        assert_eq!(whole.header(&header::CONTENT_TYPE), Some("application/pdf"));
        assert!(whole.header(&header::CONTENT_DISPOSITION).unwrap().starts_with("attachment; "));
        let ranged = async |range: &str| {
            let request = world.request(Method::GET, &file).bearer(&leader).unwrap();
            world.send(request.header(header::RANGE, range).unwrap()).await
        };
        let part = ranged("bytes=9-12").await;
        assert_eq!((part.status().as_u16(), part.body()), (206, &PDF[9..13]));
        let range = format!("bytes 9-12/{}", PDF.len());
        assert_eq!(part.header(&header::CONTENT_RANGE), Some(range.as_str()));
        assert_eq!(problem(&ranged("bytes=5000-").await, 416), "HTTP-RANGE");

        let wrong = world.request(Method::POST, &path).bearer(&leader).unwrap();
        let refused = world.send(wrong.body("application/pdf", &b"MZ\x90\x00 no pdf"[..])).await;
        assert_eq!(problem(&refused, 400), "HTTP-FILE");
        json(&world.send(world.request(Method::DELETE, &file).bearer(&leader).unwrap()).await, 200);
        problem(&world.get(&leader, &file).await, 404);
    })
    .await;
}

#[tokio::test]
async fn an_instance_begins_with_its_form_and_files_and_once_for_a_key() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let owner = json!({"instanceOwner": {"partyId": world.bakery.id.to_string()}});
        let body = |form: &Value| {
            let mut body = Vec::new();
            let mut part = |head: &str, content: &[u8]| {
                body.extend_from_slice(
                    format!("--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(),
                );
                body.extend_from_slice(content);
                body.extend_from_slice(b"\r\n");
            };
            part("name=\"instance\"\r\nContent-Type: application/json", owner.to_string().as_bytes());
            part("name=\"application\"\r\nContent-Type: application/json", form.to_string().as_bytes());
            part("name=\"floor-plan\"; filename=\"plan.pdf\"\r\nContent-Type: application/pdf", PDF);
            body.extend_from_slice(b"--edge--\r\n");
            body
        };
        let send = async |form: &Value| {
            let request = world.request(Method::POST, INSTANCES).bearer(&leader).unwrap();
            let request = request.header("idempotency-key".parse().unwrap(), "0f8a6f5e").unwrap();
            world.send(request.body("multipart/form-data; boundary=edge", body(form))).await
        };
        let first = json(&send(&form()).await, 201);
        let held: Vec<_> = first["data"].as_array().unwrap().iter().map(|one| &one["dataType"]).collect();
        assert_eq!(held, ["application", "floor-plan"]);
        let again = json(&send(&form()).await, 200);
        assert_eq!(again["id"], first["id"]);
        let other = send(&invalid()).await;
        assert_eq!(problem(&other, 422), "IDEMPOTENCY-DIFFERENT-REQUEST");
    })
    .await;
}

#[tokio::test]
async fn an_instance_begins_with_fields_that_are_filled_in() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let asked = json!({
            "instanceOwner": {"partyId": world.bakery.id.to_string()},
            "prefill": {"applicant.name": "Fjordbrød Bakeri AS", "premises.areaInSquareMetres": 140},
        });
        let create = format!("{INSTANCES}/create");
        let answer = world.send_json(Method::POST, &leader, &create, &asked).await;
        let form = json(&answer, 201)["data"][0]["id"].as_str().unwrap().to_owned();
        let path = answer.header(&header::LOCATION).unwrap();
        let data = json(&world.get(&leader, &format!("{path}/data/{form}")).await, 200);
        assert_eq!(data["applicant"]["name"], "Fjordbrød Bakeri AS");
        assert_eq!(data["premises"]["areaInSquareMetres"], 140);

        let nobody = json!({"instanceOwner": {}});
        assert_eq!(
            problem(&world.send_json(Method::POST, &leader, &create, &nobody).await, 404),
            "HTTP-OWNER"
        );
    })
    .await;
}

#[tokio::test]
async fn what_an_app_is_can_be_read_by_everybody() {
    everywhere(async |world: World| {
        let read = async |rest: &str| {
            world.send(world.request(Method::GET, &format!("/ttd/bakery-licence/api/{rest}"))).await
        };
        assert_eq!(json(&read("v1/applicationmetadata").await, 200)["id"], "ttd/bakery-licence");
        let texts = json(&read("v1/texts/en").await, 200);
        assert!(texts["resources"].as_array().unwrap().iter().any(|text| text["id"] == "appName"));
        assert_eq!(json(&read("options/food-kinds").await, 200)[0]["value"], "bread");
        assert_eq!(json(&read("jsonschema/application").await, 200)["type"], "object");
        assert_eq!(json(&read("v1/meta/process").await, 200)["tasks"][0]["id"], "Task_Application");
        assert!(
            String::from_utf8_lossy(read("v1/meta/authorizationpolicy").await.body())
                .contains("<xacml:Policy")
        );
        for nothing in ["v1/texts/se", "v1/texts/xx", "options/none", "jsonschema/none"] {
            problem(&read(nothing).await, 404);
        }
        problem(&world.send(world.request(Method::GET, "/ttd/none/api/v1/applicationmetadata")).await, 404);
    })
    .await;
}

#[tokio::test]
async fn an_instance_goes_into_the_bin() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let begun = begin(&world, &leader).await;
        let deleted = world.send(world.request(Method::DELETE, &begun.path).bearer(&leader).unwrap()).await;
        assert_eq!(json(&deleted, 200)["status"]["isSoftDeleted"], true);
        let refused = world.send_json(Method::PUT, &leader, &begun.form, &form()).await;
        assert_eq!(problem(&refused, 410), "SUBMISSION-DELETED");
        let gone =
            world.request(Method::DELETE, &format!("{}?hard=true", begun.path)).bearer(&leader).unwrap();
        json(&world.send(gone).await, 200);
        problem(&world.get(&leader, &begun.path).await, 404);
    })
    .await;
}

/// How often each action with an instance stands in the trail, once all that was noted is written.
async fn trail(world: &World) -> std::collections::BTreeMap<String, i64> {
    let altinn = world.api.altinn();
    altinn.run_workers(async {}).await.unwrap();
    let select = "select action, cast(sum(times) as bigint) as number from auth_trail where element is not null group by action";
    let rows = altinn.store().query(select, vec![]).await.unwrap();
    rows.iter().map(|row| (row.get("action").unwrap(), row.get("number").unwrap())).collect()
}

#[tokio::test]
async fn asking_where_an_instance_stands_is_one_read_in_the_trail_and_nothing_else() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let begun = begin(&world, &leader).await;
        let mut expected = trail(&world).await;
        let stands = json(&world.get(&leader, &format!("{}/process", begun.path)).await, 200);
        assert_eq!(stands["currentTask"]["actions"]["write"], true);
        *expected.entry("read".to_owned()).or_default() += 1;
        assert_eq!(trail(&world).await, expected);
    })
    .await;
}

//! Forms of stateless apps over HTTP, for those who have logged in and for anyone.

use altinn_core::PartyIdentifier;
use altinn_core::http::{HttpResponse, Method};
use altinn_services::submission::{Form, Submission};
use serde_json::{Value, json};

use crate::own_app::OwnApp;
use crate::world::{World, everywhere, json, problem};

const DATA: &str = "/ttd/calculator/v1/data";

#[derive(Debug)]
struct Calculator;

#[async_trait::async_trait]
impl Submission for Calculator {
    async fn calculate(&self, _form: &Form<'_>, data: &mut Value) {
        data["double"] = json!(data["a"].as_i64().unwrap_or(0) * 2);
    }
}

fn publish(world: &World) {
    let schema = json!({"type": "object", "properties": {"a": {"type": "integer"}, "double": {"type": "integer"},
        "name": {"type": "string"}, "from": {"type": "string"}}});
    let prefill = json!({"ER": {"Name": "name"}, "QueryParameters": {"from": "from"}});
    let altinn = world.api.altinn();
    let service = OwnApp::new("calculator")
        .flow("Fill", "End")
        .metadata("onEntry", json!({"show": "front"}))
        .data_type(json!({"id": "open", "appLogic": {"classRef": "Open", "allowAnonymousOnStateless": true}}))
        .data_type(json!({"id": "closed", "appLogic": {"classRef": "Closed"}}))
        .file("models/open.schema.json", schema.to_string())
        .file("models/closed.schema.json", schema.to_string())
        .file("models/closed.prefill.json", prefill.to_string())
        .publish_in(altinn);
    altinn.register_submission(service.id().clone(), Calculator);
}

/// Asks for a form of a party.
async fn ask(world: &World, token: &str, path: &str, party: &str) -> HttpResponse {
    let request = world.request(Method::GET, path).bearer(token).unwrap();
    world.send(request.header("party".parse().unwrap(), party).unwrap()).await
}

#[tokio::test]
async fn whoever_may_read_has_a_form_prefilled_and_calculated() {
    everywhere(async |world: World| {
        publish(&world);
        let filler = world.token(&world.filler);
        let path = format!("{DATA}?dataType=closed&prefill=%7B%22from%22%3A%22an%20address%22%7D");
        let new = json!({"double": 0, "name": world.bakery.name, "from": "an address"});
        let PartyIdentifier::Organization(number) = &world.bakery.identifier else { panic!("it is one") };
        for party in [format!("partyid:{}", world.bakery.id), format!("org:{number}")] {
            assert_eq!(json(&ask(&world, &filler, &path, &party).await, 200), new);
        }
        for party in ["50000002", "partyid:x", "nobody:1", "org:312345005"] {
            assert_eq!(problem(&ask(&world, &filler, &path, party).await, 400), "HTTP-HEADER", "{party}");
        }
        let (stranger, own) = (world.token(&world.stranger), format!("partyid:{}", world.bakery.id));
        let refused = ask(&world, &stranger, &path, &own).await;
        assert_eq!(problem(&refused, 403), "AUTH-DENIED-NOT-GRANTED");
        let sent = format!("{DATA}?dataType=closed");
        for method in [Method::POST, Method::PUT] {
            let request = world.request(method, &sent).bearer(&filler).unwrap();
            let request =
                request.header("party".parse().unwrap(), &format!("partyid:{}", world.bakery.id)).unwrap();
            let answer = world.send(request.json(&json!({"a": 21, "name": "Mitt"})).unwrap()).await;
            assert_eq!(json(&answer, 200), json!({"a": 21, "double": 42, "name": "Mitt"}));
        }
        let unknown = ask(&world, &filler, &format!("{DATA}?dataType=x"), &own).await;
        assert_eq!(problem(&unknown, 400), "SUBMISSION-UNKNOWN-FORM");
        let listed =
            world.get(&filler, &format!("/ttd/calculator/instances/{}/active", world.bakery.id)).await;
        assert_eq!(json(&listed, 200), json!([]), "nothing is kept");
    })
    .await;
}

#[tokio::test]
async fn anyone_has_a_form_that_is_open_to_anyone_and_no_other() {
    everywhere(async |world: World| {
        publish(&world);
        let anonymous = |data_type: &str| format!("{DATA}/anonymous?dataType={data_type}");
        let get = async |path: &str| world.send(world.request(Method::GET, path)).await;
        assert_eq!(json(&get(&anonymous("open")).await, 200), json!({"double": 0}));
        for method in [Method::POST, Method::PUT] {
            let request = world.request(method, &anonymous("open")).json(&json!({"a": 4})).unwrap();
            assert_eq!(json(&world.send(request).await, 200), json!({"a": 4, "double": 8}));
        }
        let xml = world.request(Method::POST, &anonymous("open"));
        let xml = xml.body("application/xml", b"<open><a>5</a></open>".to_vec());
        assert_eq!(json(&world.send(xml).await, 200), json!({"a": 5, "double": 10}));
        assert_eq!(problem(&get(&anonymous("closed")).await, 403), "SUBMISSION-NOT-OPEN-TO-ANYONE");
        assert_eq!(problem(&get(&anonymous("form")).await, 403), "SUBMISSION-NOT-OPEN-TO-ANYONE");
        assert_eq!(problem(&get(&anonymous("nothing")).await, 400), "SUBMISSION-UNKNOWN-FORM");
        assert_eq!(problem(&get(&format!("{DATA}?dataType=open")).await, 401), "AUTH-CALLER-UNKNOWN");
        let broken = world.request(Method::POST, &anonymous("open")).body("application/json", b"[1".to_vec());
        assert_eq!(problem(&world.send(broken).await, 400), "FORM-DATA-NOT-JSON");
    })
    .await;
}

//! Forms of stateless services: worked out, given back, and kept nowhere.

use altinn_core::Party;
use altinn_services::submission::{Form, Service, StatelessRequest, Submission, SubmissionError};
use serde_json::{Value, json};

use crate::own_app::OwnApp;
use crate::scene::{Scene, everywhere};

/// Adds up, and says for whom.
#[derive(Debug)]
struct Calculator;

#[async_trait::async_trait]
impl Submission for Calculator {
    async fn calculate(&self, form: &Form<'_>, data: &mut Value) {
        assert!(form.instance.is_stateless() && form.instance.elements().is_empty());
        data["sum"] = json!(data["a"].as_i64().unwrap_or(0) + data["b"].as_i64().unwrap_or(0));
        data["for"] = json!(form.instance.id().owner);
    }

    async fn prefill(&self, _service: &Service, source: &str, _owner: &Party) -> Option<Value> {
        (source == "rates").then(|| json!({"Basis": 7}))
    }
}

/// An app that opens on a page of its own, with a form that anyone may use and one that takes a login.
fn calculator() -> OwnApp {
    let schema = json!({"type": "object", "properties": {
        "name": {"type": "string"}, "basis": {"type": "integer"}, "from": {"type": "string"},
        "a": {"type": "integer", "maximum": 100}, "b": {"type": "integer"}, "sum": {}, "for": {},
        "rows": {"type": "array", "items": {"type": "object"}}}});
    let prefill =
        json!({"ER": {"Name": "name"}, "rates": {"Basis": "basis"}, "QueryParameters": {"from": "from"}});
    let layout = json!({"data": {"layout": [
        {"id": "rows", "type": "RepeatingGroup", "children": [], "dataModelBindings": {"group": "rows"}}]}});
    let sets = json!({"sets": [{"id": "front", "dataType": "closed"}]});
    OwnApp::new("calculator")
        .flow("Fill", "End")
        .metadata("onEntry", json!({"show": "front"}))
        .data_type(json!({"id": "open", "appLogic": {"classRef": "Open", "allowAnonymousOnStateless": true}}))
        .data_type(json!({"id": "closed", "appLogic": {"classRef": "Closed"}}))
        .data_type(json!({"id": "file"}))
        .file("models/open.schema.json", schema.to_string())
        .file("models/closed.schema.json", schema.to_string())
        .file("models/closed.prefill.json", prefill.to_string())
        .file("ui/layout-sets.json", sets.to_string())
        .file("ui/front/Settings.json", json!({"pages": {"order": ["page"]}}).to_string())
        .file("ui/front/layouts/page.json", layout.to_string())
}

fn publish(scene: &Scene) -> Service {
    let service = calculator().publish(scene);
    scene.altinn.register_submission(service.id().clone(), Calculator);
    service
}

fn sent(form: &Value) -> StatelessRequest {
    StatelessRequest::of(form.to_string().parse().unwrap())
}

#[tokio::test]
async fn a_form_is_prefilled_calculated_and_checked_and_nothing_is_stored() {
    everywhere(async |scene| {
        let service = publish(&scene);
        let (submissions, before) = (scene.altinn.submissions(), scene.rows().await);
        let ask = async |request: &StatelessRequest| {
            submissions.stateless(&scene.filler, &service, scene.bakery.id, "closed", request).await.unwrap()
        };
        let mut new = StatelessRequest::default();
        new.query =
            [("from".to_owned(), "an address".to_owned()), ("other".to_owned(), "x".to_owned())].into();
        let form = ask(&new).await;
        let expected = json!({"name": scene.bakery.name, "basis": 7, "from": "an address", "sum": 0,
            "for": scene.bakery.id});
        assert_eq!((form.data, form.issues.len()), (expected, 0));

        let form = ask(&sent(&json!({"name": "Written by hand", "a": 101, "b": 2, "rows": [{}]}))).await;
        assert_eq!((&form.data["name"], &form.data["sum"]), (&json!("Written by hand"), &json!(103)));
        assert!(form.data["rows"][0]["altinnRowId"].is_string(), "{}", form.data);
        let wrong: Vec<_> = form.issues.iter().map(|issue| issue.path.as_str()).collect();
        assert_eq!(wrong, ["/a"]);
        assert_eq!(scene.rows().await, before);
    })
    .await;
}

#[tokio::test]
async fn only_what_is_open_to_anyone_is_open_to_those_who_have_not_logged_in() {
    everywhere(async |scene| {
        let service = publish(&scene);
        let submissions = scene.altinn.submissions();
        let anyone = async |data_type: &str, request: StatelessRequest| {
            submissions.stateless_anonymous(&service, data_type, &request).await
        };
        let form = anyone("open", sent(&json!({"a": 1, "b": 2}))).await.unwrap();
        assert_eq!(form.data, json!({"a": 1, "b": 2, "sum": 3, "for": 0}));
        let refused = anyone("closed", StatelessRequest::default()).await.unwrap_err();
        assert!(matches!(refused, SubmissionError::NotOpenToAnyone { .. }), "{refused}");
        for unknown in ["file", "nothing"] {
            let refused = anyone(unknown, StatelessRequest::default()).await.unwrap_err();
            assert_eq!(refused.code(), "SUBMISSION-UNKNOWN-FORM");
        }
        // An app that makes instances is open to nobody.
        let stateful = calculator().metadata("onEntry", json!({"show": "select-instance"})).publish(&scene);
        let refused = submissions.stateless_anonymous(&stateful, "open", &StatelessRequest::default()).await;
        assert_eq!(refused.unwrap_err().code(), "SUBMISSION-NOT-OPEN-TO-ANYONE");
    })
    .await;
}

#[tokio::test]
async fn nobody_asks_for_a_party_that_they_may_not_read_for() {
    everywhere(async |scene| {
        let service = publish(&scene);
        let submissions = scene.altinn.submissions();
        let request = StatelessRequest::default();
        let refused =
            submissions.stateless(&scene.stranger, &service, scene.bakery.id, "closed", &request).await;
        assert_eq!(refused.unwrap_err().code(), "AUTH-DENIED-NOT-GRANTED");
    })
    .await;
}

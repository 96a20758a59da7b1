//! Forms: rules that are expressions, fields that are changed one by one, rows, what is hidden, XML, prefill and the
//! agency's own code.

use altinn_core::{InstanceId, Language, Party, Text};
use altinn_services::expression::Expression;
use altinn_services::form::{FormData, FormLimits, Issue, IssueCode, Patch};
use altinn_services::submission::{Form, Service, Submission, SubmissionError};
use serde_json::{Value, json};

use crate::own_app::OwnApp;
use crate::scene::{Scene, everywhere};

/// An app with a form of people, where who is no adult has a guardian.
fn people(removes_hidden_data: bool) -> OwnApp {
    let text = json!({"type": "string"});
    let person = json!({"type": "object", "additionalProperties": false, "required": ["name"],
        "properties": {"name": text, "age": {"type": "integer"}, "guardian": text}});
    let schema = json!({"type": "object", "additionalProperties": false, "required": ["company"],
        "properties": {"company": text, "why": text, "fee": {"type": "integer"},
            "people": {"type": "array", "items": person}}});
    let layout = json!({"data": {"layout": [
        {"id": "company", "type": "Input", "dataModelBindings": {"simpleBinding": "company"}},
        {"id": "why", "type": "Input", "dataModelBindings": {"simpleBinding": "why"},
            "hidden": ["notEquals", ["component", "company"], "Other"]},
        {"id": "people", "type": "RepeatingGroup", "dataModelBindings": {"group": "people"},
            "children": ["name", "age", "guardian"], "hiddenRow": ["equals", ["dataModel", "people.name"], "Nobody"]},
        {"id": "name", "type": "Input", "dataModelBindings": {"simpleBinding": "people.name"}},
        {"id": "age", "type": "Input", "dataModelBindings": {"simpleBinding": "people.age"}},
        {"id": "guardian", "type": "Input", "dataModelBindings": {"simpleBinding": "people.guardian"},
            "hidden": ["greaterThanEq", ["component", "age"], 18]},
    ]}});
    let rules = json!({"validations": {
        "people.age": [{"message": "too-old", "condition": ["greaterThan", ["dataModel", ["argv", 0]], 130]}],
        "people.guardian": [{"message": "Same name", "severity": "warning",
            "condition": ["equals", ["dataModel", ["argv", 0]], ["component", "name"]]}],
    }});
    let texts = json!({"language": "nb", "resources": [{"id": "too-old", "value": "Så gammel blir ingen"}]});
    OwnApp::new("people")
        .flow("Fill", "End")
        .file("models/form.schema.json", schema.to_string())
        .file("models/form.validation.json", rules.to_string())
        .file(
            "models/form.prefill.json",
            json!({"ER": {"Name": "company"}, "Own": {"Reason": "why"}}).to_string(),
        )
        .file("ui/Fill/layouts/page.json", layout.to_string())
        .file("config/texts/resource.nb.json", texts.to_string())
        .file(
            "appsettings.json",
            json!({"AppSettings": {"RemoveHiddenData": removes_hidden_data}}).to_string(),
        )
}

async fn start(scene: &Scene, service: &Service) -> InstanceId {
    *scene.altinn.submissions().start(&scene.leader, service, scene.bakery.id).await.unwrap().id()
}

fn data(value: &Value) -> FormData {
    FormData::parse(value.to_string().as_bytes(), FormLimits::default()).unwrap()
}

fn patch(operations: &Value) -> Patch {
    Patch::parse(operations.to_string().as_bytes()).unwrap()
}

async fn stored(scene: &Scene, id: &InstanceId) -> Value {
    scene.altinn.submissions().get(&scene.leader, id).await.unwrap().element("form").unwrap().form().unwrap()
}

fn told(issues: &[Issue]) -> Vec<(&str, &str)> {
    issues.iter().map(|issue| (issue.code.as_str(), issue.path.as_str())).collect()
}

#[tokio::test]
async fn rules_that_are_expressions_are_told_when_saving_and_refuse_submitting() {
    everywhere(async |scene| {
        let submissions = scene.altinn.submissions();
        let id = start(&scene, &people(false).publish(&scene)).await;
        let form = json!({"company": "Bakeri", "people": [{"name": "Ada", "age": 17, "guardian": "Ada"},
            {"name": "Bo", "age": 200}]});
        let saved = submissions.save(&scene.leader, &id, "form", &data(&form)).await.unwrap();
        assert_eq!(
            told(&saved.issues),
            [("FORM-EXPRESSION", "/people/1/age"), ("FORM-EXPRESSION", "/people/0/guardian")]
        );
        assert_eq!(saved.issues[0].detail.in_language(Language::Nb), "Så gammel blir ingen");
        assert!(matches!(
            submissions.submit(&scene.leader, &id).await,
            Err(SubmissionError::Invalid(issues)) if told(&issues) == told(&saved.issues)
        ));
        let younger = patch(&json!([{"op": "replace", "path": "/people/1/age", "value": 20}]));
        let saved = submissions.patch(&scene.leader, &id, "form", &younger, None).await.unwrap();
        assert_eq!(told(&saved.issues), [("FORM-EXPRESSION", "/people/0/guardian")], "a warning is left");
        submissions.submit(&scene.leader, &id).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_patch_goes_whole_or_not_at_all_and_only_on_the_version_that_was_read() {
    everywhere(async |scene| {
        let submissions = scene.altinn.submissions();
        let id = start(&scene, &people(false).publish(&scene)).await;
        let read = submissions.get(&scene.leader, &id).await.unwrap().version();
        let name = patch(&json!([{"op": "add", "path": "/company", "value": "A"}]));
        let first = submissions.patch(&scene.leader, &id, "form", &name, Some(read)).await.unwrap();
        assert_eq!(first.instance.version(), read + 1);
        let late = submissions.patch(&scene.leader, &id, "form", &name, Some(read)).await.unwrap_err();
        assert_eq!(late.code(), "SUBMISSION-CHANGED");
        let half = patch(&json!([{"op": "add", "path": "/company", "value": "B"},
            {"op": "test", "path": "/why", "value": "x"}, {"op": "remove", "path": "/nothing"}]));
        let refused = submissions.patch(&scene.leader, &id, "form", &half, None).await.unwrap_err();
        assert_eq!(refused.code(), "PATCH-NOT-THERE");
        let to_text = patch(&json!([{"op": "replace", "path": "", "value": "text"}]));
        let refused = submissions.patch(&scene.leader, &id, "form", &to_text, None).await.unwrap_err();
        assert_eq!(refused.code(), "FORM-DATA-NOT-AN-OBJECT");
        let by_stranger = submissions.patch(&scene.stranger, &id, "form", &name, None).await.unwrap_err();
        assert_eq!(by_stranger.code(), "SUBMISSION-NOT-FOUND");
        assert_eq!(stored(&scene, &id).await["company"], "A");
    })
    .await;
}

#[tokio::test]
async fn rows_have_ids_while_a_form_is_filled_in_and_none_once_it_is_done() {
    everywhere(async |scene| {
        let submissions = scene.altinn.submissions();
        let id = start(&scene, &people(false).publish(&scene)).await;
        let form =
            json!({"company": "Bakeri", "people": [{"name": "Ada"}, {"altinnRowId": "own", "name": "Bo"}]});
        let saved = submissions.save(&scene.leader, &id, "form", &data(&form)).await.unwrap();
        assert!(saved.issues.is_empty(), "{:?}", saved.issues);
        let rows = stored(&scene, &id).await;
        assert!(rows["people"][0]["altinnRowId"].is_string());
        assert_eq!(rows["people"][1]["altinnRowId"], "own");
        let gone = patch(&json!([{"op": "remove", "path": "/people/0"}]));
        submissions.patch(&scene.leader, &id, "form", &gone, None).await.unwrap();
        assert_eq!(stored(&scene, &id).await["people"], json!([{"altinnRowId": "own", "name": "Bo"}]));
        submissions.submit(&scene.leader, &id).await.unwrap();
        assert_eq!(stored(&scene, &id).await, json!({"company": "Bakeri", "people": [{"name": "Bo"}]}));
    })
    .await;
}

#[tokio::test]
async fn what_is_hidden_is_removed_where_the_app_asks_for_it_and_kept_elsewhere() {
    everywhere(async |scene| {
        for removes in [true, false] {
            let submissions = scene.altinn.submissions();
            let id = start(&scene, &people(removes).publish(&scene)).await;
            let form = json!({"company": "Bakeri", "why": "secret", "people": [
                {"name": "Nobody", "age": 1}, {"name": "Ada", "age": 40, "guardian": "x"},
                {"name": "Nobody"}, {"name": "Bo", "age": 9, "guardian": "Ada"}]});
            submissions.save(&scene.leader, &id, "form", &data(&form)).await.unwrap();
            assert_eq!(stored(&scene, &id).await["why"], "secret", "a draft keeps it");
            submissions.submit(&scene.leader, &id).await.unwrap();
            let kept = stored(&scene, &id).await;
            let shown = json!({"company": "Bakeri", "people": [{"name": "Ada", "age": 40},
                {"name": "Bo", "age": 9, "guardian": "Ada"}]});
            assert_eq!(kept, if removes { shown } else { form });
        }
    })
    .await;
}

#[tokio::test]
async fn a_form_is_read_and_written_as_xml() {
    everywhere(async |scene| {
        let submissions = scene.altinn.submissions();
        let service = people(false).publish(&scene);
        let id = start(&scene, &service).await;
        let xml = b"<form><people><name>Ada</name><age>40</age></people><company>Bakeri</company></form>";
        let form =
            service.read_form("form", "application/xml; charset=utf-8", xml, FormLimits::default()).unwrap();
        submissions.save(&scene.leader, &id, "form", &form).await.unwrap();
        let written = submissions.form(&scene.leader, &id, "form", "text/xml").await.unwrap();
        let written = String::from_utf8(written).unwrap();
        let expected = "<form><company>Bakeri</company><people><age>40</age><name>Ada</name></people></form>";
        assert!(written.ends_with(expected), "{written}");
        let json = submissions.form(&scene.leader, &id, "form", "application/json").await.unwrap();
        let json: Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(json["people"][0]["age"], 40);
        let refused = service.read_form("form", "text/csv", b"a", FormLimits::default()).unwrap_err();
        assert_eq!(refused.code(), "FORM-DATA-CONTENT-TYPE");
        let refused =
            service.read_form("form", "text/xml", b"<form><x/></form>", FormLimits::default()).unwrap_err();
        assert_eq!(refused.code(), "FORM-XML-UNKNOWN-FIELD");
    })
    .await;
}

/// Code of an agency: a fee by head, no people called Zed, and a reason that it knows already.
#[derive(Debug)]
struct Code;

#[async_trait::async_trait]
impl Submission for Code {
    async fn validate(&self, _form: &Form<'_>, data: &Value) -> Vec<Issue> {
        let zed = data["people"]
            .as_array()
            .is_some_and(|people| people.iter().any(|person| person["name"] == "Zed"));
        let issue = Issue::error(IssueCode::NotAllowed, "/people", Text::new(Language::Nb, "Ikke Zed"));
        if zed { vec![issue] } else { Vec::new() }
    }

    async fn calculate(&self, _form: &Form<'_>, data: &mut Value) {
        data["fee"] = json!(data["people"].as_array().map_or(0, Vec::len) * 500);
    }

    async fn prefill(&self, _service: &Service, source: &str, owner: &Party) -> Option<Value> {
        (source == "Own").then(|| json!({"Reason": format!("known of {}", owner.name)}))
    }
}

#[tokio::test]
async fn forms_are_prefilled_calculated_and_checked_by_the_agencys_code() {
    everywhere(async |scene| {
        let submissions = scene.altinn.submissions();
        let service = people(false).publish(&scene);
        scene.altinn.register_submission(service.id().clone(), Code);
        let id = start(&scene, &service).await;
        let name = scene.bakery.name.clone();
        assert_eq!(stored(&scene, &id).await, json!({"company": name, "why": format!("known of {name}")}));
        let form = json!({"company": name, "people": [{"name": "Ada"}, {"name": "Zed"}]});
        let saved = submissions.save(&scene.leader, &id, "form", &data(&form)).await.unwrap();
        assert_eq!(told(&saved.issues), [("FORM-NOT-ALLOWED", "/people")]);
        assert_eq!(stored(&scene, &id).await["fee"], 1_000);
        let refused = submissions.submit(&scene.leader, &id).await.unwrap_err();
        assert!(matches!(refused, SubmissionError::Invalid(issues) if told(&issues) == told(&saved.issues)));
        let renamed = patch(&json!([{"op": "replace", "path": "/people/1/name", "value": "Bo"}]));
        submissions.patch(&scene.leader, &id, "form", &renamed, None).await.unwrap();
        submissions.submit(&scene.leader, &id).await.unwrap();
    })
    .await;
}

#[test]
fn the_fields_that_an_expression_names_are_told() {
    let expression =
        Expression::parse(r#"["if", ["dataModel", "a.b"], ["dataModel", "c", "other"]]"#).unwrap();
    let mut fields = expression.fields();
    fields.sort_unstable();
    assert_eq!(fields, [("a.b", None), ("c", Some("other"))]);
}

#[tokio::test]
async fn several_forms_are_changed_in_one_commit_or_none_is() {
    everywhere(async |scene| {
        let submissions = scene.altinn.submissions();
        let two = people(false).data_type(json!({"id": "other", "taskId": "Fill", "maxCount": 1,
            "appLogic": {"autoCreate": true, "classRef": "Other"}}));
        let id = start(&scene, &two.publish(&scene)).await;
        let read = submissions.get(&scene.leader, &id).await.unwrap().version();
        let company = patch(&json!([{"op": "add", "path": "/company", "value": "A"}]));
        let other = patch(&json!([{"op": "add", "path": "/seen", "value": true}]));
        let together = [("form", &company), ("other", &other)];
        let saved = submissions.patch_all(&scene.leader, &id, &together, Some(read)).await.unwrap();
        assert_eq!(saved.instance.version(), read + 1);
        assert!(saved.issues.is_empty(), "{:?}", saved.issues);
        assert_eq!(saved.instance.element("other").unwrap().form().unwrap()["seen"], true);

        let failing = patch(&json!([{"op": "remove", "path": "/nothing"}]));
        let renamed = patch(&json!([{"op": "remove", "path": "/company"}]));
        let half = [("form", &renamed), ("other", &failing)];
        let refused = submissions.patch_all(&scene.leader, &id, &half, None).await.unwrap_err();
        assert_eq!(refused.code(), "PATCH-NOT-THERE");
        assert_eq!(stored(&scene, &id).await["company"], "A");
        let late = submissions.patch_all(&scene.leader, &id, &together, Some(read)).await.unwrap_err();
        assert_eq!(late.code(), "SUBMISSION-CHANGED");
    })
    .await;
}

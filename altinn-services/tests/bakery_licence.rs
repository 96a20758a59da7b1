//! The sample app: it loads whole, its data are what they say they are, and its process is walked to the end.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::fs;
use std::path::PathBuf;

use altinn_auth::xacml::{CompiledPolicy, Placeholders, PolicyDocument};
use altinn_core::Language;
use altinn_services::definition::{AppDefinition, ElementFacts};
use altinn_services::form::{FormData, FormLimits, Issue, sample};
use altinn_services::process::{Effect, Event, ProcessState, ServiceWork, Step, step};
use altinn_services::submission::FileScanResult;

fn examples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

fn app() -> AppDefinition {
    AppDefinition::load(examples().join("apps/bakery-licence")).unwrap()
}

fn issues(file: &str) -> Vec<Issue> {
    let text = fs::read(examples().join("data").join(file)).unwrap();
    let data = FormData::parse(&text, FormLimits::default()).unwrap();
    app().validate("application", &data)
}

#[test]
fn nothing_about_it_is_limited() {
    let app = app();
    assert_eq!(app.metadata().id(), "ttd/bakery-licence");
    assert_eq!(app.remarks(), []);
    assert!(app.policy_xml().contains("urn:altinn:minimum-authenticationlevel"));
    let options = app.options("food-kinds").and_then(|options| options.as_array()).unwrap();
    assert_eq!(options.len(), 4);
}

#[test]
fn its_policy_compiles() {
    let app = app();
    let names = Placeholders { org: app.metadata().org(), app: app.metadata().app() };
    let document = PolicyDocument::read_for_app(app.policy_xml(), &names).unwrap();
    let policy = CompiledPolicy::compile(&document).unwrap();
    assert_eq!(policy.id(), "urn:altinn:resource:app_ttd_bakery-licence:policyid:1");
}

#[test]
fn every_text_is_there_in_three_languages() {
    let app = app();
    let languages = [Language::Nb, Language::Nn, Language::En];
    assert_eq!(app.texts().languages().collect::<Vec<_>>(), languages);
    for id in ["appName", "signing.text", "receipt.body", "receipt.filename"] {
        let text = app.texts().text(id).unwrap();
        assert!(languages.iter().all(|language| text.get(*language).is_some()), "{id}");
    }
    let receipt = app.texts().get(Language::En, "receipt.body").unwrap();
    assert_eq!(receipt.variables[0].key, "applicant.name");
}

#[test]
fn its_data_is_valid_and_so_is_a_sample_of_its_schema() {
    assert_eq!(issues("bakery-licence.json"), []);
    let app = app();
    let schema = app.form_schema("application").unwrap();
    assert!(schema.is_valid(&sample(schema).unwrap()));
}

#[test]
fn its_invalid_data_is_told_field_by_field() {
    let issues = issues("bakery-licence.invalid.json");
    let mut found: Vec<_> = issues.iter().map(|issue| (issue.path.as_str(), issue.code.as_str())).collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("/applicant/email", "FORM-FORMAT"),
            ("/applicant/organisationNumber", "FORM-PATTERN"),
            ("/employees/0/hygieneCourse", "FORM-REQUIRED"),
            ("/foodKinds/1", "FORM-NOT-A-CHOICE"),
            ("/ownControlPlan", "FORM-NOT-A-CHOICE"),
            ("/premises/areaInSquareMetres", "FORM-TYPE"),
            ("/premises/openingDate", "FORM-FORMAT"),
        ]
    );
    let number = issues.iter().find(|issue| issue.path == "/applicant/organisationNumber").unwrap();
    assert_eq!(number.detail.in_language(Language::En), "This must be exactly 9 digits.");
    assert_eq!(number.position.map(|at| (at.line, at.column)), Some((3, 27)));
}

#[test]
fn it_is_filled_in_sent_back_filled_in_signed_and_given_a_receipt() {
    let app = app();
    let take = |state: &ProcessState, event: Event| -> Step {
        step(app.process(), state, &event, "2026-11-23T10:00:00Z".parse().unwrap()).unwrap()
    };
    let stands_at = |step: &Step| step.state.current_task().map(|task| task.element_id.clone());

    let started = take(&ProcessState::not_started(), Event::Start);
    let filled_in = take(&started.state, Event::next("write"));
    let sent_back = take(&filled_in.state, Event::next("reject"));
    assert_eq!(stands_at(&sent_back).as_deref(), Some("Task_Application"));
    let again = take(&sent_back.state, Event::Next { action: None });
    let signed = take(&again.state, Event::next("sign"));
    assert_eq!(stands_at(&signed).as_deref(), Some("Task_Receipt"));
    let Some(Effect::Service(work @ ServiceWork::WriteReceiptDocument { tasks, .. })) = signed.effects.last()
    else {
        panic!("no document is asked for");
    };
    assert_eq!(tasks, &["Task_Application"]);
    let ended = take(&signed.state, Event::done(work.task()));
    assert_eq!(ended.state.end_event.as_deref(), Some("EndEvent_1"));
}

#[test]
fn its_application_is_missed_and_too_many_floor_plans_are_told() {
    let plan = |content_type: &str, size| ElementFacts {
        data_type: "floor-plan".into(),
        content_type: content_type.into(),
        size,
        file_scan: FileScanResult::NotApplicable,
    };
    let elements = [
        plan("application/pdf", 1),
        plan("text/html", 1),
        plan("image/png", 11 * 1024 * 1024),
        plan("image/png", 1),
    ];
    let issues = app().check_elements("Task_Application", &elements);
    let found: Vec<_> = issues.iter().map(|issue| (issue.path.as_str(), issue.code.as_str())).collect();
    assert_eq!(
        found,
        [
            ("/application", "ELEMENT-MISSING"),
            ("/floor-plan", "ELEMENT-TOO-MANY"),
            ("/floor-plan/1", "ELEMENT-CONTENT-TYPE"),
            ("/floor-plan/2", "ELEMENT-TOO-LARGE"),
        ]
    );
}

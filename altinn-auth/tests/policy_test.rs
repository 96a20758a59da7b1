//! Policies tested from a file beside them, and compared over recorded questions.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::{Arc, Mutex};

use altinn_auth::decision::{
    DecisionLog, DecisionRecord, POLICY_TESTS, PolicyComparison, PolicyQuestion, PolicyTests, ServicePolicy,
};
use altinn_core::{AuthenticationLevel, Language, ServiceId};
use world::{POLICY, World, person};

mod world;

const TESTS: &str = r#"
resource = "ttd/bakery-licence"

[[test]]
name = "the leader fills in, at level 3"
roles = ["DAGL"]
action = "write"
expect = "permit"
rule = "ruleid:1"
required-level = 3

[[test]]
name = "level 2 is too low"
roles = ["DAGL"]
level = 2
action = "write"
expect = "deny"

[[test]]
name = "the service owner confirms receipt"
service-owner = "ttd"
level = 2
action = "complete"
end-event = "EndEvent_1"
expect = "permit"
"#;

fn service() -> ServiceId {
    "ttd/bakery-licence".parse().unwrap()
}

fn policy() -> ServicePolicy {
    ServicePolicy::read(&service(), POLICY).unwrap()
}

fn code(toml: &str) -> &'static str {
    PolicyTests::read(toml).unwrap_err().code()
}

#[test]
fn tests_that_hold_pass_and_rules_that_none_reaches_are_named() {
    let report = PolicyTests::read(TESTS).unwrap().run(&policy());
    assert!(report.has_passed(), "{report}");
    assert_eq!(report.untested_rules.len(), 2, "{report}");
    assert!(report.to_string().ends_with("3 passed, 0 failed"));
}

#[test]
fn a_test_that_does_not_hold_says_what_is_otherwise() {
    let wrong = TESTS.replace("\"DAGL\"", "\"REVI\"").replace("required-level = 3", "required-level = 4");
    let report = PolicyTests::read(&wrong).unwrap().run(&policy());
    assert_eq!((report.passed(), report.failed()), (2, 1));
    let differences = report.outcomes[0].differences.join("; ");
    assert_eq!(
        differences,
        "expected permit, got AUTH-DENIED-NOT-GRANTED; expected rule `ruleid:1` to decide, it was `no rule`; \
         expected level 4 to be required, it is none"
    );
    assert!(!report.outcomes[0].answer.would_help.is_empty());
}

#[test]
fn a_file_that_is_not_what_it_must_be_is_refused() {
    assert_eq!(code("resource = \"ttd/bakery-licence\""), "AUTH-POLICY-TEST-NONE");
    assert_eq!(code(&TESTS.replace("expect", "expects")), "AUTH-POLICY-TEST-TOML");
    assert_eq!(code(&TESTS.replace("ttd/bakery-licence", "no such thing")), "AUTH-POLICY-TEST-RESOURCE");
    assert_eq!(code(&TESTS.replace("level = 2", "level = 9")), "AUTH-POLICY-TEST-TOML");
    assert_eq!(code(&"#".repeat(2 * 1024 * 1024)), "AUTH-POLICY-TEST-TOO-LARGE");
}

#[test]
fn the_file_stands_beside_the_policy() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("policy.xml"), POLICY).unwrap();
    assert_eq!(PolicyTests::run_folder(folder.path()).unwrap_err().code(), "AUTH-POLICY-TEST-FILE");
    std::fs::write(folder.path().join(POLICY_TESTS), TESTS).unwrap();
    assert!(PolicyTests::run_folder(folder.path()).unwrap().has_passed());
}

#[derive(Debug, Default)]
struct Recorder(Mutex<Vec<PolicyQuestion>>);

impl DecisionLog for Recorder {
    fn decided(&self, record: &DecisionRecord<'_>) {
        self.0.lock().unwrap().push(PolicyQuestion::of(record));
    }
}

#[tokio::test]
async fn what_was_decided_is_asked_again_of_another_version() {
    let world = World::new().await;
    let recorder = Arc::new(Recorder::default());
    let authorizer = world.authorizer.clone().with_log(recorder.clone());
    for (actor, action) in [(&world.kari, "write"), (&world.kari, "read"), (&world.ola, "write")] {
        let _ = authorizer.decide(&person(actor), &world.to(action)).await;
    }
    let recorded = recorder.0.lock().unwrap().clone();
    let lines: Vec<String> =
        recorded.iter().map(|question| serde_json::to_string(question).unwrap()).collect();
    assert_eq!(lines[0], r#"{"roles":["DAGL"],"level":4,"action":"write"}"#);
    let read_again = lines.iter().map(|line| serde_json::from_str::<PolicyQuestion>(line).unwrap());

    let stricter = POLICY.replacen(">dagl<", ">lede<", 1);
    let after = ServicePolicy::read(&service(), stricter).unwrap();
    let comparison = PolicyComparison::of(&service().resource_id(), &policy(), &after, read_again);
    assert_eq!(comparison.asked, 3);
    let words: Vec<String> =
        comparison.differences.iter().map(|difference| difference.explain(Language::En)).collect();
    assert!(words[0].starts_with("DAGL, write: before, permitted by rule"), "{words:?}");
    assert!(words[0].contains("now, denied (AUTH-DENIED-NOT-GRANTED)"), "{words:?}");
    assert!(comparison.differences.iter().all(|difference| difference.question.roles.len() == 1));
}

#[test]
fn a_higher_level_is_a_difference_and_the_same_policy_has_none() {
    let higher = POLICY.replacen(">3<", ">4<", 1);
    let after = ServicePolicy::read(&service(), higher).unwrap();
    let question = PolicyQuestion { roles: vec!["DAGL".parse().unwrap()], ..PolicyQuestion::new("write") };
    let compare = |after: &ServicePolicy| {
        PolicyComparison::of(&service().resource_id(), &policy(), after, [question.clone()])
    };
    let required = compare(&after).differences[0].after.required_level;
    assert_eq!(required, Some(AuthenticationLevel::VerySensitive));
    assert_eq!(compare(&policy()).differences, []);
}

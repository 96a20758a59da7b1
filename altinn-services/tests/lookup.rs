//! Lookups: answered to those who may know, and never without a trace.
#![cfg(feature = "lookup")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(clippy::future_not_send, reason = "a test runs where it was started")]

mod scene;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use altinn_core::testing::SyntheticPeople;
use altinn_core::{Actor, AuthenticationLevel, Party, PartyId};
use altinn_services::Altinn;
use altinn_services::lookup::{
    Lookup, LookupContext, LookupError, LookupFailure, LookupRequest, LookupService,
};
use async_trait::async_trait;
use scene::{person, register, sample};
use serde_json::{Value, json};
use tempfile::TempDir;

const SAMPLE: &str = "organization-lookup";

/// A register that knows one organization, and misbehaves for others.
#[derive(Debug, Clone, Default)]
struct Organizations {
    asked: Arc<AtomicUsize>,
}

#[async_trait]
impl Lookup for Organizations {
    async fn look_up(&self, query: &Value, context: &LookupContext<'_>) -> Result<Value, LookupFailure> {
        assert!(context.party.get() > 0);
        self.asked.fetch_add(1, Ordering::SeqCst);
        match query["organisasjonsnummer"].as_str().unwrap() {
            "312345005" => Ok(
                json!({"organisasjonsnummer": "312345005", "navn": "BAKERIET AS", "organisasjonsform": {"kode": "AS"}}),
            ),
            "000000001" => Ok(json!({"navn": 7})),
            "000000002" => Err(LookupFailure::Unavailable { reason: "down".to_owned() }),
            "000000003" => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                Err(LookupFailure::NotFound)
            }
            _ => Err(LookupFailure::NotFound),
        }
    }
}

struct Scene {
    altinn: Altinn,
    service: LookupService,
    register: Organizations,
    bakery: Party,
    leader: Actor,
    /// Has a role for the bakery, of the kind that may not ask.
    baker: Actor,
    stranger: Actor,
    _folder: TempDir,
}

async fn everywhere(claim: impl AsyncFn(Scene)) {
    for (builder, folder) in scene::builders().await {
        let altinn = builder.build().await.unwrap();
        claim(Scene::set(altinn, folder).await).await;
    }
}

impl Scene {
    async fn set(altinn: Altinn, folder: TempDir) -> Self {
        let organizations = Organizations::default();
        let service = altinn.publish_lookup(sample(SAMPLE), organizations.clone()).unwrap();
        let mut people = SyntheticPeople::from_seed(5);
        let bakery = people.organization();
        let [leader, baker, stranger] = [people.person(), people.person(), people.person()];
        let parties = [&bakery, &leader, &baker, &stranger];
        register(&altinn, &parties, &[("DAGL", &bakery, &leader), ("UTINN", &bakery, &baker)]).await;
        let [leader, baker, stranger] =
            [&leader, &baker, &stranger].map(|party| person(party, AuthenticationLevel::Sensitive));
        Self { altinn, service, register: organizations, bakery, leader, baker, stranger, _folder: folder }
    }

    async fn ask(&self, actor: &Actor, request: &LookupRequest) -> Result<Value, LookupError> {
        Ok(self.altinn.lookups().ask(actor, &self.service, self.bakery.id, request).await?.answer)
    }

    async fn traces(&self) -> Vec<altinn_auth::trail::TrailEntry> {
        self.altinn.trail().of(&self.leader, self.bakery.id, None).await.unwrap().entries
    }

    /// How many answers the trail tells of: a permission that led to none names no element.
    async fn answers(&self) -> usize {
        self.traces().await.iter().filter(|trace| trace.element.is_some()).count()
    }

    async fn entries(&self) -> i64 {
        let rows =
            self.altinn.store().query("select count(*) as n from archive_entry", vec![]).await.unwrap();
        rows[0].get("n").unwrap()
    }
}

fn query(number: &str) -> LookupRequest {
    LookupRequest::new(json!({"organisasjonsnummer": number})).because("a new supplier")
}

#[tokio::test]
async fn an_answer_says_in_the_trail_who_looked_for_whom_where_and_why_and_is_archived() {
    everywhere(async |scene| {
        let lookups = scene.altinn.lookups();
        let given =
            lookups.ask(&scene.leader, &scene.service, scene.bakery.id, &query("312345005")).await.unwrap();
        assert_eq!(given.answer["navn"], "BAKERIET AS");
        assert!(!format!("{given:?}").contains("BAKERIET"));
        let traces = scene.traces().await;
        assert_eq!(traces.len(), 1);
        let trace = &traces[0];
        assert_eq!((trace.actor.as_str(), trace.level), (scene.leader.reference().as_str(), 3));
        assert_eq!((trace.party, trace.resource.as_str()), (scene.bakery.id, "app_brreg_organization"));
        assert_eq!((trace.action.as_str(), trace.purpose.as_deref()), ("read", Some("a new supplier")));
        assert!(trace.rule.as_ref().unwrap().ends_with("ruleid:1"), "{trace:?}");
        assert_eq!(trace.element.as_deref(), Some(format!("lookup/{}", given.id).as_str()));

        let receipt =
            scene.altinn.archive().prove(given.entry.unwrap(), Duration::from_secs(10)).await.unwrap();
        assert!(format!("{receipt:?}").contains("Proved"));
    })
    .await;
}

#[tokio::test]
async fn who_may_not_ask_gets_no_answer_and_only_those_who_represent_the_party_are_told_why() {
    everywhere(async |scene| {
        let refused = scene.ask(&scene.baker, &query("312345005")).await.unwrap_err();
        assert_eq!(refused.code(), "AUTH-DENIED-NOT-GRANTED");
        let refused = scene.ask(&scene.stranger, &query("312345005")).await.unwrap_err();
        let nobody = PartyId::new(99_999_999);
        let no_such =
            scene.altinn.lookups().ask(&scene.leader, &scene.service, nobody, &query("312345005")).await;
        assert_eq!(
            (refused.code(), refused.to_string()),
            ("LOOKUP-NOT-FOUND", no_such.unwrap_err().to_string())
        );

        let leader = scene.leader.subject().party().unwrap();
        let low = Actor::new(scene.leader.subject().clone(), AuthenticationLevel::QuiteSensitive);
        assert_eq!(low.party(), Some(leader));
        assert_eq!(scene.ask(&low, &query("312345005")).await.unwrap_err().code(), "AUTH-DENIED-LEVEL");
        assert_eq!(scene.register.asked.load(Ordering::SeqCst), 0, "the register was never asked");
        let codes: Vec<_> = scene.traces().await.into_iter().map(|trace| trace.code).collect();
        assert_eq!(codes, ["AUTH-DENIED-LEVEL", "AUTH-DENIED-NOT-GRANTED", "AUTH-DENIED-NOT-GRANTED"]);
        let not_theirs = scene.altinn.trail().of(&scene.stranger, scene.bakery.id, None).await;
        assert_eq!(not_theirs.unwrap_err().code(), "AUTH-TRAIL-NOT-FOUND");
    })
    .await;
}

#[tokio::test]
async fn what_is_not_in_order_is_refused_before_the_register_is_asked() {
    everywhere(async |scene| {
        let refused = scene
            .ask(&scene.leader, &LookupRequest::new(json!({"organisasjonsnummer": "12"})).because("x"))
            .await;
        let LookupError::Query(issues) = refused.unwrap_err() else { panic!() };
        assert_eq!(issues[0].path, "/organisasjonsnummer");
        for purpose in ["", "  ", &"x".repeat(1_001)] {
            let request = query("312345005").because(purpose);
            assert_eq!(scene.ask(&scene.leader, &request).await.unwrap_err().code(), "LOOKUP-PURPOSE");
        }
        let without = LookupRequest::new(json!({"organisasjonsnummer": "312345005"}));
        assert_eq!(scene.ask(&scene.leader, &without).await.unwrap_err().code(), "LOOKUP-PURPOSE");
        assert_eq!(scene.register.asked.load(Ordering::SeqCst), 0);
    })
    .await;
}

#[tokio::test]
async fn a_register_that_fails_gives_no_answer_and_leaves_no_trace() {
    let folder = TempDir::new().unwrap();
    let altinn = Altinn::local(folder.path()).await.unwrap();
    let mut scene = Scene::set(altinn, folder).await;
    let impatient = TempDir::new().unwrap();
    for file in fs::read_dir(sample(SAMPLE)).unwrap().map(|file| file.unwrap().path()) {
        let text = fs::read_to_string(&file).unwrap().replace("timeout_seconds = 5", "timeout_seconds = 1");
        fs::write(impatient.path().join(file.file_name().unwrap()), text).unwrap();
    }
    scene.service = scene.altinn.publish_lookup(impatient.path(), scene.register.clone()).unwrap();
    let cases = [
        ("000000001", "LOOKUP-ANSWER"),
        ("000000002", "LOOKUP-UNAVAILABLE"),
        ("000000003", "LOOKUP-TOO-SLOW"),
        ("000000004", "LOOKUP-NOTHING"),
    ];
    for (number, code) in cases {
        assert_eq!(scene.ask(&scene.leader, &query(number)).await.unwrap_err().code(), code, "{number}");
    }
    assert_eq!(scene.answers().await, 0);
    assert_eq!(scene.entries().await, 0);
}

#[tokio::test]
async fn the_same_key_leaves_one_trace_and_is_refused_for_another_query() {
    everywhere(async |scene| {
        let lookups = scene.altinn.lookups();
        let request = query("312345005").once("k-1");
        let first = lookups.ask(&scene.leader, &scene.service, scene.bakery.id, &request).await.unwrap();
        let again = lookups.ask(&scene.leader, &scene.service, scene.bakery.id, &request).await.unwrap();
        assert_eq!((again.id, &again.answer), (first.id, &first.answer));
        assert_eq!((scene.answers().await, scene.entries().await), (1, 1));
        let other = scene.ask(&scene.leader, &query("312345006").once("k-1")).await.unwrap_err();
        assert_eq!(other.code(), "IDEMPOTENCY-DIFFERENT-REQUEST");
    })
    .await;
}

#[tokio::test]
async fn a_trail_is_read_page_by_page_the_latest_first() {
    everywhere(async |scene| {
        for number in 0..105 {
            let request = query("312345005").because(format!("{number}"));
            scene.ask(&scene.leader, &request).await.unwrap();
        }
        let (mut before, mut purposes) = (None, Vec::new());
        loop {
            let page = scene.altinn.trail().of(&scene.leader, scene.bakery.id, before).await.unwrap();
            purposes.extend(page.entries.into_iter().filter_map(|entry| entry.purpose));
            before = page.before;
            if before.is_none() {
                break;
            }
        }
        let expected: Vec<_> = (0..105).rev().map(|number| number.to_string()).collect();
        assert_eq!(purposes, expected);
    })
    .await;
}

#[tokio::test]
async fn a_folder_that_is_not_in_order_is_refused_with_file_and_place() {
    let folder = TempDir::new().unwrap();
    let altinn = Altinn::local(folder.path()).await.unwrap();
    let files = ["service.toml", "policy.xml", "query.schema.json", "answer.schema.json"];
    let toml = fs::read_to_string(sample(SAMPLE).join("service.toml")).unwrap();
    let cases = [
        (
            "service.toml",
            toml.replace("\"lookup\"", "\"link\""),
            "file `service.toml`, line 1, column 8: the type is `link` where `lookup` is expected",
        ),
        (
            "service.toml",
            toml.replace("brreg/organization", "brreg"),
            "file `service.toml`, line 2, column 6: ",
        ),
        (
            "service.toml",
            toml.replace("archive = true", "archive = 7"),
            "file `service.toml`, line 8, column 11: invalid type: integer `7`",
        ),
        (
            "service.toml",
            toml.replace("archive", "archives"),
            "file `service.toml`, line 8, column 1: unknown field `archives`",
        ),
        ("service.toml", "type = ".to_owned(), "file `service.toml`, line 1, column 8: "),
        ("service.toml", toml.replace("\"query.schema.json\"", "\"../secret.json\""), "`../secret.json`"),
        ("query.schema.json", "{\"type\": 7}".to_owned(), "file `query.schema.json`: "),
        ("policy.xml", "<Policy/>".to_owned(), "polic"),
    ];
    for (number, (file, text, told)) in cases.into_iter().enumerate() {
        let sick = folder.path().join(number.to_string());
        fs::create_dir(&sick).unwrap();
        for file in files {
            fs::copy(sample(SAMPLE).join(file), sick.join(file)).unwrap();
        }
        fs::write(sick.join(file), text).unwrap();
        let refused = altinn.publish_lookup(&sick, Organizations::default()).unwrap_err().to_string();
        assert!(refused.contains(told), "{number}: {refused}");
    }
    assert!(altinn.publish_lookup(folder.path().join("none"), Organizations::default()).is_err());
}

//! What an app does in C# and an agency in Rust: options, actions of users, who may start, and who owns an instance.

use std::collections::BTreeMap;

use altinn_core::{Language, Party, PartyKind, Text};
use altinn_services::definition::Choice;
use altinn_services::submission::{
    Interval, NewSubscription, OptionsAsked, Schedule, Service, Submission, SubmissionError, UserAction,
    UserActionDone,
};
use serde_json::{Value, json};

use crate::own_app::OwnApp;
use crate::scene::{Scene, everywhere};

#[derive(Debug)]
struct Code;

#[async_trait::async_trait]
impl Submission for Code {
    async fn may_start(&self, _service: &Service, owner: &Party) -> Result<(), Text> {
        match owner.kind {
            PartyKind::Person => Err(Text::new(Language::Nb, "Bare for virksomheter.")),
            _ => Ok(()),
        }
    }

    async fn options(&self, id: &str, asked: &OptionsAsked<'_>) -> Option<Vec<Choice>> {
        let owner = asked.instance.map(|instance| instance.id().owner.to_string());
        let choice = json!([{"value": owner, "label": asked.parameters.get("in")}]);
        (id == "kinds").then(|| serde_json::from_value(choice).unwrap())
    }

    async fn user_action(&self, asked: &UserAction<'_>) -> Option<Result<UserActionDone, Text>> {
        let button = asked.button.unwrap_or("none");
        match asked.action {
            "look-up" if button == "closed" => Some(Err(Text::new(Language::Nb, "Stengt."))),
            "look-up" => Some(Ok(UserActionDone::new()
                .with_form("form", json!({"found": button}))
                .with_form("other", json!({}))
                .with_client_action(json!({"id": "nextPage"})))),
            _ => None,
        }
    }
}

fn app() -> OwnApp {
    let extension = r#"<altinn:actions><altinn:action type="serverAction">look-up</altinn:action>
        <altinn:action type="serverAction">nobodys</altinn:action></altinn:actions>"#;
    OwnApp::new("code")
        .data_type(json!({"id": "answer", "taskId": "Ask", "maxCount": 1,
            "appLogic": {"autoCreate": true, "classRef": "Answer"}}))
        .task("Ask", "task", "data", extension)
        .flow("Fill", "Ask")
        .flow("Ask", "End")
        .action("look-up")
        .action("nobodys")
}

async fn asked(scene: &Scene) -> altinn_core::InstanceId {
    let service = app().publish(scene);
    scene.altinn.register_submission(service.id().clone(), Code);
    let submissions = scene.altinn.submissions();
    *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id()
}

#[tokio::test]
async fn the_agencys_code_says_for_whom_an_instance_may_be_started() {
    everywhere(async |scene| {
        asked(&scene).await;
        let service = scene.altinn.service(&"ttd/code".parse().unwrap()).unwrap();
        let submissions = scene.altinn.submissions();
        let own = scene.leader.party().unwrap();
        let agency = altinn_core::Subject::ServiceOwner { org: "ttd".to_owned(), number: None };
        let agency = altinn_core::Actor::new(agency, altinn_core::AuthenticationLevel::VerySensitive);
        match submissions.start(&agency, &service, own).await.unwrap_err() {
            SubmissionError::MayNotStart(text) => {
                assert_eq!(text.in_language(Language::Nb), "Bare for virksomheter.");
            }
            other => panic!("{other}"),
        }
        // Nor by a subscription: the reason stands with it.
        let daily = Schedule::Periodic {
            first: altinn_core::oslo::local(scene.altinn.clock().now()).date(),
            every: Interval::days(1),
            due_after: None,
            until: None,
        };
        let subscriptions = submissions.subscriptions();
        let made =
            subscriptions.subscribe(&agency, &service, own, &NewSubscription::new(daily)).await.unwrap();
        assert_eq!(subscriptions.run_due(1).await.unwrap().deferred, 1);
        let reason = subscriptions.get(&agency, made.id).await.unwrap().reason.unwrap();
        assert!(reason.starts_with("SUBMISSION-MAY-NOT-START"), "{reason}");
    })
    .await;
}

#[tokio::test]
async fn options_come_from_code_with_the_instance_where_there_is_one() {
    everywhere(async |scene| {
        let id = asked(&scene).await;
        let service = scene.altinn.service(&"ttd/code".parse().unwrap()).unwrap();
        let submissions = scene.altinn.submissions();
        let said = BTreeMap::from([("in".to_owned(), "Bergen".to_owned())]);
        let of_all = submissions.options(&service, "kinds", Language::Nb, &said).await.unwrap();
        assert_eq!((of_all[0].label.as_str(), &of_all[0].value), ("Bergen", &Value::Null));
        let of_one = submissions.options_of(&scene.filler, &id, "kinds", Language::Nb, &said).await.unwrap();
        assert_eq!(of_one.unwrap()[0].value, json!(scene.bakery.id.to_string()));
        assert!(submissions.options(&service, "colours", Language::Nb, &said).await.is_none());
        let refused = submissions.options_of(&scene.stranger, &id, "kinds", Language::Nb, &said).await;
        assert_eq!(refused.unwrap_err().code(), "SUBMISSION-NOT-FOUND");
    })
    .await;
}

#[tokio::test]
async fn an_action_of_a_user_changes_forms_and_moves_nothing() {
    everywhere(async |scene| {
        let id = asked(&scene).await;
        let submissions = scene.altinn.submissions();
        let early = submissions.user_action(&scene.leader, &id, "look-up", None).await.unwrap_err();
        assert_eq!(early.code(), "PROCESS-ACTION-NOT-ALLOWED", "task `Fill` does not declare it");
        submissions.next(&scene.leader, &id, None).await.unwrap();
        let closed =
            submissions.user_action(&scene.leader, &id, "look-up", Some("closed")).await.unwrap_err();
        assert_eq!(closed.to_string(), "the action was not done: Stengt.");
        let nobodys = submissions.user_action(&scene.leader, &id, "nobodys", None).await.unwrap_err();
        assert_eq!(nobodys.code(), "SUBMISSION-USER-ACTION-MISSING");
        let stranger = submissions.user_action(&scene.stranger, &id, "look-up", None).await.unwrap_err();
        assert_eq!(stranger.code(), "SUBMISSION-NOT-FOUND");
        let before = submissions.get(&scene.leader, &id).await.unwrap();
        let (after, done) = submissions.user_action(&scene.leader, &id, "look-up", Some("a")).await.unwrap();
        assert_eq!((after.task(), after.version()), (Some("Ask"), before.version() + 1));
        assert_eq!(done.client_actions(), [json!({"id": "nextPage"})]);
        // The form of another task stays as it was.
        assert_eq!(after.element("form"), before.element("form"));
    })
    .await;
}

#[tokio::test]
async fn a_gateway_may_ask_what_kind_of_party_owns_the_instance() {
    everywhere(async |scene| {
        let is = r#"["instanceContext", "instanceOwnerPartyType"]"#;
        let service = OwnApp::new("owner")
            .task("Sign", "task", "confirmation", "")
            .gateway("Kind")
            .flow("Fill", "Kind")
            .flow_if("Kind", "Sign", &format!(r#"["equals", {is}, "org"]"#))
            .flow_if("Kind", "End", &format!(r#"["notEquals", {is}, "org"]"#))
            .flow("Sign", "End")
            .action("confirm")
            .publish(&scene);
        let submissions = scene.altinn.submissions();
        let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
        assert_eq!(submissions.next(&scene.leader, &id, None).await.unwrap().task(), Some("Sign"));
    })
    .await;
}

#[tokio::test]
async fn a_form_that_is_made_after_a_service_task_is_prefilled_too() {
    everywhere(async |scene| {
        scene.altinn.register_service_task("food-register", altinn_services::testing::StandIn::new());
        let service = OwnApp::new("later")
            .data_type(json!({"id": "answer", "taskId": "Ask", "maxCount": 1,
                "appLogic": {"autoCreate": true, "classRef": "Answer"}}))
            .file("models/answer.prefill.json", json!({"ER": {"Name": "who"}}).to_string())
            .task("Send", "serviceTask", "food-register", "")
            .task("Ask", "task", "data", "")
            .flow("Fill", "Send")
            .flow("Send", "Ask")
            .flow("Ask", "End")
            .publish(&scene);
        let submissions = scene.altinn.submissions();
        let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
        let asked = submissions.next(&scene.leader, &id, None).await.unwrap();
        assert_eq!(asked.task(), Some("Ask"));
        assert_eq!(asked.element("answer").unwrap().form().unwrap(), json!({"who": scene.bakery.name}));
    })
    .await;
}

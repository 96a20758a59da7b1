//! What an app does in the agency's code: options, actions of users, payment.

use std::fs;
use std::path::Path;

use altinn_core::http::Method;
use altinn_core::{Language, Text};
use altinn_services::definition::Choice;
use altinn_services::submission::{OptionsAsked, Submission, UserAction, UserActionDone};
use altinn_services::testing::TestPayment;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::{World, everywhere, json, problem};

const INSTANCES: &str = "/ttd/till/instances";

/// An app whose first task has an action for the agency's code, and whose second one is to be paid.
fn publish(world: &World) -> TempDir {
    let folder = TempDir::new().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/apps/bakery-licence/App");
    let write = |file: &str, change: &dyn Fn(String) -> String| {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, change(fs::read_to_string(sample.join(file)).unwrap())).unwrap();
    };
    let as_it_is = |text: String| text;
    write("config/applicationmetadata.json", &|text| text.replace("ttd/bakery-licence", "ttd/till"));
    write("models/application.schema.json", &as_it_is);
    write("config/process/process.bpmn", &|text| {
        let action =
            "<altinn:actions><altinn:action type=\"serverAction\">look-up</altinn:action></altinn:actions>";
        let text = text.replace(
            "<altinn:taskType>data</altinn:taskType>",
            &format!("<altinn:taskType>data</altinn:taskType>{action}"),
        );
        let begin = text.find("<altinn:taskType>signing").unwrap();
        let end = begin + text[begin..].find("</altinn:taskExtension>").unwrap();
        let pay = "<altinn:taskType>payment</altinn:taskType><altinn:actions><altinn:action>pay</altinn:action></altinn:actions>";
        format!("{}{pay}{}", &text[..begin], &text[end..])
    });
    write("config/authorization/policy.xml", &|text| {
        // Whoever may write may look up.
        let at = text.find(">write<").unwrap();
        let (begin, end) =
            (text[..at].rfind("<xacml:AllOf>").unwrap(), at + text[at..].find("</xacml:AllOf>").unwrap());
        let may_write = &text[begin..end + "</xacml:AllOf>".len()];
        let may_look_up = format!("{may_write}{}", may_write.replace(">write<", ">look-up<"));
        text.replace(may_write, &may_look_up).replace(">sign<", ">pay<")
    });
    let altinn = world.api.altinn();
    altinn.register_submission("ttd/till".parse().unwrap(), Till);
    altinn.register_payment(TestPayment::waiting());
    altinn.publish_app(folder.path()).unwrap();
    folder
}

#[derive(Debug)]
struct Till;

#[async_trait::async_trait]
impl Submission for Till {
    async fn options(&self, id: &str, asked: &OptionsAsked<'_>) -> Option<Vec<Choice>> {
        let owner = asked.instance.map(|instance| instance.id().owner.to_string());
        let label = format!("{}, {}", asked.language.code(), asked.parameters.get("in")?);
        (id == "kinds").then(|| serde_json::from_value(json!([{"value": owner, "label": label}])).unwrap())
    }

    async fn user_action(&self, asked: &UserAction<'_>) -> Option<Result<UserActionDone, Text>> {
        if asked.button == Some("closed") {
            return Some(Err(Text::new(Language::Nb, "Stengt.")));
        }
        let found = json!({"applicant": {"email": "nobody"}});
        let done = UserActionDone::new().with_form("application", found);
        Some(Ok(done.with_client_action(json!({"id": "nextPage"}))))
    }
}

async fn begin(world: &World, token: &str) -> (String, String) {
    let path = format!("{INSTANCES}?instanceOwnerPartyId={}", world.bakery.id);
    let begun = json(&world.send(world.request(Method::POST, &path).bearer(token).unwrap()).await, 201);
    (
        format!("{INSTANCES}/{}", begun["id"].as_str().unwrap()),
        begun["data"][0]["id"].as_str().unwrap().to_owned(),
    )
}

#[tokio::test]
async fn options_come_from_code_in_the_language_and_by_the_parameters_that_were_asked_for() {
    everywhere(async |world: World| {
        let _folder = publish(&world);
        let get = async |path: &str| world.send(world.request(Method::GET, path)).await;
        let asked = json(&get("/ttd/till/api/options/kinds?language=en&in=Bergen").await, 200);
        assert_eq!(asked, json!([{"value": null, "label": "en, Bergen"}]));
        problem(&get("/ttd/till/api/options/nothing?in=Bergen").await, 404);
        assert_eq!(problem(&get("/ttd/till/api/options/kinds?language=xx").await, 400), "HTTP-QUERY");

        let (leader, stranger) = (world.token(&world.leader), world.token(&world.stranger));
        let (instance, _) = begin(&world, &leader).await;
        let path = format!("{instance}/options/kinds?in=Oslo");
        let asked = json(&world.get(&leader, &path).await, 200);
        assert_eq!(asked, json!([{"value": world.bakery.id.to_string(), "label": "nb, Oslo"}]));
        problem(&world.get(&stranger, &path).await, 404);
    })
    .await;
}

#[tokio::test]
async fn an_action_of_a_user_is_done_by_code_and_tells_what_it_changed() {
    everywhere(async |world: World| {
        let _folder = publish(&world);
        let leader = world.token(&world.leader);
        let (instance, form) = begin(&world, &leader).await;
        let act = async |body: Value| {
            world.send_json(Method::POST, &leader, &format!("{instance}/actions"), &body).await
        };
        let done = json(&act(json!({"action": "look-up"})).await, 200);
        assert_eq!(done["updatedDataModels"][&form]["applicant"]["email"], "nobody");
        assert_eq!(done["clientActions"], json!([{"id": "nextPage"}]));
        let issues = done["updatedValidationIssues"][&form]["Form"].as_array().unwrap();
        assert!(issues.iter().any(|issue| issue["field"] == "applicant.email"), "{done}");
        assert_eq!(done["instance"]["process"]["currentTask"]["elementId"], "Task_Application");

        let closed = act(json!({"action": "look-up", "buttonId": "closed"})).await;
        assert_eq!(problem(&closed, 409), "SUBMISSION-USER-ACTION-FAILED");
        assert_eq!(problem(&act(json!({"action": "nobodys"})).await, 403), "AUTH-DENIED-NOT-GRANTED");
    })
    .await;
}

#[tokio::test]
async fn what_is_to_be_paid_is_told_before_and_after_the_payment_has_begun() {
    everywhere(async |world: World| {
        let _folder = publish(&world);
        let leader = world.token(&world.leader);
        let (instance, form) = begin(&world, &leader).await;
        let payment = format!("{instance}/payment");
        assert_eq!(problem(&world.get(&leader, &payment).await, 409), "PROCESS-ACTION-NOT-ALLOWED");
        let data: Value =
            serde_json::from_str(include_str!("../../../examples/data/bakery-licence.json")).unwrap();
        json(&world.send_json(Method::PUT, &leader, &format!("{instance}/data/{form}"), &data).await, 201);
        let next = format!("{instance}/process/next");
        json(&world.send_json(Method::PUT, &leader, &next, &json!({})).await, 200);

        let before = json(&world.get(&leader, &payment).await, 200);
        assert_eq!((&before["status"], &before["taskId"]), (&json!("Uninitialized"), &json!("Task_Signing")));
        let order = json(&world.get(&leader, &format!("{payment}/order-details")).await, 200);
        assert_eq!(order, before["orderDetails"]);
        assert_eq!(order["totalPriceIncVat"].as_f64(), Some(1250.0));
        let pay = json!({"action": "pay"});
        let begun =
            json(&world.send_json(Method::POST, &leader, &format!("{instance}/actions"), &pay).await, 200);
        assert!(begun["redirectUrl"].as_str().unwrap().starts_with("https://payment.example.com/"));
        assert_eq!(json(&world.get(&leader, &payment).await, 200)["status"], "Created");
        problem(&world.get(&world.token(&world.stranger), &payment).await, 404);
    })
    .await;
}

//! How an instance ends and begins again: deleted by its own end, and copied.

use altinn_core::http::{HttpResponse, Method, header};
use serde_json::{Value, json};

use crate::own_app::OwnApp;
use crate::world::{World, everywhere, json, problem};

async fn begin(world: &World, token: &str, app: &str) -> String {
    let instances = format!("/ttd/{app}/instances?instanceOwnerPartyId={}", world.bakery.id);
    let begun = world.send(world.request(Method::POST, &instances).bearer(token).unwrap()).await;
    begun.header(&header::LOCATION).unwrap().to_owned()
}

async fn complete(world: &World, token: &str, instance: &str) -> HttpResponse {
    let request = world.request(Method::PUT, &format!("{instance}/process/completeProcess"));
    world.send(request.bearer(token).unwrap()).await
}

#[tokio::test]
async fn an_instance_that_its_end_deletes_is_completed_and_then_there_for_its_agency_alone() {
    everywhere(async |world: World| {
        OwnApp::new("tip")
            .flow("Fill", "End")
            .metadata("autoDeleteOnProcessEnd", json!(true))
            .publish_in(world.api.altinn());
        let leader = world.token(&world.leader);
        let instance = begin(&world, &leader, "tip").await;
        for _ in 0..2 {
            assert_eq!(json(&complete(&world, &leader, &instance).await, 200)["endEvent"], "End");
        }
        let stored = instance.replace("/ttd/tip", "/storage/api/v1");
        for path in [&instance, &stored] {
            assert_eq!(problem(&world.get(&leader, path).await, 404), "SUBMISSION-NOT-FOUND");
            let kept = json(&world.get(&world.agency(), path).await, 200);
            assert_eq!(
                (&kept["status"]["isHardDeleted"], &kept["data"][0]["dataType"]),
                (&json!(true), &json!("form"))
            );
        }
        let confirm = world.request(Method::POST, &format!("{instance}/complete"));
        let confirmed = world.send(confirm.bearer(&world.agency()).unwrap()).await;
        assert_eq!(json(&confirmed, 200)["data"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn an_instance_is_copied_for_its_own_party_in_its_own_app_and_once_for_a_key() {
    everywhere(async |world: World| {
        for app in ["copied", "other"] {
            OwnApp::new(app)
                .flow("Fill", "End")
                .metadata("copyInstanceSettings", json!({"enabled": true}))
                .publish_in(world.api.altinn());
        }
        let leader = world.token(&world.leader);
        let instance = begin(&world, &leader, "copied").await;
        let earlier = instance.trim_start_matches("/ttd/copied/instances/").to_owned();
        let copy = async |app: &str, body: &Value| {
            let request = world.request(Method::POST, &format!("/ttd/{app}/instances/create"));
            let request =
                request.bearer(&leader).unwrap().header("idempotency-key".parse().unwrap(), "again").unwrap();
            world.send(request.json(body).unwrap()).await
        };
        let own = json!({"instanceOwner": {"partyId": world.bakery.id.to_string()},
            "sourceInstanceId": earlier, "dueBefore": "2027-01-31T23:00:00Z", "prefill": {"a": "b"}});
        assert_eq!(problem(&copy("copied", &own).await, 409), "SUBMISSION-NOT-SUBMITTED");
        json(&complete(&world, &leader, &instance).await, 200);
        assert_eq!(problem(&copy("other", &own).await, 404), "SUBMISSION-NOT-FOUND");
        let mut others = own.clone();
        others["instanceOwner"]["partyId"] = json!(world.leader.id.to_string());
        assert_eq!(problem(&copy("copied", &others).await, 404), "HTTP-OWNER");

        let made = json(&copy("copied", &own).await, 201);
        assert_eq!(made["dueBefore"], own["dueBefore"]);
        assert_eq!(json(&copy("copied", &own).await, 200)["id"], made["id"]);
    })
    .await;
}

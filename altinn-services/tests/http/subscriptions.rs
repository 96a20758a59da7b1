//! Subscriptions of parties to services, and delivery to the agency.

use altinn_core::Digest;
use altinn_core::http::{Method, header};
use serde_json::{Value, json};

use crate::world::{World, everywhere, json, problem};

const SUBSCRIPTIONS: &str = "/v1/subscriptions";

fn yearly() -> Value {
    json!({"schedule": {"kind": "periodic", "first": "2030-01-01", "every": "P1Y", "dueAfter": "P1M"}})
}

#[tokio::test]
async fn a_party_subscribes_changes_and_ends() {
    everywhere(async |world: World| {
        let (leader, stranger) = (world.token(&world.leader), world.token(&world.stranger));
        let asked =
            json!({"service": "ttd/bakery-licence", "partyId": world.bakery.id, "subscription": yearly()});
        let subscribe = async |key: &str| {
            let request = world.request(Method::POST, SUBSCRIPTIONS).bearer(&leader).unwrap();
            let request = request.header("idempotency-key".parse().unwrap(), key).unwrap();
            world.send(request.json(&asked).unwrap()).await
        };
        let made = subscribe("0f8a6f5e").await;
        let subscription = json(&made, 201);
        assert_eq!((&subscription["state"], &subscription["made"]), (&json!("active"), &json!(0)));
        assert_eq!(json(&subscribe("0f8a6f5e").await, 201)["id"], subscription["id"]);
        let path = made.header(&header::LOCATION).unwrap().to_owned();
        let version = made.header(&header::ETAG).unwrap().to_owned();
        assert_eq!(json(&world.get(&leader, &path).await, 200), subscription);
        assert_eq!(json(&world.get(&leader, &format!("{path}/instances")).await, 200), json!([]));

        let of_party = format!("{SUBSCRIPTIONS}?service=ttd/bakery-licence&partyId={}", world.bakery.id);
        assert_eq!(json(&world.get(&leader, &of_party).await, 200), json!([subscription]));
        let of_all = format!("{SUBSCRIPTIONS}?service=ttd/bakery-licence");
        assert_eq!(json(&world.get(&world.agency(), &of_all).await, 200).as_array().unwrap().len(), 1);
        problem(&world.get(&leader, &of_all).await, 404);
        problem(&world.get(&stranger, &path).await, 404);

        let change = async |body: &Value| {
            let request = world.request(Method::PUT, &path).bearer(&leader).unwrap();
            let request = request.header(header::IF_MATCH, &version).unwrap();
            world.send(request.json(body).unwrap()).await
        };
        let wrong = json!({"schedule": {"kind": "once", "opens": "2030-02-01", "due": "2030-01-01"}});
        assert_eq!(problem(&change(&wrong).await, 400), "SCHEDULE-ENDS-BEFORE-IT-BEGINS");
        let once = json!({"schedule": {"kind": "once", "opens": "2030-01-01"}});
        assert_eq!(json(&change(&once).await, 200)["schedule"]["kind"], "once");
        assert_eq!(problem(&change(&yearly()).await, 412), "HTTP-PRECONDITION");
        let end = world.request(Method::DELETE, &path).bearer(&leader).unwrap();
        assert_eq!(json(&world.send(end).await, 200)["state"], "ended");
    })
    .await;
}

#[tokio::test]
async fn the_agency_is_told_what_an_instance_holds_and_has_it_delivered_again() {
    everywhere(async |world: World| {
        let (leader, agency) = (world.token(&world.leader), world.agency());
        let path = format!("/ttd/bakery-licence/instances?instanceOwnerPartyId={}", world.bakery.id);
        let begun = json(&world.send(world.request(Method::POST, &path).bearer(&leader).unwrap()).await, 201);
        let id = begun["id"].as_str().unwrap();
        let delivery = format!("/v1/deliveries/{id}");
        let contents = json(&world.get(&agency, &delivery).await, 200);
        let element = &contents["elements"][0];
        let data = format!("/ttd/bakery-licence/instances/{id}/data/{}", element["id"].as_str().unwrap());
        let content = world.get(&leader, &data).await;
        assert_eq!(element["sha256"], Digest::of(content.body()).to_string());

        let again = async |token: &str, reason: &str| {
            let body = json!({ "reason": reason });
            world.send_json(Method::POST, token, &format!("{delivery}/again"), &body).await
        };
        assert_eq!(json(&again(&agency, "lost").await, 200)["contents"], contents);
        problem(&again(&leader, "lost").await, 404);
        assert_eq!(problem(&again(&agency, &"x".repeat(501)).await, 400), "HTTP-BODY");
    })
    .await;
}

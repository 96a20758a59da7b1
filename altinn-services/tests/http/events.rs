//! Events: published by an agency, read by type, app and party, subscribed to, and what could not be delivered.

use altinn_core::http::{HttpResponse, Method};
use altinn_core::store::{Batch, params};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{World, everywhere, json, problem};

const EVENTS: &str = "/events/api/v1/events";
const SUBSCRIPTIONS: &str = "/events/api/v1/subscriptions";
const RESOURCE: &str = "urn:altinn:resource:app_ttd_bakery-licence";

fn event(id: &str, kind: &str) -> Value {
    json!({"specversion": "1.0", "id": id, "source": "/bakeries", "type": kind, "resource": RESOURCE})
}

async fn publish(world: &World, token: &str, event: &Value) -> HttpResponse {
    let request = world.request(Method::POST, EVENTS).bearer(token).unwrap();
    world.send(request.body("application/cloudevents+json", serde_json::to_vec(event).unwrap())).await
}

fn types(answer: &HttpResponse) -> Vec<String> {
    let events = json(answer, 200);
    events.as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_agency_publishes_events_of_its_own_resources_and_reads_them_by_type() {
    everywhere(async |world: World| {
        let (agency, leader) = (world.agency(), world.token(&world.leader));
        for (id, kind) in [
            ("1", "bakery.inspected"),
            ("2", "bakery.closed"),
            ("2", "bakery.closed"),
            ("3", "bakery.opened"),
        ] {
            assert_eq!(publish(&world, &agency, &event(id, kind)).await.status().as_u16(), 200);
        }
        assert_eq!(problem(&publish(&world, &leader, &event("4", "a")).await, 403), "HTTP-SCOPE");
        assert_eq!(problem(&publish(&world, &world.authority(), &event("4", "a")).await, 403), "HTTP-SCOPE");
        let mut without = event("5", "a");
        without.as_object_mut().unwrap().remove("source");
        assert_eq!(problem(&publish(&world, &agency, &without).await, 400), "EVENT-MISSING");

        let all = format!("{EVENTS}?after=0&resource={RESOURCE}");
        assert_eq!(
            types(&world.get(&agency, &all).await),
            ["bakery.inspected", "bakery.closed", "bakery.opened"]
        );
        let two = format!("{all}&type=bakery.opened&type=bakery.inspected&size=2");
        let page = world.get(&agency, &two).await;
        assert_eq!(types(&page), ["bakery.inspected"]);
        let next = page.header(&"next".parse().unwrap()).unwrap().to_owned();
        assert_eq!(types(&world.get(&agency, &next).await), ["bakery.opened"], "{next}");
        assert_eq!(types(&world.get(&world.authority(), &all).await), [""; 0]);

        // Those of an app and of a party.
        let begin = format!("/ttd/bakery-licence/instances?instanceOwnerPartyId={}", world.bakery.id);
        json(&world.send(world.request(Method::POST, &begin).bearer(&leader).unwrap()).await, 201);
        let of_app = format!("/events/api/v1/app/ttd/bakery-licence?after=0&party={}", world.bakery.id);
        let begun = ["app.instance.created", "app.instance.process.movedTo.task_application"];
        assert_eq!(types(&world.get(&agency, &of_app).await), begun);
        let of_party = format!("/events/api/v1/app/party?after=0&party={}", world.bakery.id);
        assert_eq!(types(&world.get(&agency, &of_party).await), begun);
        assert_eq!(problem(&world.get(&agency, "/events/api/v1/app/party?after=0").await, 400), "HTTP-QUERY");
    })
    .await;
}

#[tokio::test]
async fn a_subscription_is_made_once_seen_by_its_owner_and_what_is_dead_is_driven_again() {
    everywhere(async |world: World| {
        let (agency, authority) = (world.agency(), world.authority());
        let wanted = json!({"endPoint": "https://agency.example.no/events", "resourceFilter": RESOURCE, "typeFilter": "bakery.closed"});
        let subscribe = async |token: &str, body: &Value| world.send_json(Method::POST, token, SUBSCRIPTIONS, body).await;
        assert_eq!(problem(&subscribe(&authority, &wanted).await, 400), "SUBSCRIPTION-FILTER");
        assert_eq!(problem(&subscribe(&world.token(&world.leader), &wanted).await, 403), "HTTP-SCOPE");
        let business = world.organization(&world.bakery, "altinn:events.subscribe");
        assert!(json(&subscribe(&business, &wanted).await, 201)["consumer"].as_str().unwrap().starts_with("/organisation/"));
        let with_units = json!({"endPoint": "https://a.example.no", "resourceFilter": RESOURCE, "includeSubunits": true});
        assert_eq!(problem(&subscribe(&agency, &with_units).await, 400), "SUBSCRIPTION-FILTER");
        let made = json(&subscribe(&agency, &wanted).await, 201);
        assert_eq!((&made["consumer"], &made["validated"]), (&json!("/org/ttd"), &json!(false)));
        assert_eq!(json(&subscribe(&agency, &wanted).await, 201)["id"], made["id"], "the same is the same one");
        let id = made["id"].as_str().unwrap();
        let one = format!("{SUBSCRIPTIONS}/{id}");
        assert_eq!(json(&world.get(&agency, &one).await, 200)["typeFilter"], "bakery.closed");
        assert_eq!(json(&world.get(&agency, SUBSCRIPTIONS).await, 200)["count"], 1);
        problem(&world.get(&authority, &one).await, 404);

        // Nobody takes it: the last attempt has failed.
        let mut dead = Batch::new();
        dead.execute("update services_delivery set state = 'dead', attempts = 11, reason = 'STATUS-500'", params![]);
        world.api.altinn().store().commit(dead).await.unwrap();
        let list = format!("/v1/events/subscriptions/{id}/dead");
        let told = json(&world.get(&agency, &list).await, 200);
        assert_eq!((&told[0]["attempts"], &told[0]["reason"]), (&json!(11), &json!("STATUS-500")));
        assert_eq!(told.as_array().unwrap().len(), 1, "the business's own is not told");
        problem(&world.get(&authority, &list).await, 404);
        let redrive = format!("/v1/events/deliveries/{}/redrive", told[0]["id"].as_str().unwrap());
        let post = async |token: &str, path: &str| {
            world.send(world.request(Method::POST, path).bearer(token).unwrap()).await.status().as_u16()
        };
        assert_eq!(post(&authority, &redrive).await, 404);
        assert_eq!(post(&agency, &redrive).await, 204);
        assert_eq!(post(&agency, &redrive).await, 404, "it is on its way");
        assert_eq!(post(&agency, &format!("/v1/events/deliveries/{}/redrive", Uuid::nil())).await, 404);
        assert_eq!(json(&world.get(&agency, &list).await, 200), json!([]));

        let end = async |token: &str| {
            world.send(world.request(Method::DELETE, &one).bearer(token).unwrap()).await.status().as_u16()
        };
        assert_eq!((end(&authority).await, end(&agency).await, end(&agency).await), (404, 200, 404));
    })
    .await;
}

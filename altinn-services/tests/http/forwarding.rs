//! Letters are forwarded by mail.

use altinn_core::http::{HttpResponse, Method};
use serde_json::{Value, json};

use crate::correspondence::{LETTERS, letter, post, published, send};
use crate::world::{World, everywhere, json, problem};

async fn forward(world: &World, token: &str, path: &str, body: &Value) -> HttpResponse {
    let request = world.request(Method::POST, path).bearer(token).unwrap();
    world.send(request.json(body).unwrap()).await
}

/// A letter to the bakery that may be forwarded, or not.
fn circular(world: &World, may: bool) -> Value {
    let mut body = letter(&[&world.bakery]);
    body["correspondence"]["resourceId"] = json!("mattilsynet/circulars");
    body["correspondence"]["allowForwarding"] = json!(may);
    body
}

#[tokio::test]
async fn a_letter_is_forwarded_as_altinn_has_it() {
    everywhere(async |world: World| {
        let (path, of) = published(&world, &circular(&world, true)).await;
        let leader = world.token(&world.leader);
        let address = format!("{path}/forward?{of}");
        let to = json!({"forwardTo": "regnskap@example.com", "forwardingText": "Kan du se på dette?"});
        json(&world.get(&leader, &format!("{path}?{of}")).await, 200);
        let early = forward(&world, &leader, &address, &to).await;
        assert_eq!(json(&early, 400)["errorCode"], 1065);
        json(&post(&world, &leader, &format!("{path}/markasread?{of}")).await, 200);
        let check = json(&world.get(&leader, &format!("{path}/forward/check?{of}")).await, 200);
        assert_eq!(check, json!({"allowForwarding": true}));
        let seen = json(&world.get(&leader, &format!("{path}?{of}")).await, 200);
        assert_eq!(seen["allowForwarding"], true);

        let forwarding = json(&forward(&world, &leader, &address, &to).await, 200);
        assert_eq!(forwarding.as_str().unwrap().len(), 36);
        for (body, number) in [
            (to.clone(), 1064),
            (json!({"forwardTo": "post@example.com", "forwardingText": "a".repeat(201)}), 1066),
            (json!({"forwardTo": "post@example.com", "forwardingText": "<b>hei</b>"}), 1067),
            (json!({"forwardTo": "regnskap"}), 3011),
        ] {
            assert_eq!(json(&forward(&world, &leader, &address, &body).await, 400)["errorCode"], number);
        }
        world.api.altinn().notifier().dispatch(10).await.unwrap();
        crate::correspondence::run_due(&world).await;
        let details = json(&world.get(&leader, &format!("{path}/details?{of}")).await, 200);
        let last = details["statusHistory"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(
            (last["status"].as_str(), details["status"].as_str()),
            (Some("Forwarded"), Some("Forwarded"))
        );

        let (closed, of) = published(&world, &circular(&world, false)).await;
        json(&world.get(&leader, &format!("{closed}?{of}")).await, 200);
        json(&post(&world, &leader, &format!("{closed}/markasread?{of}")).await, 200);
        let refused = forward(&world, &leader, &format!("{closed}/forward?{of}"), &to).await;
        assert_eq!(json(&refused, 400)["errorCode"], 1063);
        let stranger = world.token(&world.stranger);
        let foreign = forward(&world, &stranger, &address, &to).await;
        let of_nothing = format!("{LETTERS}/{}/forward?{of}", uuid::Uuid::nil());
        let nothing = forward(&world, &stranger, &of_nothing, &to).await;
        assert_eq!(foreign.status(), nothing.status());
        assert_eq!(
            problem(&foreign, foreign.status().as_u16()),
            problem(&nothing, nothing.status().as_u16())
        );
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_forwarded_is_not_sent_so() {
    everywhere(async |world: World| {
        let mut strict = circular(&world, true);
        strict["correspondence"]["resourceId"] = json!("mattilsynet/decisions");
        assert_eq!(json(&send(&world, &strict, None).await, 400)["errorCode"], 1068);
    })
    .await;
}

//! Notifications.

use altinn_core::http::{HttpResponse, Method};
use serde_json::{Value, json};

use crate::world::{World, everywhere, json, problem};

const ORDERS: &str = "/notifications/api/v1/future/orders";
const SHIPMENT: &str = "/notifications/api/v1/future/shipment";

fn order(id: &str) -> Value {
    json!({
        "idempotencyId": id,
        "sendersReference": "sak-4711",
        "conditionEndpoint": null,
        "recipient": {
            "recipientSms": null,
            "recipientEmail": {
                "emailAddress": "ola@example.com",
                "emailSettings": {"subject": "Vedtak", "body": "Det er innvilget.", "contentType": "Plain"},
            },
        },
        "reminders": [{"sendersReference": "sak-4711-2", "delayDays": 7}],
    })
}

async fn post(world: &World, token: &str, path: &str, body: &Value) -> HttpResponse {
    world.send_json(Method::POST, token, path, body).await
}

#[tokio::test]
async fn an_order_with_a_reminder_is_placed_once_sent_and_told_of() {
    everywhere(async |world: World| {
        let agency = world.agency();
        let placed = json(&post(&world, &agency, ORDERS, &order("decision-1")).await, 201);
        let id = placed["notificationOrderId"].as_str().unwrap();
        let notification = &placed["notification"];
        assert_eq!(
            (&notification["shipmentId"], &notification["sendersReference"]),
            (&json!(id), &json!("sak-4711"))
        );
        let reminder = &notification["reminders"][0];
        assert_eq!(reminder["sendersReference"], "sak-4711-2");
        assert_eq!(json(&post(&world, &agency, ORDERS, &order("decision-1")).await, 200), placed);
        let mut other = order("decision-1");
        other["recipient"]["recipientEmail"]["emailAddress"] = json!("kari@example.com");
        assert_eq!(
            problem(&post(&world, &agency, ORDERS, &other).await, 422),
            "IDEMPOTENCY-DIFFERENT-REQUEST"
        );

        let manifest = async |id: &str| json(&world.get(&agency, &format!("{SHIPMENT}/{id}")).await, 200);
        assert_eq!(manifest(id).await["status"], "Order_Registered");
        while world.api.altinn().notifier().dispatch(100).await.unwrap().claimed > 0 {}
        let sent = manifest(id).await;
        assert_eq!((&sent["status"], &sent["type"]), (&json!("Order_Completed"), &json!("Notification")));
        let recipient = &sent["recipients"][0];
        assert_eq!((&recipient["type"], &recipient["status"]), (&json!("Email"), &json!("Email_Succeeded")));
        assert_eq!(recipient["destination"], "ola@example.com");
        assert_eq!(sent["reminders"], json!([reminder["shipmentId"]]));
        let waiting = manifest(reminder["shipmentId"].as_str().unwrap()).await;
        assert_eq!((&waiting["type"], &waiting["status"]), (&json!("Reminder"), &json!("Order_Registered")));

        let log = json(&world.get(&agency, &format!("/v1/notifications/shipments/{id}/log")).await, 200);
        let history: Vec<_> =
            log[0]["history"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
        assert_eq!(history, ["Email_New", "Email_Sending", "Email_Succeeded"]);

        let mut told = Vec::new();
        let mut after = 0;
        loop {
            let page =
                json(&world.get(&agency, &format!("{SHIPMENT}/feed?seq={after}&pageSize=2")).await, 200);
            let Some(last) = page.as_array().unwrap().last() else { break };
            after = last["sequenceNumber"].as_i64().unwrap();
            told.extend(
                page.as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap().to_owned()),
            );
        }
        for status in ["Order_Registered", "Order_Processed", "Email_Sending", "Email_Succeeded"] {
            assert!(told.iter().any(|found| found == status), "{status}: {told:?}");
        }
        let cancel =
            format!("/notifications/api/v1/orders/{}/cancel", reminder["shipmentId"].as_str().unwrap());
        let cancelled = world.send(world.request(Method::PUT, &cancel).bearer(&agency).unwrap()).await;
        assert_eq!(json(&cancelled, 200)["status"], "Order_Cancelled");
        let late = format!("/notifications/api/v1/orders/{id}/cancel");
        let late = world.send(world.request(Method::PUT, &late).bearer(&agency).unwrap()).await;
        assert_eq!(problem(&late, 409), "NOTIFY-CANCEL-TOO-LATE");
    })
    .await;
}

#[tokio::test]
async fn what_is_instant_is_sent_at_any_hour_and_within_limits() {
    everywhere(async |world: World| {
        let agency = world.agency();
        let email = json!({
            "idempotencyId": "code-1",
            "recipientEmail": {"emailAddress": "ola@example.com", "emailSettings": {"subject": "Kode", "body": "4711"}},
        });
        let path = format!("{ORDERS}/instant/email");
        let placed = json(&post(&world, &agency, &path, &email).await, 201);
        assert_eq!(placed["notification"]["reminders"], json!([]));
        let sms = |seconds: u32| {
            json!({
                "idempotencyId": "code-2",
                "recipientSms": {
                    "phoneNumber": "+4799999999", "timeToLiveInSeconds": seconds,
                    "smsSettings": {"sender": "Etaten", "body": "4711", "sendingTimePolicy": "Daytime"},
                },
            })
        };
        for path in [format!("{ORDERS}/instant"), format!("{ORDERS}/instant/sms")] {
            assert_eq!(problem(&post(&world, &agency, &path, &sms(59)).await, 400), "HTTP-BODY");
        }
        json(&post(&world, &agency, &format!("{ORDERS}/instant"), &sms(60)).await, 201);
        json(&post(&world, &agency, &format!("{ORDERS}/instant/sms"), &sms(60)).await, 200);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_an_order_is_said_and_nothing_is_placed() {
    everywhere(async |world: World| {
        let agency = world.agency();
        for (field, value, code) in [
            ("idempotencyId", json!(""), "HTTP-BODY"),
            ("recipient", json!({}), "HTTP-BODY"),
            ("recipient", json!({"recipientEmail": {"emailAddress": "ola"}}), "NOTIFY-ORDER-NO-TEXT"),
            ("attachments", json!([]), "HTTP-BODY"),
            ("conditionName", json!("altinn-services/correspondence-unread"), "HTTP-BODY"),
            ("reminders", json!([{"conditionName": "x"}]), "HTTP-BODY"),
            (
                "reminders",
                json!([{"delayDays": 1, "requestedSendTime": "2126-01-01T00:00:00Z"}]),
                "NOTIFY-REQUEST-ONE-OF",
            ),
            ("conditionEndpoint", json!("ftp://example.com"), "NOTIFY-ORDER-CONDITION-ENDPOINT"),
        ] {
            let mut body = order("wrong");
            body[field] = value;
            assert_eq!(problem(&post(&world, &agency, ORDERS, &body).await, 400), code, "{field}");
        }
        let mut body = order("wrong");
        body["recipient"]["recipientEmail"]["emailAddress"] = json!("ola");
        assert!(problem(&post(&world, &agency, ORDERS, &body).await, 400).starts_with("NOTIFY-ADDRESS"));
        assert_eq!(json(&world.get(&agency, &format!("{SHIPMENT}/feed")).await, 200), json!([]));
        let leader = world.token(&world.leader);
        assert_eq!(problem(&post(&world, &leader, ORDERS, &order("mine")).await, 403), "HTTP-SCOPE");
    })
    .await;
}

#[tokio::test]
async fn another_agencys_order_is_answered_as_one_that_is_not_there() {
    everywhere(async |world: World| {
        let placed = json(&post(&world, &world.agency(), ORDERS, &order("decision-1")).await, 201);
        let id = placed["notificationOrderId"].as_str().unwrap();
        let other = world.authority();
        for id in [id, "00000000-0000-4000-8000-000000000000"] {
            for path in [format!("{SHIPMENT}/{id}"), format!("/v1/notifications/shipments/{id}/log")] {
                assert_eq!(problem(&world.get(&other, &path).await, 404), "HTTP-NOT-FOUND");
            }
            let cancel = format!("/notifications/api/v1/orders/{id}/cancel");
            let cancel = world.send(world.request(Method::PUT, &cancel).bearer(&other).unwrap()).await;
            assert_eq!(problem(&cancel, 404), "HTTP-NOT-FOUND");
        }
        assert_eq!(json(&world.get(&other, &format!("{SHIPMENT}/feed")).await, 200), json!([]));
        // The same id is another order of another agency's.
        let theirs = json(&post(&world, &other, ORDERS, &order("decision-1")).await, 201);
        assert_ne!(theirs["notificationOrderId"], id);
    })
    .await;
}

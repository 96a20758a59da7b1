//! SMS over a gateway that misbehaves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]
#![allow(clippy::indexing_slicing, reason = "tests fail by panicking")]

mod scene;

use std::time::Duration;

use altinn_core::http::{Destinations, HttpClient};
use altinn_notify::channel::{ChannelKind, HttpSms, JsonGateway, UnknownOutcome};
use altinn_notify::rules::SendingTimePolicy;
use altinn_notify::testing::{FakeSmsGateway, SmsMisbehaviour};
use altinn_notify::{Content, DeliveryReport, NotificationStatus, Notifier, Order, Recipient};
use scene::{Scene, history};

fn sms(id: &str) -> Order {
    Order::new(id, Recipient::Sms("99999999".parse().unwrap()), Content::sms("Hei på deg"))
}

fn notifier(scene: &Scene, gateway: &FakeSmsGateway) -> Notifier {
    let client = HttpClient::builder(Destinations::configured()).timeout(Duration::from_secs(3));
    let channel = HttpSms::with_client(JsonGateway::new(gateway.url()), client.build().unwrap());
    scene.notifier_without_channel().with_sms_channel(channel)
}

#[tokio::test]
async fn an_sms_is_taken_over_and_reported_as_delivered() {
    for scene in Scene::all().await {
        let gateway = FakeSmsGateway::start().await.unwrap();
        let notifier = notifier(&scene, &gateway);
        let id = scene.commit(&sms("one")).await;
        notifier.dispatch(10).await.unwrap();
        let sent = scene.notification(id).await;
        assert_eq!(history(&sent), ["New", "Sending", "Accepted"], "{}", scene.back_end);
        let received = &gateway.received()[0];
        assert_eq!((received.id.as_str(), received.from.as_str()), (sent.message_id.as_str(), "Etaten"));
        assert_eq!((received.to.as_str(), received.text.as_str()), ("+4799999999", "Hei på deg"));
        for _ in 0..2 {
            notifier.record_delivery(sent.id, DeliveryReport::Delivered).await.unwrap();
        }
        assert_eq!(scene.notification(id).await.status, NotificationStatus::Delivered);
        let late = notifier.record_delivery(sent.id, DeliveryReport::Undelivered).await.unwrap_err();
        assert_eq!(late.code(), "NOTIFY-RECEIPT-DOES-NOT-FIT");
    }
}

#[tokio::test]
async fn what_the_gateway_does_wrong_comes_to_the_right_status() {
    use NotificationStatus::{
        Accepted, FailedInvalidRecipient, FailedRejected, FailedTransientError, OutcomeUnknown,
    };
    for scene in Scene::all().await {
        for (index, (how, status, kept)) in [
            (SmsMisbehaviour::Refuse(429), FailedTransientError, 0),
            (SmsMisbehaviour::Refuse(503), FailedTransientError, 0),
            (SmsMisbehaviour::Refuse(400), FailedRejected, 0),
            (SmsMisbehaviour::Refuse(409), Accepted, 0),
            (SmsMisbehaviour::InvalidRecipient, FailedInvalidRecipient, 0),
            (SmsMisbehaviour::FailAfterKeeping, OutcomeUnknown, 1),
            (SmsMisbehaviour::CloseAfterKeeping, OutcomeUnknown, 1),
            (SmsMisbehaviour::KeepSilent, OutcomeUnknown, 1),
            (SmsMisbehaviour::KeepTwice, Accepted, 2),
        ]
        .into_iter()
        .enumerate()
        {
            let gateway = FakeSmsGateway::start().await.unwrap();
            gateway.misbehave(how);
            let notifier = notifier(&scene, &gateway);
            let id = scene.commit(&sms(&index.to_string())).await;
            notifier.dispatch(10).await.unwrap();
            let sent = scene.notification(id).await;
            assert_eq!((sent.status, gateway.received().len()), (status, kept), "{} {how:?}", scene.back_end);
            assert_eq!(sent.is_parked, status == OutcomeUnknown, "{how:?}");
            assert!(!format!("{sent:?}").contains("99999999"));
        }
    }
}

#[tokio::test]
async fn an_sms_of_unknown_outcome_is_parked_unless_it_may_be_sent_again() {
    for scene in Scene::all().await {
        let gateway = FakeSmsGateway::start().await.unwrap();
        gateway.misbehave(SmsMisbehaviour::CloseAfterKeeping);
        gateway.misbehave(SmsMisbehaviour::CloseAfterKeeping);
        let (parked, again) = (scene.commit(&sms("parked")).await, sms("again"));
        let careful = notifier(&scene, &gateway);
        careful.dispatch(10).await.unwrap();
        assert!(scene.notification(parked).await.is_final());
        let again = scene.commit(&again).await;
        let bold = careful.clone().with_unknown_outcome(ChannelKind::Sms, UnknownOutcome::SendAgain);
        for _ in 0..3 {
            bold.dispatch(10).await.unwrap();
            scene.step(5);
        }
        let sent = scene.notification(again).await;
        assert_eq!(
            history(&sent),
            ["New", "Sending", "OutcomeUnknown", "Sending", "Accepted"],
            "{}",
            scene.back_end
        );
        let ids: Vec<_> = gateway.received().into_iter().map(|sms| sms.id).collect();
        assert_eq!(ids[1..], [sent.message_id.clone(), sent.message_id]);
        assert_eq!(bold.parked(None, 10).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn sms_waits_for_the_morning_and_lives_two_days_from_then() {
    for scene in Scene::all().await {
        let gateway = FakeSmsGateway::start().await.unwrap();
        let notifier = notifier(&scene, &gateway);
        // 20:00 in Oslo on the evening before summer time.
        scene.clock.set("2026-03-28T19:00:00Z".parse().unwrap());
        let (waits, goes) = (sms("waits"), sms("goes").with_sms_policy(SendingTimePolicy::Anytime));
        let (waits, goes) = (scene.commit(&waits).await, scene.commit(&goes).await);
        notifier.dispatch(10).await.unwrap();
        assert_eq!(scene.notification(goes).await.status, NotificationStatus::Accepted, "{}", scene.back_end);
        let waiting = scene.notification(waits).await;
        let at = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        assert_eq!(waiting.due_at, Some(at("2026-03-29T06:00:00Z")));
        assert_eq!(waiting.expires_at, at("2026-03-31T06:00:00Z"));
        scene.clock.set(at("2026-03-29T05:59:59Z"));
        assert_eq!(notifier.dispatch(10).await.unwrap().claimed, 0);
        scene.clock.set(at("2026-03-29T06:00:00Z"));
        assert_eq!(notifier.dispatch(10).await.unwrap().succeeded, 1);
    }
}

//! No address and no text of a mail comes out where it should not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod scene;

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use altinn_core::http::{Destinations, HttpClient};
use altinn_core::testing::SyntheticPeople;
use altinn_notify::channel::{Bounce, Capture, HttpSms, JsonGateway};
use altinn_notify::contact::{ContactRegister, FixedToken, Krr};
use altinn_notify::testing::{
    ConditionEndpoint, FakeKrr, FakeSmsGateway, Misbehaviour, SmsMisbehaviour, SmtpSink,
};
use altinn_notify::{Condition, Content, Keyring, Order, PersonRecipient, Recipient};
use scene::{Scene, keyring, order, smtp};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Writes every field of every span and event down.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Log {
    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0.lock().unwrap(), "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn nothing_that_is_logged_or_shown_holds_an_address_or_a_text() {
    for scene in Scene::all().await {
        let log = Log::default();
        let _guard = tracing::subscriber::set_default(log.clone());
        let sink = SmtpSink::start().await.unwrap();
        sink.misbehave(Misbehaviour::RefuseRecipient);
        sink.misbehave(Misbehaviour::DeferRecipient);
        let notifier = scene.notifier(smtp(&sink)).with_concurrency(1);
        for name in ["a", "b", "c"] {
            scene.commit(&order(name)).await;
        }
        let report = notifier.dispatch(10).await.unwrap();
        assert_eq!((report.failed, report.deferred, report.succeeded), (1, 1, 1));

        let states = [notifier.status(order("a").id()).await, notifier.status(order("c").id()).await];
        let shown = format!("{}{notifier:?}{states:?}{sink:?}{:?}", log.text(), sink.mails());
        assert!(log.text().contains("550 5.1.1 <***>: no such mailbox"), "it is logged: {}", log.text());
        for hidden in ["nordmann", "ola@", "ola.", "Hei på", "About"] {
            assert!(!shown.to_lowercase().contains(&hidden.to_lowercase()), "{hidden}: {shown}");
        }
    }
}

/// What must not come out of the tests below.
fn assert_hidden(shown: &str, hidden: &[&str]) {
    for hidden in hidden {
        assert!(!shown.to_lowercase().contains(&hidden.to_lowercase()), "{hidden}: {shown}");
    }
}

#[tokio::test]
async fn a_gateway_that_misbehaves_in_any_way_brings_no_number_into_the_log() {
    for scene in Scene::all().await {
        let log = Log::default();
        let _guard = tracing::subscriber::set_default(log.clone());
        let gateway = FakeSmsGateway::start().await.unwrap();
        let client = HttpClient::builder(Destinations::configured()).timeout(Duration::from_millis(300));
        let channel = HttpSms::with_client(JsonGateway::new(gateway.url()), client.build().unwrap());
        let notifier = scene.notifier_without_channel().with_sms_channel(channel);
        let ways = [
            SmsMisbehaviour::Refuse(429),
            SmsMisbehaviour::Refuse(500),
            SmsMisbehaviour::Refuse(400),
            SmsMisbehaviour::InvalidRecipient,
            SmsMisbehaviour::FailAfterKeeping,
            SmsMisbehaviour::CloseAfterKeeping,
            SmsMisbehaviour::KeepSilent,
            SmsMisbehaviour::KeepTwice,
        ];
        let mut shown = format!("{notifier:?}");
        for (index, way) in ways.into_iter().enumerate() {
            gateway.misbehave(way);
            let number = Recipient::Sms("98765432".parse().unwrap());
            let id =
                scene.commit(&Order::new(format!("sms/{index}"), number, Content::sms("Hei på deg"))).await;
            let report = notifier.dispatch(10).await.unwrap();
            assert_eq!(report.claimed, 1, "{} {way:?}", scene.back_end);
            write!(shown, "{:?}{:?}", notifier.status(id).await, gateway.received()).unwrap();
        }
        assert!(log.text().contains("notification comes into a status"), "it is logged");
        assert_hidden(&format!("{shown}{}", log.text()), &["98765432", "765432", "Hei på deg"]);
    }
}

#[tokio::test]
async fn a_register_a_condition_and_a_missing_key_bring_no_number_and_no_token_into_the_log() {
    for scene in Scene::all().await {
        let log = Log::default();
        let _guard = tracing::subscriber::set_default(log.clone());
        let number = SyntheticPeople::from_seed(3).national_identity_number();
        let (register, mut shown) = (FakeKrr::start().await.unwrap(), String::new());
        for (index, status) in [Some(401), Some(500), None].into_iter().enumerate() {
            register.answer_with(status);
            let krr = Krr::new(&register.url(), FixedToken::new("hemmelig-token")).unwrap();
            let asked = krr.persons(std::slice::from_ref(&number)).await;
            write!(
                shown,
                "{krr:?}{asked:?}{}",
                asked.as_ref().err().map(ToString::to_string).unwrap_or_default()
            )
            .unwrap();
            let notifier = scene.all_channels(Capture::new()).with_person_register(Arc::new(krr));
            let content = Content::text("Vedtak", "Hei").with_sms("Hei");
            let person = PersonRecipient::new(number.clone());
            let id = scene.commit(&Order::new(format!("person/{index}"), person, content)).await;
            notifier.dispatch(10).await.unwrap();
            write!(shown, "{:?}", notifier.status(id).await).unwrap();
        }
        let answer = format!("nobody knows {} or ola.nordmann@example.com", number.expose());
        let endpoint = ConditionEndpoint::answering(500, answer).await.unwrap();
        let client = HttpClient::builder(Destinations::public().with_loopback()).build().unwrap();
        let notifier = scene.notifier(Capture::new()).with_condition_client(client);
        let condition = Condition::endpoint(format!("{}?key=hemmelig-token", endpoint.url()));
        let id = scene.commit(&order("asked").with_condition(condition)).await;
        notifier.dispatch(10).await.unwrap();
        write!(shown, "{:?}", notifier.status(id).await).unwrap();
        let other = Keyring::new(&altinn_core::key::SecretKey::from_bytes([9; 32]));
        let sender = "noreply@example.com".parse().unwrap();
        let stranger = altinn_notify::Notifier::new(scene.store.clone(), other, sender, scene.clock.clone());
        let stranger = stranger.with_email_channel(Capture::new());
        let id = scene.commit(&order("sealed")).await;
        stranger.dispatch(10).await.unwrap();
        write!(
            shown,
            "{stranger:?}{:?}{:?}{:?}",
            stranger.claim_keys().await,
            stranger.status(id).await,
            keyring()
        )
        .unwrap();
        let bounce = "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\
            Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; ola.nordmann@example.com\r\n\
            Action: failed\r\nDiagnostic-Code: smtp; 550 <ola.nordmann@example.com> 98 76 54 32\r\n--b\r\n\
            Content-Type: text/rfc822-headers\r\n\r\nTo: ola.nordmann@example.com\r\n\
            Message-ID: <0193f0a0b1c27d3e8f4a5b6c7d8e9fa0.x@example.com>\r\n--b--\r\n";
        let bounce = Bounce::parse(bounce.as_bytes()).unwrap();
        let recorded = notifier.record_bounce(&bounce).await.unwrap_err();
        write!(shown, "{bounce:?}{recorded:?}{recorded}").unwrap();
        let hidden = [number.expose(), "nordmann", "98 76 54", "hemmelig-token", "07070707", "09090909"];
        assert!(log.text().contains("an order cannot be opened"), "it is logged: {}", log.text());
        assert_hidden(&format!("{shown}{}", log.text()), &hidden);
    }
}

//! What an order is, and how it shares the fate of its cause.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod scene;

use altinn_core::store::{Batch, StoreError, params};
use altinn_core::{Language, Text};
use altinn_notify::{
    Content, EmailAddress, NotificationStatus, Notifier, Order, OrderError, OrderStatus, Recipient, Template,
    Variables,
};
use scene::{Scene, history, order};

fn refusal(notifier: &Notifier, order: &Order) -> OrderError {
    let mut batch = Batch::new();
    let error = notifier.order(&mut batch, order).expect_err("it must be refused");
    assert!(batch.is_empty(), "nothing of a refused order is in the batch");
    error
}

fn with_content(content: Content) -> Order {
    Order::new("id", Recipient::Email("ola@example.com".parse().unwrap()), content)
}

/// A batch with a row of the cause in a table that any program could own.
async fn cause(scene: &Scene, id: i64) -> Batch {
    let mut batch = Batch::new();
    batch.execute_one("insert into cause (id) values ($1)", params![id]);
    static CAUSE: &[altinn_core::store::Migration] = &[altinn_core::store::Migration {
        owner: "test",
        number: 1,
        name: "cause",
        sqlite: "create table cause (id integer primary key) strict",
        postgres: "create table cause (id bigint primary key)",
    }];
    scene.store.migrate(&[CAUSE]).await.unwrap();
    batch
}

async fn causes(scene: &Scene) -> i64 {
    scene.store.query_one("select count(*) as n from cause", params![]).await.unwrap().get("n").unwrap()
}

#[tokio::test]
async fn an_order_is_stored_with_its_cause_and_shows_what_was_asked_for() {
    for scene in Scene::all().await {
        let mut batch = cause(&scene, 1).await;
        let time = "2026-12-02T08:00:00Z".parse().unwrap();
        let order = order("permit/1").with_senders_reference("case 7").with_requested_send_time(time);
        let id = scene.notifier_without_channel().order(&mut batch, &order).unwrap();
        scene.store.commit(batch).await.unwrap();

        let state = scene.notifier_without_channel().status(id).await.unwrap();
        assert_eq!(state.status, OrderStatus::Registered, "{}", scene.back_end);
        assert_eq!(
            (state.idempotency_id.as_str(), state.senders_reference.as_deref()),
            ("permit/1", Some("case 7"))
        );
        assert_eq!(state.requested_send_time, Some(time));
        scene.expand().await;
        let state = scene.notifier_without_channel().status(id).await.unwrap();
        assert_eq!(
            (state.status, state.notifications.len()),
            (OrderStatus::Registered, 0),
            "not before its time"
        );
        scene.step(24 * 60);
        scene.expand().await;
        let notification = scene.notification(id).await;
        assert_eq!(notification.due_at, Some(time));
        assert_eq!(
            notification.expires_at,
            "2026-12-04T08:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap()
        );
        assert_eq!(history(&notification), ["New"]);
        assert_eq!(causes(&scene).await, 1);
    }
}

#[tokio::test]
async fn the_same_order_twice_is_one_order_and_harms_no_cause() {
    for scene in Scene::all().await {
        let notifier = scene.notifier_without_channel();
        for number in [1, 2] {
            let mut batch = cause(&scene, number).await;
            assert_eq!(notifier.order(&mut batch, &order("permit/1")).unwrap(), order("permit/1").id());
            assert_eq!(notifier.order(&mut batch, &order("permit/1")).unwrap(), order("permit/1").id());
            scene.store.commit(batch).await.unwrap();
            scene.step(5);
        }
        assert_eq!(causes(&scene).await, 2, "{}", scene.back_end);
        scene.expand().await;
        assert_eq!(history(&scene.notification(order("permit/1").id()).await), ["New"]);
    }
}

#[tokio::test]
async fn another_order_under_the_same_id_is_a_conflict_that_names_the_order_and_stores_nothing() {
    for scene in Scene::all().await {
        scene.commit(&order("permit/1")).await;
        let mut batch = cause(&scene, 1).await;
        let other = order("permit/1").with_language(Language::En);
        scene.notifier_without_channel().order(&mut batch, &other).unwrap();
        let error = scene.store.commit(batch).await.expect_err("it is another order");
        let StoreError::Conflict { statement, .. } = &error else { panic!("{error}") };
        assert!(statement.contains("notify_order"), "{statement}");
        assert_eq!(causes(&scene).await, 0, "{}", scene.back_end);
    }
}

#[tokio::test]
async fn an_order_repeated_after_its_template_was_mended_is_still_the_same_order() {
    for scene in Scene::all().await {
        let version = |version: &str, body: &str| {
            let subject = Text::new(Language::Nb, "Kvittering");
            let template = Template::new("receipt", version, subject, Text::new(Language::Nb, body)).unwrap();
            with_content(Content::template(template, Variables::from([("name".to_owned(), "Kari".into())])))
        };
        let id = scene.commit(&version("1", "Hei {{ name }}")).await;
        scene.commit(&version("2", "Kjære {{ name }}")).await;
        let state = scene.notifier_without_channel().status(id).await.unwrap();
        assert_eq!(state.template, Some(("receipt".to_owned(), "1".to_owned())));
    }
}

#[tokio::test]
async fn what_is_wrong_with_an_order_is_found_when_it_is_ordered() {
    let scenes = Scene::all().await;
    let notifier = scenes.first().unwrap().notifier_without_channel();
    let text = |subject: &str, body: &str| with_content(Content::text(subject, body));
    for subject in ["Hei\r\nBcc: all@example.com", "a\nb", "a\0", "a\u{2028}b", "a\u{85}b"] {
        assert_eq!(
            refusal(&notifier, &text(subject, "b")).code(),
            "NOTIFY-ORDER-CONTROL-CHARACTER",
            "{subject:?}"
        );
    }
    assert_eq!(refusal(&notifier, &text("a", "b\0")).code(), "NOTIFY-ORDER-CONTROL-CHARACTER");
    assert_eq!(refusal(&notifier, &text(" ", "b")).code(), "NOTIFY-ORDER-EMPTY");
    assert_eq!(refusal(&notifier, &text("a", "\n")).code(), "NOTIFY-ORDER-EMPTY");
    let large = "x".repeat(Order::MAX_BODY_BYTES + 1);
    assert_eq!(refusal(&notifier, &text("a", &large)).code(), "NOTIFY-ORDER-TOO-LARGE");
    assert_eq!(refusal(&notifier, &text(&large, "b")).code(), "NOTIFY-ORDER-TOO-LARGE");
    let address: EmailAddress = "ola@example.com".parse().unwrap();
    for id in ["", "a\nb", &"x".repeat(201)] {
        refusal(&notifier, &Order::new(id, Recipient::Email(address.clone()), Content::text("a", "b")));
    }
    let far = text("a", "b").with_requested_send_time(chrono::DateTime::<chrono::Utc>::MAX_UTC);
    assert_eq!(refusal(&notifier, &far).code(), "NOTIFY-ORDER-SEND-TIME");
}

#[tokio::test]
async fn a_template_that_cannot_be_filled_in_fails_the_order_not_the_dispatch() {
    let scenes = Scene::all().await;
    let notifier = scenes.first().unwrap().notifier_without_channel();
    let template = Template::new(
        "receipt",
        "1",
        Text::new(Language::Nb, "Kvittering til {{ name }}"),
        Text::new(Language::Nb, "Hei {{ name }}, sak {{ number }}"),
    )
    .unwrap();
    let with = |name: &str| Variables::from([("name".to_owned(), name.into())]);
    let missing = refusal(&notifier, &with_content(Content::template(template.clone(), with("Kari"))));
    assert_eq!(missing.to_string(), "the body of template `receipt` in `nb` needs `number`");
    let mut injected = with("Kari\r\nBcc: all@example.com");
    injected.insert("number".to_owned(), 7.into());
    let injected = refusal(&notifier, &with_content(Content::template(template, injected)));
    assert_eq!(injected.code(), "NOTIFY-ORDER-CONTROL-CHARACTER");
}

#[tokio::test]
async fn nobody_finds_an_order_that_is_not_there() {
    for scene in Scene::all().await {
        let missing = scene.notifier_without_channel().status(order("nothing").id()).await;
        assert!(matches!(missing, Err(StoreError::NotFound { .. })));
    }
}

#[test]
fn addresses_and_texts_hide_from_debug() {
    let shown = format!("{:?}", order("permit/1").with_sender("secret@example.org".parse().unwrap()));
    for hidden in ["nordmann", "example", "Hei", "About"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
    assert!(shown.contains("permit/1"));
    assert_eq!(NotificationStatus::FailedTtl.as_str(), "Failed_TTL");
}

//! What becomes of an order: over real SMTP to a server on this machine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]
#![allow(clippy::indexing_slicing, reason = "tests fail by panicking")]

mod scene;

use std::collections::BTreeSet;
use std::time::Duration;

use altinn_core::{Language, Text};
use altinn_notify::channel::{BreakerSettings, Capture, ChannelKind, Outcome, Smtp, SmtpSettings, TlsMode};
use altinn_notify::testing::{Misbehaviour, ReceivedMail, SmtpSink};
use altinn_notify::{
    Content, NotificationStatus, Order, OrderStatus, Reason, Recipient, Template, Variables,
};
use scene::{Scene, history, order, reason, smtp};

/// For tests of what follows from each attempt by itself.
const NEVER_OPENS: BreakerSettings = BreakerSettings {
    failures: u32::MAX,
    pause: chrono::TimeDelta::seconds(30),
    longest_pause: chrono::TimeDelta::minutes(10),
};

#[tokio::test]
async fn a_templated_mail_arrives_in_the_language_asked_for() {
    for scene in Scene::all().await {
        let sink = SmtpSink::start().await.unwrap();
        let template = Template::new(
            "receipt",
            "3",
            Text::new(Language::Nb, "Søknad mottatt").with(Language::Se, "Ohcamuš lea vuostáiváldon"),
            Text::new(Language::Nb, "Hei {{ name }}")
                .with(Language::Se, "Bures {{ name }}!\n\n.\nČáŋŋ – 😀\n"),
        )
        .unwrap();
        let content = Content::template(template, Variables::from([("name".to_owned(), "Máret".into())]));
        let order = Order::new("receipt/1", Recipient::Email("maret@example.com".parse().unwrap()), content);
        let id = scene.commit(&order.with_language(Language::Se)).await;

        let report = scene.notifier(smtp(&sink)).dispatch(10).await.unwrap();
        assert_eq!((report.claimed, report.succeeded), (1, 1), "{}", scene.back_end);
        let mails = sink.mails();
        assert_eq!(
            (mails[0].from(), mails[0].to()),
            ("noreply@example.com", &["maret@example.com".to_owned()][..])
        );
        assert_eq!(mails[0].subject().as_deref(), Some("Ohcamuš lea vuostáiváldon"));
        assert_eq!(mails[0].body().trim_end(), "Bures Máret!\n\n.\nČáŋŋ – 😀");
        assert_eq!(mails[0].header("Content-Language").as_deref(), Some("se"));

        let notification = scene.notification(id).await;
        assert_eq!(mails[0].message_id().as_ref(), Some(&notification.message_id));
        assert_eq!(history(&notification), ["New", "Sending", "Succeeded"]);
        assert_eq!(reason(&notification, NotificationStatus::Succeeded), "2.0.0 kept");
        let state = scene.notifier_without_channel().status(id).await.unwrap();
        assert_eq!(state.status, OrderStatus::Completed);
    }
}

#[tokio::test]
async fn nothing_is_sent_before_its_time_and_everything_once() {
    for scene in Scene::all().await {
        let sink = SmtpSink::start().await.unwrap();
        let notifier = scene.notifier(smtp(&sink));
        let later = "2026-12-01T09:00:00Z".parse().unwrap();
        scene.commit(&order("later").with_requested_send_time(later)).await;
        assert_eq!(notifier.dispatch(10).await.unwrap().claimed, 0);
        scene.step(60);
        assert_eq!(notifier.dispatch(10).await.unwrap().succeeded, 1);
        assert_eq!(notifier.dispatch(10).await.unwrap().claimed, 0);
        assert_eq!(sink.mails().len(), 1);
    }
}

#[tokio::test]
async fn a_limit_is_kept_and_the_longest_due_go_first() {
    for scene in Scene::all().await {
        let notifier = scene.notifier(Capture::new());
        for number in 0..5 {
            scene.commit(&order(&number.to_string())).await;
            scene.step(1);
        }
        scene.expand().await;
        assert_eq!(notifier.dispatch(2).await.unwrap().claimed, 2);
        assert!(scene.notification(order("1").id()).await.is_final());
        assert!(!scene.notification(order("2").id()).await.is_final());
        assert_eq!(notifier.dispatch(100).await.unwrap().claimed, 3);
    }
}

#[tokio::test]
async fn two_dispatchers_at_once_send_each_mail_once() {
    for scene in Scene::all().await {
        let sink = SmtpSink::start().await.unwrap();
        for number in 0..60 {
            scene.commit(&order(&number.to_string())).await;
        }
        let (one, other) = (scene.notifier(smtp(&sink)), scene.notifier(smtp(&sink)).with_concurrency(3));
        let (one, other) = tokio::join!(one.dispatch(100), other.dispatch(100));
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!(one.succeeded + other.succeeded, 60, "{}: {one:?} {other:?}", scene.back_end);
        let mails = sink.mails();
        let ids: BTreeSet<_> = mails.iter().map(ReceivedMail::message_id).collect();
        assert_eq!((mails.len(), ids.len()), (60, 60));
        assert!(sink.connections() <= 19, "connections are used again: {}", sink.connections());
    }
}

#[tokio::test]
async fn a_refused_recipient_ends_there_and_the_reason_hides_the_address() {
    for scene in Scene::all().await {
        let sink = SmtpSink::start().await.unwrap();
        sink.misbehave(Misbehaviour::RefuseRecipient);
        let notifier = scene.notifier(smtp(&sink)).with_concurrency(1);
        let refused = scene.commit(&order("refused")).await;
        scene.step(1);
        let sent = scene.commit(&order("sent")).await;
        let report = notifier.dispatch(10).await.unwrap();
        assert_eq!((report.failed, report.succeeded), (1, 1));
        let refused = scene.notification(refused).await;
        assert_eq!(history(&refused), ["New", "Sending", "Failed"]);
        assert_eq!(reason(&refused, NotificationStatus::Failed), "550 5.1.1 <***>: no such mailbox");
        assert_eq!(scene.notification(sent).await.status, NotificationStatus::Succeeded);
        assert_eq!(sink.connections(), 1, "the connection goes on after a refusal");
    }
}

#[tokio::test]
async fn a_refused_content_ends_there() {
    for scene in Scene::all().await {
        let sink = SmtpSink::start().await.unwrap();
        sink.misbehave(Misbehaviour::RefuseContent);
        let id = scene.commit(&order("refused")).await;
        assert_eq!(scene.notifier(smtp(&sink)).dispatch(10).await.unwrap().failed, 1);
        assert_eq!(history(&scene.notification(id).await), ["New", "Sending", "Failed"]);
        assert!(sink.mails().is_empty());
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again_after_a_wait() {
    for scene in Scene::all().await {
        let sink = SmtpSink::start().await.unwrap();
        sink.misbehave(Misbehaviour::DeferRecipient);
        let notifier = scene.notifier(smtp(&sink));
        let id = scene.commit(&order("deferred")).await;
        assert_eq!(notifier.dispatch(10).await.unwrap().deferred, 1);
        assert_eq!(notifier.dispatch(10).await.unwrap().claimed, 0, "not before the wait is over");
        let waiting = scene.notification(id).await;
        assert_eq!(history(&waiting), ["New", "Sending", "Failed_TransientError"]);
        assert!(!waiting.is_final());
        let state = scene.notifier_without_channel().status(id).await.unwrap();
        assert_eq!(state.status, OrderStatus::Processed);
        scene.step(1);
        assert_eq!(notifier.dispatch(10).await.unwrap().succeeded, 1);
        assert_eq!(
            history(&scene.notification(id).await),
            ["New", "Sending", "Failed_TransientError", "Sending", "Succeeded"]
        );
    }
}

#[tokio::test]
async fn a_server_that_is_down_for_an_hour_loses_nothing() {
    for scene in Scene::all().await {
        let sink = SmtpSink::start().await.unwrap();
        let nobody = SmtpSettings::new("127.0.0.1", 1, TlsMode::None);
        let down = scene.notifier(Smtp::new(nobody).unwrap()).with_breaker(ChannelKind::Email, NEVER_OPENS);
        let up = scene.notifier(smtp(&sink));
        for number in 0..10 {
            scene.commit(&order(&number.to_string())).await;
        }
        for _ in 0..60 {
            assert_eq!(down.dispatch(100).await.unwrap().succeeded, 0);
            scene.step(1);
        }
        let attempts = scene.notification(order("0").id()).await.attempts;
        assert!((6..=12).contains(&attempts), "the waits grow: {attempts} attempts in an hour");
        scene.step(60);
        assert_eq!(up.dispatch(100).await.unwrap().succeeded, 10, "{}", scene.back_end);
        assert_eq!(sink.mails().len(), 10);
    }
}

#[tokio::test]
async fn mails_that_nobody_takes_are_given_up_after_two_days_to_the_minute() {
    const MAILS: u32 = 20;
    for scene in Scene::all().await {
        let down = Outcome::Transient { reason: Reason::new("connecting: refused") };
        let notifier = scene.notifier(Capture::answering(vec![down; 5000]));
        let notifier = notifier.with_breaker(ChannelKind::Email, NEVER_OPENS);
        for number in 0..MAILS {
            scene.commit(&order(&number.to_string())).await;
        }
        for _ in 0..(48 * 6) {
            let report = notifier.dispatch(100).await.unwrap();
            assert_eq!(report.failed, 0, "not before its time to live is over");
            scene.step(10);
        }
        assert_eq!(notifier.dispatch(100).await.unwrap().failed, MAILS, "{}", scene.back_end);
        for number in 0..MAILS {
            let given_up = scene.notification(order(&number.to_string()).id()).await;
            assert_eq!(given_up.status, NotificationStatus::FailedTtl);
            assert!(given_up.is_final());
            assert!((48..=120).contains(&given_up.attempts), "{}", given_up.attempts);
        }
        scene.step(10_000);
        assert_eq!(notifier.dispatch(100).await.unwrap().claimed, 0);
    }
}

#[tokio::test]
async fn a_wrong_password_parks_no_mail() {
    for scene in Scene::all().await {
        let sink = SmtpSink::start().await.unwrap();
        sink.require_log_in("agency", "right");
        let with = |password: &str| {
            let settings = SmtpSettings::new("127.0.0.1", sink.port(), TlsMode::None);
            scene.notifier(Smtp::new(settings.with_credentials("agency", password)).unwrap())
        };
        let id = scene.commit(&order("locked out")).await;
        assert_eq!(with("wrong").dispatch(10).await.unwrap().deferred, 1);
        let waiting = scene.notification(id).await;
        assert_eq!(reason(&waiting, NotificationStatus::FailedTransientError), "535 5.7.8 not so");
        scene.step(1);
        assert_eq!(with("right").dispatch(10).await.unwrap().succeeded, 1);
    }
}

#[tokio::test]
async fn the_largest_body_arrives_whole() {
    for scene in Scene::all().await {
        let sink = SmtpSink::start().await.unwrap();
        let body = "å".repeat(Order::MAX_BODY_BYTES / 2);
        let recipient = Recipient::Email("ola@example.com".parse().unwrap());
        scene.commit(&Order::new("large", recipient, Content::text("Large", &body))).await;
        assert_eq!(scene.notifier(smtp(&sink)).dispatch(10).await.unwrap().succeeded, 1);
        assert!(sink.mails()[0].body().trim_end() == body);
    }
}

#[tokio::test]
async fn a_server_without_encryption_gets_no_mail_where_it_was_asked_for() {
    for scene in Scene::all().await {
        let sink = SmtpSink::start().await.unwrap();
        let settings = SmtpSettings::new("localhost", sink.port(), TlsMode::StartTls);
        scene.commit(&order("private")).await;
        assert_eq!(scene.notifier(Smtp::new(settings).unwrap()).dispatch(10).await.unwrap().deferred, 1);
        assert!(sink.mails().is_empty());
    }
}

#[tokio::test]
async fn a_connection_that_the_server_has_closed_is_replaced_without_an_attempt() {
    for scene in Scene::all().await {
        let sink = SmtpSink::start().await.unwrap();
        let notifier = scene.notifier(smtp(&sink));
        scene.commit(&order("1")).await;
        assert_eq!(notifier.dispatch(10).await.unwrap().succeeded, 1);
        sink.close_connections();
        let id = scene.commit(&order("2")).await;
        assert_eq!(notifier.dispatch(10).await.unwrap().succeeded, 1);
        assert_eq!(history(&scene.notification(id).await), ["New", "Sending", "Succeeded"]);
        assert_eq!(sink.connections(), 2);
    }
}

#[tokio::test]
async fn a_running_notifier_is_woken_by_an_order_and_stops_when_told() {
    for scene in Scene::all().await {
        let sink = SmtpSink::start().await.unwrap();
        let notifier = scene.notifier(smtp(&sink)).with_poll_interval(Duration::from_secs(3600));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let running = tokio::spawn(async move { notifier.run(async { drop(stopped.await) }).await });
        for number in 1..=3 {
            scene.commit(&order(&number.to_string())).await;
            assert_eq!(
                sink.wait_for(number, Duration::from_secs(60)).await.len(),
                number,
                "{}",
                scene.back_end
            );
        }
        stop.send(()).unwrap();
        let ended = tokio::time::timeout(Duration::from_secs(60), running).await;
        assert_eq!(ended.expect("it stops").unwrap(), Ok(()));
    }
}

#[tokio::test]
async fn without_a_channel_nothing_is_claimed() {
    for scene in Scene::all().await {
        let id = scene.commit(&order("waiting")).await;
        let error = scene.notifier_without_channel().dispatch(10).await.expect_err("there is no way out");
        assert_eq!(error.code(), "NOTIFY-DISPATCH-NO-CHANNEL");
        scene.expand().await;
        assert_eq!(history(&scene.notification(id).await), ["New"]);
    }
}

//! Conditions, reminders, cancelling, keys, limits, feed and erasure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]
#![allow(clippy::indexing_slicing, reason = "tests fail by panicking")]

mod scene;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use altinn_core::http::{Destinations, HttpClient};
use altinn_notify::channel::{
    AttachmentError, AttachmentSource, BreakerSettings, Capture, ChannelKind, Outcome, RateLimit,
};
use altinn_notify::testing::ConditionEndpoint;
use altinn_notify::{
    Attachment, Condition, Content, NotificationStatus, Order, OrderStatus, PendingOrder, Reason, Recipient,
    Recipients, Reminder, SendCondition, SendingKey, Team, Verdict,
};
use async_trait::async_trait;
use chrono::TimeDelta;
use scene::{Scene, history, order};

/// A condition that says what it is told to say.
#[derive(Debug, Clone, Default)]
struct Switch(Arc<AtomicBool>);

#[async_trait]
impl SendCondition for Switch {
    async fn ask(&self, order: &PendingOrder) -> Verdict {
        assert_eq!(order.idempotency_id, "letter");
        match self.0.load(Ordering::SeqCst) {
            true => Verdict::Met,
            false => Verdict::NotMet(Reason::new("the letter was read")),
        }
    }
}

#[tokio::test]
async fn reminders_have_their_own_times_and_conditions() {
    for scene in Scene::all().await {
        let (unread, capture) = (Switch::default(), Arc::new(Capture::new()));
        unread.0.store(true, Ordering::SeqCst);
        let notifier = scene.notifier(Arc::clone(&capture)).with_condition("unread", unread.clone());
        let reminder = |days: u32| {
            let content = Content::text(format!("Reminder {days}"), "Read it.");
            Reminder::after_days(days).with_condition(Condition::named("unread")).with_content(content)
        };
        let id = scene.commit(&order("letter").with_reminder(reminder(7)).with_reminder(reminder(14))).await;
        notifier.dispatch(10).await.unwrap();
        scene.step(7 * 24 * 60 - 1);
        assert_eq!(notifier.dispatch(10).await.unwrap().claimed, 0, "{}", scene.back_end);
        scene.step(1);
        assert_eq!(notifier.dispatch(10).await.unwrap().succeeded, 1);
        unread.0.store(false, Ordering::SeqCst);
        scene.step(7 * 24 * 60);
        assert_eq!(notifier.dispatch(10).await.unwrap().claimed, 0);
        let subjects: Vec<_> = capture.mails().into_iter().map(|mail| mail.subject).collect();
        assert_eq!(subjects, ["About letter", "Reminder 7"]);
        let reminders = notifier.status(id).await.unwrap().reminders;
        assert_eq!(notifier.status(reminders[0]).await.unwrap().status, OrderStatus::Completed);
        let last = notifier.status(reminders[1]).await.unwrap();
        assert_eq!(last.status, OrderStatus::SendConditionNotMet);
        assert_eq!(last.reason.as_deref(), Some("the letter was read"));
    }
}

#[tokio::test]
async fn an_endpoint_lets_an_order_be_sent_only_by_a_clear_yes() {
    for scene in Scene::all().await {
        for (index, (status, body, expected)) in [
            (200, r#"{"sendNotification": true}"#, OrderStatus::Completed),
            (200, r#"{"sendNotification": false}"#, OrderStatus::SendConditionNotMet),
            (200, r#"{"sendNotification": null}"#, OrderStatus::SendConditionNotMet),
            (200, "yes", OrderStatus::SendConditionNotMet),
            (500, r#"{"sendNotification": true}"#, OrderStatus::SendConditionNotMet),
        ]
        .into_iter()
        .enumerate()
        {
            let endpoint = ConditionEndpoint::answering(status, body).await.unwrap();
            let client = HttpClient::builder(Destinations::public().with_loopback()).build().unwrap();
            let notifier = scene.notifier(Capture::new()).with_condition_client(client);
            let name = format!("condition/{index}");
            let id = scene.commit(&order(&name).with_condition(Condition::endpoint(endpoint.url()))).await;
            for _ in 0..4 {
                notifier.dispatch(10).await.unwrap();
                scene.step(2);
            }
            let state = notifier.status(id).await.unwrap();
            assert_eq!(state.status, expected, "{} {body}", scene.back_end);
            assert_eq!(state.reason.is_some(), expected != OrderStatus::Completed);
            assert!(endpoint.asked()[0].ends_with(&format!("?orderId={id}")), "{:?}", endpoint.asked());
        }
        // Where nobody can be asked, nothing is sent either.
        for condition in [Condition::named("unknown"), Condition::endpoint("https://agency.example.com/")] {
            let id = scene.commit(&order(&format!("{condition:?}")).with_condition(condition)).await;
            let notifier = scene.notifier(Capture::new());
            for _ in 0..4 {
                assert_eq!(notifier.dispatch(10).await.unwrap().claimed, 0);
                scene.step(2);
            }
            assert_eq!(notifier.status(id).await.unwrap().status, OrderStatus::SendConditionNotMet);
        }
    }
}

#[tokio::test]
async fn what_has_not_been_sent_can_be_cancelled_once_and_for_all() {
    for scene in Scene::all().await {
        let (capture, later) = (Arc::new(Capture::new()), "2026-12-02T08:00:00Z".parse().unwrap());
        let notifier = scene.notifier(Arc::clone(&capture));
        let waiting = order("waiting").with_requested_send_time(later).with_reminder(Reminder::after_days(1));
        let waiting = scene.commit(&waiting).await;
        let cancelled = notifier.cancel(waiting).await.unwrap();
        assert_eq!((cancelled.notifications, cancelled.reminders), (0, 1), "{}", scene.back_end);
        assert_eq!(notifier.cancel(waiting).await.unwrap().reminders, 0, "twice is once");

        let written = scene.commit(&order("written")).await;
        scene.expand().await;
        assert_eq!(notifier.cancel(written).await.unwrap().notifications, 1);
        scene.step(3 * 24 * 60);
        assert_eq!(notifier.dispatch(10).await.unwrap().claimed, 0);
        assert_eq!(history(&scene.notification(written).await), ["New", "Cancelled"]);
        assert_eq!(notifier.status(waiting).await.unwrap().status, OrderStatus::Cancelled);

        let sent = scene.commit(&order("sent")).await;
        notifier.dispatch(10).await.unwrap();
        assert_eq!(notifier.cancel(sent).await.unwrap_err().code(), "NOTIFY-CANCEL-TOO-LATE");
        assert_eq!(notifier.status(sent).await.unwrap().status, OrderStatus::Completed);
        assert_eq!(
            notifier.cancel(order("nobody").id()).await.unwrap_err().code(),
            "NOTIFY-CANCEL-NOT-FOUND"
        );
        assert_eq!(capture.mails().len(), 1);
    }
}

#[tokio::test]
async fn a_test_or_team_key_cannot_reach_citizens() {
    for scene in Scene::all().await {
        let (capture, ola) = (Arc::new(Capture::new()), "ola.nordmann@example.com".parse().unwrap());
        let to = |name: &str| {
            let recipient = Recipient::Email(format!("{name}@example.com").parse().unwrap());
            Order::new(name, recipient, Content::text("s", "b"))
        };
        // What was ordered under the key of production, and is found by a test environment, goes nowhere either.
        for name in ["citizen", "perm-fail", "temp-fail"] {
            scene.commit(&to(name)).await;
        }
        let testing = scene.notifier(Arc::clone(&capture)).with_key(SendingKey::Test);
        let report = testing.dispatch(10).await.unwrap();
        assert_eq!((report.succeeded, report.failed, report.deferred), (1, 1, 1), "{}", scene.back_end);
        assert!(capture.mails().is_empty());
        assert!(history(&scene.notification(to("citizen").id()).await).ends_with(&["Succeeded"]));

        let team = SendingKey::Team(Team::new().with_email(&ola));
        let team = scene.notifier(Arc::clone(&capture)).with_key(team);
        let refused = team.order(&mut altinn_core::store::Batch::new(), &to("other"));
        assert_eq!(refused.unwrap_err().code(), "NOTIFY-ORDER-NOT-IN-TEAM");
        scene.commit(&to("stranger")).await;
        scene.commit(&order("member")).await;
        let report = team.dispatch(10).await.unwrap();
        assert_eq!((report.succeeded, report.failed), (1, 1));
        assert_eq!(capture.mails().len(), 1);
    }
}

#[tokio::test]
async fn a_rate_limit_is_kept_and_a_dead_channel_is_left_alone() {
    for scene in Scene::all().await {
        for number in 0..20 {
            scene.commit(&order(&number.to_string())).await;
        }
        let limit = RateLimit::new(5, TimeDelta::minutes(1));
        let limited = scene.notifier(Capture::new()).with_rate_limit(ChannelKind::Email, limit);
        for expected in [5, 0] {
            assert_eq!(limited.dispatch(100).await.unwrap().claimed, expected, "{}", scene.back_end);
        }
        scene.step(1);
        assert_eq!(limited.dispatch(100).await.unwrap().claimed, 5);

        let down = Outcome::Transient { reason: Reason::new("down") };
        let settings = BreakerSettings { failures: 3, ..BreakerSettings::default() };
        let broken = scene.notifier(Capture::answering(vec![down; 100])).with_concurrency(1);
        let broken = broken.with_breaker(ChannelKind::Email, settings);
        assert_eq!(broken.dispatch(100).await.unwrap().deferred, 3);
        assert_eq!(broken.dispatch(100).await.unwrap().claimed, 0);
        scene.step(1);
        assert_eq!(broken.dispatch(100).await.unwrap().deferred, 1, "one is the probe");
    }
}

#[tokio::test]
async fn every_transition_is_in_the_feed_once_and_the_feed_never_changes() {
    for scene in Scene::all().await {
        let notifier = scene.notifier(Capture::new());
        let (mut read, mut after) = (Vec::new(), 0);
        for number in 0..7 {
            scene.commit(&order(&number.to_string())).await;
            notifier.dispatch(10).await.unwrap();
            let page = notifier.feed(after, 3).await.unwrap();
            after = page.next;
            read.extend(page.entries);
        }
        loop {
            let page = notifier.feed(after, 3).await.unwrap();
            if page.entries.is_empty() {
                break;
            }
            after = page.next;
            read.extend(page.entries);
        }
        let all = notifier.feed(0, 1000).await.unwrap().entries;
        assert_eq!(read, all, "{}", scene.back_end);
        assert!(all.iter().map(|entry| entry.position).eq(1..=7 * 5), "{}", all.len());
        let latest = notifier.feed_back(i64::MAX, 3).await.unwrap();
        let before = notifier.feed_back(latest.next, 1000).await.unwrap();
        let backwards: Vec<_> = latest.entries.into_iter().chain(before.entries).rev().collect();
        assert_eq!(backwards, all, "{}", scene.back_end);
        assert!(notifier.feed_back(before.next, 3).await.unwrap().entries.is_empty());
        let one = notifier.feed_of_order(order("3").id(), 0, 100).await.unwrap().entries;
        let statuses = |is_order: bool| {
            let of = one.iter().filter(move |entry| entry.notification.is_none() == is_order);
            of.map(|entry| entry.status.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(statuses(true), ["Registered", "Processed"]);
        assert_eq!(statuses(false), ["New", "Sending", "Succeeded"]);
    }
}

#[tokio::test]
async fn personal_data_is_erased_after_its_time_and_the_counts_remain() {
    for scene in Scene::all().await {
        let notifier = scene.notifier(Capture::new());
        let ola = Recipient::Email("ola.nordmann@example.com".parse().unwrap());
        let id = scene.commit(&order("old").with_senders_reference("case 7")).await;
        let open = "2027-12-01T08:00:00Z".parse().unwrap();
        scene.commit(&order("open").with_requested_send_time(open)).await;
        notifier.dispatch(10).await.unwrap();
        let now = "2027-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(notifier.erase_before("2026-01-01T00:00:00Z".parse().unwrap(), 10).await.unwrap(), 0);
        assert_eq!(notifier.erase_before(now, 10).await.unwrap(), 1, "{}", scene.back_end);
        assert_eq!(notifier.erase_before(now, 10).await.unwrap(), 0);
        let state = notifier.status(id).await.unwrap();
        assert_eq!(state.counts[&NotificationStatus::Succeeded], 1);
        assert_eq!((state.notifications[0].address.as_ref(), state.senders_reference), (None, None));
        assert!(notifier.notifications_to(&ola.key(), None, 10).await.unwrap().is_empty());
        scene.commit(&order("old").with_senders_reference("case 7")).await;
        assert_eq!(notifier.dispatch(10).await.unwrap().claimed, 0, "it is still the same order");
        for table in ["notify_order", "notify_recipients", "notify_notification"] {
            let order = if table == "notify_order" { "id" } else { "order_id" };
            let rows = scene.store.query(
                format!("select * from {table} where {order} = $1"),
                altinn_core::store::params![id.as_uuid()],
            );
            let sealed: &[&str] = match table {
                "notify_order" => &["spec", "wrapped_key", "digest"],
                "notify_recipients" => &["recipients"],
                _ => &["recipient", "routes"],
            };
            for row in rows.await.unwrap() {
                for column in sealed {
                    let kept = row.get::<Option<Vec<u8>>>(column).unwrap().unwrap_or_default();
                    assert!(kept.is_empty(), "{table}.{column}: {kept:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn parked_notifications_are_listed_with_their_reason_and_driven_again() {
    for scene in Scene::all().await {
        let down = Outcome::Transient { reason: Reason::new("down") };
        let capture = Arc::new(Capture::answering(vec![down; 3]));
        let notifier = scene.notifier(Arc::clone(&capture));
        let id = scene.commit(&order("late").with_time_to_live(TimeDelta::minutes(1))).await;
        notifier.dispatch(10).await.unwrap();
        scene.step(2);
        notifier.dispatch(10).await.unwrap();
        let parked = notifier.parked(None, 10).await.unwrap();
        assert_eq!(
            (parked.len(), parked[0].status),
            (1, NotificationStatus::FailedTtl),
            "{}",
            scene.back_end
        );
        notifier.redrive(parked[0].id).await.unwrap();
        assert_eq!(notifier.redrive(parked[0].id).await.unwrap_err().code(), "NOTIFY-REDRIVE-NOT-PARKED");
        for _ in 0..3 {
            notifier.dispatch(10).await.unwrap();
            scene.step(5);
        }
        let sent = scene.notification(id).await;
        assert_eq!(sent.status, NotificationStatus::Succeeded);
        assert!(notifier.parked(None, 10).await.unwrap().is_empty());
        assert!(capture.mails().iter().all(|mail| mail.message_id == sent.message_id));
    }
}

/// Attachments by their names.
#[derive(Debug)]
struct Files;

#[async_trait]
impl AttachmentSource for Files {
    async fn read(&self, reference: &str, limit: u64) -> Result<Vec<u8>, AttachmentError> {
        match reference {
            "letter" => Ok(b"%PDF-1.7".to_vec()),
            "large" => Ok(vec![0; usize::try_from(limit).unwrap() + 1]),
            _ => Err(AttachmentError::NotFound),
        }
    }
}

/// Answers for references that begin with `letters/`.
#[derive(Debug)]
struct Letters;

#[async_trait]
impl AttachmentSource for Letters {
    async fn read(&self, _: &str, _: u64) -> Result<Vec<u8>, AttachmentError> {
        Ok(b"Letter".to_vec())
    }
}

#[tokio::test]
async fn attachments_are_read_when_the_mail_is_sent_and_limits_are_kept() {
    for scene in Scene::all().await {
        let capture = Arc::new(Capture::new());
        let notifier = scene.notifier(Arc::clone(&capture)).with_attachments(Files);
        let notifier = notifier.with_attachments_under("letters/", Letters);
        let with =
            |id: &str| order(id).with_attachment(Attachment::new(id, "vedtak.pdf", "application/pdf", 8));
        for (id, status) in [
            ("letter", NotificationStatus::Succeeded),
            ("large", NotificationStatus::FailedPayloadTooLarge),
            ("missing", NotificationStatus::Failed),
            ("letters/letter", NotificationStatus::Succeeded),
        ] {
            let id = scene.commit(&with(id)).await;
            notifier.dispatch(10).await.unwrap();
            assert_eq!(scene.notification(id).await.status, status, "{}", scene.back_end);
        }
        assert_eq!(capture.mails()[0].attachments[0].content, b"%PDF-1.7");
        assert_eq!(capture.mails()[1].attachments[0].content, b"Letter");
        let many = (0..=Order::MAX_ATTACHMENTS).fold(order("many"), |order, _| {
            order.with_attachment(Attachment::new("letter", "a.pdf", "application/pdf", 8))
        });
        let refused =
            |order: &Order| notifier.order(&mut altinn_core::store::Batch::new(), order).unwrap_err().code();
        assert_eq!(refused(&many), "NOTIFY-ORDER-TOO-MANY-ATTACHMENTS");
        let attached =
            |name, kind, size| order("x").with_attachment(Attachment::new("letter", name, kind, size));
        assert_eq!(refused(&attached("a", "text/plain", 1 << 40)), "NOTIFY-ORDER-ATTACHMENTS-TOO-LARGE");
        assert_eq!(refused(&attached("../a", "text/plain", 1)), "NOTIFY-ORDER-BAD-ATTACHMENT");
        assert_eq!(refused(&attached("a", "text/plain\r\nX: y", 1)), "NOTIFY-ORDER-BAD-ATTACHMENT");
        assert_eq!(refused(&attached("a\r\nBcc: b", "text/plain", 1)), "NOTIFY-ORDER-CONTROL-CHARACTER");
    }
}

#[tokio::test]
async fn many_recipients_are_each_told_once() {
    for scene in Scene::all().await {
        let capture = Arc::new(Capture::new());
        let all: Recipients = (0..1234)
            .map(|number| Recipient::Email(format!("a{number}@example.com").parse().unwrap()))
            .collect();
        let id = scene.commit(&Order::new("many", all, Content::text("s", "b"))).await;
        let (one, other) = (scene.notifier(Arc::clone(&capture)), scene.notifier(Arc::clone(&capture)));
        let (one, other) = tokio::join!(one.dispatch(5000), other.dispatch(5000));
        let again = scene.notifier(Arc::clone(&capture)).dispatch(5000).await.unwrap();
        assert_eq!(one.unwrap().succeeded + other.unwrap().succeeded + again.succeeded, 1234);
        let told: std::collections::BTreeSet<_> =
            capture.mails().iter().map(|mail| mail.to.expose().to_owned()).collect();
        assert_eq!((told.len(), capture.mails().len()), (1234, 1234), "{}", scene.back_end);
        let state = scene.notifier_without_channel().status(id).await.unwrap();
        assert_eq!((state.status, state.notifications.len()), (OrderStatus::Completed, 1000));
        let rest = scene.notifier_without_channel().notifications(id, 1000, 1000).await.unwrap();
        assert_eq!(rest.len(), 234);
    }
}

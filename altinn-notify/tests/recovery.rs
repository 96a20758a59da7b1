//! Dispatchers that die, are paused or never learn how an attempt ended.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]
#![allow(clippy::indexing_slicing, reason = "tests fail by panicking")]

mod scene;

use std::collections::BTreeMap;
use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use altinn_core::store::{Batch, Store, params};
use altinn_notify::channel::{Capture, Channel, Message, Outcome, Smtp, SmtpSettings, TlsMode};
use altinn_notify::testing::{Misbehaviour, SmtpSink};
use altinn_notify::{MIGRATIONS, NotificationState, NotificationStatus, Reason};
use async_trait::async_trait;
use scene::{Scene, clock, history, order, reason, smtp};
use tokio::sync::Notify;
use tokio::time::sleep;

/// Short, since leases go by the store's own clock, which no test can step.
const LEASE: Duration = Duration::from_secs(2);

/// A channel that hangs in the attempts before the given one, and says when one has begun.
#[derive(Debug, Default)]
struct Hanging {
    begun: Notify,
    left: AtomicU64,
}

impl Hanging {
    fn times(times: u64) -> Arc<Self> {
        Arc::new(Self { begun: Notify::new(), left: times.into() })
    }
}

#[async_trait]
impl Channel for Hanging {
    async fn send(&self, _: &Message) -> Outcome {
        self.begun.notify_one();
        let hangs =
            self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if hangs {
            pending::<()>().await;
        }
        Outcome::Accepted { reference: Reason::new("late") }
    }
}

#[tokio::test]
async fn a_dispatcher_that_dies_in_an_attempt_leaves_an_unknown_outcome_and_the_mail_goes_once_more() {
    for scene in Scene::all().await {
        let id = scene.commit(&order("receipt")).await;
        let (sink, hanging) = (SmtpSink::start().await.unwrap(), Hanging::times(1));
        let dying = scene.notifier(Arc::clone(&hanging)).with_lease(LEASE);
        tokio::select! {
            _ = dying.dispatch(10) => panic!("it hangs"),
            () = hanging.begun.notified() => {}
        }
        assert_eq!(history(&scene.notification(id).await), ["New", "Sending"], "{}", scene.back_end);

        let next = scene.notifier(smtp(&sink));
        assert_eq!(next.dispatch(10).await.unwrap().claimed, 0, "the dead one's lease still runs");
        sleep(LEASE).await;
        let report = next.dispatch(10).await.unwrap();
        assert_eq!((report.recovered, report.succeeded), (1, 1));
        let notification = scene.notification(id).await;
        assert_eq!(history(&notification), ["New", "Sending", "OutcomeUnknown", "Sending", "Succeeded"]);
        let why = reason(&notification, NotificationStatus::OutcomeUnknown);
        assert_eq!(why, "the end of the attempt was not recorded");
        assert_eq!(sink.mails()[0].message_id(), Some(notification.message_id));
    }
}

#[tokio::test]
async fn an_order_outlives_the_program_that_placed_it() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("notify.db").display());
    let scene = || async {
        let store = Store::open(&url).await.unwrap();
        store.migrate(&[MIGRATIONS]).await.unwrap();
        Scene { back_end: "SQLite", store, clock: clock() }
    };
    let id = scene().await.commit(&order("receipt")).await;
    let (capture, next) = (Arc::new(Capture::new()), scene().await);
    next.step(1);
    assert_eq!(next.notifier(Arc::clone(&capture)).dispatch(10).await.unwrap().succeeded, 1);
    assert!(next.notification(id).await.is_final());
}

#[tokio::test]
async fn a_paused_dispatcher_records_nothing_late() {
    for scene in Scene::all().await {
        let id = scene.commit(&order("receipt")).await;
        let hanging = Hanging::times(1);
        let paused = scene.notifier(Arc::clone(&hanging)).with_lease(LEASE);
        let mut dispatch = Box::pin(paused.dispatch(10));
        tokio::select! {
            _ = &mut dispatch => panic!("it hangs"),
            () = hanging.begun.notified() => {}
        }
        // From here nobody polls the first dispatcher, as if its process were stopped.
        sleep(LEASE).await;
        let capture = Arc::new(Capture::new());
        assert_eq!(scene.notifier(Arc::clone(&capture)).dispatch(10).await.unwrap().succeeded, 1);
        let before = scene.notification(id).await;

        let report = dispatch.await.unwrap();
        assert_eq!((report.lost, report.unknown, report.succeeded), (1, 0, 0), "{}", scene.back_end);
        assert_eq!(scene.notification(id).await, before);
        assert_eq!(capture.mails().len(), 1);
    }
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_content_is_an_unknown_outcome_and_both_mails_bear_one_id() {
    for scene in Scene::all().await {
        let sink = SmtpSink::start().await.unwrap();
        sink.misbehave(Misbehaviour::CloseAfterContent);
        let notifier = scene.notifier(smtp(&sink));
        let id = scene.commit(&order("receipt")).await;
        assert_eq!(notifier.dispatch(10).await.unwrap().unknown, 1, "{}", scene.back_end);
        scene.step(1);
        assert_eq!(notifier.dispatch(10).await.unwrap().succeeded, 1);
        let mails = sink.mails();
        assert_eq!(mails.len(), 2);
        assert_eq!(mails[0].data(), mails[1].data(), "the same mail to the last byte");
        assert_eq!(
            history(&scene.notification(id).await),
            ["New", "Sending", "OutcomeUnknown", "Sending", "Succeeded"]
        );
    }
}

#[tokio::test]
async fn a_connection_that_breaks_in_the_content_is_an_unknown_outcome_too() {
    for scene in Scene::all().await {
        let sink = SmtpSink::start().await.unwrap();
        sink.misbehave(Misbehaviour::CloseInContent);
        let notifier = scene.notifier(smtp(&sink));
        scene.commit(&order("receipt")).await;
        assert_eq!(notifier.dispatch(10).await.unwrap().unknown, 1, "{}", scene.back_end);
        scene.step(1);
        assert_eq!(notifier.dispatch(10).await.unwrap().succeeded, 1);
        assert_eq!(sink.mails().len(), 1);
    }
}

#[tokio::test]
async fn a_server_that_answers_too_late_is_an_unknown_outcome() {
    for scene in Scene::all().await {
        let sink = SmtpSink::start().await.unwrap();
        sink.misbehave(Misbehaviour::AnswerLate(Duration::from_secs(60)));
        let settings = SmtpSettings::new("127.0.0.1", sink.port(), TlsMode::None);
        let impatient = settings.with_command_timeout(Duration::from_secs(2));
        let notifier = scene.notifier(Smtp::new(impatient).unwrap());
        let id = scene.commit(&order("receipt")).await;
        assert_eq!(notifier.dispatch(10).await.unwrap().unknown, 1, "{}", scene.back_end);
        let why = reason(&scene.notification(id).await, NotificationStatus::OutcomeUnknown);
        assert_eq!(why, "handing over the content: no answer in time");
    }
}

#[tokio::test]
async fn a_mail_that_ends_every_attempt_is_parked_with_its_reason() {
    for scene in Scene::all().await {
        let lost = Outcome::Unknown { reason: Reason::new("connection reset") };
        let notifier = scene.notifier(Capture::answering(vec![lost; 100]));
        let id = scene.commit(&order("poison")).await;
        for _ in 0..5 {
            assert_eq!(notifier.dispatch(10).await.unwrap().unknown, 1);
            scene.step(60);
        }
        assert_eq!(notifier.dispatch(10).await.unwrap().failed, 1, "{}", scene.back_end);
        let parked = scene.notification(id).await;
        assert!(parked.is_final());
        assert_eq!(
            reason(&parked, NotificationStatus::Failed),
            "parked: the outcome of 5 attempts is unknown"
        );
        assert_eq!(history(&parked).iter().filter(|status| **status == "OutcomeUnknown").count(), 5);
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_parked_and_stops_nothing_else() {
    for scene in Scene::all().await {
        let (broken, whole) = (scene.commit(&order("broken")).await, scene.commit(&order("whole")).await);
        let mut batch = Batch::new();
        // What was sealed for another row does not open in this one.
        let spoil = "update notify_notification set routes = (select routes from notify_notification where order_id = $1) \
            where order_id = $2";
        scene.expand().await;
        batch.execute_one(spoil, params![whole.as_uuid(), broken.as_uuid()]);
        scene.store.commit(batch).await.unwrap();

        let report = scene.notifier(Capture::new()).dispatch(10).await.unwrap();
        assert_eq!((report.failed, report.succeeded), (1, 1), "{}", scene.back_end);
        let parked = scene.notification(broken).await;
        assert!(parked.is_final());
        let why = reason(&parked, NotificationStatus::Failed);
        assert_eq!(why, "parked: what is kept is not what was sealed in this place");
        assert!(parked.is_parked && parked.address.is_none());
        assert_eq!(scene.notification(whole).await.status, NotificationStatus::Succeeded);
    }
}

#[tokio::test]
async fn an_attempt_left_open_when_the_mail_expired_is_shown_before_it_is_given_up() {
    for scene in Scene::all().await {
        let id = scene.commit(&order("receipt")).await;
        let hanging = Hanging::times(1);
        let dying = scene.notifier(Arc::clone(&hanging)).with_lease(LEASE);
        tokio::select! {
            _ = dying.dispatch(10) => panic!("it hangs"),
            () = hanging.begun.notified() => {}
        }
        sleep(LEASE).await;
        scene.step(48 * 60);
        let capture = Arc::new(Capture::new());
        assert_eq!(scene.notifier(Arc::clone(&capture)).dispatch(10).await.unwrap().failed, 1);
        assert!(capture.mails().is_empty());
        let given_up = scene.notification(id).await;
        assert_eq!(
            history(&given_up),
            ["New", "Sending", "OutcomeUnknown", "Failed_TTL"],
            "{}",
            scene.back_end
        );
    }
}

/// A channel whose second and third mail hang, and that says when the third has begun.
#[derive(Debug, Default)]
struct HangingInTheMiddle {
    turn: AtomicU64,
    third: Notify,
}

#[async_trait]
impl Channel for HangingInTheMiddle {
    async fn send(&self, _: &Message) -> Outcome {
        let turn = self.turn.fetch_add(1, Ordering::SeqCst) + 1;
        if turn == 3 {
            self.third.notify_one();
        }
        if turn == 2 || turn == 3 {
            pending::<()>().await;
        }
        Outcome::Accepted { reference: Reason::new("at once") }
    }
}

#[tokio::test]
async fn what_waited_too_long_for_its_turn_is_given_back_and_taken_again() {
    for scene in Scene::all().await {
        for number in 0..4 {
            scene.commit(&order(&number.to_string())).await;
        }
        let channel = Arc::new(HangingInTheMiddle::default());
        let notifier = scene.notifier(Arc::clone(&channel)).with_lease(2 * LEASE).with_concurrency(2);
        let mut dispatch = Box::pin(notifier.dispatch(10));
        tokio::select! {
            _ = &mut dispatch => panic!("it hangs"),
            () = channel.third.notified() => {}
        }
        // The fourth was claimed with the third and waits. Nobody polls the dispatcher until half its lease is over.
        std::thread::sleep(LEASE + Duration::from_millis(50));
        let report = dispatch.await.unwrap();
        assert_eq!((report.given_back, report.unknown, report.lost), (1, 2, 0), "{}", scene.back_end);
        let again = notifier.dispatch(10).await.unwrap();
        assert_eq!(report.succeeded + again.succeeded, 2);
    }
}

/// Lets a future take so many steps, and drops it.
async fn dies_after(steps: usize, life: impl Future) {
    let (mut life, mut taken) = (pin!(life), 0);
    poll_fn(|context| {
        taken += 1;
        if taken > steps { Poll::Ready(()) } else { life.as_mut().poll(context).map(drop) }
    })
    .await;
}

#[tokio::test]
async fn dispatchers_that_die_at_any_moment_lose_nothing_and_every_second_sending_is_shown() {
    const MAILS: usize = 40;
    for scene in Scene::all().await {
        let sink = SmtpSink::start().await.unwrap();
        for number in 0..MAILS {
            scene.commit(&order(&number.to_string())).await;
        }
        let lease = Duration::from_millis(60);
        for life in 1..60 {
            let mortal = scene.notifier(smtp(&sink)).with_lease(lease).with_concurrency(4);
            dies_after(life, mortal.dispatch(1000)).await;
            sleep(Duration::from_millis(5)).await;
        }
        let mut notifications = Vec::new();
        for _ in 0..20 {
            sleep(lease).await;
            scene.notifier(smtp(&sink)).dispatch(1000).await.unwrap();
            scene.step(60);
            notifications.clear();
            for number in 0..MAILS {
                notifications.push(scene.notification(order(&number.to_string()).id()).await);
            }
            if notifications.iter().all(NotificationState::is_final) {
                break;
            }
        }

        let mut sendings = BTreeMap::new();
        for mail in sink.mails() {
            *sendings.entry(mail.message_id().unwrap()).or_insert(0) += 1;
        }
        let mut sent_again = 0;
        for notification in notifications {
            let unknown = history(&notification).iter().filter(|status| **status == "OutcomeUnknown").count();
            let sent = sendings.get(&notification.message_id).copied().unwrap_or(0);
            assert!(notification.is_final(), "{}: {notification:?}", scene.back_end);
            match notification.status {
                NotificationStatus::Succeeded => {
                    assert!((1..=unknown + 1).contains(&sent), "{sent} {unknown}");
                }
                other => assert!(other == NotificationStatus::Failed && unknown == 5, "{other:?} {unknown}"),
            }
            sent_again += unknown;
        }
        assert!(sent_again > 0, "{}: some dispatcher died in an attempt", scene.back_end);
    }
}

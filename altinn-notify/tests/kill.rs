//! Two dispatchers, one of which is killed (SIGKILL) again and again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod scene;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use altinn_core::store::{Batch, Store, fresh};
use altinn_core::{Clock, SteppableClock, SystemClock};
use altinn_notify::channel::{Smtp, SmtpSettings, TlsMode};
use altinn_notify::testing::SmtpSink;
use altinn_notify::{MIGRATIONS, NotificationStatus, Notifier, OrderId};
use scene::{history, keyring, order};

const STORE: &str = "ALTINN_KILLED_DISPATCHER_STORE";
const PORT: &str = "ALTINN_KILLED_DISPATCHER_PORT";
const READY: &str = "dispatching";
/// Short, since leases go by the store's own clock.
const LEASE: Duration = Duration::from_millis(400);
/// How many orders come between two kills.
const ORDERS: usize = 12;

fn notifier(store: &Store, port: u16, clock: Arc<dyn Clock>) -> Notifier {
    let smtp = Smtp::new(SmtpSettings::new("127.0.0.1", port, TlsMode::None)).unwrap();
    Notifier::new(store.clone(), keyring(), "noreply@example.com".parse().unwrap(), clock)
        .with_email_channel(smtp)
        .with_lease(LEASE)
        .with_concurrency(4)
        .with_poll_interval(Duration::from_millis(5))
}

/// Not a test: what the killed process runs.
#[tokio::test]
async fn a_dispatcher_that_runs_until_it_is_killed() {
    let (Ok(url), Ok(port)) = (std::env::var(STORE), std::env::var(PORT)) else { return };
    let store = Store::open(&url).await.unwrap();
    let notifier = notifier(&store, port.parse().unwrap(), Arc::new(SystemClock));
    altinn_core::testing::report(READY);
    notifier.run(std::future::pending()).await.unwrap();
}

fn start(url: &str, port: u16) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_dispatcher_that_runs_until_it_is_killed", "--nocapture"])
        .env(STORE, url)
        .env(PORT, port.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains(READY)), "the dispatcher runs");
    child
}

async fn kill_again_and_again(name: &str, url: &str, kills: u64) {
    let store = Store::open(url).await.unwrap();
    store.migrate(&[MIGRATIONS]).await.unwrap();
    let (sink, mut orders) = (SmtpSink::start().await.unwrap(), Vec::new());
    let survivor = notifier(&store, sink.port(), Arc::new(SystemClock));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(async move { survivor.run(async { drop(stopped.await) }).await });
    for kill in 0..kills {
        let mut child = start(url, sink.port());
        for number in 0..ORDERS {
            orders.push(place(&store, &format!("{kill}/{number}")).await);
        }
        // From the first claim to the last record, a little later each time.
        tokio::time::sleep(Duration::from_micros(500 + 700 * (kill % 17))).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }
    drop(stop);
    running.await.unwrap().unwrap();
    bring_to_an_end(&store, sink.port()).await;
    check(name, &store, &sink, &orders).await;
}

async fn place(store: &Store, id: &str) -> OrderId {
    let sender = "noreply@example.com".parse().unwrap();
    let orders = Notifier::new(store.clone(), keyring(), sender, Arc::new(SystemClock));
    let mut batch = Batch::new();
    let id = orders.order(&mut batch, &order(id)).unwrap();
    store.commit(batch).await.unwrap();
    id
}

/// Dispatches what is left, while the program's clock is stepped over the waits.
async fn bring_to_an_end(store: &Store, port: u16) {
    let clock = Arc::new(SteppableClock::at(SystemClock.now()));
    let last = notifier(store, port, clock.clone());
    for _ in 0..12 {
        tokio::time::sleep(LEASE).await;
        clock.step(Duration::from_secs(600));
        last.dispatch(100_000).await.unwrap();
    }
}

async fn check(name: &str, store: &Store, sink: &SmtpSink, orders: &[OrderId]) {
    let mut sendings = BTreeMap::new();
    for mail in sink.mails() {
        *sendings.entry(mail.message_id().unwrap()).or_insert(0) += 1;
    }
    let reader = notifier(store, sink.port(), Arc::new(SystemClock));
    let (mut cut_off, mut twice) = (0, 0);
    for order in orders {
        let state = reader.status(*order).await.unwrap();
        assert_eq!(state.notifications.len(), 1, "{name}: each order has one notification");
        for notification in &state.notifications {
            let history = history(notification);
            let unknown = history.iter().filter(|status| **status == "OutcomeUnknown").count();
            let finals = history.iter().filter(|status| **status == "Succeeded").count();
            let sent = sendings.remove(&notification.message_id).unwrap_or(0);
            assert!(notification.is_final(), "{name}: {history:?}");
            assert_eq!(
                (notification.status, finals),
                (NotificationStatus::Succeeded, 1),
                "{name}: {history:?}"
            );
            assert!((1..=unknown + 1).contains(&sent), "{name}: sent {sent} times: {history:?}");
            cut_off += unknown;
            twice += usize::from(sent > 1);
        }
    }
    assert!(sendings.is_empty(), "{name}: every mail belongs to a notification");
    altinn_core::testing::report(format!(
        "{name}: {} notifications, {cut_off} attempts cut off, {twice} mails sent twice",
        orders.len()
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killing_one_of_two_dispatchers_loses_nothing_and_shows_what_was_sent_twice() {
    let kills = if std::env::var_os("ALTINN_TEST_LONG").is_some() { 100 } else { 12 };
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("notify.db").display());
    kill_again_and_again("SQLite", &url, kills).await;
    if let Some(url) = fresh::postgres_url().await.unwrap() {
        kill_again_and_again("PostgreSQL", &url, kills).await;
    }
}

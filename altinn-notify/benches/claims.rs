//! How fast notifications are claimed, begun and finished, beside the bare driver in the same run, and by eight
//! dispatchers beside one.
//!
//! `cargo bench -p altinn-notify --all-features --bench claims [-- NOTIFICATIONS]`. The dispatcher runs with a channel that
//! accepts everything at once. The bare loop runs the same statements in batches of the same size: claim, begin
//! (status and transition), finish (status, freed, and transition), each in a transaction of its own, one after the other;
//! eight of them, each on its own connection, show what the database gives more. For SQLite it also says how much of its
//! time the one thread that writes computes.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark prints, and fails by panicking"
)]

use std::sync::Arc;
use std::time::Instant;

use altinn_core::SystemClock;
use altinn_core::key::SecretKey;
use altinn_core::store::{Batch, Store, fresh};
use altinn_notify::channel::{Channel, Message, Outcome};
use altinn_notify::{Content, Keyring, MIGRATIONS, Notifier, Order, Reason, Recipient, Recipients};
use async_trait::async_trait;
use futures_util::future::join_all;
use rusqlite::{Connection, TransactionBehavior};
use uuid::Uuid;

/// How many notifications are claimed at once.
const AT_ONCE: usize = 64;
const ROUNDS: usize = 3;

const LEASE: i64 = 180_000_000;
const BEGIN: &str = "update notify_notification set status = $1, attempts = $2, unknown_outcomes = $3, sequence = $4 \
    where id = $5 and lease_generation = $6";
const FINISH: &str = "update notify_notification set status = $1, unknown_outcomes = $2, sequence = $3, parked = $4, \
    due_at = $5, lease_until = 0 where id = $6 and lease_generation = $7";
const TRANSITION: &str = "insert into notify_transition (subject, sequence, order_id, at, status, reason) \
    values ($1, $2, $3, $4, $5, $6)";

/// Accepts everything at once.
#[derive(Debug)]
struct Nowhere;

#[async_trait]
impl Channel for Nowhere {
    async fn send(&self, _: &Message) -> Outcome {
        Outcome::Accepted { reference: Reason::new("2.0.0 kept") }
    }
}

#[tokio::main]
async fn main() {
    let given = std::env::args().filter_map(|argument| argument.parse().ok()).next();
    let long = std::env::var_os("ALTINN_TEST_LONG").is_some();
    let count: usize = given.unwrap_or(if long { 20_000 } else { 4_000 });
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let path = folder.path().join("notify.db");
    let sqlite = Store::open(&format!("sqlite:{}", path.display())).await.unwrap();
    let mut bench = Bench::new(sqlite, count).await;
    for _ in 0..ROUNDS {
        bench.round().await;
        bench.fill().await;
        let (alone, begun) = (path.clone(), Instant::now());
        let done = tokio::task::spawn_blocking(move || bare_sqlite(&alone)).await.unwrap();
        bench.bare.push(done as f64 / begun.elapsed().as_secs_f64());
        bench.fill().await;
        let begun = Instant::now();
        let all =
            (0..8).map(|_| path.clone()).map(|path| tokio::task::spawn_blocking(move || bare_sqlite(&path)));
        let done: usize = join_all(all).await.into_iter().map(Result::unwrap).sum();
        bench.bare_eight.push(done as f64 / begun.elapsed().as_secs_f64());
    }
    bench.report("SQLite");
    let Some(url) = fresh::postgres_url().await.unwrap() else { return };
    let mut bench = Bench::new(Store::open(&url).await.unwrap(), count).await;
    for _ in 0..ROUNDS {
        bench.round().await;
        bench.fill().await;
        let begun = Instant::now();
        let done = bare_postgres(&url).await;
        bench.bare.push(done as f64 / begun.elapsed().as_secs_f64());
        bench.fill().await;
        let begun = Instant::now();
        let all =
            (0..8).map(|_| url.clone()).map(|url| tokio::spawn(async move { bare_postgres(&url).await }));
        let done: usize = join_all(all).await.into_iter().map(Result::unwrap).sum();
        bench.bare_eight.push(done as f64 / begun.elapsed().as_secs_f64());
    }
    bench.report("PostgreSQL");
}

struct Bench {
    store: Store,
    count: usize,
    filled: usize,
    one: Vec<f64>,
    eight: Vec<f64>,
    bare: Vec<f64>,
    bare_eight: Vec<f64>,
    /// How much of its time the thread that writes to SQLite computed, with one dispatcher and with eight.
    writer: [Vec<f64>; 2],
}

impl Bench {
    async fn new(store: Store, count: usize) -> Self {
        store.migrate(&[MIGRATIONS]).await.unwrap();
        Self {
            store,
            count,
            filled: 0,
            one: vec![],
            eight: vec![],
            bare: vec![],
            bare_eight: vec![],
            writer: [vec![], vec![]],
        }
    }

    fn notifier(&self) -> Notifier {
        let sender = "noreply@example.com".parse().unwrap();
        let keyring = Keyring::new(&SecretKey::from_bytes([7; 32]));
        let notifier = Notifier::new(self.store.clone(), keyring, sender, Arc::new(SystemClock));
        notifier.with_email_channel(Nowhere).with_concurrency(AT_ONCE)
    }

    /// As many notifications, due and free.
    async fn fill(&mut self) {
        self.filled += 1;
        let address = |number| Recipient::Email(format!("a{number}@example.com").parse().unwrap());
        let recipients: Recipients = (0..self.count).map(address).collect();
        let order = Order::new(format!("round/{}", self.filled), recipients, Content::text("Hei", "Hei"));
        let mut batch = Batch::new();
        self.notifier().order(&mut batch, &order).unwrap();
        self.store.commit(batch).await.unwrap();
        assert!(!self.notifier().expand_due(u32::MAX).await.unwrap());
    }

    async fn round(&mut self) {
        self.fill().await;
        let (one, share) = self.by(1).await;
        self.one.push(one);
        self.writer[0].push(share);
        self.fill().await;
        let (eight, share) = self.by(8).await;
        self.eight.push(eight);
        self.writer[1].push(share);
    }

    /// How many a second so many dispatchers finish together, and how much of its time SQLite's writer computed.
    async fn by(&self, dispatchers: usize) -> (f64, f64) {
        let (begun, computed) = (Instant::now(), writer_seconds());
        let running = (0..dispatchers).map(|_| {
            let notifier = self.notifier();
            tokio::spawn(async move { notifier.dispatch(u32::MAX).await.unwrap().succeeded as usize })
        });
        let done: usize = join_all(running).await.into_iter().map(Result::unwrap).sum();
        assert_eq!(done, self.count);
        let seconds = begun.elapsed().as_secs_f64();
        (done as f64 / seconds, (writer_seconds() - computed) / seconds)
    }

    fn report(self, name: &str) {
        let (one, eight, bare) = (median(self.one), median(self.eight), median(self.bare));
        let bare_eight = median(self.bare_eight);
        println!(
            "{name}: one dispatcher {one:.0}/s, bare {bare:.0}/s, ratio {:.2}; eight {eight:.0}/s, {:.2} times one; \
             eight bare {bare_eight:.0}/s, {:.2} times one",
            one / bare,
            eight / one,
            bare_eight / bare
        );
        let [one, eight] = self.writer.map(median);
        if one > 0.0 {
            println!("{name}: its writer computed {one:.2} of the time with one, {eight:.2} with eight");
        }
    }
}

/// How long the thread that writes to SQLite has computed, as the kernel counts it in hundredths of a second; nothing when
/// there is none.
fn writer_seconds() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let read = |task: std::fs::DirEntry| {
        let name = std::fs::read_to_string(task.path().join("comm")).ok()?;
        let stat = std::fs::read_to_string(task.path().join("stat")).ok()?;
        let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
        let ticks = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
        name.starts_with("altinn-sqlite-w").then_some(ticks as f64 / 100.0)
    };
    tasks.filter_map(read).sum()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn now() -> i64 {
    chrono::Utc::now().timestamp_micros()
}

/// The same statements on one rusqlite connection.
fn bare_sqlite(path: &std::path::Path) -> usize {
    const CLAIM: &str = "update notify_notification set lease_until = cast(unixepoch('subsec') * 1000000 as integer) + $1, \
        lease_generation = lease_generation + 1 where id in (select id from notify_notification where channel = $2 \
        and due_at <= $3 and lease_until <= cast(unixepoch('subsec') * 1000000 as integer) order by due_at limit $4) returning *";
    let mut connection = Connection::open(path).unwrap();
    connection.execute_batch("pragma synchronous = full; pragma busy_timeout = 60000").unwrap();
    let mut done = 0;
    loop {
        let mut claimed: Vec<(Uuid, i64, Uuid)> = Vec::new();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        let mut statement = transaction.prepare_cached(CLAIM).unwrap();
        let mut rows = statement.query((LEASE, "email", now(), AT_ONCE as i64)).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let columns = ("id", "lease_generation", "order_id");
            claimed.push((
                row.get(columns.0).unwrap(),
                row.get(columns.1).unwrap(),
                row.get(columns.2).unwrap(),
            ));
        }
        drop(rows);
        drop(statement);
        transaction.commit().unwrap();
        if claimed.is_empty() {
            return done;
        }
        for is_end in [false, true] {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
            for (id, generation, order) in &claimed {
                let mut begin = transaction.prepare_cached(BEGIN).unwrap();
                let mut finish = transaction.prepare_cached(FINISH).unwrap();
                let mut transition = transaction.prepare_cached(TRANSITION).unwrap();
                if is_end {
                    finish.execute(("Succeeded", 0, 2, 0, None::<i64>, id, generation)).unwrap();
                    transition.execute((id, 2, order, now(), "Succeeded", Some("2.0.0 kept"))).unwrap();
                } else {
                    begin.execute(("Sending", 1, 0, 1, id, generation)).unwrap();
                    transition.execute((id, 1, order, now(), "Sending", None::<&str>)).unwrap();
                }
            }
            transaction.commit().unwrap();
        }
        done += claimed.len();
    }
}

/// The same statements on one `tokio-postgres` connection, pipelined.
async fn bare_postgres(url: &str) -> usize {
    const CLAIM: &str = "update notify_notification set lease_until = (extract(epoch from clock_timestamp()) * 1000000)::bigint + $1, \
        lease_generation = lease_generation + 1 where id in (select id from notify_notification where channel = $2 \
        and due_at <= $3 and lease_until <= (extract(epoch from clock_timestamp()) * 1000000)::bigint \
        order by due_at limit $4 for update skip locked) returning *";
    const TRANSITIONS: &str = "insert into notify_transition (subject, sequence, order_id, at, status, reason) \
        select * from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bigint[], $5::text[], $6::text[])";
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(async move { connection.await.ok() });
    let claim = client.prepare(CLAIM).await.unwrap();
    let (begin, finish) = (client.prepare(BEGIN).await.unwrap(), client.prepare(FINISH).await.unwrap());
    let transitions = client.prepare(TRANSITIONS).await.unwrap();
    let mut done = 0;
    loop {
        let rows = client.query(&claim, &[&LEASE, &"email", &now(), &(AT_ONCE as i64)]).await.unwrap();
        if rows.is_empty() {
            return done;
        }
        let ids: Vec<Uuid> = rows.iter().map(|row| row.get("id")).collect();
        let orders: Vec<Uuid> = rows.iter().map(|row| row.get("order_id")).collect();
        let generations: Vec<i64> = rows.iter().map(|row| row.get("lease_generation")).collect();
        for is_end in [false, true] {
            let (status, sequence) = if is_end { ("Succeeded", 2_i64) } else { ("Sending", 1) };
            let reason = is_end.then_some("2.0.0 kept");
            client.batch_execute("begin").await.unwrap();
            let updates = ids.iter().zip(&generations).map(|(id, generation)| {
                let (client, begin, finish) = (&client, &begin, &finish);
                async move {
                    if is_end {
                        client
                            .execute(
                                finish,
                                &[&status, &0_i64, &sequence, &0_i64, &None::<i64>, id, generation],
                            )
                            .await
                    } else {
                        client.execute(begin, &[&status, &1_i64, &0_i64, &sequence, id, generation]).await
                    }
                }
            });
            let (sequences, ats) = (vec![sequence; ids.len()], vec![now(); ids.len()]);
            let (statuses, reasons) = (vec![status; ids.len()], vec![reason; ids.len()]);
            for updated in join_all(updates).await {
                assert_eq!(updated.unwrap(), 1);
            }
            client
                .execute(&transitions, &[&ids, &sequences, &orders, &ats, &statuses, &reasons])
                .await
                .unwrap();
            client.batch_execute("commit").await.unwrap();
        }
        done += ids.len();
    }
}

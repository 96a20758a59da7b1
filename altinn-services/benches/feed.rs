//! What a page of the event feed costs at the start and at the end of many events.
//!
//! `cargo bench -p altinn-services --all-features --bench feed [-- EVENTS]`: pages of 100 events from the beginning and from
//! the end of 100,000 (1,000,000 when `ALTINN_TEST_LONG` is set) over a SQLite file, by turns; medians. Fails when one is more
//! than half as dear again as the other.
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::error::Error;
use std::time::Instant;

use altinn_core::store::{Batch, Store, params};
use altinn_core::{Clock as _, SystemClock};
use altinn_services::event::{CloudEvent, EventFeed, NewEvent};

const PAGE: u32 = 100;
/// How many pages are read at either end.
const ROUNDS: usize = 201;
/// The most that a page at the end costs, by one at the start.
const MOST: f64 = 1.5;

/// Copies of the one event that there is, with numbers of their own.
const FILL: &str = "insert into services_event (key, event, sequence, time, position) \
    with recursive numbers(n) as (select 2 union all select n + 1 from numbers where n < $1) \
    select unhex(printf('%032x', n)), e.event, e.sequence, e.time, n \
    from numbers cross join (select * from services_event limit 1) e";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let given = std::env::args().filter_map(|argument| argument.parse().ok()).next();
    let is_long = std::env::var_os("ALTINN_TEST_LONG").is_some();
    let count: i64 = given.unwrap_or(if is_long { 1_000_000 } else { 100_000 });
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let store = Store::open(&format!("sqlite:{}", folder.path().join("feed.db").display())).await?;
    store
        .migrate(&[altinn_core::MIGRATIONS, altinn_auth::register::MIGRATIONS, altinn_services::MIGRATIONS])
        .await?;
    let feed = EventFeed::new(store.clone());
    fill(&store, &feed, count).await?;

    let (mut at_start, mut at_end) = (Vec::new(), Vec::new());
    for round in (0_i64..).take(ROUNDS) {
        at_start.push(page(&feed, round * 10).await?);
        at_end.push(page(&feed, count - i64::from(PAGE) - round * 10).await?);
    }
    let (start, end) = (median(at_start) * 1e6, median(at_end) * 1e6);
    println!("{count} events: a page at the start {start:.0} µs, at the end {end:.0} µs: {:.2}", end / start);
    if end / start > MOST || start / end > MOST {
        return Err("the two do not cost the same".into());
    }
    Ok(())
}

async fn fill(store: &Store, feed: &EventFeed, count: i64) -> Result<(), Box<dyn Error>> {
    let event = CloudEvent::new("1", "/ttd/bakery-licence/instances/1", "app.instance.created")?
        .with("resource", "urn:altinn:resource:app_ttd_bakery-licence")?
        .with_data(serde_json::json!({"text": "x".repeat(200)}));
    let mut batch = Batch::new();
    EventFeed::publish(&mut batch, &NewEvent::of(event, SystemClock.now())?);
    store.commit(batch).await?;
    feed.number().await?;
    let mut batch = Batch::new();
    batch.execute(FILL, params![count]);
    batch.execute("update services_event_head set position = $1", params![count]);
    store.commit(batch).await?;
    Ok(())
}

/// Reads a page, in seconds.
async fn page(feed: &EventFeed, after: i64) -> Result<f64, Box<dyn Error>> {
    let begun = Instant::now();
    let page = feed.read(after, PAGE).await?;
    let seconds = begun.elapsed().as_secs_f64();
    if page.events.len() == PAGE as usize { Ok(seconds) } else { Err("a page is not full".into()) }
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds.get(seconds.len() / 2).copied().unwrap_or_default()
}

//! What a page of an inbox costs as more is stored, beside a bare query over the same index.
//!
//! `cargo bench -p altinn-services --all-features --bench inbox [-- ELEMENTS]`: the first page of 50 elements of a party, of
//! 1,000 stored ones and of 100,000 (1,000,000 when `ALTINN_TEST_LONG` is set), half of them the party's own. Beside it one
//! rusqlite connection runs the statement that the index is for, by turns; medians. Fails when ours has grown more than
//! twice as much as the bare one.
#![allow(clippy::future_not_send, reason = "a benchmark runs where it was started")]
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use altinn_core::store::{Batch, params};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Actor, PartyId};
use altinn_services::Altinn;
use altinn_services::inbox::InboxQuery;
use altinn_services::testing::business_with_leader;
use rusqlite::Connection;

/// How many elements there are at first.
const FEW: i64 = 1_000;
/// How many elements a page has.
const PAGE: u32 = 50;
/// How many pages are read of each kind.
const ROUNDS: usize = 201;
/// The most that ours may grow by what the bare query grows.
const MOST: f64 = 2.0;

const APP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/apps/bakery-licence");

/// Copies of the elements that are there, older than all of them: one half of the party, the other of others.
const FILL: &str = "insert into services_inbox \
    with recursive numbers(n) as (select $1 union all select n + 1 from numbers where n < $2) \
    select case when n % 2 = 0 then e.party else 900000000 + n end, \
    unhex(printf('%032x', n)), e.service, e.scope, e.kind, e.place, e.sent, e.status, e.state, e.title, e.news, e.entry, \
    e.created_at, e.created_at - n, e.due_at, e.visible_from \
    from numbers cross join (select * from services_inbox order by changed_at limit 1) e";

const BARE: &str = "select * from services_inbox where party = ?1 and service = 'ttd/bakery-licence' \
    and scope = 'read/task/Task_Application' and place = 0 order by changed_at desc, id desc limit 51";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let given = std::env::args().filter_map(|argument| argument.parse().ok()).next();
    let is_long = std::env::var_os("ALTINN_TEST_LONG").is_some();
    let many: i64 = given.unwrap_or(if is_long { 1_000_000 } else { 100_000 });
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let altinn = Altinn::local(folder.path()).await?;
    let (party, leader) = set(&altinn).await?;
    fill(&altinn, 1, FEW).await?;
    let few = measure(&altinn, folder.path(), party, &leader).await?;
    fill(&altinn, FEW + 1, many).await?;
    let more = measure(&altinn, folder.path(), party, &leader).await?;
    println!("{FEW} elements: a page {:.0} µs, the bare query {:.0} µs", few.ours, few.bare);
    println!("{many} elements: a page {:.0} µs, the bare query {:.0} µs", more.ours, more.bare);
    let (ours, bare) = (more.ours / few.ours, more.bare / few.bare);
    println!("a page costs {ours:.2} times as much, the bare query {bare:.2} times: {:.2}", ours / bare);
    if ours / bare > MOST {
        return Err(format!("it has grown {:.2} times as much as the bare query", ours / bare).into());
    }
    Ok(())
}

/// A bakery with its leader, and a page of drafts.
async fn set(altinn: &Altinn) -> Result<(PartyId, Actor), Box<dyn Error>> {
    let service = altinn.publish_app(APP)?;
    let mut people = SyntheticPeople::from_seed(3);
    let (bakery, leader) = business_with_leader(altinn, &mut people).await?;
    for _ in 0..=PAGE {
        altinn.submissions().start(&leader, &service, bakery.id).await?;
    }
    Ok((bakery.id, leader))
}

async fn fill(altinn: &Altinn, from: i64, to: i64) -> Result<(), Box<dyn Error>> {
    let mut batch = Batch::new();
    batch.execute(FILL, params![from, to]);
    altinn.store().commit(batch).await?;
    Ok(())
}

/// What a page costs, in microseconds.
struct Cost {
    ours: f64,
    bare: f64,
}

async fn measure(
    altinn: &Altinn,
    folder: &Path,
    party: PartyId,
    leader: &Actor,
) -> Result<Cost, Box<dyn Error>> {
    let bare = Connection::open(folder.join("altinn.db"))?;
    let mut select = bare.prepare(BARE)?;
    let width = select.column_count();
    let query = InboxQuery::new().of(party).limit(PAGE);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let page = altinn.inbox().list(leader, &query).await?;
        ours.push(begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        let rows = select.query_map([party.get()], |row| {
            (0..width)
                .map(|column| row.get::<_, rusqlite::types::Value>(column))
                .collect::<Result<Vec<_>, _>>()
        })?;
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        theirs.push(begun.elapsed().as_secs_f64());
        if page.items.len() != PAGE as usize || rows.len() != PAGE as usize + 1 {
            return Err(format!("{} elements and {} rows", page.items.len(), rows.len()).into());
        }
    }
    Ok(Cost { ours: median(ours) * 1e6, bare: median(theirs) * 1e6 })
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds.get(seconds.len() / 2).copied().unwrap_or_default()
}

//! How fast one correspondence to many becomes a correspondence for each, and that memory stays small meanwhile.
//!
//! `cargo bench -p altinn-services --all-features --bench mailings [-- COUNT]`: a letter to 100,000 people of the register is
//! sent, expanded and published over a SQLite file; then the very same rows are inserted by a bare loop of prepared
//! statements, as many in a transaction, into a file of their own. Fails when the process has ever been more than 64 MiB
//! above what it was when it was idle.
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::collections::HashSet;
use std::error::Error;
use std::path::Path;
use std::time::Instant;

use altinn_core::store::Batch;
use altinn_core::testing::SyntheticPeople;
use altinn_core::testing::process::{peak_memory, processor_seconds, resident_memory};
use altinn_core::{Actor, AuthenticationLevel, Language, Party, PartyIdentifier, Subject, SyntheticNumbers};
use altinn_services::Altinn;
use altinn_services::correspondence::{Message, NewCorrespondence, Recipient, Recipients};
use rusqlite::Connection;
use rusqlite::types::Value;

/// The most memory above idle: 64 MiB.
const MOST_KIB: u64 = 64 * 1024;

/// How many recipients stand in one transaction, of ours and of the bare loop.
const SLICE: usize = 500;

/// The tables whose rows expanding a mailing writes, with how many there are for each recipient.
const TABLES: [(&str, usize); 3] =
    [("services_correspondence", 1), ("services_correspondence_history", 2), ("services_event", 1)];

const SERVICE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/services/decisions");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let given = std::env::args().filter_map(|argument| argument.parse().ok()).next();
    let count: usize = given.unwrap_or(100_000);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let altinn = Altinn::local(folder.path()).await?;
    let service = altinn.publish_correspondence(SERVICE)?;
    let mut people = SyntheticPeople::from_seed(1);
    let agency = people.organization();
    put(&altinn, [&agency]).await?;
    let writer = writer(&agency)?;
    let known = put_people(&altinn, &mut people, count).await?;
    let letters = altinn.correspondences();
    let one = NewCorrespondence::new("warm", recipient(&agency)?, message());
    letters.send(&writer, &service, agency.id, &one).await?;
    while letters.run_due(u32::MAX).await? > 0 {}
    let (idle, warm) = (resident_memory()? / 1024, rows(folder.path())?);

    let (begun, cpu) = (Instant::now(), processor_seconds()?);
    let all: Recipients = known.iter().cloned().collect();
    let letter = NewCorrespondence::new("many", all, message());
    let sent = letters.send(&writer, &service, agency.id, &letter).await?;
    let called = begun.elapsed().as_secs_f64();
    let slices = u32::try_from(count.div_ceil(SLICE))?;
    let mut done = 0;
    while done < slices {
        done += letters.run_due(slices - done).await?;
    }
    let (seconds, processor) = (begun.elapsed().as_secs_f64(), processor_seconds()? - cpu);
    let expanded = rows(folder.path())?;
    let bare = bare_inserts(folder.path(), &warm)?;
    // Reading the rows out for the bare loop is not ours.
    let published = Instant::now();
    while letters.run_due(u32::MAX).await? > 0 {}
    let publishing = published.elapsed().as_secs_f64();

    let above = expanded.memory.saturating_sub(idle);
    let per_second = |seconds: f64| count as f64 / seconds;
    println!(
        "{count} recipients: sent in {called:.2} s, visible in {seconds:.1} s: {:.0}/s",
        per_second(seconds)
    );
    println!(
        "the same rows by a bare loop in {:.1} s: {:.2} of it by the clock, {:.2} by processor time",
        bare.seconds,
        bare.seconds / seconds,
        bare.processor / processor
    );
    println!("published in {publishing:.1} s: {:.0}/s", per_second(publishing));
    println!("memory: {} MiB idle, {:.1} MiB above it at the most", idle / 1024, above as f64 / 1024.0);
    let mailing = letters.mailing(&writer, &service, agency.id, sent.mailing.id).await?;
    if mailing.counts.get("Published") != Some(&(count as u64)) {
        return Err(format!("{:?} are there", mailing.counts).into());
    }
    if above > MOST_KIB {
        return Err(format!("the process took {above} KiB above idle, at most {MOST_KIB} are allowed").into());
    }
    Ok(())
}

fn message() -> Message {
    let body = "Søknaden er **innvilget**.\n\n".repeat(100);
    Message::new(Language::Nb, "Vedtak", body)
}

async fn put<'a>(
    altinn: &Altinn,
    parties: impl IntoIterator<Item = &'a Party>,
) -> Result<(), Box<dyn Error>> {
    let mut batch = Batch::new();
    for party in parties {
        altinn.register().put_party(&mut batch, party)?;
    }
    altinn.store().commit(batch).await?;
    Ok(())
}

/// Puts so many people into the register, of different numbers; gives them as recipients.
async fn put_people(
    altinn: &Altinn,
    people: &mut SyntheticPeople,
    count: usize,
) -> Result<Vec<Recipient>, Box<dyn Error>> {
    let (mut seen, mut known) = (HashSet::new(), Vec::with_capacity(count));
    while known.len() < count {
        let mut slice = Vec::with_capacity(SLICE);
        while slice.len() < SLICE.min(count - known.len()) {
            let person = people.person();
            if seen.insert(person.identifier.clone()) {
                slice.push(person);
            }
        }
        put(altinn, &slice).await?;
        for person in &slice {
            known.push(recipient(person)?);
        }
    }
    Ok(known)
}

fn recipient(party: &Party) -> Result<Recipient, Box<dyn Error>> {
    Ok(match &party.identifier {
        PartyIdentifier::Person(number) => Recipient::Person(number.check(SyntheticNumbers::Accepted)?),
        PartyIdentifier::Organization(number) => {
            Recipient::Organization(number.check(SyntheticNumbers::Accepted)?)
        }
        PartyIdentifier::SelfIdentified(_) => return Err("nobody writes to them".into()),
    })
}

fn writer(agency: &Party) -> Result<Actor, Box<dyn Error>> {
    let PartyIdentifier::Organization(number) = &agency.identifier else { return Err("no agency".into()) };
    let number = Some(number.check(SyntheticNumbers::Accepted)?);
    Ok(Actor::new(
        Subject::ServiceOwner { org: "mattilsynet".to_owned(), number },
        AuthenticationLevel::Sensitive,
    ))
}

/// How many rows the tables have, and how much memory the process has had at the most by then.
struct Rows {
    of_table: Vec<usize>,
    memory: u64,
}

fn rows(folder: &Path) -> Result<Rows, Box<dyn Error>> {
    let memory = peak_memory()? / 1024;
    let database = Connection::open(folder.join("altinn.db"))?;
    let mut of_table = Vec::new();
    for (table, _) in TABLES {
        let count = format!("select count(*) from {table}");
        of_table.push(usize::try_from(database.query_row(&count, [], |row| row.get::<_, i64>(0))?)?);
    }
    Ok(Rows { of_table, memory })
}

/// How long something took, by the clock and by the processor.
struct Took {
    seconds: f64,
    processor: f64,
}

/// Inserts the same rows, all but those that were there before, into tables of the same form in a file of their own.
fn bare_inserts(folder: &Path, before: &Rows) -> Result<Took, Box<dyn Error>> {
    let ours = Connection::open(folder.join("altinn.db"))?;
    let mut bare = Connection::open(folder.join("bare.db"))?;
    bare.pragma_update(None, "journal_mode", "wal")?;
    bare.pragma_update(None, "synchronous", "full")?;
    let mut tables = Vec::new();
    for ((table, each), before) in TABLES.iter().zip(&before.of_table) {
        let mut forms =
            ours.prepare("select sql from sqlite_master where tbl_name = ?1 and sql is not null")?;
        for sql in forms.query_map([table], |row| row.get::<_, String>(0))? {
            bare.execute_batch(&sql?)?;
        }
        let mut select = ours.prepare(&format!("select * from {table}"))?;
        let width = select.column_count();
        let rows = select
            .query_map([], |row| (0..width).map(|index| row.get(index)).collect::<Result<Vec<Value>, _>>())?;
        let rows = rows.skip(*before).collect::<Result<Vec<_>, _>>()?;
        let places = vec!["?"; width].join(", ");
        tables.push((format!("insert into {table} values ({places})"), *each, rows));
    }
    let slices = tables.first().map_or(0, |(_, _, rows)| rows.len().div_ceil(SLICE));
    let (begun, cpu) = (Instant::now(), processor_seconds()?);
    for slice in 0..slices {
        let transaction = bare.transaction()?;
        for (insert, each, rows) in &tables {
            let mut insert = transaction.prepare_cached(insert)?;
            for row in rows.iter().skip(slice * SLICE * each).take(SLICE * each) {
                insert.execute(rusqlite::params_from_iter(row))?;
            }
        }
        transaction.commit()?;
    }
    Ok(Took { seconds: begun.elapsed().as_secs_f64(), processor: processor_seconds()? - cpu })
}

//! How many submissions a process makes in a second, and that it stays small while it makes them.
//!
//! `cargo bench -p altinn-examples --bench submissions [-- COUNT]`: 64 tasks start, fill in and submit a form of the
//! sample app over a SQLite file, while the workers run. 2,000 submissions, or 100,000 when `ALTINN_TEST_LONG` is set.
//! Fails when the process has ever been larger than 64 MiB.
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use altinn_archive::ReceiptState;
use altinn_examples::{Cast, form};
use altinn_services::Altinn;
use altinn_services::form::FormData;
use altinn_services::submission::Service;

/// How many submissions are in the making at the same time.
const TASKS: usize = 64;
/// The most memory that the process may take: 64 MiB.
const MOST_KIB: u64 = 64 * 1024;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let given = std::env::args().filter_map(|argument| argument.parse().ok()).next();
    let count = given.unwrap_or(if std::env::var_os("ALTINN_TEST_LONG").is_some() { 100_000 } else { 2_000 });
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let altinn = Altinn::local(folder.path()).await?;
    let service = altinn.publish_app(concat!(env!("CARGO_MANIFEST_DIR"), "/apps/bakery-licence"))?;
    let cast = Arc::new(Cast::of(&altinn, &service).await?);
    let form =
        Arc::new(form::read(concat!(env!("CARGO_MANIFEST_DIR"), "/data/bakery-licence.json").as_ref())?);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let workers = altinn.run_workers(async {
        let _ = stopped.await;
    });
    let idle = memory("VmRSS:")?;

    let begun = Instant::now();
    let proved = run(&altinn, &service, &cast, &form, count).await?;
    let seconds = begun.elapsed().as_secs_f64();
    drop(stop);
    workers.await?;

    let peak = memory("VmHWM:")?;
    println!(
        "{count} submissions in {seconds:.1} s: {:.0}/s, {proved} proved at once",
        count as f64 / seconds
    );
    println!("memory: {} MiB before, {} MiB at the most", idle / 1024, peak / 1024);
    let report = altinn.archive().audit(None).await?;
    println!("audit: {} entries, sound: {}", report.entries, report.is_sound());
    if !report.is_sound() || report.entries != count as u64 {
        return Err("the archive does not hold what was sent in".into());
    }
    if peak > MOST_KIB {
        return Err(format!("the process took {peak} KiB, at most {MOST_KIB} are allowed").into());
    }
    Ok(())
}

/// Makes `count` submissions; answers how many were proved at once.
async fn run(
    altinn: &Altinn,
    service: &Service,
    cast: &Arc<Cast>,
    form: &Arc<FormData>,
    count: usize,
) -> Outcome<usize> {
    let begun = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let (altinn, service, begun) = (altinn.clone(), service.clone(), Arc::clone(&begun));
            let (cast, form) = (Arc::clone(cast), Arc::clone(form));
            tokio::spawn(async move {
                let mut proved = 0;
                while begun.fetch_add(1, Ordering::Relaxed) < count {
                    proved += usize::from(submit(&altinn, &service, &cast, &form).await?);
                }
                Outcome::Ok(proved)
            })
        })
        .collect();
    let mut proved = 0;
    for task in tasks {
        proved += task.await??;
    }
    Ok(proved)
}

async fn submit(altinn: &Altinn, service: &Service, cast: &Cast, form: &FormData) -> Outcome<bool> {
    let (_, actor) = cast.starter()?;
    let draft = altinn.submissions().start(actor, service, cast.owner().id).await?;
    altinn.submissions().save(actor, draft.id(), "application", form).await?;
    let state = altinn.submissions().submit(actor, draft.id()).await?;
    Ok(matches!(state, ReceiptState::Proved(_)))
}

/// A line of what the system says about this process, in KiB.
fn memory(name: &str) -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

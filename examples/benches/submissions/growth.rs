//! What the next submission costs when many instances are stored, beside a store that writes the same rows.

use altinn_core::store::{Batch, Sqlite, Store, params};

use crate::recorder::replay;
use crate::{Both, Outcome, sqlite};

/// How many instances are stored at first.
const FIRST: usize = 1_000;
/// How many submissions are made to see what one costs, and how often.
const MEASURED: usize = 512;
const ROUNDS: usize = 3;

/// One more copy of what is stored of the submissions that were made, for a party of its own, and told of before all
/// that will be. `$1` is the number of the copy.
const COPY: [&str; 4] = [
    "insert into services_instance (id, party, service, process, version, created_at, changed_at, entry) \
     select cast(substr(id, 1, 12) || unhex(printf('%08x', $1)) as blob), -$1, service, process, version, created_at, changed_at, entry \
     from services_instance where party > 0",
    "insert into services_data (id, instance, data_type, content_type, file_name, content, created_at, changed_at, file_scan) \
     select cast(substr(id, 1, 12) || unhex(printf('%08x', $1)) as blob), cast(substr(instance, 1, 12) || unhex(printf('%08x', $1)) as blob), data_type, \
     content_type, file_name, content, created_at, changed_at, file_scan from services_data \
     where instance in (select id from services_instance where party > 0)",
    "insert into services_history (instance, sequence, type, at, actor, level, element, process) \
     select cast(substr(instance, 1, 12) || unhex(printf('%08x', $1)) as blob), sequence, type, at, actor, level, element, process \
     from services_history where instance in (select id from services_instance where party > 0)",
    "insert into services_event (key, event, sequence, time, position) \
     select cast(substr(key, 1, 12) || unhex(printf('%08x', $1)) as blob), event, sequence, time, -position * 1000000 - $1 \
     from services_event where position > 0",
];

/// Prints how much dearer a submission is with `most` instances than with a thousand, ours and bare.
pub(crate) async fn measure(most: usize) -> Outcome<()> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let folder = folder.path();
    let both = Both::open(sqlite(folder, "ours").await?, sqlite(folder, "bare").await?, folder).await?;
    both.scene.submit(FIRST).await?;
    replay(&both.bare, &both.recorder.take()).await?;
    let (own, other) = cost(&both).await?;
    for copy in 1..=most / (FIRST + ROUNDS * MEASURED) {
        for store in [both.scene.altinn.store(), &both.bare] {
            load(store, copy).await?;
        }
        both.recorder.take();
    }
    let (own_later, other_later) = cost(&both).await?;
    let (own, other) = (own_later / own, other_later / other);
    println!(
        "the next submission with {most} instances: {own:.2} times as dear, bare {other:.2} times; ratio {:.2}, bar 1.20 or less",
        own / other
    );
    both.scene.end().await?;
    Ok(())
}

/// Seconds for a submission, ours and bare: medians of the rounds.
async fn cost(both: &Both<Sqlite>) -> Outcome<(f64, f64)> {
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(both.scene.submit(MEASURED).await?.0);
        bare.push(replay(&both.bare, &both.recorder.take()).await?);
    }
    Ok((median(ours), median(bare)))
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds.get(seconds.len() / 2).copied().unwrap_or_default()
}

async fn load(store: &Store, copy: usize) -> Outcome<()> {
    let mut batch = Batch::new();
    for statement in COPY {
        batch.execute(statement, params![i64::try_from(copy)?]);
    }
    store.commit(batch).await?;
    Ok(())
}

//! `archive.prove`.

use std::time::Duration;

use altinn_archive::{ArchiveError, EntryId, ReceiptState};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Failure;
use crate::world::World;

/// How long the log may take.
const AT_MOST: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
pub(crate) struct Prove {
    /// The entry whose place in the log is proved.
    entry: Option<EntryId>,
    /// The size of the checkpoint that the log is proved to have grown from.
    first: Option<u64>,
    /// The size of the checkpoint that it has grown to: the latest one if it is left out.
    second: Option<u64>,
}

/// Proves that an entry is in the log, or that the log has only grown.
pub(crate) async fn prove(world: &World, asked: Prove) -> Result<Value, Failure> {
    match asked {
        Prove { entry: Some(entry), first: None, second: None } => inclusion(world, entry).await,
        Prove { entry: None, first: Some(first), second } => consistency(world, first, second).await,
        _ => Err(Failure::bad_command("either `entry` or `first`, with or without `second`")),
    }
}

async fn inclusion(world: &World, entry: EntryId) -> Result<Value, Failure> {
    Ok(match world.altinn.archive().prove(entry, AT_MOST).await.map_err(failed)? {
        ReceiptState::Proved(receipt) => json!({"entry": entry, "receipt": receipt}),
        ReceiptState::Promised(promise) => json!({"entry": entry, "promise": promise}),
    })
}

async fn consistency(world: &World, first: u64, second: Option<u64>) -> Result<Value, Failure> {
    let archive = world.altinn.archive();
    let second = match second {
        Some(second) => second,
        None => archive.integrate().await.map_err(failed)?.size,
    };
    let proof = archive.consistency(first, second).await.map_err(failed)?;
    Ok(json!({"firstSize": first, "secondSize": second, "proof": proof}))
}

fn failed(error: ArchiveError) -> Failure {
    Failure::new(error.code(), error)
}

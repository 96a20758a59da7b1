//! `archive.get`, `archive.verify` and `archive.audit`.

use altinn_archive::{Anchor, ArchiveError, EntryId, Receipt, ReceiptError, Rollback, VerifierKey};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Failure;
use crate::world::World;

/// The most bytes of an element that are answered.
const MAX_CONTENT: u64 = 16 * 1024 * 1024;

#[derive(Deserialize)]
pub(crate) struct Get {
    entry: EntryId,
    /// The element whose content is answered too: as text, or in base64 when it is no text.
    element: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Verify {
    receipt: Value,
    /// The verifier key; that of this archive if it is left out.
    key: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Audit {
    /// A receipt that was kept outside of the archive.
    anchor: Option<Value>,
}

/// What an entry says, and on demand the content of an element.
pub(crate) async fn get(world: &World, asked: Get) -> Result<Value, Failure> {
    let archive = world.altinn.archive();
    let fields = archive.get(asked.entry).await.map_err(failed)?;
    let (mut content, mut content_base64) = (None, None);
    if let Some(element) = &asked.element {
        let reader = archive.content(asked.entry, element).await.map_err(failed)?;
        let bytes = reader.bytes(MAX_CONTENT).await.map_err(|error| Failure::new(error.code(), error))?;
        match std::str::from_utf8(&bytes) {
            Ok(text) => content = Some(text.to_owned()),
            Err(_) => content_base64 = Some(BASE64_STANDARD.encode(&bytes)),
        }
    }
    Ok(json!({
        "entry": asked.entry,
        "service": fields.service,
        "time": fields.time,
        "level": fields.level,
        "title": fields.title,
        "labels": fields.labels,
        "elements": fields.elements,
        "content": content,
        "contentBase64": content_base64,
    }))
}

/// Verifies a receipt with a public key alone.
pub(crate) fn verify(world: &World, asked: Verify) -> Result<Value, Failure> {
    let key = match asked.key {
        Some(text) => text.parse::<VerifierKey>().map_err(|error| Failure::new(error.code(), error))?,
        None => world.altinn.archive().verifier_key().clone(),
    };
    let receipt = read(asked.receipt)?;
    receipt.verify(&key).map_err(|error| Failure::new(error.code(), error))?;
    Ok(
        json!({"verified": true, "entry": receipt.entry(), "leafIndex": receipt.leaf_index(), "key": key.to_string()}),
    )
}

/// Reads the whole archive and names the first thing that is not as it was archived.
pub(crate) async fn audit(world: &World, asked: Audit) -> Result<Value, Failure> {
    let anchor = asked.anchor.map(read).transpose()?.map(Anchor::from);
    let report = world.altinn.archive().audit(anchor.as_ref()).await.map_err(failed)?;
    let fault = report.fault.as_ref().map(|fault| json!({"code": fault.code(), "detail": fault.to_string()}));
    Ok(json!({
        "sound": report.is_sound(),
        "entries": report.entries,
        "checkpoints": report.checkpoints,
        "waiting": report.waiting,
        "rollbackExcludedTo": match report.rollback {
            Rollback::Excluded { size } => Some(size),
            Rollback::NotExcluded => None,
        },
        "fault": fault,
    }))
}

/// Reads a receipt; a fault never repeats what is in it.
fn read(receipt: Value) -> Result<Receipt, Failure> {
    receipt.to_string().parse().map_err(|error: ReceiptError| Failure::new(error.code(), error))
}

pub(crate) fn failed(error: ArchiveError) -> Failure {
    Failure::new(error.code(), error)
}

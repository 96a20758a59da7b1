//! `archive.append`, `archive.list` and `archive.erase`.

use std::collections::BTreeMap;

use altinn_archive::{
    EntryId, Erasure, ErasureOrder, Listing, NewElement, NewEntry, Participant, Receipt, ReceiptState,
    StoredContent,
};
use altinn_core::store::Batch;
use altinn_core::{
    AuthenticationLevel, Clock as _, Idempotency, IdempotencyAnswer, IdempotencyError, Language, Subject,
    Text, canonical_json,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer::Failure;
use crate::archive::failed;
use crate::world::World;

/// How long an answer waits for the log.
const PROOF: std::time::Duration = std::time::Duration::from_secs(30);

/// Somebody whom an entry names.
#[derive(Deserialize, Serialize)]
pub(crate) struct Named {
    id: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize, Serialize)]
pub(crate) struct Append {
    key: Option<String>,
    service: String,
    party: Named,
    actor: Named,
    level: u8,
    #[serde(default)]
    title: BTreeMap<String, String>,
    class: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    elements: Vec<Content>,
}

/// A data element: its content is text, or bytes in base64.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Content {
    name: String,
    content_type: String,
    file_name: Option<String>,
    content: Option<String>,
    content_base64: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct List {
    party: String,
    service: Option<String>,
    from: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
    title: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    after: Option<String>,
    limit: Option<u32>,
}

#[derive(Deserialize)]
pub(crate) struct Erase {
    entry: EntryId,
    by: Named,
    level: Option<u8>,
    reason: String,
}

/// Archives an entry, once for a key, and answers with its receipt.
pub(crate) async fn append(world: &World, asked: Append) -> Result<Value, Failure> {
    let request = canonical_json(&json!(asked));
    let command = asked.key.as_deref().map(|key| {
        let program = Subject::ServiceOwner { org: "blackbox".to_owned(), number: None };
        Idempotency::new(&program, Default::default(), "archive.append", key, &request)
    });
    let command = command.transpose().map_err(not_once)?;
    let entry = match &command {
        Some(command) => {
            match command.lookup(world.altinn.store(), world.clock.now()).await.map_err(not_once)? {
                IdempotencyAnswer::Repeated(id) => EntryId::new(id),
                IdempotencyAnswer::Fresh => commit(world, asked.entry()?, Some(command)).await?,
            }
        }
        None => commit(world, asked.entry()?, None).await?,
    };
    let state = world.altinn.archive().prove(entry, PROOF).await.map_err(failed)?;
    Ok(match state {
        ReceiptState::Proved(receipt) => json!({"entry": entry, "receipt": receipt}),
        ReceiptState::Promised(promise) => json!({"entry": entry, "promise": promise}),
    })
}

async fn commit(world: &World, entry: NewEntry, command: Option<&Idempotency>) -> Result<EntryId, Failure> {
    let mut batch = Batch::new();
    let id = world.altinn.archive().stage(&mut batch, entry).await.map_err(failed)?;
    if let Some(command) = command {
        command.claim(&mut batch, id.uuid(), world.clock.now());
    }
    world.altinn.store().commit(batch).await.map_err(|error| Failure::new(error.code(), error))?;
    Ok(id)
}

/// A page of a party's archive.
pub(crate) async fn list(world: &World, asked: List) -> Result<Value, Failure> {
    let mut listing = Listing::of(asked.party);
    if let Some(service) = asked.service {
        listing = listing.service(service);
    }
    if asked.from.is_some() || asked.before.is_some() {
        let (from, before) = (asked.from.unwrap_or_default(), asked.before);
        listing = listing.between(from, before.unwrap_or(DateTime::<Utc>::MAX_UTC));
    }
    for (name, value) in asked.labels {
        listing = listing.label(name, value);
    }
    if let Some(cursor) = asked.after {
        listing = listing.after(cursor.parse().map_err(Failure::bad_command)?);
    }
    listing = listing.title(asked.title.unwrap_or_default()).limit(asked.limit.unwrap_or(100));
    let page = world.altinn.archive().list(&listing).await.map_err(failed)?;
    let entries = page.entries.iter().map(|listed| {
        json!({
            "entry": listed.entry,
            "service": listed.fields.service,
            "time": listed.fields.time,
            "title": listed.fields.title,
            "labels": listed.fields.labels,
        })
    });
    let next = page.next.map(|next| next.to_string());
    Ok(json!({"entries": entries.collect::<Vec<_>>(), "next": next}))
}

/// Erases what an entry says, and answers with the proof.
pub(crate) async fn erase(world: &World, asked: Erase) -> Result<Value, Failure> {
    let order = ErasureOrder::new(asked.by.participant(), level(asked.level.unwrap_or(0))?, asked.reason);
    let erasure = world.altinn.archive().erase(asked.entry, &order).await.map_err(failed)?;
    let Erasure { entry, erased_at, receipt, note, final_receipt, .. } = erasure;
    let final_by = final_receipt.as_ref().map(Receipt::entry);
    Ok(json!({"entry": entry, "erasedAt": erased_at, "receipt": receipt, "note": note, "finalBy": final_by}))
}

impl Append {
    fn entry(self) -> Result<NewEntry, Failure> {
        let (party, actor) = (self.party.participant(), self.actor.participant());
        let mut title = Text::default();
        for (language, text) in self.title {
            title = title.with(language.parse::<Language>().map_err(unknown_language)?, text);
        }
        let mut entry = NewEntry::new(self.service, party, actor, level(self.level)?).with_title(title);
        if let Some(class) = self.class {
            entry = entry.with_class(class);
        }
        for (name, value) in self.labels {
            entry = entry.with_label(name, value);
        }
        for element in self.elements {
            entry = entry.with_element(element.element()?);
        }
        Ok(entry)
    }
}

impl Content {
    fn element(self) -> Result<NewElement, Failure> {
        let content: StoredContent = match (self.content, self.content_base64) {
            (Some(text), None) => text.into_bytes().into(),
            (None, Some(base64)) => {
                let bytes = BASE64_STANDARD.decode(base64);
                bytes.map_err(|_| Failure::bad_command("`contentBase64` is not base64"))?.into()
            }
            _ => return Err(Failure::bad_command("an element has either `content` or `contentBase64`")),
        };
        let element = NewElement::new(self.name, self.content_type, content);
        Ok(match self.file_name {
            Some(file_name) => element.with_file_name(file_name),
            None => element,
        })
    }
}

impl Named {
    fn participant(self) -> Participant {
        Participant::new(self.id, self.name)
    }
}

fn level(number: u8) -> Result<AuthenticationLevel, Failure> {
    AuthenticationLevel::try_from(number).map_err(|_| Failure::bad_command("`level` is not 0 to 4"))
}

fn unknown_language(_: altinn_core::UnknownLanguage) -> Failure {
    Failure::bad_command("`title` has a language that is not nb, nn, en or se")
}

fn not_once(error: IdempotencyError) -> Failure {
    Failure::new(error.code(), error)
}

//! `broker.…`: files that one business sends to two others.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use altinn_auth::register::RoleAssignment;
use altinn_core::store::Batch;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Actor, AuthenticationLevel, PartyId, Sha256, Subject};
use altinn_services::broker::{
    BrokerError, BrokerService, Checksum, FileName, NewTransfer, Transfer, TransferId,
};
use axum::body::Bytes;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use futures_util::{Stream, TryStreamExt as _, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::Failure;
use crate::world::World;

/// How far the ids of these synthetic parties are from those of others.
const FIRST_PARTY: i64 = 2_000_000;

/// The most bytes of a file that an answer holds.
const MAX_SHOWN: usize = 1024 * 1024;

/// A broker service, and the synthetic businesses that use it.
pub(crate) struct Business {
    service: BrokerService,
    /// The sender, two recipients and one that has nothing to do with them; each with its leader.
    parties: Vec<(PartyId, Actor)>,
}

#[derive(Deserialize)]
pub(crate) struct Load {
    folder: PathBuf,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Initialise {
    service: String,
    /// The same key twice is one transfer.
    key: Option<String>,
    file_name: String,
    recipients: Option<Vec<PartyId>>,
    size: Option<u64>,
    checksum: Option<String>,
    reference: Option<String>,
    at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Upload {
    service: String,
    transfer: Uuid,
    from: u64,
    content_base64: Option<String>,
    /// So many bytes that are made up from their places in the file.
    made_up: Option<u64>,
    at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(crate) struct OfTransfer {
    service: String,
    transfer: Uuid,
    /// On whose behalf; the sender's, or the first recipient's for what recipients do, unless it is said.
    party: Option<PartyId>,
    from: Option<u64>,
    to: Option<u64>,
    at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(crate) struct Run {
    at: Option<DateTime<Utc>>,
}

/// Publishes the service of a folder, and puts businesses into the register.
pub(crate) async fn load(world: &World, asked: Load) -> Result<Value, Failure> {
    let service = world.altinn.publish_broker(&asked.folder);
    let service = service.map_err(|error| Failure::new(error.code(), error))?;
    let mut people = SyntheticPeople::from_seed(8);
    let mut batch = Batch::new();
    let mut parties = Vec::new();
    for _ in 0..4 {
        let (mut business, mut leader) = (people.organization(), people.person());
        for party in [&mut business, &mut leader] {
            party.id = PartyId::new(party.id.get() + FIRST_PARTY);
            let put = world.altinn.register().put_party(&mut batch, party);
            put.map_err(|error| Failure::new(error.code(), error))?;
        }
        let role =
            "DAGL".parse().map_err(|error| Failure::new("BLACKBOX-NOBODY-MAY", format!("{error:?}")))?;
        let role = RoleAssignment { role, of: business.id, to: leader.id };
        world.altinn.register().grant_role(&mut batch, &role);
        let subject = Subject::Person { party: leader.id, uuid: leader.uuid, number: None };
        parties.push((business.id, Actor::new(subject, AuthenticationLevel::VerySensitive)));
    }
    world.altinn.store().commit(batch).await.map_err(|error| Failure::new(error.code(), error))?;
    let ids: Vec<_> = parties.iter().map(|(party, _)| *party).collect();
    let id = service.id().to_string();
    world.brokers.lock().await.insert(id.clone(), Arc::new(Business { service, parties }));
    Ok(json!({"service": id, "sender": ids.first(), "recipients": ids.get(1..3), "other": ids.get(3)}))
}

/// Announces a file, once for each key.
pub(crate) async fn initialise(world: &World, asked: Initialise) -> Result<Value, Failure> {
    let business = loaded(world, &asked.service).await?;
    let (sender, actor) = business.party(None, 0)?;
    let name: FileName = asked.file_name.parse().map_err(|error| Failure::new("BROKER-FILE-NAME", error))?;
    let recipients = match asked.recipients {
        Some(recipients) => recipients,
        None => business.parties.iter().skip(1).take(2).map(|(party, _)| *party).collect(),
    };
    let mut new = NewTransfer::new(name, recipients);
    if let Some(size) = asked.size {
        new = new.with_size(size);
    }
    if let Some(checksum) = asked.checksum {
        let checksum: Checksum = checksum.parse().map_err(|error| Failure::new("BROKER-CHECKSUM", error))?;
        new = new.with_checksum(checksum);
    }
    if let Some(reference) = asked.reference {
        new = new.with_reference(reference);
    }
    if let Some(key) = asked.key {
        new = new.once(key);
    }
    world.clock.show(asked.at);
    let made = world.altinn.broker().initialise(actor, &business.service, sender, &new).await;
    world.clock.show(None);
    Ok(json!({"transfer": made.map_err(refused)?.as_uuid()}))
}

/// Takes bytes of a file from a place on.
pub(crate) async fn upload(world: &World, asked: Upload) -> Result<Value, Failure> {
    let business = loaded(world, &asked.service).await?;
    let (sender, actor) = business.party(None, 0)?;
    let bytes = match (&asked.content_base64, asked.made_up) {
        (Some(text), None) => STANDARD
            .decode(text)
            .map_err(|_| Failure::bad_command("`contentBase64` is no Base64"))
            .map(|bytes| given(vec![Bytes::from(bytes)]))?,
        (None, Some(size)) => given(made_up(asked.from, size).collect()),
        _ => return Err(Failure::bad_command("give either `contentBase64` or `madeUp`")),
    };
    world.clock.show(asked.at);
    let id = TransferId::new(asked.transfer);
    let done = world.altinn.broker().upload((actor, sender), &business.service, id, asked.from, bytes).await;
    world.clock.show(None);
    Ok(json!({"received": done.map_err(refused)?}))
}

/// Says that a file is complete whose size was not announced.
pub(crate) async fn complete(world: &World, asked: OfTransfer) -> Result<Value, Failure> {
    let business = loaded(world, &asked.service).await?;
    let (sender, actor) = business.party(asked.party, 0)?;
    world.clock.show(asked.at);
    let id = TransferId::new(asked.transfer);
    let done = world.altinn.broker().complete(actor, &business.service, sender, id).await;
    world.clock.show(None);
    done.map(|()| json!({})).map_err(refused)
}

/// Takes a file back that is not published.
pub(crate) async fn cancel(world: &World, asked: OfTransfer) -> Result<Value, Failure> {
    let business = loaded(world, &asked.service).await?;
    let (sender, actor) = business.party(asked.party, 0)?;
    let id = TransferId::new(asked.transfer);
    let done = world.altinn.broker().cancel(actor, &business.service, sender, id).await;
    done.map(|()| json!({})).map_err(refused)
}

/// A transfer and its history, for its sender or a recipient.
pub(crate) async fn status(world: &World, asked: OfTransfer) -> Result<Value, Failure> {
    let business = loaded(world, &asked.service).await?;
    let (party, actor) = business.party(asked.party, 0)?;
    let (broker, id) = (world.altinn.broker(), TransferId::new(asked.transfer));
    let transfer = broker.transfer(actor, &business.service, party, id).await.map_err(refused)?;
    let history = broker.history(actor, &business.service, party, id).await.map_err(refused)?;
    let history: Vec<_> = history
        .iter()
        .map(|step| json!({"at": step.at, "status": step.status, "recipient": step.recipient, "reason": step.reason}))
        .collect();
    Ok(shown(&transfer, history))
}

fn shown(transfer: &Transfer, history: Vec<Value>) -> Value {
    let recipients = transfer.recipients.iter().map(|recipient| {
        let confirmation = recipient.confirmation.map(|entry| entry.to_string());
        json!({"party": recipient.party, "status": recipient.status.as_str(), "confirmation": confirmation})
    });
    json!({
        "transfer": transfer.id.as_uuid(), "status": transfer.status.as_str(),
        "fileName": transfer.file_name.as_ref().map(FileName::as_str), "received": transfer.received,
        "sha256": transfer.sha256.map(|digest| digest.to_string()),
        "entry": transfer.entry.map(|entry| entry.to_string()), "expiresAt": transfer.expires_at,
        "recipients": recipients.collect::<Vec<_>>(), "history": history,
    })
}

/// Gives a file, or the bytes from `from` to before `to`, to a recipient: their digest, and themselves when they are few.
pub(crate) async fn download(world: &World, asked: OfTransfer) -> Result<Value, Failure> {
    let business = loaded(world, &asked.service).await?;
    let (party, actor) = business.party(asked.party, 1)?;
    world.clock.show(asked.at);
    let id = TransferId::new(asked.transfer);
    let download = world.altinn.broker().download(actor, &business.service, party, id).await;
    world.clock.show(None);
    let download = download.map_err(refused)?.range(asked.from.unwrap_or(0)..asked.to.unwrap_or(u64::MAX));
    let (mut sha256, mut size, mut few) = (Sha256::new(), 0, Vec::new());
    let mut pieces = std::pin::pin!(download.into_stream());
    while let Some(piece) = pieces.try_next().await.map_err(refused)? {
        sha256.update(&piece);
        size += piece.len();
        if size <= MAX_SHOWN {
            few.extend_from_slice(&piece);
        }
    }
    let content = (size <= MAX_SHOWN).then(|| STANDARD.encode(few));
    Ok(json!({"size": size, "sha256": sha256.finish().to_string(), "contentBase64": content}))
}

/// A recipient says that it has the file.
pub(crate) async fn confirm(world: &World, asked: OfTransfer) -> Result<Value, Failure> {
    let business = loaded(world, &asked.service).await?;
    let (party, actor) = business.party(asked.party, 1)?;
    world.clock.show(asked.at);
    let id = TransferId::new(asked.transfer);
    let done = world.altinn.broker().confirm(actor, &business.service, party, id).await;
    world.clock.show(None);
    Ok(json!({"entry": done.map_err(refused)?.to_string()}))
}

/// Does what is due: fails uploads that stand still, purges what has outlived its time.
pub(crate) async fn run(world: &World, asked: Run) -> Result<Value, Failure> {
    world.clock.show(asked.at);
    let done = world.altinn.broker().run_due(100).await;
    world.clock.show(None);
    Ok(json!({"done": done.map_err(refused)?}))
}

impl Business {
    /// A party with its leader; the one at a place unless it is said. Whoever is none of the four is represented by the
    /// last one's leader, who has nothing to do with them.
    fn party(&self, party: Option<PartyId>, place: usize) -> Result<(PartyId, &Actor), Failure> {
        let by_place = self.parties.get(place).map(|(own, actor)| (*own, actor));
        let found = match party {
            None => by_place,
            Some(party) => match self.parties.iter().find(|(own, _)| *own == party) {
                Some((own, actor)) => Some((*own, actor)),
                None => self.parties.last().map(|(_, actor)| (party, actor)),
            },
        };
        found.ok_or_else(|| Failure::new("BLACKBOX-NOBODY-MAY", "nobody has been put into the register"))
    }
}

async fn loaded(world: &World, service: &str) -> Result<Arc<Business>, Failure> {
    let unknown = || Failure::new("BROKER-UNKNOWN-SERVICE", "no such service has been loaded");
    world.brokers.lock().await.get(service).cloned().ok_or_else(unknown)
}

fn given(pieces: Vec<Bytes>) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::iter(pieces.into_iter().map(Ok))
}

/// How many bytes are made up at a time; a multiple of 8.
const PIECE: u64 = 256 * 1024;

/// Bytes that follow from their places: little-endian words of eight, each its own number times a constant.
fn made_up(from: u64, size: u64) -> impl Iterator<Item = Bytes> {
    let end = from.saturating_add(size);
    (from / PIECE..end.div_ceil(PIECE)).map(move |piece| {
        let (begin, words) = (piece * PIECE, piece * PIECE / 8..(piece + 1) * PIECE / 8);
        let mut bytes: Vec<u8> =
            words.flat_map(|word| word.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes()).collect();
        bytes.truncate(usize::try_from(end - begin).unwrap_or(usize::MAX));
        Bytes::from(bytes).slice(usize::try_from(from.saturating_sub(begin)).unwrap_or_default()..)
    })
}

fn refused(error: BrokerError) -> Failure {
    Failure::new(error.code(), error)
}

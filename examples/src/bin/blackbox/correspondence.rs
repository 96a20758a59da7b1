//! `correspondence.…`: what an agency sends, and what its recipients do with it.

use std::path::PathBuf;
use std::sync::Arc;

use altinn_auth::register::{PartyRegister as _, RoleAssignment};
use altinn_core::store::Batch;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Actor, AuthenticationLevel, InstanceId, Language, Party, PartyId, PartyIdentifier, Subject,
    SyntheticNumbers,
};
use altinn_services::correspondence::{
    CorrespondenceError, CorrespondenceService, ExternalReference, Message, NewAttachment, NewCorrespondence,
    NewForwarding, Notification, Recipient, Recipients, ReplyOption,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::Failure;
use crate::world::World;

/// How far the ids of these synthetic parties are from those of the apps' ones.
const FIRST_PARTY: i64 = 1_000_000;

/// A correspondence service, and the synthetic people who write and are written to.
pub(crate) struct Mail {
    service: CorrespondenceService,
    sender: PartyId,
    writer: Actor,
    /// Who reads for whom.
    readers: Vec<(PartyId, Actor)>,
    stranger: Actor,
}

impl Mail {
    /// Who reads for a recipient, or the stranger, where one is asked for.
    fn reader(&self, asked: &OfRecipient) -> &Actor {
        let owner = asked.correspondence.owner;
        let reader = self.readers.iter().find(|(party, _)| *party == owner).map(|(_, reader)| reader);
        reader.filter(|_| !asked.stranger).unwrap_or(&self.stranger)
    }
}

#[derive(Deserialize)]
pub(crate) struct Load {
    folder: PathBuf,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Send {
    service: String,
    /// The same key twice is one mailing.
    key: Option<String>,
    senders_reference: String,
    recipients: Vec<To>,
    content: NewContent,
    message_sender: Option<String>,
    #[serde(default)]
    reply_options: Vec<ReplyOption>,
    #[serde(default)]
    external_references: Vec<ExternalReference>,
    requested_publish_time: Option<DateTime<Utc>>,
    due_date_time: Option<DateTime<Utc>>,
    allow_system_delete_after: Option<DateTime<Utc>>,
    #[serde(default)]
    is_confirmation_needed: bool,
    #[serde(default)]
    ignore_reservation: bool,
    #[serde(default)]
    allow_forwarding: bool,
    notification: Option<Notification>,
    at: Option<DateTime<Utc>>,
}

/// A recipient: a party of the register, or a number as Altinn writes it.
#[derive(Deserialize)]
#[serde(untagged)]
enum To {
    Party(PartyId),
    Number(String),
}

#[derive(Deserialize)]
struct NewContent {
    #[serde(flatten)]
    message: Message,
    #[serde(default)]
    attachments: Vec<File>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    file_name: String,
    #[serde(default)]
    content: String,
    content_base64: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Run {
    #[serde(default = "slices")]
    limit: u32,
    at: Option<DateTime<Utc>>,
}

fn slices() -> u32 {
    1_000
}

#[derive(Deserialize)]
pub(crate) struct OfMailing {
    service: String,
    mailing: Uuid,
    after: Option<u64>,
    #[serde(default = "slices")]
    limit: u32,
}

#[derive(Deserialize)]
pub(crate) struct OfSender {
    service: String,
    /// The correspondence, as its recipient names it.
    correspondence: InstanceId,
    at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(crate) struct OfRecipient {
    service: String,
    correspondence: InstanceId,
    /// The reply option or the attachment.
    #[serde(default)]
    index: usize,
    /// Whether somebody asks who has nothing to do with the recipient.
    #[serde(default)]
    stranger: bool,
    at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Forward {
    #[serde(flatten)]
    what: OfRecipient,
    forward_to: String,
    forwarding_text: Option<String>,
}

/// What a recipient does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Deed {
    Fetch,
    Read,
    Confirm,
    Reply,
    Attachment,
    Archive,
    Purge,
}

/// Publishes the service of a folder, and puts an agency, a business and a person into the register.
pub(crate) async fn load(world: &World, asked: Load) -> Result<Value, Failure> {
    let service = world.altinn.publish_correspondence(&asked.folder);
    let service = service.map_err(|error| Failure::new(error.code(), error))?;
    let mut people = SyntheticPeople::from_seed(4);
    let mut parties =
        [people.organization(), people.organization(), people.person(), people.person(), people.person()];
    let mut batch = Batch::new();
    for party in &mut parties {
        party.id = PartyId::new(party.id.get() + FIRST_PARTY);
        world
            .altinn
            .register()
            .put_party(&mut batch, party)
            .map_err(|error| Failure::new(error.code(), error))?;
    }
    let [agency, business, person, leader, stranger] = parties;
    let role = "DAGL".parse().map_err(|error| Failure::new("BLACKBOX-NOBODY-MAY", format!("{error:?}")))?;
    world.altinn.register().grant_role(&mut batch, &RoleAssignment { role, of: business.id, to: leader.id });
    world.altinn.store().commit(batch).await.map_err(|error| Failure::new(error.code(), error))?;
    let number = match &agency.identifier {
        PartyIdentifier::Organization(number) => number.check(SyntheticNumbers::Accepted).ok(),
        _ => None,
    };
    let org = service.id().org().to_owned();
    let mail = Mail {
        sender: agency.id,
        writer: Actor::new(Subject::ServiceOwner { org, number }, AuthenticationLevel::VerySensitive),
        readers: vec![(business.id, acting(&leader)), (person.id, acting(&person))],
        stranger: acting(&stranger),
        service,
    };
    let id = mail.service.id().to_string();
    let answer = json!({"service": id, "sender": mail.sender, "recipients": [business.id, person.id]});
    world.correspondences.lock().await.insert(id, Arc::new(mail));
    Ok(answer)
}

fn acting(party: &Party) -> Actor {
    let subject = Subject::Person { party: party.id, uuid: party.uuid, number: None };
    Actor::new(subject, AuthenticationLevel::VerySensitive)
}

async fn loaded(world: &World, service: &str) -> Result<Arc<Mail>, Failure> {
    let unknown = || Failure::new("CORRESPONDENCE-UNKNOWN-SERVICE", "no such service has been loaded");
    world.correspondences.lock().await.get(service).cloned().ok_or_else(unknown)
}

/// Sends, once for each key.
pub(crate) async fn send(world: &World, asked: Send) -> Result<Value, Failure> {
    let mail = loaded(world, &asked.service).await?;
    world.clock.show(asked.at);
    let sent = send_as(world, &mail, asked).await;
    world.clock.show(None);
    sent
}

async fn send_as(world: &World, mail: &Mail, asked: Send) -> Result<Value, Failure> {
    let mut recipients = Vec::with_capacity(asked.recipients.len());
    for (index, to) in asked.recipients.iter().enumerate() {
        recipients.push(recipient(world, to, index).await?);
    }
    let recipients: Recipients = recipients.into_iter().collect();
    let mut letter = NewCorrespondence::new(asked.senders_reference, recipients, asked.content.message)
        .with_confirmation_needed(asked.is_confirmation_needed);
    for file in asked.content.attachments {
        let content = match file.content_base64 {
            None => file.content.into_bytes(),
            Some(text) => STANDARD
                .decode(text)
                .map_err(|_| Failure::bad_command("an attachment's `contentBase64` is no Base64"))?,
        };
        letter = letter.with_attachment(NewAttachment::new(file.file_name, content));
    }
    letter = asked.reply_options.into_iter().fold(letter, NewCorrespondence::with_reply_option);
    letter = asked.external_references.into_iter().fold(letter, NewCorrespondence::with_external_reference);
    letter = given(letter, asked.message_sender, NewCorrespondence::from_sender_named);
    letter = given(letter, asked.requested_publish_time, NewCorrespondence::visible_from);
    letter = given(letter, asked.due_date_time, NewCorrespondence::read_by);
    letter = given(letter, asked.allow_system_delete_after, NewCorrespondence::deleted_after);
    letter = given(letter, asked.notification, NewCorrespondence::notified);
    letter = given(letter, asked.key, NewCorrespondence::once);
    if asked.allow_forwarding {
        letter = letter.allowing_forwarding();
    }
    if asked.ignore_reservation {
        letter = letter.ignoring_reservation();
    }
    let sent = world.altinn.correspondences().send(&mail.writer, &mail.service, mail.sender, &letter).await;
    shown(sent)
}

/// The letter with something more, where it was given.
fn given<T>(
    letter: NewCorrespondence,
    value: Option<T>,
    with: impl FnOnce(NewCorrespondence, T) -> NewCorrespondence,
) -> NewCorrespondence {
    match value {
        Some(value) => with(letter, value),
        None => letter,
    }
}

async fn recipient(world: &World, to: &To, index: usize) -> Result<Recipient, Failure> {
    let nobody =
        || Failure::new("CORRESPONDENCE-INVALID", format!("/recipients/{index}: it is no recipient"));
    let number = match to {
        To::Number(number) => {
            return Recipient::parse(number, SyntheticNumbers::Accepted).map_err(|_| nobody());
        }
        To::Party(id) => {
            let party = world.altinn.register().party(*id).await;
            party.map_err(|error| Failure::new(error.code(), error))?.ok_or_else(nobody)?.identifier
        }
    };
    let synthetic = SyntheticNumbers::Accepted;
    match number {
        PartyIdentifier::Person(number) => {
            number.check(synthetic).map(Recipient::Person).map_err(|_| nobody())
        }
        PartyIdentifier::Organization(number) => {
            number.check(synthetic).map(Recipient::Organization).map_err(|_| nobody())
        }
        PartyIdentifier::SelfIdentified(_) => Err(nobody()),
    }
}

/// Does what is due: expands, publishes, looks at due dates, deletes.
pub(crate) async fn run(world: &World, asked: Run) -> Result<Value, Failure> {
    world.clock.show(asked.at);
    let done = world.altinn.correspondences().run_due(asked.limit).await;
    world.clock.show(None);
    Ok(json!({"slices": done.map_err(refused)?}))
}

/// How a mailing stands, with a page of its recipients.
pub(crate) async fn mailing(world: &World, asked: OfMailing) -> Result<Value, Failure> {
    let mail = loaded(world, &asked.service).await?;
    let letters = world.altinn.correspondences();
    let (writer, service, sender) = (&mail.writer, &mail.service, mail.sender);
    let mailing = letters.mailing(writer, service, sender, asked.mailing).await.map_err(refused)?;
    let page = letters.recipients(writer, service, sender, asked.mailing, asked.after, asked.limit).await;
    let page = page.map_err(refused)?;
    Ok(json!({"mailing": mailing, "recipients": page.recipients, "after": page.after}))
}

/// What a correspondence has been through, for its sender.
pub(crate) async fn status(world: &World, asked: OfSender) -> Result<Value, Failure> {
    let mail = loaded(world, &asked.service).await?;
    let letters = world.altinn.correspondences();
    shown(letters.status(&mail.writer, &mail.service, mail.sender, asked.correspondence.guid).await)
}

/// Withdraws what nobody could see yet.
pub(crate) async fn withdraw(world: &World, asked: OfSender) -> Result<Value, Failure> {
    let mail = loaded(world, &asked.service).await?;
    world.clock.show(asked.at);
    let letters = world.altinn.correspondences();
    let withdrawn =
        letters.withdraw(&mail.writer, &mail.service, mail.sender, asked.correspondence.guid).await;
    world.clock.show(None);
    shown(withdrawn)
}

/// Forwards by mail what a recipient has read.
pub(crate) async fn forward(world: &World, asked: Forward) -> Result<Value, Failure> {
    let Forward { what, forward_to, forwarding_text } = asked;
    let mail = loaded(world, &what.service).await?;
    world.clock.show(what.at);
    let new = NewForwarding::to(forward_to);
    let new = match forwarding_text {
        Some(text) => new.saying(text),
        None => new,
    };
    let letters = world.altinn.correspondences();
    let forwarded = letters.forward(mail.reader(&what), &mail.service, &what.correspondence, &new).await;
    world.clock.show(None);
    forwarded.map(|forwarding| json!({"forwarding": forwarding})).map_err(refused)
}

/// Does what a recipient does, by somebody who may.
pub(crate) async fn receive(world: &World, deed: Deed, asked: OfRecipient) -> Result<Value, Failure> {
    let mail = loaded(world, &asked.service).await?;
    world.clock.show(asked.at);
    let done = receive_as(world, &mail, deed, &asked).await;
    world.clock.show(None);
    done
}

async fn receive_as(world: &World, mail: &Mail, deed: Deed, asked: &OfRecipient) -> Result<Value, Failure> {
    let id = &asked.correspondence;
    let actor = mail.reader(asked);
    let (letters, service) = (world.altinn.correspondences(), &mail.service);
    match deed {
        Deed::Fetch => received(letters.fetch(actor, service, id).await),
        Deed::Read => received(letters.read(actor, service, id).await),
        Deed::Confirm => shown(letters.confirm(actor, service, id).await),
        Deed::Reply => shown(letters.reply(actor, service, id, asked.index).await),
        Deed::Archive => shown(letters.archive(actor, service, id).await),
        Deed::Purge => shown(letters.purge(actor, service, id).await),
        Deed::Attachment => {
            let file = letters.attachment(actor, service, id, asked.index).await.map_err(refused)?;
            let bytes = file.content.bytes(MAX_ATTACHMENT).await;
            let bytes = bytes.map_err(|error| Failure::new(error.code(), error))?;
            Ok(json!({"attachment": file.attachment, "contentBase64": STANDARD.encode(bytes)}))
        }
    }
}

/// The most bytes of an attachment that an answer holds.
const MAX_ATTACHMENT: u64 = 16 * 1024 * 1024;

/// A correspondence as its recipient sees it, with its body as HTML in each language.
fn received(
    outcome: Result<altinn_services::correspondence::Received, CorrespondenceError>,
) -> Result<Value, Failure> {
    let received = outcome.map_err(refused)?;
    let message = &received.content.message;
    let html = message.body().languages().map(|language: Language| (language.code(), message.html(language)));
    let html: std::collections::BTreeMap<_, _> = html.collect();
    Ok(json!({"correspondence": received, "html": html}))
}

fn shown<T: Serialize>(outcome: Result<T, CorrespondenceError>) -> Result<Value, Failure> {
    outcome.map(|done| json!(done)).map_err(refused)
}

fn refused(error: CorrespondenceError) -> Failure {
    let failure = Failure::new(error.code(), &error);
    match error {
        CorrespondenceError::Invalid(faults) => failure.with_issues(json!(faults)),
        _ => failure,
    }
}

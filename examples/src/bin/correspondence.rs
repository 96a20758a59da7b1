//! An agency sends a decision to a bakery and to a private person; the baker reads, confirms and replies, and the person
//! who does not read is reminded.
//!
//! `cargo run -p altinn-examples --bin correspondence` shows one call that is sent twice and has one effect, what is wrong
//! with a letter that holds script, the mails that go out, the receipt that proves the confirmation, and a stranger who
//! learns nothing. It ends by itself.

use std::error::Error;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use altinn_auth::register::RoleAssignment;
use altinn_core::store::Batch;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Actor, AuthenticationLevel, Clock, InstanceId, Language, Party, PartyIdentifier, SteppableClock, Subject,
    SyntheticNumbers, SystemClock, Text,
};
use altinn_notify::channel::{Capture, Channel, Message as Mail, Outcome};
use altinn_notify::contact::{OrganizationAddress, OrganizationContact, PersonContact};
use altinn_services::Altinn;
use altinn_services::correspondence::{
    CorrespondenceService, CorrespondenceStatus, Message, NewAttachment, NewCorrespondence, Notification,
    Recipient, Recipients, ReplyOption,
};
use async_trait::async_trait;
use chrono::TimeDelta;

const SERVICE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/services/decisions");
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The mails that would go out.
#[derive(Debug, Clone, Default)]
struct Mails(Arc<Capture>);

#[async_trait]
impl Channel for Mails {
    async fn send(&self, message: &Mail) -> Outcome {
        self.0.send(message).await
    }
}

/// Everything, and everybody who has a part in the story.
struct Story {
    altinn: Altinn,
    clock: Arc<SteppableClock>,
    mails: Mails,
    service: CorrespondenceService,
    agency: Party,
    writer: Actor,
    bakery: Party,
    baker: Actor,
    kari: Party,
    stranger: Actor,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let story = Story::begin(folder.path()).await?;
    let (bakery, kari) = story.send().await?;
    story.read_and_answer(&bakery).await?;
    story.remind(&kari).await?;
    story.delete(&bakery).await
}

impl Story {
    async fn begin(folder: &std::path::Path) -> Result<Self, Box<dyn Error>> {
        let clock = Arc::new(SteppableClock::at(SystemClock.now()));
        let mails = Mails::default();
        let (sender, sms_sender) = ("post@mattilsynet.example".parse()?, "Mattilsynet".parse()?);
        let altinn = Altinn::builder(format!("sqlite:{}", folder.join("altinn.db").display()))
            .objects_in(&folder.join("objects"))?
            .keys_in(&folder.join("keys"), true)?
            .clock(Arc::clone(&clock) as _)
            .email(sender, mails.clone())
            .notifier(|notifier| notifier.with_sms_sender(sms_sender))
            .build()
            .await?;
        let service = altinn.publish_correspondence(SERVICE)?;
        let mut people = SyntheticPeople::from_seed(6);
        let (agency, bakery) = (people.organization(), people.organization());
        let (baker, kari, stranger) = (people.person(), people.person(), people.person());
        let agency = Party { name: "Mattilsynet".to_owned(), ..agency };
        let mut batch = Batch::new();
        for party in [&agency, &bakery, &baker, &kari, &stranger] {
            altinn.register().put_party(&mut batch, party)?;
        }
        let role = RoleAssignment { role: "DAGL".parse()?, of: bakery.id, to: baker.id };
        altinn.register().grant_role(&mut batch, &role);
        put_contacts(&altinn, &mut batch, &bakery, &kari)?;
        altinn.store().commit(batch).await?;
        let number = organization_number(&agency)?;
        let owner = Subject::ServiceOwner { org: "mattilsynet".to_owned(), number: Some(number) };
        let writer = Actor::new(owner, AuthenticationLevel::Sensitive);
        let [baker, stranger] = [baker, stranger].map(|party| {
            let subject = Subject::Person { party: party.id, uuid: party.uuid, number: None };
            Actor::new(subject, AuthenticationLevel::VerySensitive)
        });
        Ok(Self { altinn, clock, mails, service, agency, writer, bakery, baker, kari, stranger })
    }

    /// The agency sends; gives what the two recipients call what they get.
    async fn send(&self) -> Result<(InstanceId, InstanceId), Box<dyn Error>> {
        let letters = self.altinn.correspondences();
        let to: Recipients = [recipient(&self.bakery)?, recipient(&self.kari)?].into_iter().collect();
        let decision = Message::new(Language::Nb, "Vedtak om løyve", "Søknaden er **innvilget**.")
            .with(Language::Nn, "Vedtak om løyve", "Søknaden er **innvilga**.")
            .with(Language::En, "Decision on your licence", "Your application is **granted**.");
        let letter = NewCorrespondence::new("2026/17", to.clone(), decision)
            .with_attachment(NewAttachment::new("vedtak.pdf", b"%PDF-1.7 ...".to_vec()))
            .with_reply_option(ReplyOption::new(
                "https://mattilsynet.example/klage",
                Text::new(Language::Nb, "Klag på vedtaket"),
            ))
            .confirmed_by(self.clock.now() + TimeDelta::days(14))
            .notified(Notification::generic().with_reminder(7))
            .once("decision-2026-17");
        let sent = letters.send(&self.writer, &self.service, self.agency.id, &letter).await?;
        say(&format!(
            "the agency sends to {} recipients: {}",
            sent.mailing.recipients,
            counted(&sent.mailing.counts)
        ));
        let again = letters.send(&self.writer, &self.service, self.agency.id, &letter).await?;
        say(&format!(
            "sent again with the same key: {}",
            if again == sent { "the same answer" } else { "another" }
        ));
        let hostile = Message::new(Language::Nb, "Vedtak", "Hei\n\n<script>alert(1)</script>");
        let hostile = NewCorrespondence::new("2026/18", to, hostile);
        let refused = letters.send(&self.writer, &self.service, self.agency.id, &hostile).await;
        say(&format!("a letter with script: {}", told(refused)));

        self.follow_up().await?;
        let mailing = letters.mailing(&self.writer, &self.service, self.agency.id, sent.mailing.id).await?;
        say(&format!("published: {}", counted(&mailing.counts)));
        say(&format!("mails: {}", self.subjects()));
        let mut ids = sent.recipients.iter().filter_map(|recipient| recipient.correspondence);
        Ok((ids.next().ok_or("no recipient")?, ids.next().ok_or("no second recipient")?))
    }

    /// The baker reads, confirms and replies; a stranger learns nothing.
    async fn read_and_answer(&self, id: &InstanceId) -> Result<(), Box<dyn Error>> {
        let (letters, service) = (self.altinn.correspondences(), &self.service);
        let refused = letters.read(&self.stranger, service, id).await;
        say(&format!("a stranger: {}", told(refused)));
        let letter = letters.read(&self.baker, service, id).await?;
        let title = letter.content.message.title().in_language(Language::En);
        say(&format!("the baker reads “{title}”: {}", letter.content.message.html(Language::En).trim()));
        let file = letters.attachment(&self.baker, service, id, 0).await?;
        let name = file.attachment.file_name.clone();
        say(&format!("{name} has {} bytes, as its digest says", file.content.bytes(1_000).await?.len()));
        let early = letters.purge(&self.baker, service, id).await;
        say(&format!("deleting it before it is confirmed: {}", told(early)));
        let confirmed = letters.confirm(&self.baker, service, id).await?;
        let again = letters.confirm(&self.baker, service, id).await?;
        say(&format!(
            "confirmed, and again: {}",
            if again == confirmed { "one confirmation" } else { "two" }
        ));
        let reply = letters.reply(&self.baker, service, id, 0).await?;
        say(&format!("the baker replies at {}", reply.link_url));

        self.altinn.archive().integrate().await?;
        let receipt = letters.receipt(&self.baker, service, id, CorrespondenceStatus::Confirmed).await?;
        let receipt = receipt.proved().ok_or("the log is too slow")?;
        receipt.verify(self.altinn.archive().verifier_key())?;
        say("the receipt of the confirmation is verified offline with the public key");
        for trace in self.altinn.trail().of(&self.baker, self.bakery.id, None).await?.entries.iter().take(1) {
            say(&format!("the trail: {} did {} for {}", trace.actor, trace.action, trace.resource));
        }
        Ok(())
    }

    /// A week later: who has not read is reminded, and nobody else; another week, and the agency is told.
    async fn remind(&self, unread: &InstanceId) -> Result<(), Box<dyn Error>> {
        self.clock.step(7 * DAY);
        self.follow_up().await?;
        say(&format!("a week later, mails: {}", self.subjects()));
        self.clock.step(7 * DAY);
        self.follow_up().await?;
        let feed = self.altinn.events().read(0, 1_000).await?.events;
        let of_it = feed.iter().filter(|event| event.source().ends_with(&unread.guid.to_string()));
        let kinds: Vec<_> = of_it.filter_map(|event| event.event_type().rsplit('.').next()).collect();
        say(&format!("what the agency is told of the other: {}", kinds.join(", ")));
        Ok(())
    }

    async fn delete(&self, id: &InstanceId) -> Result<(), Box<dyn Error>> {
        let letters = self.altinn.correspondences();
        let deleted = letters.purge(&self.baker, &self.service, id).await?;
        let history: Vec<_> = deleted.history.iter().map(|entry| entry.status.name()).collect();
        say(&format!("deleted, after {}", history.join(", ")));
        let late = letters.read(&self.baker, &self.service, id).await;
        say(&format!("reading it now: {}", told(late)));
        Ok(())
    }

    /// What the workers of a running program do by themselves.
    async fn follow_up(&self) -> Result<(), Box<dyn Error>> {
        self.altinn.correspondences().run_due(100).await?;
        self.altinn.notifier().dispatch(100).await?;
        Ok(())
    }

    fn subjects(&self) -> String {
        self.mails.0.mails().iter().map(|mail| mail.subject.clone()).collect::<Vec<_>>().join("; ")
    }
}

/// Where the bakery and Kari are told that something has come.
fn put_contacts(
    altinn: &Altinn,
    batch: &mut Batch,
    bakery: &Party,
    kari: &Party,
) -> Result<(), Box<dyn Error>> {
    let contacts = altinn.notifier().stored_contacts();
    let address = OrganizationAddress::email("post@bakeriet.example".parse()?);
    let contact = OrganizationContact { addresses: vec![address] };
    contacts.put_organization(batch, organization_number(bakery)?, &contact)?;
    if let PartyIdentifier::Person(number) = &kari.identifier {
        let known = PersonContact::active().with_email("kari@example.com".parse()?, altinn.clock().now());
        contacts.put_person(batch, &number.check(SyntheticNumbers::Accepted)?, &known)?;
    }
    Ok(())
}

fn organization_number(party: &Party) -> Result<altinn_core::OrganizationNumber, Box<dyn Error>> {
    match &party.identifier {
        PartyIdentifier::Organization(number) => Ok(number.check(SyntheticNumbers::Accepted)?),
        _ => Err("not an organization".into()),
    }
}

fn recipient(party: &Party) -> Result<Recipient, Box<dyn Error>> {
    Ok(match &party.identifier {
        PartyIdentifier::Person(number) => Recipient::Person(number.check(SyntheticNumbers::Accepted)?),
        _ => Recipient::Organization(organization_number(party)?),
    })
}

fn counted(counts: &std::collections::BTreeMap<&'static str, u64>) -> String {
    counts.iter().map(|(status, count)| format!("{count} {status}")).collect::<Vec<_>>().join(", ")
}

/// What somebody who gets nothing is told.
fn told<T, E: std::fmt::Display>(outcome: Result<T, E>) -> String {
    outcome.err().map_or_else(|| "done".to_owned(), |error| error.to_string())
}

/// Says it to whoever still listens.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

//! One inbox over several types of services, for two who represent the same bakery.
//!
//! `cargo run -p altinn-examples --bin inbox` shows a draft and a letter in one list, that reading is each person's own and
//! putting away the bakery's, labels of one's own, a search, and that a stranger sees nothing. It ends by itself.

use std::error::Error;
use std::io::Write;

use altinn_auth::register::RoleAssignment;
use altinn_core::store::Batch;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Actor, AuthenticationLevel, InstanceId, Language, Party, PartyIdentifier, Subject, SyntheticNumbers,
};
use altinn_services::Altinn;
use altinn_services::correspondence::{CorrespondenceService, Message, NewCorrespondence, Recipient};
use altinn_services::inbox::{InboxQuery, LabelChange, OwnLabel, Place};

const APP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/apps/bakery-licence");
const DECISIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/services/decisions");

/// A bakery, its leader and its chair, and a stranger; and the agency that writes to it.
struct People {
    bakery: Party,
    leader: Actor,
    chair: Actor,
    stranger: Actor,
    agency: Party,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let altinn = Altinn::local(folder.path()).await?;
    let licence = altinn.publish_app(APP)?;
    let decisions = altinn.publish_correspondence(DECISIONS)?;
    let people = people(&altinn).await?;
    altinn.submissions().start(&people.leader, &licence, people.bakery.id).await?;
    let letter = send(&altinn, &decisions, &people).await?;

    let inbox = altinn.inbox();
    show(&altinn, "the leader", &people.leader, &InboxQuery::new()).await?;
    altinn.correspondences().read(&people.leader, &decisions, &letter).await?;
    show(&altinn, "the leader, unread", &people.leader, &InboxQuery::new().unread()).await?;
    show(&altinn, "the chair, unread", &people.chair, &InboxQuery::new().unread()).await?;

    let label: OwnLabel = "Løyve 2027".parse()?;
    let (party, id) = (letter.owner, letter.guid);
    inbox.label(&people.leader, party, id, &LabelChange::Add(label.clone())).await?;
    let labelled = InboxQuery::new().label(label);
    show(&altinn, "the leader, by a label of their own", &people.leader, &labelled).await?;
    show(&altinn, "the chair, by the same label", &people.chair, &labelled).await?;
    show(&altinn, "the leader, who searches for `løy`", &people.leader, &InboxQuery::new().title("løy"))
        .await?;

    inbox.label(&people.leader, party, id, &LabelChange::Move(Place::Archive)).await?;
    let archive = InboxQuery::new().place(Place::Archive);
    show(&altinn, "the chair, in the archive", &people.chair, &archive).await?;
    show(&altinn, "a stranger", &people.stranger, &InboxQuery::new()).await?;
    match inbox.list(&people.stranger, &InboxQuery::new().of(party)).await {
        Ok(_) => return Err("a stranger saw the bakery's inbox".into()),
        Err(error) => say(&format!("a stranger who asks for the bakery's: {error}")),
    }
    Ok(())
}

/// Shows a list, in bokmål.
async fn show(altinn: &Altinn, whose: &str, actor: &Actor, query: &InboxQuery) -> Result<(), Box<dyn Error>> {
    let count = altinn.inbox().count(actor, query).await?;
    say(&format!("{whose}: {} ({} unread)", count.total, count.unread));
    for item in altinn.inbox().list(actor, query).await?.items {
        let [kind, status, title] = [item.kind.title(), item.status.title(), item.title];
        let [kind, status, title] = [&kind, &status, &title].map(|text| text.in_language(Language::Nb));
        say(&format!("  {kind}: {title} [{status}]"));
    }
    Ok(())
}

/// The agency writes to the bakery.
async fn send(
    altinn: &Altinn,
    service: &CorrespondenceService,
    people: &People,
) -> Result<InstanceId, Box<dyn Error>> {
    let recipient = Recipient::Organization(number_of(&people.bakery)?);
    let message = Message::new(Language::Nb, "Vedtak om løyve", "Søknaden er **innvilget**.");
    let writer = Subject::ServiceOwner {
        org: service.id().org().to_owned(),
        number: Some(number_of(&people.agency)?),
    };
    let writer = Actor::new(writer, AuthenticationLevel::VerySensitive);
    let letters = altinn.correspondences();
    let new = NewCorrespondence::new("2026/17", recipient, message);
    let sent = letters.send(&writer, service, people.agency.id, &new).await?;
    while letters.run_due(10).await? > 0 {}
    let id = sent.recipients.first().ok_or("nobody got it")?.id;
    Ok(InstanceId::new(people.bakery.id, id))
}

fn number_of(party: &Party) -> Result<altinn_core::OrganizationNumber, Box<dyn Error>> {
    match &party.identifier {
        PartyIdentifier::Organization(number) => Ok(number.check(SyntheticNumbers::Accepted)?),
        _ => Err("no organization".into()),
    }
}

async fn people(altinn: &Altinn) -> Result<People, Box<dyn Error>> {
    let mut synthetic = SyntheticPeople::from_seed(9);
    let [bakery, agency] = [synthetic.organization(), synthetic.organization()];
    let [leader, chair, stranger] = std::array::from_fn(|_| synthetic.person());
    let mut batch = Batch::new();
    for party in [&bakery, &agency, &leader, &chair, &stranger] {
        altinn.register().put_party(&mut batch, party)?;
    }
    for (role, to) in [("DAGL", &leader), ("LEDE", &chair)] {
        let role = RoleAssignment { role: role.parse()?, of: bakery.id, to: to.id };
        altinn.register().grant_role(&mut batch, &role);
    }
    altinn.store().commit(batch).await?;
    let [leader, chair, stranger] = [leader, chair, stranger].map(|party| {
        let subject = Subject::Person { party: party.id, uuid: party.uuid, number: None };
        Actor::new(subject, AuthenticationLevel::VerySensitive)
    });
    Ok(People { bakery, leader, chair, stranger, agency })
}

fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

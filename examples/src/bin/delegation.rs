//! Delegation: a bakery lets others act for it, and takes it back.
//!
//! `cargo run -p altinn-examples --bin delegation` shows a right given to a colleague for a time, one passed on by an
//! accountant that falls with its root, a leader whose role is over, a bought system that the bakery approves and deletes,
//! who may represent whom, and the bakery reading what was done. It ends by itself.

use std::error::Error;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use altinn_auth::decision::{AccessRequest, Right};
use altinn_auth::delegation::{Offer, Period, Receiver, What};
use altinn_auth::register::RoleAssignment;
use altinn_auth::system_user::{NewRequest, NewSystem, Powers, REQUEST_WRITE, SYSTEM_REGISTER_WRITE};
use altinn_core::store::Batch;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Actor, AuthenticationLevel, Clock as _, Language, OrganizationNumber, Party, PartyIdentifier, ServiceId,
    SteppableClock, Subject, SyntheticNumbers, SystemClock, Text,
};
use altinn_services::{Altinn, AltinnBuilder};
use chrono::TimeDelta;

const APP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/apps/bakery-licence");

struct Scene {
    altinn: Altinn,
    clock: Arc<SteppableClock>,
    service: ServiceId,
    bakery: Party,
    firm: Party,
    vendor: Party,
    kari: Party,
    nina: Party,
    ola: Party,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let scene = Scene::set(folder.path()).await?;
    scene.give_for_a_time().await?;
    scene.pass_on().await?;
    scene.lead_for_a_time().await?;
    scene.approve_a_system().await?;
    scene.read_the_trail().await
}

impl Scene {
    async fn set(folder: &std::path::Path) -> Result<Self, Box<dyn Error>> {
        let clock = Arc::new(SteppableClock::at(SystemClock.now()));
        let altinn = AltinnBuilder::local(folder)?.clock(clock.clone()).build().await?;
        let service = altinn.publish_app(APP)?.id().clone();
        let mut people = SyntheticPeople::from_seed(21);
        let [bakery, firm, vendor] = [(); 3].map(|()| people.organization());
        let [kari, nina, ola] = [(); 3].map(|()| people.person());
        let mut batch = Batch::new();
        for party in [&bakery, &firm, &vendor, &kari, &nina, &ola] {
            altinn.register().put_party(&mut batch, party)?;
        }
        for (of, to) in [(&bakery, &kari), (&firm, &nina)] {
            altinn.register().grant_role(&mut batch, &leads(of, to)?);
        }
        altinn.store().commit(batch).await?;
        Ok(Self { altinn, clock, service, bakery, firm, vendor, kari, nina, ola })
    }

    async fn give_for_a_time(&self) -> Result<(), Box<dyn Error>> {
        let now = self.clock.now();
        let week = Period { from: now, to: Some(now + TimeDelta::days(7)) };
        let offer = self.offer(&self.ola).during(week);
        self.altinn.access_management().delegate(&person(&self.kari), &offer).await?;
        self.told("Ola, who was let for a week", &person(&self.ola)).await;
        for authorized in self.altinn.access_management().authorized_parties(&person(&self.ola)).await? {
            if authorized.party.id == self.bakery.id {
                say(&format!("Ola represents the bakery in {} service", authorized.by.resources.len()));
            }
        }
        self.days(7);
        self.told("Ola, a week later", &person(&self.ola)).await;
        Ok(())
    }

    /// The bakery gives its accountant a right, who passes it on; what was passed on falls with it.
    async fn pass_on(&self) -> Result<(), Box<dyn Error>> {
        let access = self.altinn.access_management();
        let given = access.delegate(&person(&self.kari), &self.offer(&self.firm)).await?;
        let passed_on = self.offer(&self.ola).acting_for(self.firm.id);
        access.delegate(&person(&self.nina), &passed_on).await?;
        self.told("Ola, for the accountant", &person(&self.ola)).await;
        access.revoke(&person(&self.kari), given.id).await?;
        self.told("Ola, after the bakery revoked it", &person(&self.ola)).await;
        Ok(())
    }

    /// Ola leads the bakery for a month; nothing has to be done when it is over.
    async fn lead_for_a_time(&self) -> Result<(), Box<dyn Error>> {
        let now = self.clock.now();
        let month = Period { from: now, to: Some(now + TimeDelta::days(30)) };
        let mut batch = Batch::new();
        self.altinn.register().grant_role_during(&mut batch, &leads(&self.bakery, &self.ola)?, month);
        self.altinn.store().commit(batch).await?;
        self.told("Ola, who leads for a month", &person(&self.ola)).await;
        self.days(30);
        self.told("Ola, a month later", &person(&self.ola)).await;
        Ok(())
    }

    /// A vendor registers a system and asks; the bakery approves, and deletes.
    async fn approve_a_system(&self) -> Result<(), Box<dyn Error>> {
        let users = self.altinn.system_users();
        let (vendor, bakery) = (number(&self.vendor)?, number(&self.bakery)?);
        let by = Subject::Organization { number: vendor, party: None };
        let by = Actor::new(by, AuthenticationLevel::Sensitive)
            .with_scopes([SYSTEM_REGISTER_WRITE, REQUEST_WRITE]);
        let powers = Powers::to_resources([self.service.resource_id()]);
        let system = NewSystem::new(format!("{vendor}_ovner"), Text::new(Language::Nb, "Ovner og bøker"));
        let system = system.used_by(["client-1"]).asking_for(powers.clone());
        let system = users.register_system(&by, &system).await?;
        let request = users.ask(&by, &NewRequest::new(system.id.as_str(), bakery.into(), powers)).await?;
        say(&format!("the vendor asks for a system user: {}", request.status.name()));
        let kari = person(&self.kari);
        let user = users.approve(&kari, self.bakery.id, request.id).await?;
        let status = users.request(&by, request.id).await?.status;
        say(&format!("the bakery approves: {}", status.name()));
        // Maskinporten's token names the system user.
        let subject = Subject::SystemUser { id: user.id, owner: bakery, system: user.system.clone() };
        let system = Actor::new(subject, AuthenticationLevel::Sensitive);
        self.told("the system", &system).await;
        users.delete(&kari, self.bakery.id, user.id).await?;
        self.told("the deleted system", &system).await;
        Ok(())
    }

    async fn read_the_trail(&self) -> Result<(), Box<dyn Error>> {
        let page = self.altinn.trail().of(&person(&self.kari), self.bakery.id, None).await?;
        let count = |action: &str| page.entries.iter().filter(|entry| entry.action == action).count();
        let refused = page.entries.iter().filter(|entry| !entry.permitted).count();
        for action in ["delegate", "revoke", "systemuser.request", "systemuser.approve", "systemuser.delete"]
        {
            say(&format!("the trail has `{action}`: {}", count(action) > 0));
        }
        say(&format!("the trail has refusals: {}", refused > 0));
        Ok(())
    }

    /// The right to read the bakery's applications, for somebody.
    fn offer(&self, to: &Party) -> Offer {
        let read = Right::new(self.service.resource_id(), "read");
        Offer::new(self.bakery.id, Receiver::Party(to.id), What::Right(read))
    }

    /// Says whether somebody may read for the bakery.
    async fn told(&self, who: &str, actor: &Actor) {
        let request = AccessRequest::new("read", self.service.clone(), self.bakery.id);
        match self.altinn.authorizer().decide(actor, &request).await {
            Ok(_) => say(&format!("{who}: may read")),
            Err(error) => say(&format!("{who}: {}", error.code())),
        }
    }

    fn days(&self, days: u64) {
        self.clock.step(Duration::from_secs(days * 24 * 3_600));
    }
}

fn leads(of: &Party, to: &Party) -> Result<RoleAssignment, Box<dyn Error>> {
    Ok(RoleAssignment { role: "DAGL".parse()?, of: of.id, to: to.id })
}

fn number(party: &Party) -> Result<OrganizationNumber, Box<dyn Error>> {
    match &party.identifier {
        PartyIdentifier::Organization(number) => {
            Ok(OrganizationNumber::parse(&number.to_string(), SyntheticNumbers::Accepted)?)
        }
        _ => Err("not an organization".into()),
    }
}

fn person(party: &Party) -> Actor {
    let subject = Subject::Person { party: party.id, uuid: party.uuid, number: None };
    Actor::new(subject, AuthenticationLevel::VerySensitive)
}

/// Says it to whoever still listens.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

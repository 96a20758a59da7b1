//! The synthetic people, businesses and agency that the portal knows.

use altinn_auth::register::RoleAssignment;
use altinn_core::store::Batch;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Actor, AuthenticationLevel, Language, OrganizationNumber, Party, PartyIdentifier, ServiceId, Subject,
    SyntheticNumbers,
};
use altinn_notify::contact::{Contact, OrganizationAddress, OrganizationContact, PersonContact};
use altinn_notify::{EmailAddress, Recipient};
use altinn_services::Altinn;

use super::PortalError;

/// Everybody, the same ones every time; their numbers are of no real person and of no real business.
#[derive(Debug)]
pub(super) struct World {
    /// The leader of the bakery.
    pub(super) kari: Party,
    /// The bakery's accountant.
    pub(super) ola: Party,
    /// A case worker of the agency.
    pub(super) ingrid: Party,
    /// Somebody at the bank.
    pub(super) per: Party,
    /// Somebody with no business at all.
    pub(super) nora: Party,
    pub(super) bakery: Party,
    pub(super) bank: Party,
    /// The agency that runs the portal.
    pub(super) agency: Party,
}

impl World {
    pub(super) fn new() -> Self {
        let mut synthetic = SyntheticPeople::from_seed(2026);
        let mut person = |name: &str| Party { name: name.to_owned(), ..synthetic.person() };
        let [kari, ola, ingrid, per, nora] =
            ["Kari Bakke", "Ola Tall", "Ingrid Sak", "Per Fjord", "Nora Nabo"].map(&mut person);
        let mut organization = |name: &str| Party { name: name.to_owned(), ..synthetic.organization() };
        let [bakery, bank, agency] =
            ["Nordlys Bakeri AS", "Fjordbanken ASA", "Mattilsynet (eksempel)"].map(&mut organization);
        Self { kari, ola, ingrid, per, nora, bakery, bank, agency }
    }

    pub(super) fn people(&self) -> [&Party; 5] {
        [&self.kari, &self.ola, &self.ingrid, &self.per, &self.nora]
    }

    pub(super) fn organizations(&self) -> [&Party; 3] {
        [&self.bakery, &self.bank, &self.agency]
    }

    /// Puts everybody into the registers.
    pub(super) async fn enrol(&self, altinn: &Altinn) -> Result<(), PortalError> {
        let register = altinn.register();
        let mut batch = Batch::new();
        for party in self.people().into_iter().chain(self.organizations()) {
            register.put_party(&mut batch, party)?;
        }
        let roles = [
            ("DAGL", &self.bakery, &self.kari),
            ("REGA", &self.bakery, &self.ola),
            ("DAGL", &self.agency, &self.ingrid),
            ("DAGL", &self.bank, &self.per),
        ];
        for (role, of, to) in roles {
            let role = role.parse().map_err(|_| PortalError::World)?;
            register.grant_role(&mut batch, &RoleAssignment { role, of: of.id, to: to.id });
        }
        self.put_contacts(altinn, &mut batch)?;
        altinn.store().commit(batch).await?;
        Ok(())
    }

    fn put_contacts(&self, altinn: &Altinn, batch: &mut Batch) -> Result<(), PortalError> {
        let contacts = altinn.notifier().stored_contacts();
        let addresses = [
            "kari@bakeri.example",
            "ola@tall.example",
            "ingrid@tilsyn.example",
            "per@unclear.example",
            "nora@refused.example",
        ];
        for (person, address) in self.people().into_iter().zip(addresses) {
            let PartyIdentifier::Person(number) = &person.identifier else { continue };
            let number = number.check(SyntheticNumbers::Accepted)?;
            let address: EmailAddress = address.parse()?;
            let contact = PersonContact::active()
                .with_email(address.clone(), altinn.clock().now())
                .with_mobile("+4799999999".parse()?, altinn.clock().now())
                .with_language(Language::Nb);
            contacts.put_person(batch, &number, &contact)?;
            contacts.put(batch, person.id, &Contact::new(Recipient::Email(address), Language::Nb))?;
        }
        for (party, address) in self.organizations().into_iter().zip([
            "post@bakeri.example",
            "post@bank.example",
            "post@tilsyn.example",
        ]) {
            let address: EmailAddress = address.parse()?;
            let contact =
                OrganizationContact { addresses: vec![OrganizationAddress::email(address.clone())] };
            contacts.put_organization(batch, organization_number(party)?, &contact)?;
            contacts.put(batch, party.id, &Contact::new(Recipient::Email(address), Language::Nb))?;
        }
        Ok(())
    }

    /// The agency, as the owner of a service.
    pub(super) fn owner_of(&self, service: &ServiceId) -> Actor {
        let number = organization_number(&self.agency).ok();
        let owner = Subject::ServiceOwner { org: service.org().to_owned(), number };
        Actor::new(owner, AuthenticationLevel::VerySensitive)
    }
}

/// The number of an organization.
pub(super) fn organization_number(party: &Party) -> Result<OrganizationNumber, PortalError> {
    match party.identifier {
        PartyIdentifier::Organization(number) => Ok(number.check(SyntheticNumbers::Accepted)?),
        _ => Err(PortalError::World),
    }
}

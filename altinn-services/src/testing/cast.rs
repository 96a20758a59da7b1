//! Synthetic people for any service: an owner of the kind that it allows, and for each task somebody who may act.

use std::sync::Arc;

use altinn_auth::decision::AccessError;
use altinn_auth::register::{RegisterError, Role, RoleAssignment, RoleError};
use altinn_auth::testing::{FakeIssuer, FakeIssuerError};
use altinn_auth::token::{TokenError, TokenVerifier};
use altinn_core::store::{Batch, StoreError};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Actor, Language, Party, PartyKind, SyntheticNumbers, SystemClock};
use altinn_notify::contact::Contact;
use altinn_notify::{EmailAddressError, Recipient, SealError};
use thiserror::Error;

use crate::Altinn;
use crate::process::{Task, TaskKind};
use crate::submission::Service;

/// The party that a service is used for, and those who act for it.
#[derive(Debug)]
pub struct Cast {
    owner: Party,
    people: Vec<(Role, Actor)>,
    parties: Vec<Party>,
}

/// Why there is nobody to act.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CastError {
    /// The policy lets no role that a person or an organisation can have do this.
    #[error("the policy of the service lets nobody `{action}`")]
    NobodyMay {
        /// The action.
        action: String,
    },
    /// The policy cannot be asked.
    #[error(transparent)]
    Policy(#[from] AccessError),
    /// The register.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// A code is not a role's.
    #[error(transparent)]
    Role(#[from] RoleError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody could log in.
    #[error(transparent)]
    LogIn(#[from] FakeIssuerError),
    /// A token is not in order.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// An address of ours is wrong.
    #[error(transparent)]
    Address(#[from] EmailAddressError),
    /// A contact cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl Cast {
    /// Puts synthetic people who may use a service into the register, the same ones every time: their numbers are of
    /// no real person. Each logs in at a fake ID-porten, and is whom the token says.
    ///
    /// # Errors
    /// [`CastError::NobodyMay`] when the service's policy lets nobody use it.
    pub async fn of(altinn: &Altinn, service: &Service) -> Result<Self, CastError> {
        let mut needed = vec![Needed::new(altinn, service, "instantiate", None).await?];
        for task in service.definition().process().tasks().filter(|task| !task.is_done_by_machine()) {
            for action in actions_of(task) {
                needed.push(Needed::new(altinn, service, action, Some(&task.id)).await?);
            }
        }
        let mut others = SyntheticPeople::from_seed(1);
        let (person, organization) = (others.person(), others.organization());
        let unit = others.sub_unit(&organization);
        let estate = Party { kind: PartyKind::BankruptcyEstate, ..others.organization() };
        let types = service.definition().metadata().party_types_allowed();
        let owners =
            [person, organization, unit, estate].into_iter().filter(|owner| types.allows(owner.kind));
        let mut nobody = CastError::NobodyMay { action: "instantiate".to_owned() };
        for owner in owners {
            match People::for_owner(owner, &needed, others.clone()) {
                Ok(people) => {
                    people.store(altinn).await?;
                    return people.log_in(altinn).await;
                }
                Err(error) => nobody = error,
            }
        }
        Err(nobody)
    }

    /// The party that the service is used for.
    pub fn owner(&self) -> &Party {
        &self.owner
    }

    /// Those who act, each with their role for the owner; the first starts.
    pub fn people(&self) -> impl Iterator<Item = (&Role, &Party)> {
        self.people.iter().map(|(role, _)| role).zip(&self.parties)
    }

    /// Who starts, and by which role.
    ///
    /// # Errors
    /// [`CastError::NobodyMay`] when nobody does.
    pub fn starter(&self) -> Result<&(Role, Actor), CastError> {
        self.people.first().ok_or_else(|| CastError::NobodyMay { action: "instantiate".to_owned() })
    }

    /// Somebody who holds a role for the owner.
    pub fn holder_of(&self, role: &Role) -> Option<&Actor> {
        self.people.iter().find(|(held, _)| held == role).map(|(_, actor)| actor)
    }

    /// Who may do an action in a task, and by which role.
    ///
    /// # Errors
    /// [`CastError::NobodyMay`] when nobody does.
    pub async fn who_may(
        &self,
        altinn: &Altinn,
        service: &Service,
        action: &str,
        task: &str,
    ) -> Result<&(Role, Actor), CastError> {
        let roles = altinn.authorizer().roles_for(action, service.id(), Some(task)).await?;
        let may = self.people.iter().find(|(role, _)| roles.contains(role));
        may.ok_or_else(|| CastError::NobodyMay { action: action.to_owned() })
    }
}

/// What is done in a task of people until it is left.
fn actions_of(task: &Task) -> Vec<&str> {
    let pays = task.kind == TaskKind::Payment;
    pays.then_some("pay").into_iter().chain([task.action(None)]).collect()
}

/// An action that somebody must be able to do, and the roles that are let do it.
struct Needed {
    action: String,
    roles: Vec<Role>,
}

impl Needed {
    async fn new(
        altinn: &Altinn,
        service: &Service,
        action: &str,
        task: Option<&str>,
    ) -> Result<Self, CastError> {
        let roles = altinn.authorizer().roles_for(action, service.id(), task).await?;
        Ok(Self { action: action.to_owned(), roles })
    }
}

/// Those who will act, before they have logged in.
struct People {
    owner: Party,
    holders: Vec<(Role, Party)>,
}

impl People {
    /// Somebody for each action; a person acts alone, for another party somebody with a role does.
    fn for_owner(owner: Party, needed: &[Needed], mut others: SyntheticPeople) -> Result<Self, CastError> {
        let alone = owner.kind == PartyKind::Person;
        let mut holders: Vec<(Role, Party)> = Vec::new();
        for Needed { action, roles } in needed {
            if holders.iter().any(|(role, _)| roles.contains(role)) {
                continue;
            }
            let nobody = || CastError::NobodyMay { action: action.clone() };
            let role = roles.iter().find(|role| is_ones_own(role) == alone).ok_or_else(nobody)?;
            holders.push((role.clone(), if alone { owner.clone() } else { others.person() }));
        }
        Ok(Self { owner, holders })
    }

    /// Puts everybody into the registers: parties, roles and addresses.
    async fn store(&self, altinn: &Altinn) -> Result<(), CastError> {
        let register = altinn.register();
        let contacts = altinn.notifier().stored_contacts();
        let mut batch = Batch::new();
        register.put_party(&mut batch, &self.owner)?;
        for (role, holder) in &self.holders {
            if holder.id != self.owner.id {
                register.put_party(&mut batch, holder)?;
                let assignment = RoleAssignment { role: role.clone(), of: self.owner.id, to: holder.id };
                register.grant_role(&mut batch, &assignment);
            }
            let address = format!("person{}@example.com", holder.id).parse()?;
            contacts.put(&mut batch, holder.id, &Contact::new(Recipient::Email(address), Language::Nb))?;
        }
        altinn.store().commit(batch).await?;
        Ok(())
    }

    async fn log_in(self, altinn: &Altinn) -> Result<Cast, CastError> {
        let clock = Arc::new(SystemClock);
        let issuer = FakeIssuer::id_porten(clock.clone())?;
        let verifier = TokenVerifier::new(clock, Arc::new(altinn.register().clone()))
            .trusting(issuer.profile()?)
            .with_synthetic_numbers(SyntheticNumbers::Accepted);
        let (mut people, mut parties) = (Vec::new(), Vec::new());
        for (role, holder) in self.holders {
            people.push((role, verifier.verify(&issuer.log_in(&holder)?).await?));
            parties.push(holder);
        }
        Ok(Cast { owner: self.owner, people, parties })
    }
}

/// Whether everybody has this role for themselves.
fn is_ones_own(role: &Role) -> bool {
    [Role::private_person(), Role::self_identified()].contains(role)
}

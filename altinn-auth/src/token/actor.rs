//! From what a token says to the caller, by the register.

use altinn_core::{Actor, Party, PartyIdentifier, PartyKind, Subject, SyntheticNumbers};

use super::{TokenError, TokenSubject, VerifiedToken};
use crate::register::PartyRegister;

/// Finds out who a token's subject is.
pub(crate) struct ActorFinder<'a> {
    pub(crate) parties: &'a dyn PartyRegister,
    pub(crate) synthetic: SyntheticNumbers,
}

impl ActorFinder<'_> {
    pub(crate) async fn actor(&self, token: &VerifiedToken) -> Result<Actor, TokenError> {
        let subject = match &token.subject {
            TokenSubject::Person(None) => return Err(TokenError::Claim { claim: "pid" }),
            TokenSubject::Person(Some(number)) => {
                let party = self.parties.party_by_identifier(&PartyIdentifier::from(number.clone())).await?;
                let party = party.filter(|party| !party.deleted).ok_or(TokenError::UnknownParty)?;
                Subject::Person { party: party.id, uuid: party.uuid, number: Some(number.clone()) }
            }
            TokenSubject::Party(id) => {
                let party = self.parties.party(*id).await?.filter(|party| !party.deleted);
                self.person(party.ok_or(TokenError::UnknownParty)?)?
            }
            TokenSubject::Organization(number) => Subject::Organization { number: *number, party: None },
            TokenSubject::ServiceOwner { org, number } => {
                Subject::ServiceOwner { org: org.clone(), number: *number }
            }
            TokenSubject::SystemUser { id, owner, system } => {
                Subject::SystemUser { id: *id, owner: *owner, system: system.clone() }
            }
        };
        let mut actor = Actor::new(subject, token.level).with_scopes(token.scopes.iter().cloned());
        if let Some(method) = token.method {
            actor = actor.with_method(method);
        }
        if let Some(consumer) = token.consumer {
            actor = actor.with_consumer(consumer);
        }
        if let Some(supplier) = token.supplier {
            actor = actor.with_supplier(supplier);
        }
        Ok(actor.representing(token.represents.iter().copied()))
    }

    /// Who a person's party is.
    pub(crate) fn person(&self, party: Party) -> Result<Subject, TokenError> {
        let (id, uuid) = (party.id, party.uuid);
        match (party.kind, party.identifier) {
            (PartyKind::Person, PartyIdentifier::Person(number)) => {
                Ok(Subject::Person { party: id, uuid, number: number.check(self.synthetic).ok() })
            }
            (PartyKind::SelfIdentified, PartyIdentifier::SelfIdentified(name)) => {
                Ok(Subject::SelfIdentified { party: id, uuid, name })
            }
            _ => Err(TokenError::UnknownParty),
        }
    }
}

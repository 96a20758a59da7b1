//! Who subscribed, as they are kept: each occasion is decided anew as for them.

use altinn_core::{Actor, AuthenticationLevel, OrganizationNumber, PartyId, Subject, SyntheticNumbers};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who subscribed: nothing personal but a pseudonymous UUID, and no token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub(super) enum Subscriber {
    Person { party: PartyId, uuid: Uuid },
    Organization { number: String, party: Option<PartyId> },
    SystemUser { id: Uuid, owner: String, system: String },
    ServiceOwner { org: String, number: Option<String> },
    SelfIdentified { party: PartyId, uuid: Uuid },
}

impl From<&Subject> for Subscriber {
    fn from(subject: &Subject) -> Self {
        match subject {
            Subject::Person { party, uuid, .. } => Self::Person { party: *party, uuid: *uuid },
            Subject::Organization { number, party } => {
                Self::Organization { number: number.to_string(), party: *party }
            }
            Subject::SystemUser { id, owner, system } => {
                Self::SystemUser { id: *id, owner: owner.to_string(), system: system.clone() }
            }
            Subject::ServiceOwner { org, number } => {
                Self::ServiceOwner { org: org.clone(), number: number.map(|number| number.to_string()) }
            }
            Subject::SelfIdentified { party, uuid, .. } => {
                Self::SelfIdentified { party: *party, uuid: *uuid }
            }
        }
    }
}

impl Subscriber {
    /// The subscriber as a caller, at the level that they had; none when a number is not one.
    pub(super) fn actor(&self, level: AuthenticationLevel) -> Option<Actor> {
        let number = |text: &String| OrganizationNumber::parse(text, SyntheticNumbers::Accepted).ok();
        let subject = match self {
            Self::Person { party, uuid } => Subject::Person { party: *party, uuid: *uuid, number: None },
            Self::Organization { number: text, party } => {
                Subject::Organization { number: number(text)?, party: *party }
            }
            Self::SystemUser { id, owner, system } => {
                Subject::SystemUser { id: *id, owner: number(owner)?, system: system.clone() }
            }
            Self::ServiceOwner { org, number: text } => {
                Subject::ServiceOwner { org: org.clone(), number: text.as_ref().and_then(number) }
            }
            Self::SelfIdentified { party, uuid } => {
                Subject::SelfIdentified { party: *party, uuid: *uuid, name: String::new() }
            }
        };
        Some(Actor::new(subject, level))
    }
}

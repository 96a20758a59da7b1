//! The obligation that asks for a level of authentication.

use altinn_core::{Actor, AuthenticationLevel, Subject};

use super::attribute;
use super::denial::DenialReason;
use crate::xacml::{Obligation, Value};

/// Checks the obligations of a permission: every one must be known, and the caller's level high enough.
///
/// The level for service owners takes the place of the general one for a caller that is one, and where the policy
/// has it.
pub(super) fn check(actor: &Actor, obligations: &[Obligation]) -> Result<(), DenialReason> {
    let (mut general, mut of_org) = (None, None);
    for obligation in obligations {
        for assignment in &obligation.assignments {
            let level = match assignment.category.as_deref() {
                Some(attribute::MINIMUM_LEVEL) => &mut general,
                Some(attribute::MINIMUM_LEVEL_OF_ORG) => &mut of_org,
                _ => return Err(unknown(obligation)),
            };
            let required = level_of(&assignment.value).ok_or_else(|| unknown(obligation))?;
            *level = (*level).max(Some(required));
        }
        if obligation.assignments.is_empty() {
            return Err(unknown(obligation));
        }
    }
    let is_org = matches!(actor.subject(), Subject::ServiceOwner { .. });
    let required = of_org.filter(|_| is_org).or(general);
    match required {
        Some(required) if actor.level() < required => {
            Err(DenialReason::LevelTooLow { found: actor.level(), required })
        }
        _ => Ok(()),
    }
}

fn unknown(obligation: &Obligation) -> DenialReason {
    DenialReason::UnknownObligation { id: obligation.id.to_string() }
}

fn level_of(value: &Value) -> Option<AuthenticationLevel> {
    let number = match value {
        Value::Integer(number) => u8::try_from(*number).ok()?,
        other => other.as_text()?.trim().parse().ok()?,
    };
    AuthenticationLevel::try_from(number).ok()
}

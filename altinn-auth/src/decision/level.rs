//! The obligation that asks for a level of authentication.

use altinn_core::{Actor, AuthenticationLevel, Subject};

use super::attribute;
use super::denial::DenialReason;
use crate::xacml::{Obligation, Value};

/// The levels that obligations ask for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RequiredLevels {
    /// Of everybody.
    pub(super) general: Option<AuthenticationLevel>,
    /// Of callers that are service owners, in place of the general one.
    pub(super) of_org: Option<AuthenticationLevel>,
}

impl RequiredLevels {
    /// The levels that obligations ask for; every obligation must be known.
    pub(super) fn of(obligations: &[Obligation]) -> Result<Self, DenialReason> {
        let mut levels = Self::default();
        for obligation in obligations {
            if obligation.assignments.is_empty() {
                return Err(unknown(obligation));
            }
            for assignment in obligation.assignments.iter() {
                let level = match assignment.category.as_deref() {
                    Some(attribute::MINIMUM_LEVEL) => &mut levels.general,
                    Some(attribute::MINIMUM_LEVEL_OF_ORG) => &mut levels.of_org,
                    _ => return Err(unknown(obligation)),
                };
                let required = level_of(&assignment.value).ok_or_else(|| unknown(obligation))?;
                *level = (*level).max(Some(required));
            }
        }
        Ok(levels)
    }

    /// The level that a caller needs.
    pub(super) fn for_caller(self, is_service_owner: bool) -> Option<AuthenticationLevel> {
        self.of_org.filter(|_| is_service_owner).or(self.general)
    }
}

/// Checks the obligations of a permission: every one must be known, and the caller's level high enough.
///
/// The level for service owners takes the place of the general one for a caller that is one, where the policy has it.
/// Gives the level that was required, if any.
pub(super) fn check(
    actor: &Actor,
    obligations: &[Obligation],
) -> Result<Option<AuthenticationLevel>, DenialReason> {
    let is_service_owner = matches!(actor.subject(), Subject::ServiceOwner { .. });
    match RequiredLevels::of(obligations)?.for_caller(is_service_owner) {
        Some(required) if actor.level() < required => {
            Err(DenialReason::LevelTooLow { found: actor.level(), required })
        }
        required => Ok(required),
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

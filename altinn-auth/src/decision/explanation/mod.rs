//! Decisions explained: in plain words, and as data.

mod words;

use altinn_core::AuthenticationLevel;
use serde::Serialize;
use uuid::Uuid;

use super::access::Access;
use super::denial::{Denial, DenialReason, Remedy};
use super::grant::Grant;
use crate::register::{HeldRole, Through};
use crate::xacml::RuleName;

pub(super) use words::{of_access, of_denial, of_rights};

/// The code of a permission.
pub(crate) const PERMITTED: &str = "AUTH-PERMITTED";

/// A decision explained, as data: what decided, what was missing, and what would change it.
///
/// What is not known or does not matter is left out of the JSON. Roles, packages and rules are named as policies name
/// them; the words are in [`Access::explain`] and [`Denial::explain`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Explanation {
    /// `AUTH-PERMITTED`, or the code of the refusal.
    pub code: &'static str,
    /// Whether it was permitted.
    pub permitted: bool,
    /// What was to be done.
    pub action: String,
    /// On which resource; an app's is `app_<org>_<app>`.
    pub resource: String,
    /// On whose behalf: a party id.
    pub party: i64,
    /// In which task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// The rule that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<ExplainedRule>,
    /// The rights that the caller has and the rule asks for: any one of them was enough.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub granted_by: Vec<ExplainedRight>,
    /// The delegation that permitted it, when no role did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delegation: Option<ExplainedDelegation>,
    /// What would have been permitted: any one of these, if the caller had it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub would_help: Vec<ExplainedRight>,
    /// The caller's level of authentication and the lowest that will do, where the policy asks for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<ExplainedLevel>,
    /// Whether the same may be permitted a little later without any right having changed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub temporary: bool,
}

/// A rule, by the policy that it stands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ExplainedRule {
    /// The policy's id.
    pub policy: String,
    /// The rule's id.
    pub id: String,
    /// What the rule is for, in the words of the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A right that a rule asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ExplainedRight {
    /// The attribute that names it: `urn:altinn:rolecode`, `urn:altinn:accesspackage`, `urn:altinn:org`, ...
    pub attribute: String,
    /// Its value.
    pub value: String,
    /// By what way the caller holds it: `mainUnit` or `keyRole`; left out for what was given directly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<&'static str>,
    /// The rule that asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<ExplainedRule>,
}

/// A delegation that decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExplainedDelegation {
    /// Its id, where it is kept under one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// The party that gave it: a party id.
    pub from: i64,
}

/// Levels of authentication, 0 to 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExplainedLevel {
    /// The caller's.
    pub found: AuthenticationLevel,
    /// The lowest that will do.
    pub required: AuthenticationLevel,
}

impl Explanation {
    fn new(code: &'static str, permitted: bool, request: &super::AccessRequest) -> Self {
        Self {
            code,
            permitted,
            action: request.action.clone(),
            resource: request.service.resource_id().to_string(),
            party: request.party.get(),
            task: request.task.clone(),
            rule: None,
            granted_by: Vec::new(),
            delegation: None,
            would_help: Vec::new(),
            level: None,
            temporary: false,
        }
    }

    pub(super) fn of_access(access: &Access) -> Self {
        let reasons = access.reasons();
        let right = |grant: &Grant| ExplainedRight::of(grant, reasons.through(grant), None);
        let level = |required| ExplainedLevel { found: access.actor().level(), required };
        let rule = reasons.rule.as_ref().map(|rule| ExplainedRule::of(rule, reasons.description.as_deref()));
        Self {
            rule,
            granted_by: reasons.granted_by.iter().map(right).collect(),
            delegation: reasons
                .delegation
                .map(|delegation| ExplainedDelegation { id: delegation.id, from: delegation.from.get() }),
            level: reasons.required_level.map(level),
            ..Self::new(PERMITTED, true, access.request())
        }
    }

    pub(super) fn of_denial(denial: &Denial) -> Self {
        let reason = denial.reason();
        let mut explanation = Self::new(reason.code(), false, denial.request());
        explanation.temporary = reason.is_temporary();
        match reason {
            DenialReason::NotGranted { would_help } => {
                explanation.would_help = would_help.iter().map(ExplainedRight::of_remedy).collect();
            }
            DenialReason::Forbidden { rule, description } => {
                explanation.rule = Some(ExplainedRule::of(rule, description.as_deref()));
            }
            DenialReason::LevelTooLow { found, required } => {
                explanation.level = Some(ExplainedLevel { found: *found, required: *required });
            }
            _ => {}
        }
        explanation
    }
}

impl ExplainedRule {
    pub(super) fn of(rule: &RuleName, description: Option<&str>) -> Self {
        Self {
            policy: rule.policy.to_string(),
            id: rule.rule.to_string(),
            description: description.map(str::to_owned),
        }
    }
}

impl ExplainedRight {
    pub(super) fn of_remedy(remedy: &Remedy) -> Self {
        let rule = ExplainedRule::of(&remedy.rule, remedy.description.as_deref());
        Self::of(&remedy.grant, None, Some(rule))
    }

    pub(super) fn of(grant: &Grant, through: Option<Through>, rule: Option<ExplainedRule>) -> Self {
        let (attribute, value) = grant.parts();
        let through = through.map(|through| match through {
            Through::MainUnit(_) => "mainUnit",
            Through::KeyRole(_) => "keyRole",
        });
        Self { attribute: attribute.to_owned(), value: value.into_owned(), through, rule }
    }
}

/// By what way a right is held, when it is a role that was not given directly.
pub(super) fn way_of(grant: &Grant, roles: &[HeldRole]) -> Option<Through> {
    let Grant::Role(role) = grant else { return None };
    let ways = roles.iter().filter(|held| held.role == *role);
    let mut ways = ways.map(|held| held.through);
    let first = ways.next()?;
    if ways.any(|way| way.is_none()) { None } else { first }
}

//! Why something is refused, as data.

use std::time::Duration;

use altinn_core::{AuthenticationLevel, Language, PartyId, ServiceId};
use thiserror::Error;

use super::AccessRequest;
use super::explanation::{self, Explanation};
use super::grant::Grant;
use crate::xacml::{RuleName, StatusCode};

/// Why an operation that needs a permission was not let through.
#[derive(Debug, Clone, Error)]
pub enum AccessError {
    /// It was refused.
    #[error("{0}")]
    Denied(Box<Denial>),
}

impl AccessError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Denied(denial) => denial.reason.code(),
        }
    }
}

/// A refusal: what was asked, and why not.
#[derive(Debug, Clone, Error)]
#[error("`{}` on `{}` for party {party} is denied: {reason}", request.action, request.service, party = request.party)]
pub struct Denial {
    request: AccessRequest,
    reason: DenialReason,
}

/// Why something is refused.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum DenialReason {
    /// No rule permits it to the caller.
    #[error("no rule permits it to the caller")]
    NotGranted {
        /// What would have been permitted: any one of these, if the caller had it. Empty when nobody may do it.
        would_help: Vec<Remedy>,
    },
    /// A rule forbids it.
    #[error("rule `{}` forbids it", rule.rule)]
    Forbidden {
        /// The rule.
        rule: RuleName,
        /// What the rule is for, in the words of the policy.
        description: Option<String>,
    },
    /// The caller may do it, and is not identified surely enough.
    #[error("authentication level {found} is too low, {required} is needed")]
    LevelTooLow {
        /// The caller's level.
        found: AuthenticationLevel,
        /// The lowest level that will do.
        required: AuthenticationLevel,
    },
    /// The service owner lets in only those on an access list, and the party is on none that covers the action.
    #[error("the party is on no access list of the service owner that covers it")]
    NotOnAccessList,
    /// The service owner lets in only organizations on an access list, and the party is no organization.
    #[error("the service owner lets in only organizations on an access list")]
    OrganizationsOnly,
    /// The policy asks for something that nobody here knows how to do.
    #[error("obligation `{id}` is unknown")]
    UnknownObligation {
        /// The obligation.
        id: String,
    },
    /// The policy could not come to a decision.
    #[error("the policy cannot decide: {message}")]
    Undecided {
        /// The standard's status code.
        status: StatusCode,
        /// What happened.
        message: String,
    },
    /// The service has no policy.
    #[error("the service has no policy")]
    PolicyMissing,
    /// The policy cannot be had.
    #[error("the policy is unavailable ({code})")]
    PolicyUnavailable {
        /// The code of the error behind it.
        code: &'static str,
    },
    /// The roles that an external register told are too old to count.
    #[error("the caller's roles were told {age:?} ago, at most {max:?} are allowed")]
    RolesTooOld {
        /// How long ago the register told them.
        age: Duration,
        /// How long ago they may have been told.
        max: Duration,
    },
    /// A register cannot tell which rights the caller has.
    #[error("a register of rights is unavailable ({code})")]
    RegisterUnavailable {
        /// The code of the error behind it.
        code: &'static str,
    },
}

/// What would have been permitted, and by which rule.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Remedy {
    /// What the caller would need.
    pub grant: Grant,
    /// The rule that would permit it.
    pub rule: RuleName,
    /// What the rule is for, in the words of the policy.
    pub description: Option<String>,
}

impl DenialReason {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotGranted { .. } => "AUTH-DENIED-NOT-GRANTED",
            Self::Forbidden { .. } => "AUTH-DENIED-FORBIDDEN",
            Self::LevelTooLow { .. } => "AUTH-DENIED-LEVEL",
            Self::NotOnAccessList => "AUTH-DENIED-ACCESS-LIST",
            Self::OrganizationsOnly => "AUTH-DENIED-ORGANIZATIONS-ONLY",
            Self::UnknownObligation { .. } => "AUTH-DENIED-OBLIGATION",
            Self::Undecided { .. } => "AUTH-DENIED-UNDECIDED",
            Self::PolicyMissing => "AUTH-DENIED-NO-POLICY",
            Self::PolicyUnavailable { .. } => "AUTH-DENIED-POLICY-UNAVAILABLE",
            Self::RolesTooOld { .. } => "AUTH-DENIED-ROLES-TOO-OLD",
            Self::RegisterUnavailable { .. } => "AUTH-DENIED-REGISTER-UNAVAILABLE",
        }
    }

    /// Whether the same request may be permitted a little later without any right having changed.
    pub fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::PolicyUnavailable { .. } | Self::RegisterUnavailable { .. } | Self::RolesTooOld { .. }
        )
    }
}

impl Denial {
    pub(super) fn new(request: AccessRequest, reason: DenialReason) -> Self {
        Self { request, reason }
    }

    /// What was to be done.
    pub fn action(&self) -> &str {
        &self.request.action
    }

    /// On which service.
    pub fn service(&self) -> &ServiceId {
        &self.request.service
    }

    /// On whose behalf.
    pub fn party(&self) -> PartyId {
        self.request.party
    }

    /// In which task.
    pub fn task(&self) -> Option<&str> {
        self.request.task.as_deref()
    }

    /// Why not.
    pub fn reason(&self) -> &DenialReason {
        &self.reason
    }

    /// Why not and what would change it, in plain words; in Northern Sami, as in bokmål.
    pub fn explain(&self, language: Language) -> String {
        explanation::of_denial(self, language)
    }

    /// Why not and what would change it, as data.
    pub fn explanation(&self) -> Explanation {
        Explanation::of_denial(self)
    }

    pub(super) fn request(&self) -> &AccessRequest {
        &self.request
    }
}

impl From<Denial> for AccessError {
    fn from(denial: Denial) -> Self {
        Self::Denied(Box::new(denial))
    }
}

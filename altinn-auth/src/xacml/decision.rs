//! What an evaluation comes to.

use std::fmt;

/// What a rule says when it applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Access is given.
    Permit,
    /// Access is refused.
    Deny,
}

/// What an evaluation comes to. Only [`Decision::Permit`] gives access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Access is given.
    Permit,
    /// Access is refused.
    Deny,
    /// No rule says anything about the request.
    NotApplicable,
    /// The decision could not be reached.
    Indeterminate(Potential),
}

/// What an undecided evaluation could have come to (extended Indeterminate, XACML 3.0, 7.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Potential {
    /// Indeterminate{D}: it could have been a refusal, but no permission.
    Deny,
    /// Indeterminate{P}: it could have been a permission, but no refusal.
    Permit,
    /// Indeterminate{DP}: it could have been either.
    DenyOrPermit,
}

impl From<Effect> for Decision {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Permit => Self::Permit,
            Effect::Deny => Self::Deny,
        }
    }
}

impl From<Effect> for Potential {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Permit => Self::Permit,
            Effect::Deny => Self::Deny,
        }
    }
}

impl Decision {
    /// The effect, when it has one.
    pub fn effect(self) -> Option<Effect> {
        match self {
            Self::Permit => Some(Effect::Permit),
            Self::Deny => Some(Effect::Deny),
            Self::NotApplicable | Self::Indeterminate(_) => None,
        }
    }

    pub(crate) fn is_indeterminate(self) -> bool {
        matches!(self, Self::Indeterminate(_))
    }

    /// What is left of it when the target around it could not be decided (XACML 3.0, table 7).
    pub(crate) fn under_undecided_target(self) -> Self {
        match self {
            Self::Permit => Self::Indeterminate(Potential::Permit),
            Self::Deny => Self::Indeterminate(Potential::Deny),
            other => other,
        }
    }
}

impl fmt::Display for Decision {
    /// The decision as a response writes it: the extended form is not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Permit => "Permit",
            Self::Deny => "Deny",
            Self::NotApplicable => "NotApplicable",
            Self::Indeterminate(_) => "Indeterminate",
        })
    }
}

//! How the decisions of rules and policies become one (XACML 3.0, appendix C).

use std::ops::ControlFlow;

use super::decision::{Decision, Potential};

/// A combining algorithm. Rules and policies are always taken in the order they stand in, so the ordered algorithms
/// are the plain ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CombiningAlgorithm {
    /// One refusal refuses.
    DenyOverrides,
    /// One permission permits.
    PermitOverrides,
    /// The first that applies decides.
    FirstApplicable,
    /// Exactly one policy may apply; for policies only.
    OnlyOneApplicable,
    /// What is not permitted is refused.
    DenyUnlessPermit,
    /// What is not refused is permitted.
    PermitUnlessDeny,
    /// Deny-overrides for rules, as XACML 1.0 and 2.0 had it.
    LegacyRuleDenyOverrides,
    /// Permit-overrides for rules, as XACML 1.0 and 2.0 had it.
    LegacyRulePermitOverrides,
    /// Deny-overrides for policies, as XACML 1.0 and 2.0 had it: what cannot be decided is refused.
    LegacyPolicyDenyOverrides,
    /// Permit-overrides for policies, as XACML 1.0 and 2.0 had it.
    LegacyPolicyPermitOverrides,
}

/// What an algorithm combines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Combines {
    Rules,
    Policies,
}

impl CombiningAlgorithm {
    /// The algorithm that a URN names for policies.
    ///
    /// ```
    /// use altinn_auth::xacml::CombiningAlgorithm;
    ///
    /// let urn = "urn:oasis:names:tc:xacml:1.0:policy-combining-algorithm:only-one-applicable";
    /// assert_eq!(CombiningAlgorithm::from_policy_urn(urn), Some(CombiningAlgorithm::OnlyOneApplicable));
    /// ```
    pub fn from_policy_urn(urn: &str) -> Option<Self> {
        Self::from_urn(urn, Combines::Policies)
    }

    /// Whether this decision, when it is the only one, is the combined one: no algorithm changes a permission or a
    /// refusal.
    pub(crate) fn leaves_alone(self, decision: Decision) -> bool {
        match decision {
            Decision::Permit | Decision::Deny => true,
            Decision::NotApplicable => !matches!(self, Self::DenyUnlessPermit | Self::PermitUnlessDeny),
            Decision::Indeterminate(_) => false,
        }
    }

    /// The algorithm that a URN names for rules or policies.
    ///
    /// A policy whose rules are combined by the URN of the policy algorithm of the same name is understood, since
    /// Altinn's delegation policies are written so.
    pub(crate) fn from_urn(urn: &str, combines: Combines) -> Option<Self> {
        let (version, rest) = urn.strip_prefix("urn:oasis:names:tc:xacml:")?.split_once(':')?;
        let (named, name) = rest.split_once("-combining-algorithm:")?;
        match (named, combines) {
            ("rule" | "policy", Combines::Rules) | ("policy", Combines::Policies) => {}
            _ => return None,
        }
        let current = version == "3.0";
        let legacy = |name: &str| match (version, combines) {
            ("1.0", _) => Some(name.to_owned()),
            ("1.1", _) => name.strip_prefix("ordered-").map(str::to_owned),
            _ => None,
        };
        match name.strip_prefix("ordered-").unwrap_or(name) {
            "deny-overrides" if current => Some(Self::DenyOverrides),
            "permit-overrides" if current => Some(Self::PermitOverrides),
            "deny-unless-permit" if current && name.starts_with('d') => Some(Self::DenyUnlessPermit),
            "permit-unless-deny" if current && name.starts_with('p') => Some(Self::PermitUnlessDeny),
            "first-applicable" if version == "1.0" && name.starts_with('f') => Some(Self::FirstApplicable),
            "only-one-applicable" if version == "1.0" && combines == Combines::Policies => {
                Some(Self::OnlyOneApplicable)
            }
            _ => match (legacy(name)?.as_str(), combines) {
                ("deny-overrides", Combines::Rules) => Some(Self::LegacyRuleDenyOverrides),
                ("permit-overrides", Combines::Rules) => Some(Self::LegacyRulePermitOverrides),
                ("deny-overrides", Combines::Policies) => Some(Self::LegacyPolicyDenyOverrides),
                ("permit-overrides", Combines::Policies) => Some(Self::LegacyPolicyPermitOverrides),
                _ => None,
            },
        }
    }
}

/// Takes decisions one by one and says when the rest no longer matters.
#[derive(Debug)]
pub(crate) struct Combiner {
    algorithm: CombiningAlgorithm,
    permit: bool,
    deny: bool,
    could_permit: bool,
    could_deny: bool,
    could_either: bool,
}

impl Combiner {
    pub(crate) fn new(algorithm: CombiningAlgorithm) -> Self {
        Self {
            algorithm,
            permit: false,
            deny: false,
            could_permit: false,
            could_deny: false,
            could_either: false,
        }
    }

    /// Takes the next decision; breaks with the combined one when it is settled.
    pub(crate) fn take(&mut self, decision: Decision) -> ControlFlow<Decision> {
        use CombiningAlgorithm as A;
        match (self.algorithm, decision) {
            (_, Decision::NotApplicable) => {}
            (A::FirstApplicable | A::OnlyOneApplicable, decision) => return ControlFlow::Break(decision),
            (
                A::DenyOverrides
                | A::PermitUnlessDeny
                | A::LegacyRuleDenyOverrides
                | A::LegacyPolicyDenyOverrides,
                Decision::Deny,
            )
            | (A::LegacyPolicyDenyOverrides, Decision::Indeterminate(_)) => {
                return ControlFlow::Break(Decision::Deny);
            }
            (
                A::PermitOverrides
                | A::DenyUnlessPermit
                | A::LegacyRulePermitOverrides
                | A::LegacyPolicyPermitOverrides,
                Decision::Permit,
            ) => return ControlFlow::Break(Decision::Permit),
            (_, Decision::Permit) => self.permit = true,
            (_, Decision::Deny) => self.deny = true,
            (_, Decision::Indeterminate(Potential::Permit)) => self.could_permit = true,
            (_, Decision::Indeterminate(Potential::Deny)) => self.could_deny = true,
            (_, Decision::Indeterminate(Potential::DenyOrPermit)) => self.could_either = true,
        }
        ControlFlow::Continue(())
    }

    /// The combined decision when none of them settled it.
    pub(crate) fn finish(&self) -> Decision {
        use CombiningAlgorithm as A;
        match self.algorithm {
            A::FirstApplicable | A::OnlyOneApplicable => Decision::NotApplicable,
            A::DenyUnlessPermit => Decision::Deny,
            A::PermitUnlessDeny => Decision::Permit,
            A::DenyOverrides | A::LegacyRuleDenyOverrides => self.overridden_by_deny(),
            A::PermitOverrides | A::LegacyRulePermitOverrides => self.overridden_by_permit(),
            A::LegacyPolicyDenyOverrides if self.permit => Decision::Permit,
            A::LegacyPolicyDenyOverrides => Decision::NotApplicable,
            A::LegacyPolicyPermitOverrides if self.deny => Decision::Deny,
            A::LegacyPolicyPermitOverrides => self.overridden_by_permit(),
        }
    }

    fn overridden_by_deny(&self) -> Decision {
        if self.could_either || self.could_deny && (self.could_permit || self.permit) {
            Decision::Indeterminate(Potential::DenyOrPermit)
        } else if self.could_deny {
            Decision::Indeterminate(Potential::Deny)
        } else if self.permit {
            Decision::Permit
        } else if self.could_permit {
            Decision::Indeterminate(Potential::Permit)
        } else {
            Decision::NotApplicable
        }
    }

    fn overridden_by_permit(&self) -> Decision {
        if self.could_either || self.could_permit && (self.could_deny || self.deny) {
            Decision::Indeterminate(Potential::DenyOrPermit)
        } else if self.could_permit {
            Decision::Indeterminate(Potential::Permit)
        } else if self.deny {
            Decision::Deny
        } else if self.could_deny {
            Decision::Indeterminate(Potential::Deny)
        } else {
            Decision::NotApplicable
        }
    }
}

//! Reads policies, policy sets and rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::Effect;
use super::super::combining::{Combines, CombiningAlgorithm};
use super::super::error::{Located, XacmlFault};
use super::super::model::{
    AllOf, AnyOf, Member, ObligationExpression, Policy, PolicyReference, PolicySet, PolicyTree, Rule, Target,
    VariableDefinition,
};
use super::element::Element;
use super::{MAX_DEPTH, Placeholders, Read};

/// Reads the elements of a policy file.
pub(super) struct PolicyReader<'p> {
    pub(super) placeholders: Option<&'p Placeholders<'p>>,
}

impl<'p> PolicyReader<'p> {
    pub(super) fn new(placeholders: Option<&'p Placeholders<'p>>) -> Self {
        Self { placeholders }
    }

    pub(super) fn root(&self, element: Element<'_, '_>) -> Read<PolicyTree> {
        match element.name() {
            "Policy" => Ok(PolicyTree::Policy(self.policy(element)?)),
            "PolicySet" => Ok(PolicyTree::PolicySet(self.policy_set(element, 0)?)),
            _ => Err(element.unexpected("`Policy` or `PolicySet` of XACML 3.0")),
        }
    }

    fn policy(&self, element: Element<'_, '_>) -> Read<Policy> {
        let mut policy = Policy {
            id: self.filled(element.required("Policy", "PolicyId")?),
            version: version(element, "Policy")?,
            description: None,
            target: Target::default(),
            algorithm: algorithm(element, "Policy", "RuleCombiningAlgId", Combines::Rules)?,
            variables: Vec::new(),
            rules: Vec::new(),
            obligations: Vec::new(),
            advice: Vec::new(),
        };
        let mut has_target = false;
        for child in element.children() {
            match child.name() {
                "Description" => policy.description = Some(self.description(child)?),
                "Target" => {
                    policy.target = self.target(child)?;
                    has_target = true;
                }
                "VariableDefinition" => policy.variables.push(self.variable(child)?),
                "Rule" => policy.rules.push(self.rule(child)?),
                "ObligationExpressions" => policy.obligations = self.obligations(child)?,
                "AdviceExpressions" => policy.advice = self.advice(child)?,
                "PolicyDefaults" | "CombinerParameters" | "RuleCombinerParameters" => {}
                "PolicyIssuer" => return Err(child.error(XacmlFault::Unsupported("`PolicyIssuer`"))),
                _ => return Err(child.unexpected("a part of a policy, such as `Target` or `Rule`")),
            }
        }
        require_target(element, "Policy", has_target)?;
        if self.placeholders.is_some() {
            tell_rules_apart(&mut policy.rules);
        }
        Ok(policy)
    }

    fn policy_set(&self, element: Element<'_, '_>, depth: usize) -> Read<PolicySet> {
        check_depth(element, depth)?;
        let mut set = PolicySet {
            id: self.filled(element.required("PolicySet", "PolicySetId")?),
            version: version(element, "PolicySet")?,
            description: None,
            target: Target::default(),
            algorithm: algorithm(element, "PolicySet", "PolicyCombiningAlgId", Combines::Policies)?,
            members: Vec::new(),
            obligations: Vec::new(),
            advice: Vec::new(),
        };
        let mut has_target = false;
        for child in element.children() {
            match child.name() {
                "Description" => set.description = Some(self.description(child)?),
                "Target" => {
                    set.target = self.target(child)?;
                    has_target = true;
                }
                "ObligationExpressions" => set.obligations = self.obligations(child)?,
                "AdviceExpressions" => set.advice = self.advice(child)?,
                "PolicySetDefaults"
                | "CombinerParameters"
                | "PolicyCombinerParameters"
                | "PolicySetCombinerParameters" => {}
                "PolicyIssuer" => return Err(child.error(XacmlFault::Unsupported("`PolicyIssuer`"))),
                _ => set.members.push(self.member(child, depth)?),
            }
        }
        require_target(element, "PolicySet", has_target)?;
        Ok(set)
    }

    fn member(&self, element: Element<'_, '_>, depth: usize) -> Read<Member> {
        match element.name() {
            "Policy" => Ok(Member::Inline(PolicyTree::Policy(self.policy(element)?))),
            "PolicySet" => Ok(Member::Inline(PolicyTree::PolicySet(self.policy_set(element, depth + 1)?))),
            "PolicyIdReference" => Ok(Member::PolicyReference(self.reference(element)?)),
            "PolicySetIdReference" => Ok(Member::PolicySetReference(self.reference(element)?)),
            _ => Err(element.unexpected("a part of a policy set, such as `Target` or `Policy`")),
        }
    }

    fn reference(&self, element: Element<'_, '_>) -> Read<PolicyReference> {
        let version = |name| -> Read<Option<String>> {
            let Some(pattern) = element.attribute(name) else { return Ok(None) };
            let part = |part: &str| matches!(part, "*" | "+") || is_number(part);
            if pattern.split('.').all(part) {
                Ok(Some(pattern.to_owned()))
            } else {
                Err(element.invalid(pattern, "a version, in which `*` and `+` may stand for numbers"))
            }
        };
        Ok(PolicyReference {
            id: self.filled(element.text()?.trim()),
            version: version("Version")?,
            earliest: version("EarliestVersion")?,
            latest: version("LatestVersion")?,
            offset: element.offset(),
        })
    }

    fn rule(&self, element: Element<'_, '_>) -> Read<Rule> {
        let mut rule = Rule {
            id: self.filled(element.required("Rule", "RuleId")?),
            description: None,
            effect: effect(element, "Rule", "Effect")?,
            target: Target::default(),
            condition: None,
            obligations: Vec::new(),
            advice: Vec::new(),
            offset: element.offset(),
        };
        for child in element.children() {
            match child.name() {
                "Description" => rule.description = Some(self.description(child)?),
                "Target" => rule.target = self.target(child)?,
                "Condition" => rule.condition = Some(self.only_expression(child, "Condition")?),
                "ObligationExpressions" => rule.obligations = self.obligations(child)?,
                "AdviceExpressions" => rule.advice = self.advice(child)?,
                _ => return Err(child.unexpected("a part of a rule, such as `Target` or `Condition`")),
            }
        }
        Ok(rule)
    }

    fn variable(&self, element: Element<'_, '_>) -> Read<VariableDefinition> {
        Ok(VariableDefinition {
            id: self.filled(element.required("VariableDefinition", "VariableId")?),
            expression: self.only_expression(element, "VariableDefinition")?,
            offset: element.offset(),
        })
    }

    fn target(&self, element: Element<'_, '_>) -> Read<Target> {
        let any_of = |child: Element<'_, '_>| match child.name() {
            "AnyOf" => self.any_of(child),
            _ => Err(child.unexpected("`AnyOf`")),
        };
        element.children().map(any_of).collect::<Read<_>>().map(Target)
    }

    fn any_of(&self, element: Element<'_, '_>) -> Read<AnyOf> {
        let all_of = |child: Element<'_, '_>| match child.name() {
            "AllOf" => self.all_of(child),
            _ => Err(child.unexpected("`AllOf`")),
        };
        let members = element.children().map(all_of).collect::<Read<Vec<_>>>()?;
        not_empty(element, "AnyOf", "AllOf", members).map(AnyOf)
    }

    fn all_of(&self, element: Element<'_, '_>) -> Read<AllOf> {
        let a_match = |child: Element<'_, '_>| match child.name() {
            "Match" => self.a_match(child),
            _ => Err(child.unexpected("`Match`")),
        };
        let members = element.children().map(a_match).collect::<Read<Vec<_>>>()?;
        not_empty(element, "AllOf", "Match", members).map(AllOf)
    }

    fn obligations(&self, element: Element<'_, '_>) -> Read<Vec<ObligationExpression>> {
        let obligation = |child: Element<'_, '_>| match child.name() {
            "ObligationExpression" => {
                let id = child.required("ObligationExpression", "ObligationId")?;
                self.obligation(child, id, effect(child, "ObligationExpression", "FulfillOn")?)
            }
            _ => Err(child.unexpected("`ObligationExpression`")),
        };
        element.children().map(obligation).collect()
    }

    fn advice(&self, element: Element<'_, '_>) -> Read<Vec<ObligationExpression>> {
        let advice = |child: Element<'_, '_>| match child.name() {
            "AdviceExpression" => {
                let id = child.required("AdviceExpression", "AdviceId")?;
                self.obligation(child, id, effect(child, "AdviceExpression", "AppliesTo")?)
            }
            _ => Err(child.unexpected("`AdviceExpression`")),
        };
        element.children().map(advice).collect()
    }

    fn obligation(&self, element: Element<'_, '_>, id: &str, on: Effect) -> Read<ObligationExpression> {
        let assignment = |child: Element<'_, '_>| match child.name() {
            "AttributeAssignmentExpression" => self.assignment(child),
            _ => Err(child.unexpected("`AttributeAssignmentExpression`")),
        };
        let assignments = element.children().map(assignment).collect::<Read<_>>()?;
        Ok(ObligationExpression { id: self.filled(id), on, assignments })
    }

    fn description(&self, element: Element<'_, '_>) -> Read<String> {
        let text = element.text()?;
        let text = text.trim();
        Ok(self.placeholders.map_or_else(|| text.to_owned(), |names| names.fill(text).into_owned()))
    }

    /// A text with the placeholders in it replaced.
    pub(super) fn filled(&self, text: &str) -> Arc<str> {
        self.placeholders.map_or_else(|| text.into(), |names| names.fill(text).into())
    }
}

/// Gives every rule an id of its own: apps in use have rules of the same id, and Altinn's engine does not mind.
fn tell_rules_apart(rules: &mut [Rule]) {
    let mut counts: BTreeMap<Arc<str>, usize> = BTreeMap::new();
    for rule in rules {
        let count = counts.entry(Arc::clone(&rule.id)).or_default();
        *count += 1;
        if *count > 1 {
            rule.id = format!("{}#{count}", rule.id).into();
        }
    }
}

pub(super) fn check_depth(element: Element<'_, '_>, depth: usize) -> Read<()> {
    if depth > MAX_DEPTH {
        return Err(element.error(XacmlFault::TooDeep { limit: MAX_DEPTH }));
    }
    Ok(())
}

fn require_target(element: Element<'_, '_>, name: &'static str, is_there: bool) -> Read<()> {
    let missing = || element.error(XacmlFault::Missing { element: name, missing: "`Target`" });
    if is_there { Ok(()) } else { Err(missing()) }
}

fn not_empty<T>(
    element: Element<'_, '_>,
    name: &'static str,
    missing: &'static str,
    members: Vec<T>,
) -> Read<Vec<T>> {
    if members.is_empty() {
        return Err(element.error(XacmlFault::Missing { element: name, missing }));
    }
    Ok(members)
}

fn effect(element: Element<'_, '_>, name: &'static str, attribute: &'static str) -> Read<Effect> {
    match element.required(name, attribute)? {
        "Permit" => Ok(Effect::Permit),
        "Deny" => Ok(Effect::Deny),
        other => Err(element.invalid(other, "Permit or Deny")),
    }
}

fn version(element: Element<'_, '_>, name: &'static str) -> Read<Arc<str>> {
    let version = element.required(name, "Version")?;
    if version.split('.').all(is_number) {
        Ok(version.into())
    } else {
        Err(element.invalid(version, "a version, such as 1.0"))
    }
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

fn algorithm(
    element: Element<'_, '_>,
    name: &'static str,
    attribute: &'static str,
    combines: Combines,
) -> Result<CombiningAlgorithm, Located> {
    let urn = element.required(name, attribute)?;
    CombiningAlgorithm::from_urn(urn, combines)
        .ok_or_else(|| element.error(XacmlFault::UnknownCombiningAlgorithm(super::element::shortened(urn))))
}

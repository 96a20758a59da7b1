//! What a request must have for a policy to apply to it.

use std::sync::Arc;

use super::super::combining::CombiningAlgorithm;
use super::{AllOf, Body, CompiledPolicy, FactTable, Node, Target};

/// A text that a policy compares an attribute with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Asked<'p> {
    pub(crate) category: &'p Arc<str>,
    pub(crate) id: &'p Arc<str>,
    pub(crate) text: &'p str,
}

/// How dear it is to look for a policy by a text: how many policies ask for it.
type Cost<'c> = &'c dyn Fn(&Asked<'_>) -> usize;

impl CompiledPolicy {
    /// Every text that the policy compares an attribute with.
    pub(crate) fn asked(&self) -> impl Iterator<Item = Asked<'_>> {
        self.facts.all()
    }

    /// Texts of which a request must have one, or the policy does not apply; nothing when there are none such. Of
    /// several such sets it is the one that costs least.
    pub(crate) fn needs_one_of(&self, cost: Cost<'_>) -> Option<Vec<Asked<'_>>> {
        of_node(&self.root, &self.facts, cost).map(|needs| needs.asked)
    }
}

struct Needs<'p> {
    asked: Vec<Asked<'p>>,
    cost: usize,
}

fn of_node<'p>(node: &'p Node, facts: &'p FactTable, cost: Cost<'_>) -> Option<Needs<'p>> {
    let own = of_target(&node.target, facts, cost);
    let decides_without =
        matches!(node.algorithm, CombiningAlgorithm::DenyUnlessPermit | CombiningAlgorithm::PermitUnlessDeny);
    if decides_without {
        return own;
    }
    let of_members = match &node.body {
        Body::Rules(rules) => one_of_each(rules.iter().map(|rule| of_target(&rule.target, facts, cost))),
        Body::Policies(policies) => one_of_each(policies.iter().map(|policy| of_node(policy, facts, cost))),
    };
    cheaper(own, of_members)
}

fn of_target<'p>(target: &'p Target, facts: &'p FactTable, cost: Cost<'_>) -> Option<Needs<'p>> {
    let each = target
        .every
        .iter()
        .map(|any_of| one_of_each(any_of.0.iter().map(|all_of| of_all(all_of, facts, cost))));
    each.reduce(cheaper).flatten()
}

/// The cheapest text that one alternative asks for. A match that may be undecided does not count.
fn of_all<'p>(all_of: &'p AllOf, facts: &'p FactTable, cost: Cost<'_>) -> Option<Needs<'p>> {
    let certain = all_of.0.iter().filter(|a_match| !a_match.attribute.must_be_present);
    let asked = certain.filter_map(|a_match| facts.asked(a_match.fact?));
    let cheapest = asked.map(|asked| (cost(&asked), asked)).min_by_key(|(cost, _)| *cost)?;
    Some(Needs { asked: vec![cheapest.1], cost: cheapest.0 })
}

/// What is needed when one of several must apply.
fn one_of_each<'p>(all: impl Iterator<Item = Option<Needs<'p>>>) -> Option<Needs<'p>> {
    let mut whole = Needs { asked: Vec::new(), cost: 0 };
    for one in all {
        let one = one?;
        whole.cost = whole.cost.saturating_add(one.cost);
        whole.asked.extend(one.asked);
    }
    Some(whole)
}

fn cheaper<'p>(a: Option<Needs<'p>>, b: Option<Needs<'p>>) -> Option<Needs<'p>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.cost < a.cost { b } else { a }),
        (a, b) => a.or(b),
    }
}

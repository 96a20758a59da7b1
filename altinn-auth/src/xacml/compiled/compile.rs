//! From the model to the compiled form.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::error::{Located, XacmlError, XacmlFault};
use super::super::evaluation::{self, Obligation};
use super::super::model::{self, Member, ObligationExpression, PolicyReference, PolicyTree};
use super::super::reader::{MAX_DEPTH, PolicyDocument};
use super::super::{Effect, Value, version};
use super::attributes::AttributeNumbers;
use super::expression::Variables;
use super::{
    AllOf, AnyOf, Assignment, Body, CompiledPolicy, Duty, DutyContent, Expr, FactTable, Node, PolicyName,
    Rule, RuleName, Target,
};

/// The most policies and rules that one evaluation may visit, references followed.
const MAX_WEIGHT: usize = 1_000_000;

pub(super) fn compile(
    document: &PolicyDocument,
    others: &[PolicyDocument],
) -> Result<CompiledPolicy, XacmlError> {
    let mut compiler = Compiler { others, ..Compiler::default() };
    check_unique(document, others)?;
    let root = compiler.document(document)?;
    let Compiler { attributes, variables, facts, needs_values, .. } = compiler;
    Ok(CompiledPolicy { root, attributes: attributes.into_table(), variables, facts, needs_values })
}

#[derive(Default)]
pub(super) struct Compiler<'d> {
    others: &'d [PolicyDocument],
    /// What references have been followed to, by (is a set, id, version).
    followed: BTreeMap<(bool, Arc<str>, Arc<str>), Arc<Node>>,
    /// The policy sets around the place that is compiled now.
    within: Vec<Arc<str>>,
    pub(super) attributes: AttributeNumbers,
    pub(super) variables: Vec<Expr>,
    pub(super) facts: FactTable,
    pub(super) needs_values: bool,
}

/// What a step gives: a fault in this document, or one that a followed reference has located in another.
type Step<T> = Result<T, StepError>;

pub(super) enum StepError {
    Here(Located),
    Elsewhere(XacmlError),
}

impl From<Located> for StepError {
    fn from(error: Located) -> Self {
        Self::Here(error)
    }
}

fn here(offset: u32, fault: XacmlFault) -> StepError {
    StepError::Here(Located::new(offset, fault))
}

impl Compiler<'_> {
    fn document(&mut self, document: &PolicyDocument) -> Result<Arc<Node>, XacmlError> {
        self.tree(&document.tree).map_err(|error| match error {
            StepError::Here(located) => document.lines.locate(located),
            StepError::Elsewhere(error) => error,
        })
    }

    fn tree(&mut self, tree: &PolicyTree) -> Step<Arc<Node>> {
        match tree {
            PolicyTree::Policy(policy) => self.policy(policy),
            PolicyTree::PolicySet(set) => self.policy_set(set),
        }
    }

    fn policy(&mut self, policy: &model::Policy) -> Step<Arc<Node>> {
        let variables = Variables::compile(self, &policy.variables)?;
        let mut ids = BTreeSet::new();
        let mut rules = Vec::with_capacity(policy.rules.len());
        for rule in &policy.rules {
            if !ids.insert(&rule.id) {
                let fault = XacmlFault::Duplicate { what: "rule", id: rule.id.to_string() };
                return Err(here(rule.offset, fault));
            }
            rules.push(Rule {
                name: RuleName { policy: Arc::clone(&policy.id), rule: Arc::clone(&rule.id) },
                effect: rule.effect,
                target: self.target(&rule.target)?,
                condition: self.condition(rule.condition.as_ref(), &variables)?,
                duties: self.duties(&rule.obligations, &rule.advice, &variables)?,
            });
        }
        Ok(Arc::new(Node {
            name: name_of(&policy.id, &policy.version, false),
            target: self.target(&policy.target)?,
            algorithm: policy.algorithm,
            duties: self.duties(&policy.obligations, &policy.advice, &variables)?,
            weight: 1 + rules.len(),
            body: Body::Rules(rules.into()),
        }))
    }

    fn policy_set(&mut self, set: &model::PolicySet) -> Step<Arc<Node>> {
        if self.within.len() > MAX_DEPTH {
            return Err(here(0, XacmlFault::TooDeep { limit: MAX_DEPTH }));
        }
        self.within.push(Arc::clone(&set.id));
        let members = set.members.iter().map(|member| match member {
            Member::Inline(tree) => self.tree(tree),
            Member::PolicyReference(reference) => self.follow(reference, false),
            Member::PolicySetReference(reference) => self.follow(reference, true),
        });
        let members = members.collect::<Step<Vec<_>>>()?;
        self.within.pop();
        let weight = 1 + members.iter().map(|member| member.weight).sum::<usize>();
        if weight > MAX_WEIGHT {
            return Err(here(0, XacmlFault::TooLarge { found: weight, limit: MAX_WEIGHT }));
        }
        let none = Variables::default();
        Ok(Arc::new(Node {
            name: name_of(&set.id, &set.version, true),
            target: self.target(&set.target)?,
            algorithm: set.algorithm,
            duties: self.duties(&set.obligations, &set.advice, &none)?,
            weight,
            body: Body::Policies(members.into()),
        }))
    }

    /// What a reference leads to: the latest version that fits.
    fn follow(&mut self, reference: &PolicyReference, is_set: bool) -> Step<Arc<Node>> {
        if is_set && self.within.contains(&reference.id) {
            return Err(here(reference.offset, XacmlFault::ReferenceCycle(reference.id.to_string())));
        }
        let fits = |document: &&PolicyDocument| {
            let tree = &document.tree;
            matches!(tree, PolicyTree::PolicySet(_)) == is_set
                && *tree.id() == reference.id
                && version::fits(tree.version(), reference)
        };
        let by_version = |document: &&PolicyDocument| version::numbers(document.tree.version());
        let Some(document) = self.others.iter().filter(fits).max_by_key(by_version) else {
            let what = if is_set { "policy set" } else { "policy" };
            let fault = XacmlFault::UnresolvedReference { what, id: reference.id.to_string() };
            return Err(here(reference.offset, fault));
        };
        let key = (is_set, Arc::clone(&reference.id), Arc::clone(document.tree.version()));
        if let Some(node) = self.followed.get(&key) {
            return Ok(Arc::clone(node));
        }
        let node = self.document(document).map_err(StepError::Elsewhere)?;
        self.followed.insert(key, Arc::clone(&node));
        Ok(node)
    }

    fn target(&mut self, target: &model::Target) -> Step<Target> {
        let mut any_of = Vec::with_capacity(target.0.len());
        for any in &target.0 {
            let mut all_of = Vec::with_capacity(any.0.len());
            for all in &any.0 {
                let matches = all.0.iter().map(|a_match| self.a_match(a_match));
                all_of.push(AllOf(matches.collect::<Result<_, Located>>()?));
            }
            any_of.push(AnyOf(all_of.into()));
        }
        Ok(Target::new(any_of))
    }

    fn duties(
        &mut self,
        obligations: &[ObligationExpression],
        advice: &[ObligationExpression],
        variables: &Variables,
    ) -> Step<Box<[Duty]>> {
        let all = obligations.iter().map(|duty| (duty, false)).chain(advice.iter().map(|duty| (duty, true)));
        let mut duties = Vec::with_capacity(obligations.len() + advice.len());
        for (duty, is_advice) in all {
            let mut assignments = Vec::with_capacity(duty.assignments.len());
            for assignment in &duty.assignments {
                assignments.push(Assignment {
                    id: Arc::clone(&assignment.id),
                    category: assignment.category.clone(),
                    issuer: assignment.issuer.clone(),
                    expression: self.expression(&assignment.expression, variables)?.0,
                });
            }
            let content = DutyContent::new(&duty.id, assignments, duty.on);
            duties.push(Duty { on: duty.on, is_advice, content });
        }
        Ok(duties.into())
    }
}

impl DutyContent {
    fn new(id: &Arc<str>, assignments: Vec<Assignment>, on: Effect) -> Self {
        let id = Arc::clone(id);
        match assignments.iter().map(Assignment::fixed).collect::<Option<_>>() {
            Some(fixed) => Self::Fixed(Obligation { id, assignments: fixed, on }),
            None => Self::Expressions { id, assignments: assignments.into() },
        }
    }
}

impl Assignment {
    /// What it comes to, if that is known before any request.
    fn fixed(&self) -> Option<evaluation::Assignment> {
        match &self.expression {
            Expr::Value(value) => Some(self.with(value.clone())),
            _ => None,
        }
    }

    /// The assignment of a value.
    pub(crate) fn with(&self, value: Value) -> evaluation::Assignment {
        evaluation::Assignment {
            id: Arc::clone(&self.id),
            category: self.category.clone(),
            issuer: self.issuer.clone(),
            value,
        }
    }
}

fn name_of(id: &Arc<str>, version: &Arc<str>, is_set: bool) -> PolicyName {
    PolicyName { id: Arc::clone(id), version: Arc::clone(version), is_set }
}

/// Refuses two policies, or two policy sets, of one id and version.
fn check_unique(root: &PolicyDocument, others: &[PolicyDocument]) -> Result<(), XacmlError> {
    let mut seen = BTreeSet::new();
    for document in others.iter().chain([root]) {
        let mut trees = vec![&document.tree];
        while let Some(tree) = trees.pop() {
            let (what, members) = match tree {
                PolicyTree::Policy(_) => ("policy", &[][..]),
                PolicyTree::PolicySet(set) => ("policy set", set.members.as_slice()),
            };
            if !seen.insert((what, tree.id(), tree.version())) {
                let fault = XacmlFault::Duplicate { what, id: tree.id().to_string() };
                return Err(document.lines.locate(Located::new(0, fault)));
            }
            trees.extend(members.iter().filter_map(|member| match member {
                Member::Inline(tree) => Some(tree),
                Member::PolicyReference(_) | Member::PolicySetReference(_) => None,
            }));
        }
    }
    Ok(())
}

//! Policies ready to be evaluated: references followed, types checked, attributes numbered.

mod attributes;
mod compile;
mod expression;
mod facts;
mod needs;

use std::sync::Arc;

pub(crate) use attributes::{AttributeKey, AttributeTable};
pub(crate) use facts::{FactTable, Facts};
pub(crate) use needs::Asked;

use super::combining::CombiningAlgorithm;
use super::error::XacmlError;
use super::pattern::Pattern;
use super::reader::PolicyDocument;
use super::{Effect, Function, Obligation, Value};

/// A policy or policy set that has been checked and is ready to decide. It is never changed, and any number of
/// threads may use it.
///
/// ```
/// use altinn_auth::xacml::{CompiledPolicy, Decision, PolicyDocument, Request};
///
/// let document = PolicyDocument::read(br#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17"
///     PolicyId="all" Version="1.0"
///     RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
///   <Target/>
///   <Rule RuleId="everyone" Effect="Permit"/>
/// </Policy>"#)?;
/// let policy = CompiledPolicy::compile(&document)?;
/// let evaluation = policy.evaluate(&Request::new());
/// assert_eq!(evaluation.decision(), Decision::Permit);
/// assert_eq!(evaluation.decided_by().map(|rule| &*rule.rule), Some("everyone"));
/// # Ok::<(), altinn_auth::xacml::XacmlError>(())
/// ```
#[derive(Debug)]
pub struct CompiledPolicy {
    pub(crate) root: Arc<Node>,
    pub(crate) attributes: AttributeTable,
    pub(crate) variables: Vec<Expr>,
    pub(crate) facts: FactTable,
    /// Whether values of attributes are looked at otherwise than by comparisons that are facts.
    pub(crate) needs_values: bool,
}

impl CompiledPolicy {
    /// Checks a policy that refers to no other.
    ///
    /// # Errors
    /// What is wrong with it and where.
    pub fn compile(document: &PolicyDocument) -> Result<Self, XacmlError> {
        Self::compile_with(document, &[])
    }

    /// Checks a policy and those that it refers to, which are looked for among `others`.
    ///
    /// # Errors
    /// What is wrong with it and where; the place is in the file that has the fault.
    pub fn compile_with(document: &PolicyDocument, others: &[PolicyDocument]) -> Result<Self, XacmlError> {
        compile::compile(document, others)
    }

    /// The policy's id.
    pub fn id(&self) -> &str {
        &self.root.name.id
    }
}

/// The id and version of a policy or policy set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyName {
    /// Its id.
    pub id: Arc<str>,
    /// Its version.
    pub version: Arc<str>,
    /// Whether it is a policy set.
    pub is_set: bool,
}

/// A rule and the policy it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleName {
    /// The policy's id.
    pub policy: Arc<str>,
    /// The rule's id.
    pub rule: Arc<str>,
}

/// A policy or policy set.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) name: PolicyName,
    pub(crate) target: Target,
    pub(crate) algorithm: CombiningAlgorithm,
    pub(crate) body: Body,
    pub(crate) duties: Box<[Duty]>,
    /// How many policies and rules an evaluation may visit in it.
    pub(crate) weight: usize,
}

/// What a policy or policy set combines.
#[derive(Debug)]
pub(crate) enum Body {
    Rules(Box<[Rule]>),
    Policies(Box<[Arc<Node>]>),
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) name: RuleName,
    pub(crate) effect: Effect,
    pub(crate) target: Target,
    pub(crate) condition: Option<Expr>,
    pub(crate) duties: Box<[Duty]>,
}

/// What something applies to.
#[derive(Debug)]
pub(crate) struct Target {
    /// Every one must match.
    pub(crate) every: Box<[AnyOf]>,
    /// The same as bits, if it is only of comparisons that are among the first 64 facts.
    pub(crate) bits: Option<Box<[Alternatives]>>,
}

/// One of them must match.
#[derive(Debug)]
pub(crate) struct AnyOf(pub(crate) Box<[AllOf]>);

/// Alternatives as bits of facts.
#[derive(Debug, Default)]
pub(crate) struct Alternatives {
    /// The facts each of which is enough.
    one_of: u64,
    /// The sets of facts of which all are needed.
    all_of: Box<[u64]>,
}

/// Every one must match.
#[derive(Debug)]
pub(crate) struct AllOf(pub(crate) Box<[Match]>);

impl Target {
    pub(crate) fn new(every: Vec<AnyOf>) -> Self {
        let bits = every.iter().map(|any_of| {
            let bits = any_of.0.iter().map(AllOf::bits).collect::<Option<Vec<u64>>>();
            bits.map(Alternatives::new)
        });
        Self { bits: bits.collect(), every: every.into() }
    }
}

impl Alternatives {
    fn new(alternatives: Vec<u64>) -> Self {
        let (single, several): (Vec<u64>, Vec<u64>) =
            alternatives.into_iter().partition(|bits| bits.is_power_of_two());
        Self { one_of: single.into_iter().fold(0, |all, bit| all | bit), all_of: several.into() }
    }

    /// Whether one of them holds, given the facts that do.
    #[inline]
    pub(crate) fn one_holds(&self, facts: u64) -> bool {
        self.one_of & facts != 0 || self.all_of.iter().any(|bits| facts & bits == *bits)
    }
}

impl AllOf {
    fn bits(&self) -> Option<u64> {
        self.0.iter().try_fold(0, |bits, a_match| {
            let fact = a_match.fact.filter(|fact| *fact < 64 && !a_match.attribute.must_be_present)?;
            Some(bits | 1 << fact)
        })
    }
}

#[derive(Debug)]
pub(crate) struct Match {
    pub(crate) attribute: AttributeUse,
    pub(crate) value: Value,
    pub(crate) test: Test,
    /// Its number among the comparisons with texts.
    pub(crate) fact: Option<u32>,
}

/// How a value is compared; the tests that most matches use need no call by operands.
#[derive(Debug)]
pub(crate) enum Test {
    Equal,
    EqualIgnoreCase,
    Matches(Box<Pattern>),
    Function(Box<Function>),
}

/// An attribute by its number, and whether it may be missing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AttributeUse {
    pub(crate) slot: u32,
    pub(crate) must_be_present: bool,
}

#[derive(Debug)]
pub(crate) enum Expr {
    Value(Value),
    Attribute(AttributeUse),
    Apply(Box<Function>, Box<[Expr]>),
    /// Whether a text matches a regular expression that is known.
    Matches(Box<Pattern>, Box<Expr>),
    Variable(u32),
    Function(Box<Function>),
}

/// An obligation or advice.
#[derive(Debug)]
pub(crate) struct Duty {
    pub(crate) on: Effect,
    pub(crate) is_advice: bool,
    pub(crate) content: DutyContent,
}

/// What an obligation or advice says.
#[derive(Debug)]
pub(crate) enum DutyContent {
    /// The same to every request: it is shared.
    Fixed(Obligation),
    /// What its expressions come to.
    Expressions { id: Arc<str>, assignments: Box<[Assignment]> },
}

#[derive(Debug)]
pub(crate) struct Assignment {
    pub(crate) id: Arc<str>,
    pub(crate) category: Option<Arc<str>>,
    pub(crate) issuer: Option<Arc<str>>,
    pub(crate) expression: Expr,
}

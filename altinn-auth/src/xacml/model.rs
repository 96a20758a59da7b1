//! What a policy says, as it is written.

use std::sync::Arc;

use super::combining::CombiningAlgorithm;
use super::{DataType, Effect, Function, Value, XPathExpression};

/// A policy or a policy set.
#[derive(Debug, Clone)]
pub enum PolicyTree {
    /// A policy: rules.
    Policy(Policy),
    /// A policy set: policies.
    PolicySet(PolicySet),
}

/// A policy: rules under one target.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Policy {
    /// Its id.
    pub id: Arc<str>,
    /// Its version: numbers with points between.
    pub version: Arc<str>,
    /// What it is for, in words.
    pub description: Option<String>,
    /// What it applies to.
    pub target: Target,
    /// How its rules become one decision.
    pub algorithm: CombiningAlgorithm,
    /// Expressions that rules refer to.
    pub variables: Vec<VariableDefinition>,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// What must be done when it decides.
    pub obligations: Vec<ObligationExpression>,
    /// What may be done when it decides.
    pub advice: Vec<ObligationExpression>,
}

/// A policy set: policies under one target.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PolicySet {
    /// Its id.
    pub id: Arc<str>,
    /// Its version: numbers with points between.
    pub version: Arc<str>,
    /// What it is for, in words.
    pub description: Option<String>,
    /// What it applies to.
    pub target: Target,
    /// How its policies become one decision.
    pub algorithm: CombiningAlgorithm,
    /// What it holds, in order.
    pub members: Vec<Member>,
    /// What must be done when it decides.
    pub obligations: Vec<ObligationExpression>,
    /// What may be done when it decides.
    pub advice: Vec<ObligationExpression>,
}

/// What a policy set holds.
#[derive(Debug, Clone)]
pub enum Member {
    /// A policy or policy set that stands in it.
    Inline(PolicyTree),
    /// A policy that it refers to.
    PolicyReference(PolicyReference),
    /// A policy set that it refers to.
    PolicySetReference(PolicyReference),
}

/// A reference to a policy or policy set of another file.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PolicyReference {
    /// The id.
    pub id: Arc<str>,
    /// Which version: numbers, `*` for any number, `+` for any numbers to the end.
    pub version: Option<String>,
    /// The lowest version.
    pub earliest: Option<String>,
    /// The highest version.
    pub latest: Option<String>,
    pub(crate) offset: u32,
}

/// A rule: an effect for what its target and condition apply to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Rule {
    /// Its id, which no other rule of the policy has.
    pub id: Arc<str>,
    /// What it is for, in words.
    pub description: Option<String>,
    /// What it says when it applies.
    pub effect: Effect,
    /// What it applies to.
    pub target: Target,
    /// What must hold besides.
    pub condition: Option<Expression>,
    /// What must be done when it decides.
    pub obligations: Vec<ObligationExpression>,
    /// What may be done when it decides.
    pub advice: Vec<ObligationExpression>,
    pub(crate) offset: u32,
}

/// What something applies to: every one of these must match. An empty target matches everything.
#[derive(Debug, Clone, Default)]
pub struct Target(pub Vec<AnyOf>);

/// One of these must match.
#[derive(Debug, Clone)]
pub struct AnyOf(pub Vec<AllOf>);

/// Every one of these must match.
#[derive(Debug, Clone)]
pub struct AllOf(pub Vec<Match>);

/// A test of an attribute's values: it matches when the function holds for one of them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Match {
    /// The test: of the value and one of the attribute's.
    pub function: Function,
    /// The value to compare with.
    pub value: Value,
    /// The attribute.
    pub attribute: Designator,
    pub(crate) offset: u32,
}

/// Names values of the request: an attribute, or what a path leads to in a content.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Designator {
    /// Its category.
    pub category: Arc<str>,
    /// Its id; empty when a path leads to the values.
    pub id: Arc<str>,
    /// Its data type.
    pub data_type: DataType,
    /// Who must vouch for it.
    pub issuer: Option<Arc<str>>,
    /// Whether nothing can be decided when it is missing.
    pub must_be_present: bool,
    /// The path that leads to the values (`AttributeSelector`).
    pub selector: Option<Arc<Selector>>,
}

/// A path to values in the XML content of a category.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Selector {
    /// The path.
    pub path: XPathExpression,
    /// The id of the attribute whose path leads to the node from which this one starts; without one, the root.
    pub context: Option<Arc<str>>,
}

/// A variable and the expression it stands for.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct VariableDefinition {
    /// Its id.
    pub id: Arc<str>,
    /// What it stands for.
    pub expression: Expression,
    pub(crate) offset: u32,
}

/// Something that can be evaluated.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    pub(crate) offset: u32,
}

/// What an expression is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ExpressionKind {
    /// A value.
    Value(Value),
    /// The values of an attribute.
    Attribute(Designator),
    /// A function of arguments.
    Apply {
        /// The function.
        function: Function,
        /// Its arguments.
        arguments: Vec<Expression>,
    },
    /// What a variable stands for.
    Variable(Arc<str>),
    /// A function as an argument.
    Function(Function),
}

/// Something that must or may be done when its policy or rule decides.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ObligationExpression {
    /// Its id.
    pub id: Arc<str>,
    /// For which decision (`FulfillOn`, `AppliesTo`).
    pub on: Effect,
    /// What belongs to it.
    pub assignments: Vec<AssignmentExpression>,
}

/// A named value of an obligation.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AssignmentExpression {
    /// Its attribute id.
    pub id: Arc<str>,
    /// Its category.
    pub category: Option<Arc<str>>,
    /// Who vouches for it.
    pub issuer: Option<Arc<str>>,
    /// Its value; of a bag, every value.
    pub expression: Expression,
}

impl PolicyTree {
    /// Its id.
    pub fn id(&self) -> &Arc<str> {
        match self {
            Self::Policy(policy) => &policy.id,
            Self::PolicySet(set) => &set.id,
        }
    }

    /// Its version.
    pub fn version(&self) -> &Arc<str> {
        match self {
            Self::Policy(policy) => &policy.version,
            Self::PolicySet(set) => &set.version,
        }
    }

    /// Every rule in it, in order; what it only refers to is left out.
    pub fn rules(&self) -> Vec<&Rule> {
        match self {
            Self::Policy(policy) => policy.rules.iter().collect(),
            Self::PolicySet(set) => set
                .members
                .iter()
                .filter_map(|member| match member {
                    Member::Inline(tree) => Some(tree.rules()),
                    Member::PolicyReference(_) | Member::PolicySetReference(_) => None,
                })
                .flatten()
                .collect(),
        }
    }
}

impl Target {
    /// Every match in it.
    pub fn matches(&self) -> impl Iterator<Item = &Match> {
        self.0.iter().flat_map(|any_of| &any_of.0).flat_map(|all_of| &all_of.0)
    }
}

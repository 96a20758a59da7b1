//! What is answered: the results of the decisions that a request asked for.

use super::evaluation::{Evaluation, Obligation};
use super::request::RequestAttribute;
use super::{Decision, PolicyName, Status, Value};

/// The answer to a request: a result for each decision it asked for, or one for all together.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Response {
    /// The results, in the order of the decisions.
    pub results: Vec<ResponseResult>,
}

/// The result of one decision (XACML 3.0, 5.48).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ResponseResult {
    /// The decision. Only [`Decision::Permit`] gives access, and only when every obligation is met.
    pub decision: Decision,
    /// Well, or why it could not be decided.
    pub status: Status,
    /// What must be done; a caller that does not understand one must refuse.
    pub obligations: Vec<Obligation>,
    /// What may be done.
    pub advice: Vec<Obligation>,
    /// The attributes of the request that it wants to see again (`IncludeInResult`).
    pub attributes: Vec<IncludedAttribute>,
    /// The policies and policy sets that applied, if the request wants them.
    pub policies: Vec<PolicyName>,
}

/// A value of a request, as it stands in an answer.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct IncludedAttribute {
    /// Its category.
    pub category: String,
    /// Its id.
    pub id: String,
    /// Who vouches for it.
    pub issuer: Option<String>,
    /// The value.
    pub value: Value,
    /// Whether it is to stand in the answer.
    pub include_in_result: bool,
}

impl From<&RequestAttribute> for IncludedAttribute {
    fn from(attribute: &RequestAttribute) -> Self {
        Self {
            category: attribute.name.category().to_owned(),
            id: attribute.name.id().to_owned(),
            issuer: attribute.name.issuer().map(str::to_owned),
            value: attribute.value.clone(),
            include_in_result: attribute.name.is_included(),
        }
    }
}

impl Response {
    /// A response of these results.
    pub fn new(results: Vec<ResponseResult>) -> Self {
        Self { results }
    }
}

impl ResponseResult {
    /// A decision with its status and nothing else.
    pub fn new(decision: Decision, status: Status) -> Self {
        Self {
            decision,
            status,
            obligations: Vec::new(),
            advice: Vec::new(),
            attributes: Vec::new(),
            policies: Vec::new(),
        }
    }
}

impl From<&Evaluation> for ResponseResult {
    fn from(evaluation: &Evaluation) -> Self {
        Self {
            decision: evaluation.decision(),
            status: evaluation.status().clone(),
            obligations: evaluation.obligations().to_vec(),
            advice: evaluation.advice().to_vec(),
            attributes: evaluation.included().to_vec(),
            policies: evaluation.policies().to_vec(),
        }
    }
}

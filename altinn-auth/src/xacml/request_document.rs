//! A request as it was sent: it may ask for several decisions.

use super::status::{Status, StatusCode};
use super::{Decision, Evaluation, Potential, Request, Response, ResponseResult};

/// A request that has been read, taken apart into the decisions that it asks for (Multiple Decision Profile 1.0).
///
/// ```
/// use altinn_auth::xacml::{CompiledPolicy, Decision, PolicyDocument, RequestDocument};
///
/// # let policy = CompiledPolicy::compile(&PolicyDocument::read(include_str!("../../tests/policies/bakery_licence.xml"))?)?;
/// let request = RequestDocument::read_xml(br#"<Request xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17"
///     ReturnPolicyIdList="false" CombinedDecision="false">
///   <Attributes Category="urn:oasis:names:tc:xacml:3.0:attribute-category:action">
///     <Attribute AttributeId="urn:oasis:names:tc:xacml:1.0:action:action-id" IncludeInResult="true">
///       <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">read</AttributeValue>
///     </Attribute>
///   </Attributes>
/// </Request>"#)?;
/// let response = request.answer(|request| policy.evaluate(request));
/// assert_eq!(response.results[0].decision, Decision::NotApplicable);
/// # Ok::<(), altinn_auth::xacml::XacmlError>(())
/// ```
#[derive(Debug, Clone)]
pub struct RequestDocument {
    pub(crate) requests: Vec<Request>,
    pub(crate) combined_decision: bool,
}

impl RequestDocument {
    /// The requests for one decision each, in the order of their results.
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// Whether one decision for all is wanted (`CombinedDecision`).
    pub fn wants_combined_decision(&self) -> bool {
        self.combined_decision
    }

    /// Decides every request, and puts the response together.
    pub fn answer(&self, decide: impl FnMut(&Request) -> Evaluation) -> Response {
        let evaluations: Vec<Evaluation> = self.requests.iter().map(decide).collect();
        let results = if self.combined_decision {
            vec![combined(&evaluations)]
        } else {
            evaluations.iter().map(ResponseResult::from).collect()
        };
        Response { results }
    }
}

/// The one decision that all came to; otherwise, or when there is something to do besides, none can be told
/// (Multiple Decision Profile 1.0, 3).
fn combined(evaluations: &[Evaluation]) -> ResponseResult {
    let undecided = |message: &str| {
        let status = Status { message: message.to_owned(), ..Status::of(StatusCode::ProcessingError) };
        ResponseResult::new(Decision::Indeterminate(Potential::DenyOrPermit), status)
    };
    let Some(first) = evaluations.first() else { return undecided("the request asks for no decision") };
    let has_duties = |one: &Evaluation| !one.obligations().is_empty() || !one.advice().is_empty();
    let differs = |one: &Evaluation| one.decision().to_string() != first.decision().to_string();
    if evaluations.iter().any(has_duties) {
        return undecided("decisions with obligations or advice cannot be combined");
    }
    if evaluations.iter().any(differs) {
        return undecided("the decisions to be combined differ");
    }
    ResponseResult::new(first.decision(), first.status().clone())
}

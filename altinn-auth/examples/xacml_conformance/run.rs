//! Runs one case, and compares what was decided with what was expected.

use std::fs;
use std::path::Path;

use altinn_auth::xacml::{
    AttributeSource, CombiningAlgorithm, CompiledPolicy, DataType, Decision, Obligation, PolicyDocument,
    PolicyIndex, Potential, Request, RequestDocument, Response, ResponseResult, Status, StatusCode,
    Surroundings, Value, XacmlError, name,
};

use crate::case::Case;

/// What a case expects, and how it went.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The expected decision, or what must be refused.
    pub(crate) expected: String,
    pub(crate) verdict: Verdict,
}

#[derive(Debug)]
pub(crate) enum Verdict {
    Passed,
    /// What differs.
    Failed(String),
    /// Why the standard's core leaves it open.
    NotDecidable(&'static str),
}

/// Asks for the decisions on everything below a resource (Multiple Decision Profile, 2.2).
const SCOPE: &str = "urn:oasis:names:tc:xacml:2.0:resource:scope";

/// Runs a case.
pub(crate) fn run(case: &Case) -> Outcome {
    let expected = match expected(case) {
        Ok(expected) => expected,
        Err(why) => return Outcome { expected: "unreadable".to_owned(), verdict: Verdict::Failed(why) },
    };
    let verdict = match decide(case) {
        Ok(found) => compare(&expected, &found),
        Err(Obstacle::Hierarchy) => Verdict::NotDecidable(
            "it asks for decisions on a hierarchy of resources, of which its files hold no data",
        ),
        Err(Obstacle::Unreadable(why)) => Verdict::Failed(why),
    };
    Outcome { expected: expected.name(), verdict }
}

/// What a case comes to, or must come to.
enum Answer {
    PolicyRefused(String, StatusCode),
    RequestRefused(String, StatusCode),
    Decided(Response),
}

enum Obstacle {
    Hierarchy,
    Unreadable(String),
}

impl Answer {
    fn name(&self) -> String {
        match self {
            Self::PolicyRefused(..) => "policy refused".to_owned(),
            Self::RequestRefused(..) => "request refused".to_owned(),
            Self::Decided(response) => match response.results.as_slice() {
                [only] => only.decision.to_string(),
                results => format!("{} decisions", results.len()),
            },
        }
    }
}

fn expected(case: &Case) -> Result<Answer, String> {
    if case.request.is_none() {
        return Ok(Answer::PolicyRefused(String::new(), StatusCode::SyntaxError));
    }
    let Some(response) = &case.response else {
        return Ok(Answer::RequestRefused(String::new(), StatusCode::SyntaxError));
    };
    let response = Response::read_xml(read(response)?).map_err(|error| format!("response: {error}"))?;
    Ok(Answer::Decided(response))
}

fn decide(case: &Case) -> Result<Answer, Obstacle> {
    let refused = |error: &XacmlError| (error.to_string(), error.fault().status_code());
    let policies = match policies(case).map_err(Obstacle::Unreadable)? {
        Ok(policies) => policies,
        Err(error) => {
            let (why, code) = refused(&error);
            return Ok(Answer::PolicyRefused(why, code));
        }
    };
    let Some(request) = &case.request else {
        return Ok(Answer::Decided(Response::new(Vec::new())));
    };
    let request = match RequestDocument::read_xml(read(request).map_err(Obstacle::Unreadable)?) {
        Ok(request) => request,
        Err(error) => {
            let (why, code) = refused(&error);
            return Ok(Answer::RequestRefused(why, code));
        }
    };
    if request.requests().iter().any(|one| one.values(name::RESOURCE, SCOPE).next().is_some()) {
        return Err(Obstacle::Hierarchy);
    }
    let source = Supplied::read(case).map_err(Obstacle::Unreadable)?;
    let surroundings = Surroundings { now: Some(chrono::Utc::now()), attributes: Some(&source) };
    Ok(Answer::Decided(request.answer(|one| policies.evaluate_in(one, &surroundings))))
}

fn policies(case: &Case) -> Result<Result<PolicyIndex, XacmlError>, String> {
    let mut referred = Vec::new();
    for path in &case.referred {
        match PolicyDocument::read(read(path)?) {
            Ok(document) => referred.push(document),
            Err(error) => return Ok(Err(error)),
        }
    }
    let mut compiled = Vec::new();
    for path in &case.policies {
        let bytes = read(path)?;
        let one = PolicyDocument::read(bytes).and_then(|root| CompiledPolicy::compile_with(&root, &referred));
        match one {
            Ok(policy) => compiled.push(policy),
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(PolicyIndex::new(CombiningAlgorithm::OnlyOneApplicable, compiled)))
}

/// The attributes of `AttributeProvider.xml`.
struct Supplied(Option<Request>);

impl Supplied {
    /// The `Attributes` elements stand there as they would in a request.
    fn read(case: &Case) -> Result<Self, String> {
        let Some(path) = &case.attributes else { return Ok(Self(None)) };
        let text = read(path)?;
        let xml = roxmltree::Document::parse(&text).map_err(|error| error.to_string())?;
        let groups = xml.descendants().filter(|node| node.has_tag_name("Attributes"));
        let groups: String = groups.filter_map(|node| text.get(node.range())).collect();
        let request =
            format!("<Request xmlns='urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'>{groups}</Request>");
        let document = RequestDocument::read_xml(request).map_err(|error| format!("attributes: {error}"))?;
        Ok(Self(document.requests().first().cloned()))
    }
}

impl AttributeSource for Supplied {
    fn values(&self, category: &str, id: &str, data_type: DataType) -> Result<Vec<Value>, String> {
        let found = self.0.iter().flat_map(|request| request.values(category, id));
        Ok(found.filter(|value| value.data_type() == data_type).cloned().collect())
    }
}

fn compare(expected: &Answer, found: &Answer) -> Verdict {
    match (expected, found) {
        (Answer::PolicyRefused(..), Answer::PolicyRefused(..))
        | (Answer::RequestRefused(..), Answer::RequestRefused(..)) => Verdict::Passed,
        (Answer::PolicyRefused(..) | Answer::RequestRefused(..), _) => {
            Verdict::Failed(format!("expected {}, got {}", expected.name(), found.name()))
        }
        (Answer::Decided(expected), Answer::Decided(found)) => compare_all(&expected.results, &found.results),
        // The standard lets a policy or request be refused before it is evaluated; what it would have come to then
        // is the status of the refusal.
        (Answer::Decided(expected), Answer::PolicyRefused(why, code) | Answer::RequestRefused(why, code)) => {
            let decision = Decision::Indeterminate(Potential::DenyOrPermit);
            match compare_all(&expected.results, &[ResponseResult::new(decision, Status::of(*code))]) {
                Verdict::Failed(difference) => {
                    Verdict::Failed(format!("{difference} ({}: {why})", found.name()))
                }
                verdict => verdict,
            }
        }
    }
}

fn compare_all(expected: &[ResponseResult], found: &[ResponseResult]) -> Verdict {
    if expected.len() != found.len() {
        return Verdict::Failed(format!("results: expected {}, got {}", expected.len(), found.len()));
    }
    let differences = expected.iter().zip(found).flat_map(|(expected, found)| {
        let parts = parts_of(expected).into_iter().zip(parts_of(found));
        let is_open =
            expected.decision.to_string() == "Indeterminate" && expected.status.code() == StatusCode::Ok;
        parts.filter_map(move |((part, expected), (_, got))| {
            let is_left_open = is_open && part == "status";
            (expected != got && !is_left_open).then(|| format!("{part}: expected {expected}, got {got}"))
        })
    });
    let differences: Vec<String> = differences.collect();
    if differences.is_empty() { Verdict::Passed } else { Verdict::Failed(differences.join("; ")) }
}

/// What is compared, as text; what has no order is sorted.
fn parts_of(result: &ResponseResult) -> [(&'static str, String); 6] {
    let sorted = |mut texts: Vec<String>| {
        texts.sort();
        format!("[{}]", texts.join(", "))
    };
    let typed = |value: &Value| format!("{value}^^{}", value.data_type());
    let duties = |duties: &[Obligation]| {
        let duty = |duty: &Obligation| {
            let assignments = duty.assignments.iter().map(|one| {
                let (category, issuer) = (one.category.as_deref(), one.issuer.as_deref());
                format!(
                    "{}/{}/{}={}",
                    category.unwrap_or(""),
                    issuer.unwrap_or(""),
                    one.id,
                    typed(&one.value)
                )
            });
            format!("{}{}", duty.id, sorted(assignments.collect()))
        };
        sorted(duties.iter().map(duty).collect())
    };
    let attributes = result.attributes.iter().map(|one| {
        format!("{}/{}/{}={}", one.category, one.issuer.as_deref().unwrap_or(""), one.id, typed(&one.value))
    });
    let policies = result
        .policies
        .iter()
        .map(|policy| format!("{}{}", if policy.is_set { "set " } else { "" }, policy.id));
    [
        ("decision", result.decision.to_string()),
        ("status", result.status.code().urn().to_owned()),
        ("obligations", duties(&result.obligations)),
        ("advice", duties(&result.advice)),
        ("attributes", sorted(attributes.collect())),
        ("policies", sorted(policies.collect())),
    ]
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

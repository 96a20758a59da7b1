//! The answer that a case expects, in JSON or XML.

use std::path::Path;

use altinn_auth::decision::Ruling;
use serde_json::Value;

use super::{Failure, json};

/// The assignments of an obligation: category, attribute id, value.
type Assignments = Vec<(String, String, String)>;

/// An answer as Altinn's own tests compare it: the decision, the status, how many obligations there are, and what the
/// first of them asks for. Ids of obligations are not compared; expected answers name others than the policies do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// `Permit`, `Deny`, `NotApplicable` or `Indeterminate`.
    pub(crate) decision: String,
    /// The URN of the status.
    pub(crate) status: String,
    /// How many obligations there are.
    pub(crate) obligations: usize,
    /// What the first obligation asks for.
    pub(crate) first_obligation: Assignments,
}

impl Answer {
    /// The answer of a ruling.
    pub(crate) fn of(ruling: &Ruling) -> Self {
        let obligations = ruling.obligations().iter().map(|obligation| {
            let parts = obligation.assignments.iter().map(|assignment| {
                let category = assignment.category.as_deref().unwrap_or_default().to_owned();
                (category, assignment.id.to_string(), assignment.value.to_string())
            });
            parts.collect()
        });
        Self::new(ruling.decision().to_string(), ruling.status().urn().to_owned(), obligations.collect())
    }

    fn new(decision: String, status: String, obligations: Vec<Assignments>) -> Self {
        let count = obligations.len();
        let first_obligation = obligations.into_iter().next().unwrap_or_default();
        Self { decision, status, obligations: count, first_obligation }
    }
}

/// The answers that a file holds.
pub(crate) fn read(path: &Path) -> Result<Vec<Answer>, Failure> {
    if path.extension().is_some_and(|extension| extension == "xml") {
        return read_xml(&json::text_of(path)?);
    }
    let response = json::read(path)?;
    Ok(json::list(&response, "Response").map(of_json).collect())
}

fn of_json(result: &Value) -> Answer {
    let status = json::field(result, "Status").and_then(|status| json::field(status, "StatusCode"));
    let obligations = json::list(result, "Obligations").map(|obligation| {
        let parts = json::list(obligation, "AttributeAssignment").map(|assignment| {
            let text = |name| json::text(assignment, name).unwrap_or_default();
            (text("category"), text("attributeId"), text("value"))
        });
        parts.collect()
    });
    Answer::new(
        json::text(result, "Decision").unwrap_or_default(),
        status.and_then(|code| json::text(code, "Value")).unwrap_or_default(),
        obligations.collect(),
    )
}

fn read_xml(text: &str) -> Result<Vec<Answer>, Failure> {
    let document = roxmltree::Document::parse(text)?;
    let named = |node: roxmltree::Node<'_, '_>, name: &str| node.tag_name().name() == name;
    let results = document.descendants().filter(|node| named(*node, "Result"));
    let answer = |result: roxmltree::Node<'_, '_>| {
        let first = |name| result.descendants().find(|node| named(*node, name));
        let obligations = result.descendants().filter(|node| named(*node, "Obligation")).map(|obligation| {
            let parts = obligation.children().filter(|node| named(*node, "AttributeAssignment"));
            let text =
                |node: roxmltree::Node<'_, '_>, name| node.attribute(name).unwrap_or_default().to_owned();
            let part = |node: roxmltree::Node<'_, '_>| {
                let value = node.text().unwrap_or_default().trim().to_owned();
                (text(node, "Category"), text(node, "AttributeId"), value)
            };
            parts.map(part).collect()
        });
        Answer::new(
            first("Decision").and_then(|node| node.text()).unwrap_or_default().trim().to_owned(),
            first("StatusCode").and_then(|node| node.attribute("Value")).unwrap_or_default().to_owned(),
            obligations.collect(),
        )
    };
    Ok(results.map(answer).collect())
}

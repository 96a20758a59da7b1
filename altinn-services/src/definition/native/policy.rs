//! The policy that the roles of the steps come to.

use std::collections::BTreeSet;

use super::file::{ServiceFile, Step};
use super::process::escape;
use crate::process::TaskKind;

const SUBJECT: &str = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject";
const RESOURCE: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource";
const ACTION: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:action";
const ACTION_ID: &str = "urn:oasis:names:tc:xacml:1.0:action:action-id";
const STRING: &str = "http://www.w3.org/2001/XMLSchema#string";
const IGNORE_CASE: &str = "urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case";

/// Whoever does a step reads the instance; whoever does the first one starts and deletes it too. The agency starts,
/// reads and fills in instances, reads the events, and confirms that it has received what was sent in.
pub(super) fn of(service: &ServiceFile) -> String {
    let everyone: BTreeSet<&str> =
        service.steps.iter().flat_map(|step| &step.roles).map(String::as_str).collect();
    let app = || vec![("urn:altinn:org", "[org]"), ("urn:altinn:app", "[app]")];
    let everyone: Vec<&str> = everyone.into_iter().collect();
    let org = any_of(SUBJECT, "urn:altinn:org", &["[org]"]);
    let mut rules = vec![
        (roles(&everyone), all_of(&app()), actions(&["read"])),
        (org.clone(), all_of(&app()), actions(&["instantiate", "read", "write", "complete"])),
        (org, all_of(&[app(), vec![("urn:altinn:appresource", "events")]].concat()), actions(&["read"])),
    ];
    if let Some(first) = service.steps.first() {
        rules.push((roles(&names(first)), all_of(&app()), actions(&["instantiate", "delete"])));
    }
    for step in service.steps.iter().filter(|step| !step.roles.is_empty()) {
        let in_step = [app(), vec![("urn:altinn:task", step.id.as_str())]].concat();
        rules.push((roles(&names(step)), all_of(&in_step), actions(&actions_of(step))));
    }
    let rules = rules.iter().zip(1..).map(|((subject, resource, action), number)| {
        format!(r#"<Rule RuleId="rule:{number}" Effect="Permit"><Target>{subject}{resource}{action}</Target></Rule>"#)
    });
    format!(
        r#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="urn:altinn:resource:app_[org]_[app]:policyid:1" Version="1.0" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"><Target/>{}{}</Policy>"#,
        rules.collect::<String>(),
        level(service.level)
    )
}

fn names(step: &Step) -> Vec<&str> {
    step.roles.iter().map(String::as_str).collect()
}

fn actions_of(step: &Step) -> Vec<&str> {
    let mut actions = match step.kind() {
        TaskKind::Data => vec!["write"],
        TaskKind::Payment => vec!["pay", "confirm"],
        _ => vec![],
    };
    let usual = match step.kind() {
        TaskKind::Confirmation => "confirm",
        TaskKind::Signing => "sign",
        TaskKind::Payment => "pay",
        TaskKind::Other(_) => step.kind.as_str(),
        _ => "write",
    };
    if !actions.contains(&usual) {
        actions.push(usual);
    }
    if step.reject_to.is_some() {
        actions.push("reject");
    }
    actions
}

fn roles(codes: &[&str]) -> String {
    any_of(SUBJECT, "urn:altinn:rolecode", codes)
}

fn actions(names: &[&str]) -> String {
    any_of(ACTION, ACTION_ID, names)
}

fn any_of(category: &str, attribute: &str, values: &[&str]) -> String {
    let each = values.iter().map(|value| format!("<AllOf>{}</AllOf>", a_match(category, attribute, value)));
    format!("<AnyOf>{}</AnyOf>", each.collect::<String>())
}

fn all_of(resource: &[(&str, &str)]) -> String {
    let each = resource.iter().map(|(attribute, value)| a_match(RESOURCE, attribute, value));
    format!("<AnyOf><AllOf>{}</AllOf></AnyOf>", each.collect::<String>())
}

fn a_match(category: &str, attribute: &str, value: &str) -> String {
    let value = escape(value);
    format!(
        r#"<Match MatchId="{IGNORE_CASE}"><AttributeValue DataType="{STRING}">{value}</AttributeValue><AttributeDesignator AttributeId="{attribute}" Category="{category}" DataType="{STRING}" MustBePresent="false"/></Match>"#
    )
}

fn level(level: u8) -> String {
    let obligation = |number: u8, category: &str| {
        format!(
            r#"<ObligationExpression ObligationId="urn:altinn:obligation:authenticationLevel{number}" FulfillOn="Permit"><AttributeAssignmentExpression AttributeId="urn:altinn:obligation{number}-assignment{number}" Category="{category}"><AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">{level}</AttributeValue></AttributeAssignmentExpression></ObligationExpression>"#
        )
    };
    format!(
        "<ObligationExpressions>{}{}</ObligationExpressions>",
        obligation(1, "urn:altinn:minimum-authenticationlevel"),
        obligation(2, "urn:altinn:minimum-authenticationlevel-org")
    )
}

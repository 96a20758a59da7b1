//! Reads responses from XML.

use std::sync::Arc;

use super::super::error::{Lines, XacmlError, XacmlFault};
use super::super::evaluation::{Assignment, Obligation};
use super::super::status::{Status, StatusCode};
use super::super::{Decision, Effect, IncludedAttribute, PolicyName, Potential, Response, ResponseResult};
use super::element::Element;
use super::{Read, parse_xml, text_of, value};

impl Response {
    /// Reads a response.
    ///
    /// # Errors
    /// What is wrong with it and where.
    pub fn read_xml(bytes: impl AsRef<[u8]>) -> Result<Self, XacmlError> {
        let text = text_of(bytes.as_ref())?;
        let xml = parse_xml(text)?;
        let root = Element::new(xml.root_element());
        response(root).map_err(|error| Lines::of(text).locate(error))
    }
}

fn response(root: Element<'_, '_>) -> Read<Response> {
    if root.name() != "Response" {
        return Err(root.unexpected("`Response` of XACML 3.0"));
    }
    let results = root.children().map(result).collect::<Read<Vec<_>>>()?;
    Ok(Response { results })
}

fn result(element: Element<'_, '_>) -> Read<ResponseResult> {
    if element.name() != "Result" {
        return Err(element.unexpected("`Result`"));
    }
    let (mut found, mut has_decision) =
        (ResponseResult::new(Decision::NotApplicable, Status::of(StatusCode::Ok)), false);
    for child in element.children() {
        match child.name() {
            "Decision" => {
                found.decision = decision(child)?;
                has_decision = true;
            }
            "Status" => found.status = status(child)?,
            "Obligations" => found.obligations = duties(child, "Obligation", "ObligationId")?,
            "AssociatedAdvice" => found.advice = duties(child, "Advice", "AdviceId")?,
            "Attributes" => included(child, &mut found.attributes)?,
            "PolicyIdentifierList" => {
                found.policies = child.children().map(policy_name).collect::<Read<_>>()?;
            }
            _ => return Err(child.unexpected("a part of a result, such as `Decision` or `Status`")),
        }
    }
    let missing = || element.error(XacmlFault::Missing { element: "Result", missing: "`Decision`" });
    if has_decision { Ok(found) } else { Err(missing()) }
}

fn decision(element: Element<'_, '_>) -> Read<Decision> {
    let text = element.text()?;
    Decision::from_name(text.trim()).ok_or_else(|| element.invalid(&text, "a decision"))
}

impl Decision {
    /// The decision that a response names; an Indeterminate may have been either.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "Permit" => Some(Self::Permit),
            "Deny" => Some(Self::Deny),
            "NotApplicable" => Some(Self::NotApplicable),
            "Indeterminate" | "Indeterminate{DP}" => Some(Self::Indeterminate(Potential::DenyOrPermit)),
            "Indeterminate{D}" => Some(Self::Indeterminate(Potential::Deny)),
            "Indeterminate{P}" => Some(Self::Indeterminate(Potential::Permit)),
            _ => None,
        }
    }
}

fn status(element: Element<'_, '_>) -> Read<Status> {
    let (mut code, mut message) = (None, String::new());
    for child in element.children() {
        match child.name() {
            "StatusCode" => {
                let urn = child.required("StatusCode", "Value")?;
                let found = StatusCode::from_urn(urn);
                code = Some(found.ok_or_else(|| child.invalid(urn, "a status code"))?);
            }
            "StatusMessage" => message = child.text()?.trim().to_owned(),
            "StatusDetail" => {}
            _ => return Err(child.unexpected("a part of a status, such as `StatusCode`")),
        }
    }
    let missing = || element.error(XacmlFault::Missing { element: "Status", missing: "`StatusCode`" });
    Ok(Status { message, ..Status::of(code.ok_or_else(missing)?) })
}

fn duties(list: Element<'_, '_>, name: &'static str, id: &'static str) -> Read<Vec<Obligation>> {
    let duty = |element: Element<'_, '_>| {
        if element.name() != name {
            return Err(element.unexpected(name));
        }
        let assignments = element.children().map(assignment).collect::<Read<Vec<_>>>()?;
        Ok(Obligation {
            id: element.required(name, id)?.into(),
            assignments: assignments.into(),
            on: Effect::Permit,
        })
    };
    list.children().map(duty).collect()
}

fn assignment(element: Element<'_, '_>) -> Read<Assignment> {
    const NAME: &str = "AttributeAssignment";
    if element.name() != NAME {
        return Err(element.unexpected(NAME));
    }
    Ok(Assignment {
        id: element.required(NAME, "AttributeId")?.into(),
        category: element.attribute("Category").map(Arc::from),
        issuer: element.attribute("Issuer").map(Arc::from),
        value: value::read(element, NAME)?,
    })
}

fn included(group: Element<'_, '_>, found: &mut Vec<IncludedAttribute>) -> Read<()> {
    let category = group.required("Attributes", "Category")?;
    for attribute in group.children().filter(|child| child.name() == "Attribute") {
        for child in attribute.children() {
            found.push(IncludedAttribute {
                category: category.to_owned(),
                id: attribute.required("Attribute", "AttributeId")?.to_owned(),
                issuer: attribute.attribute("Issuer").map(str::to_owned),
                value: value::read(child, "AttributeValue")?,
                include_in_result: true,
            });
        }
    }
    Ok(())
}

fn policy_name(element: Element<'_, '_>) -> Read<PolicyName> {
    let is_set = match element.name() {
        "PolicyIdReference" => false,
        "PolicySetIdReference" => true,
        _ => return Err(element.unexpected("`PolicyIdReference` or `PolicySetIdReference`")),
    };
    let version = element.attribute("Version").unwrap_or("");
    Ok(PolicyName { id: element.text()?.trim().into(), version: version.into(), is_set })
}

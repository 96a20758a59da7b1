//! Reads responses from JSON (JSON Profile of XACML 3.0, 1.1), in the standard's spelling and in Altinn's.

use serde_json::{Map, Value as Json};

use super::super::error::{Position, XacmlError};
use super::super::evaluation::{Assignment, Obligation};
use super::super::status::{Status, StatusCode};
use super::super::{Decision, Effect, IncludedAttribute, PolicyName, Response, ResponseResult};
use super::json::{Read, elements, field, invalid, missing, object, parse, text_field};
use super::json_request::{group, typed_value};
use super::text_of;

impl Response {
    /// Reads a response in JSON, whose results stand in a list or, if there is one, alone.
    ///
    /// Names of properties are read in any case, and what is `null` is as if it were not there.
    ///
    /// ```
    /// use altinn_auth::xacml::{Decision, Response};
    ///
    /// let response = Response::read_json(r#"{"response": [{"decision": "Permit", "status": null}]}"#)?;
    /// assert_eq!(response.results[0].decision, Decision::Permit);
    /// # Ok::<(), altinn_auth::xacml::XacmlError>(())
    /// ```
    ///
    /// # Errors
    /// What is wrong with it; the place is known for a text that is not JSON, and otherwise its start.
    pub fn read_json(bytes: impl AsRef<[u8]>) -> Result<Self, XacmlError> {
        let json = parse(text_of(bytes.as_ref())?)?;
        read(&json).map_err(|fault| XacmlError { position: Position { line: 1, column: 1 }, fault })
    }
}

fn read(json: &Json) -> Read<Response> {
    let root = object(json, "a JSON object with `Response`")?;
    let results = elements(field(root, "Response").ok_or(missing("Response", "content"))?);
    Ok(Response { results: results.into_iter().map(result).collect::<Read<_>>()? })
}

fn result(json: &Json) -> Read<ResponseResult> {
    let json = object(json, "an object")?;
    let name = text_field(json, "Decision")?.ok_or(missing("Result", "`Decision`"))?;
    let decision = Decision::from_name(name).ok_or_else(|| invalid(name, "a decision"))?;
    let mut found = ResponseResult::new(decision, status(json)?);
    found.obligations = duties(json, "Obligations")?;
    found.advice = duties(json, "AssociatedAdvice")?;
    for category in field(json, "Category").map(elements).unwrap_or_default() {
        let group = group(object(category, "an object that names a category")?, None)?;
        found.attributes.extend(group.attributes.iter().map(IncludedAttribute::from));
    }
    if let Some(list) = field(json, "PolicyIdentifierList") {
        let list = object(list, "an object")?;
        for (name, is_set) in [("PolicyIdReference", false), ("PolicySetIdReference", true)] {
            for reference in field(list, name).map(elements).unwrap_or_default() {
                found.policies.push(policy_name(object(reference, "an object")?, is_set)?);
            }
        }
    }
    Ok(found)
}

fn status(result: &Map<String, Json>) -> Read<Status> {
    let Some(status) = field(result, "Status") else { return Ok(Status::of(StatusCode::Ok)) };
    let status = object(status, "an object")?;
    let code = match field(status, "StatusCode") {
        None => StatusCode::Ok,
        Some(code) => {
            let urn =
                text_field(object(code, "an object")?, "Value")?.ok_or(missing("StatusCode", "Value"))?;
            StatusCode::from_urn(urn).ok_or_else(|| invalid(urn, "a status code"))?
        }
    };
    let message = text_field(status, "StatusMessage")?.unwrap_or("").to_owned();
    Ok(Status { message, ..Status::of(code) })
}

fn duties(result: &Map<String, Json>, name: &str) -> Read<Vec<Obligation>> {
    let duty = |json: &Json| {
        let json = object(json, "an object")?;
        let id = text_field(json, "Id")?.ok_or(missing("Obligation", "Id"))?;
        let assignments = field(json, "AttributeAssignment").map(elements).unwrap_or_default();
        let assignments = assignments.into_iter().map(assignment).collect::<Read<Vec<_>>>()?;
        Ok(Obligation { id: id.into(), assignments: assignments.into(), on: Effect::Permit })
    };
    field(result, name).map(elements).unwrap_or_default().into_iter().map(duty).collect()
}

fn assignment(json: &Json) -> Read<Assignment> {
    let json = object(json, "an object")?;
    let id = text_field(json, "AttributeId")?.ok_or(missing("AttributeAssignment", "AttributeId"))?;
    Ok(Assignment {
        id: id.into(),
        category: text_field(json, "Category")?.map(Into::into),
        issuer: text_field(json, "Issuer")?.map(Into::into),
        value: typed_value(json)?,
    })
}

fn policy_name(json: &Map<String, Json>, is_set: bool) -> Read<PolicyName> {
    let id = text_field(json, "Id")?.ok_or(missing("PolicyIdReference", "Id"))?;
    Ok(PolicyName { id: id.into(), version: text_field(json, "Version")?.unwrap_or("").into(), is_set })
}

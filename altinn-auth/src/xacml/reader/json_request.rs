//! Reads requests from JSON (JSON Profile of XACML 3.0, 1.1), in the standard's spelling and in Altinn's.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use serde_json::{Map, Value as Json};

use super::super::attribute_name::{AttributeName, ReadName};
use super::super::error::{Position, XacmlError, XacmlFault};
use super::super::request::RequestAttribute;
use super::super::{DataType, Request, RequestDocument, Value, XPathExpression, name};
use super::element::shortened;
use super::json::{Read, elements, field, flag, invalid, missing, object, parse, text_field};
use super::request::{Group, requests_of};
use super::text_of;

/// The categories that have a name of their own (4.2.4 of the profile).
const NAMED_CATEGORIES: [(&str, &str); 8] = [
    ("AccessSubject", name::ACCESS_SUBJECT),
    ("Resource", name::RESOURCE),
    ("Action", name::ACTION),
    ("Environment", name::ENVIRONMENT),
    ("RecipientSubject", "urn:oasis:names:tc:xacml:1.0:subject-category:recipient-subject"),
    ("IntermediarySubject", "urn:oasis:names:tc:xacml:1.0:subject-category:intermediary-subject"),
    ("Codebase", "urn:oasis:names:tc:xacml:1.0:subject-category:codebase"),
    ("RequestingMachine", "urn:oasis:names:tc:xacml:1.0:subject-category:requesting-machine"),
];

impl Request {
    /// Reads the requests for one decision each; see [`RequestDocument::read_json`].
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read_json(bytes: impl AsRef<[u8]>) -> Result<Vec<Self>, XacmlError> {
        RequestDocument::read_json(bytes).map(|document| document.requests)
    }
}

impl RequestDocument {
    /// Reads a request in JSON; one that repeats a category, or has `MultiRequests`, asks for several decisions.
    ///
    /// Names of properties are read in any case, as Altinn does, and what is `null` is as if it were not there.
    ///
    /// ```
    /// use altinn_auth::xacml::{RequestDocument, name};
    ///
    /// let document = RequestDocument::read_json(r#"{ "Request": {
    ///     "AccessSubject": [{ "Attribute": [{ "AttributeId": "urn:altinn:userid", "Value": "1337" }] }],
    ///     "Action": [{ "Attribute": [{ "AttributeId": "urn:oasis:names:tc:xacml:1.0:action:action-id", "Value": "read" }] }],
    ///     "Resource": [{ "Attribute": [{ "AttributeId": "urn:altinn:resource", "Value": "ttd-report" }] }] } }"#)?;
    /// let [request] = document.requests() else { panic!() };
    /// assert_eq!(request.values(name::RESOURCE, "urn:altinn:resource").count(), 1);
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

fn read(json: &Json) -> Read<RequestDocument> {
    let root = object(json, "a JSON object with `Request`")?;
    let request = field(root, "Request").ok_or(missing("Request", "content"))?;
    let request = object(request, "an object")?;
    let (mut groups, mut by_id) = (Vec::new(), BTreeMap::new());
    for (property, value) in request {
        let category = NAMED_CATEGORIES.iter().find(|named| named.0.eq_ignore_ascii_case(property));
        if category.is_none() && !property.eq_ignore_ascii_case("Category") {
            continue;
        }
        for element in elements(value) {
            let element = object(element, "an object that names a category")?;
            if let Some(id) = text_field(element, "Id")? {
                by_id.insert(id.to_owned(), groups.len());
            }
            groups.push(group(element, category.map(|category| category.1))?);
        }
    }
    let references = match field(request, "MultiRequests") {
        Some(multi) => references(object(multi, "an object")?, &by_id)?,
        None => Vec::new(),
    };
    let requests = requests_of(&groups, references, flag(request, "ReturnPolicyIdList")?)?;
    Ok(RequestDocument { requests, combined_decision: flag(request, "CombinedDecision")? })
}

fn references(multi: &Map<String, Json>, by_id: &BTreeMap<String, usize>) -> Read<Vec<Vec<usize>>> {
    let index = |id: &Json| {
        let known = id.as_str().and_then(|id| by_id.get(id)).copied();
        known.ok_or_else(|| invalid(&id.to_string(), "the Id of a category"))
    };
    let listed = field(multi, "RequestReference").map(elements).unwrap_or_default();
    let each = listed.into_iter().map(|reference| {
        let ids = field(object(reference, "an object")?, "ReferenceId").map(elements).unwrap_or_default();
        ids.into_iter().map(index).collect()
    });
    each.collect()
}

pub(super) fn group(element: &Map<String, Json>, named: Option<&str>) -> Read<Group> {
    let given = text_field(element, "CategoryId")?.map(category_uri);
    let category = named.or(given).ok_or(missing("Category", "CategoryId"))?;
    let content = text_field(element, "Content")?.map(content).transpose()?;
    let mut group = Group { category: category.to_owned(), attributes: Vec::new(), content };
    for json in field(element, "Attribute").map(elements).unwrap_or_default() {
        attribute(object(json, "an object")?, &mut group)?;
    }
    Ok(group)
}

fn attribute(json: &Map<String, Json>, group: &mut Group) -> Read<()> {
    let id = text_field(json, "AttributeId")?.ok_or(missing("Attribute", "AttributeId"))?;
    let data_type = given_type(json)?;
    let name = AttributeName::from(ReadName {
        category: group.category.clone().into(),
        id: id.to_owned().into(),
        issuer: text_field(json, "Issuer")?.map(str::to_owned),
        include_in_result: flag(json, "IncludeInResult")?,
    });
    let values = elements(field(json, "Value").ok_or(missing("Attribute", "Value"))?);
    let data_type = data_type.or_else(|| is_double_list(&values).then_some(DataType::Double));
    for single in values {
        let value = value(single, data_type)?;
        group.attributes.push(RequestAttribute::new(name.clone(), value));
    }
    Ok(())
}

fn given_type(json: &Map<String, Json>) -> Read<Option<DataType>> {
    let Some(name) = text_field(json, "DataType")? else { return Ok(None) };
    data_type(name).map(Some).ok_or_else(|| XacmlFault::UnknownDataType(shortened(name)))
}

/// The one value of an object that may name its type.
pub(super) fn typed_value(json: &Map<String, Json>) -> Read<Value> {
    let data_type = given_type(json)?;
    value(field(json, "Value").ok_or(missing("AttributeAssignment", "Value"))?, data_type)
}

/// A type by its URI, or by its name alone (3.3.1 of the profile).
fn data_type(name: &str) -> Option<DataType> {
    let short = || DataType::ALL.into_iter().find(|data_type| data_type.name() == name);
    DataType::from_uri(name).or_else(short)
}

/// A value; what it is stays out of an error, since it may be personal. A type that is not given follows from the
/// JSON (3.3.2 of the profile).
fn value(json: &Json, data_type: Option<DataType>) -> Read<Value> {
    if let Json::Object(path) = json {
        return xpath_expression(path).map(|path| Value::XPathExpression(Arc::new(path)));
    }
    let (text, inferred) = match json {
        Json::String(text) => (text.clone(), DataType::String),
        Json::Bool(value) => (value.to_string(), DataType::Boolean),
        Json::Number(number) if number.is_f64() => (number.to_string(), DataType::Double),
        Json::Number(number) => (number.to_string(), DataType::Integer),
        _ => return Err(XacmlFault::Unsupported("a list within a list of values")),
    };
    let data_type = data_type.unwrap_or(inferred);
    Value::parse(data_type, &text).ok_or_else(|| invalid("the value", format!("a value of type {data_type}")))
}

/// Whole and broken numbers in one list are all doubles (3.3.2 of the profile).
fn is_double_list(values: &[&Json]) -> bool {
    values.len() > 1
        && values.iter().all(|value| value.is_number())
        && values.iter().any(|value| value.is_f64())
}

/// A path, with its category and prefixes (3.3.3 of the profile).
fn xpath_expression(json: &Map<String, Json>) -> Read<XPathExpression> {
    let category = text_field(json, "XPathCategory")?.ok_or(missing("Value", "XPathCategory"))?;
    let path = text_field(json, "XPath")?.ok_or(missing("Value", "XPath"))?;
    let declared = field(json, "Namespaces").map(elements).unwrap_or_default();
    let namespaces = declared.into_iter().map(|namespace| {
        let namespace = object(namespace, "an object")?;
        let uri = text_field(namespace, "Namespace")?.ok_or(missing("Namespaces", "Namespace"))?;
        Ok((text_field(namespace, "Prefix")?.unwrap_or(""), uri))
    });
    Ok(XPathExpression::new(path, category_uri(category), namespaces.collect::<Read<Vec<_>>>()?))
}

/// XML content as it is, or in base64 (4.2.3 of the profile), below a root that stands for the document.
fn content(text: &str) -> Read<Arc<str>> {
    let not_xml = || invalid("the content", "XML, as text or in base64");
    let decoded = if text.trim_start().starts_with('<') {
        text.to_owned()
    } else {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| not_xml())?;
        String::from_utf8(bytes).map_err(|_| not_xml())?
    };
    let body = decoded.trim_start_matches('\u{feff}').trim_start();
    let body = match body.strip_prefix("<?xml") {
        Some(declaration) => declaration.split_once("?>").ok_or_else(not_xml)?.1,
        None => body,
    };
    let standalone = format!("<Content>{body}</Content>");
    super::parse_xml(&standalone).map_err(|_| not_xml())?;
    Ok(standalone.into())
}

/// A category by its URI or its short name (4.2.1 of the profile).
fn category_uri(name: &str) -> &str {
    NAMED_CATEGORIES.iter().find(|named| named.0 == name).map_or(name, |named| named.1)
}

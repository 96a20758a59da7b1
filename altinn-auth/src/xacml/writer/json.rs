//! Writes JSON (JSON Profile of XACML 3.0, 1.1).

use serde_json::{Map, Value as Json, json};

use super::super::{
    Assignment, IncludedAttribute, Obligation, PolicyName, Request, Response, ResponseResult, Status, Value,
};

/// How JSON is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JsonSpelling {
    /// As the profile has it: `StatusCode`, and numbers as numbers.
    #[default]
    Standard,
    /// As Altinn's clients read it: `statusCode`, and every value as a text beside its data type.
    Altinn,
}

impl Response {
    /// The response as JSON.
    pub fn to_json(&self, spelling: JsonSpelling) -> Json {
        let results: Vec<Json> = self.results.iter().map(|one| result(one, spelling)).collect();
        spelled(json!({"Response": results}), spelling)
    }
}

impl Request {
    /// The request as JSON.
    pub fn to_json(&self, spelling: JsonSpelling) -> Json {
        let own: Vec<IncludedAttribute> = self.attributes.iter().map(IncludedAttribute::from).collect();
        let mut categories = categories(&own, spelling);
        for content in &self.contents {
            let named = categories.iter_mut().find(|category| {
                category.get("CategoryId").and_then(Json::as_str) == Some(&content.category)
            });
            let inner = content.inner();
            match named {
                Some(Json::Object(category)) => {
                    category.insert("Content".to_owned(), inner.into());
                }
                _ => categories.push(json!({"CategoryId": content.category, "Content": inner})),
            }
        }
        let request = json!({"ReturnPolicyIdList": self.return_policy_ids, "Category": categories});
        spelled(json!({"Request": request}), spelling)
    }
}

fn result(result: &ResponseResult, spelling: JsonSpelling) -> Json {
    let mut json = Map::new();
    json.insert("Decision".to_owned(), result.decision.to_string().into());
    json.insert("Status".to_owned(), status(&result.status));
    let mut add = |name: &str, list: Vec<Json>| {
        if !list.is_empty() {
            json.insert(name.to_owned(), list.into());
        }
    };
    let duties = |duties: &[Obligation]| duties.iter().map(|one| duty(one, spelling)).collect();
    add("Obligations", duties(&result.obligations));
    add("AssociatedAdvice", duties(&result.advice));
    add("Category", categories(&result.attributes, spelling));
    if !result.policies.is_empty() {
        json.insert("PolicyIdentifierList".to_owned(), policies(&result.policies));
    }
    json.into()
}

fn status(status: &Status) -> Json {
    let mut json = json!({"StatusCode": {"Value": status.code().urn()}});
    if let Json::Object(fields) = &mut json {
        if !status.message().is_empty() {
            fields.insert("StatusMessage".to_owned(), status.message().into());
        }
        if let Some(missing) = status.missing() {
            let detail = json!({"MissingAttributeDetail": {
                "Category": missing.category, "AttributeId": missing.id, "DataType": missing.data_type.uri(),
            }});
            fields.insert("StatusDetail".to_owned(), detail);
        }
    }
    json
}

fn duty(duty: &Obligation, spelling: JsonSpelling) -> Json {
    let assignment = |one: &Assignment| {
        let mut json = typed(&one.value, spelling);
        json.insert("AttributeId".to_owned(), (*one.id).into());
        let named = [("Category", &one.category), ("Issuer", &one.issuer)];
        json.extend(
            named.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.as_deref()?.into()))),
        );
        Json::Object(json)
    };
    let assignments: Vec<Json> = duty.assignments.iter().map(assignment).collect();
    json!({"Id": &*duty.id, "AttributeAssignment": assignments})
}

fn policies(policies: &[PolicyName]) -> Json {
    let named = |is_set: bool| -> Vec<Json> {
        let of_kind = policies.iter().filter(|policy| policy.is_set == is_set);
        of_kind.map(|policy| json!({"Id": &*policy.id, "Version": &*policy.version})).collect()
    };
    json!({"PolicyIdReference": named(false), "PolicySetIdReference": named(true)})
}

fn categories(attributes: &[IncludedAttribute], spelling: JsonSpelling) -> Vec<Json> {
    let mut groups: Vec<(&str, Vec<Json>)> = Vec::new();
    for one in attributes {
        let mut json = typed(&one.value, spelling);
        json.insert("AttributeId".to_owned(), one.id.as_str().into());
        json.insert("IncludeInResult".to_owned(), one.include_in_result.into());
        if let Some(issuer) = &one.issuer {
            json.insert("Issuer".to_owned(), issuer.as_str().into());
        }
        match groups.iter_mut().find(|(category, _)| *category == one.category) {
            Some((_, group)) => group.push(json.into()),
            None => groups.push((&one.category, vec![json.into()])),
        }
    }
    groups.into_iter().map(|(category, group)| json!({"CategoryId": category, "Attribute": group})).collect()
}

/// A value with its data type.
fn typed(value: &Value, spelling: JsonSpelling) -> Map<String, Json> {
    let json = match value {
        Value::XPathExpression(path) => {
            let prefix = |(prefix, uri): (&str, &str)| json!({"Prefix": prefix, "Namespace": uri});
            let namespaces: Vec<Json> = path.namespaces().map(prefix).collect();
            json!({"XPathCategory": path.category(), "XPath": path.path(), "Namespaces": namespaces})
        }
        Value::Boolean(truth) if spelling == JsonSpelling::Standard => (*truth).into(),
        Value::Integer(number) if spelling == JsonSpelling::Standard => (*number).into(),
        Value::Double(number) if spelling == JsonSpelling::Standard && number.is_finite() => (*number).into(),
        other => other.to_string().into(),
    };
    Map::from_iter([("Value".to_owned(), json), ("DataType".to_owned(), value.data_type().uri().into())])
}

/// The same with the names of properties as they are wanted.
fn spelled(json: Json, spelling: JsonSpelling) -> Json {
    match json {
        json if spelling == JsonSpelling::Standard => json,
        Json::Object(fields) => {
            let lower = |name: String| {
                let mut letters = name.chars();
                letters.next().map_or_else(String::new, |first| {
                    first.to_ascii_lowercase().to_string() + letters.as_str()
                })
            };
            fields.into_iter().map(|(name, value)| (lower(name), spelled(value, spelling))).collect()
        }
        Json::Array(elements) => elements.into_iter().map(|element| spelled(element, spelling)).collect(),
        other => other,
    }
}

//! Makes a small valid instance of a schema.

use std::collections::BTreeSet;

use serde_json::{Map, Number, Value, json};
use thiserror::Error;

use super::pattern;
use super::schema::FormSchema;

/// How deep the instance may be nested.
const MAX_DEPTH: usize = 32;
/// How many parts of the schema are looked at.
const MAX_PARTS: usize = 10_000;
/// The most items or characters that are made up where the schema asks for a number of them.
const MAX_MADE_UP: u64 = 10_000;

/// Why no instance could be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SampleError {
    /// The schema asks for something that can not be made up by rule.
    #[error("no sample can be made at `{path}`: {problem}")]
    NotPossible {
        /// The place in the instance, as a JSON pointer.
        path: String,
        /// What stands in the way.
        problem: String,
    },
    /// What was made is not valid by the schema.
    #[error("the sample that was made is not valid at `{path}` ({code})")]
    NotValid {
        /// The place in the instance, as a JSON pointer.
        path: String,
        /// The code of the issue.
        code: &'static str,
    },
}

/// A minimal valid instance: what is required and nothing else, the same for each call.
///
/// What it makes is checked against the schema before it is given.
///
/// ```
/// use altinn_services::form::{FormSchema, sample};
/// use serde_json::json;
///
/// let schema = FormSchema::compile(&json!({
///     "type": "object",
///     "required": ["number"],
///     "properties": {"number": {"type": "string", "pattern": "^[0-9]{9}$"}, "note": {"type": "string"}}
/// }))?;
/// assert_eq!(sample(&schema)?, json!({"number": "000000000"}));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When a rule of the schema can not be met by construction, as with conditions between fields.
pub fn sample(schema: &FormSchema) -> Result<Value, SampleError> {
    let usual = sample_by(schema, Taste { last_alternative: false, own_values: true });
    let others = [(true, true), (false, false), (true, false)];
    let others = others.map(|(last_alternative, own_values)| Taste { last_alternative, own_values });
    usual.or_else(|error| others.into_iter().find_map(|taste| sample_by(schema, taste).ok()).ok_or(error))
}

fn sample_by(schema: &FormSchema, taste: Taste) -> Result<Value, SampleError> {
    let mut maker = Maker { root: schema.document(), parts: 0, taste };
    let value = maker.make(&[schema.document()], "", 0)?;
    match schema.validate(&value).first() {
        None => Ok(value),
        Some(issue) => Err(SampleError::NotValid { path: issue.path.clone(), code: issue.code.as_str() }),
    }
}

/// The names of the fields that the form itself has.
pub(super) fn field_names(schema: &FormSchema) -> Result<BTreeSet<&str>, SampleError> {
    let taste = Taste { last_alternative: false, own_values: true };
    let rules = Maker { root: schema.document(), parts: 0, taste }.rules(&[schema.document()], "")?;
    Ok(each(&rules, "properties")
        .filter_map(Value::as_object)
        .flat_map(Map::keys)
        .map(String::as_str)
        .collect())
}

struct Maker<'a> {
    root: &'a Value,
    parts: usize,
    taste: Taste,
}

/// What is chosen where a schema leaves a choice.
#[derive(Clone, Copy)]
struct Taste {
    /// The last of `oneOf` and `anyOf`, and not the first.
    last_alternative: bool,
    /// The schema's own default and example, which need not be valid.
    own_values: bool,
}

impl<'a> Maker<'a> {
    /// A value that meets all these schemas.
    fn make(&mut self, schemas: &[&'a Value], path: &str, depth: usize) -> Result<Value, SampleError> {
        if depth > MAX_DEPTH {
            return Err(not_possible(path, "the schema asks for itself without end"));
        }
        let rules = self.rules(schemas, path)?;
        if let Some(value) = given(&rules, self.taste) {
            return Ok(value.clone());
        }
        match kind(&rules) {
            "object" => self.object(&rules, path, depth),
            "array" => self.array(&rules, path, depth),
            "string" => string(&rules, path),
            "integer" | "number" => number(&rules, path),
            "boolean" => Ok(Value::Bool(false)),
            _ => Ok(Value::Null),
        }
    }

    /// Schemas and everything that holds with them: what they refer to, all of `allOf`, one of `oneOf` and `anyOf`.
    fn rules(
        &mut self,
        schemas: &[&'a Value],
        path: &str,
    ) -> Result<Vec<&'a Map<String, Value>>, SampleError> {
        let mut rules = Vec::new();
        let mut ahead: Vec<&Value> = schemas.iter().rev().copied().collect();
        while let Some(part) = ahead.pop() {
            self.parts += 1;
            if self.parts > MAX_PARTS {
                return Err(not_possible(path, "the schema is too large"));
            }
            let Value::Object(part) = part else {
                if *part == Value::Bool(false) {
                    return Err(not_possible(path, "nothing is allowed here"));
                }
                continue;
            };
            rules.push(part);
            if let Some(reference) = part.get("$ref").and_then(Value::as_str) {
                ahead.push(self.referred(reference, path)?);
            }
            ahead.extend(part.get("allOf").and_then(Value::as_array).into_iter().flatten());
            for alternatives in ["oneOf", "anyOf"] {
                let choices = part.get(alternatives).and_then(Value::as_array);
                ahead.extend(choices.and_then(|choices| match self.taste.last_alternative {
                    true => choices.last(),
                    false => choices.first(),
                }));
            }
        }
        Ok(rules)
    }

    fn referred(&self, reference: &str, path: &str) -> Result<&'a Value, SampleError> {
        let pointer = reference.strip_prefix('#').filter(|rest| rest.is_empty() || rest.starts_with('/'));
        pointer
            .and_then(|pointer| self.root.pointer(pointer))
            .ok_or_else(|| not_possible(path, "a reference that is no pointer into the schema"))
    }

    fn object(
        &mut self,
        rules: &[&'a Map<String, Value>],
        path: &str,
        depth: usize,
    ) -> Result<Value, SampleError> {
        let required: BTreeSet<&str> =
            each(rules, "required").filter_map(Value::as_array).flatten().filter_map(Value::as_str).collect();
        let mut object = Map::new();
        for name in required {
            let of_name = each(rules, "properties").filter_map(|properties| properties.get(name));
            let inner = format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"));
            let value = match of_name.collect::<Vec<_>>().as_slice() {
                [] => json!("sample"),
                schemas => self.make(schemas, &inner, depth + 1)?,
            };
            object.insert(name.to_owned(), value);
        }
        Ok(Value::Object(object))
    }

    fn array(
        &mut self,
        rules: &[&'a Map<String, Value>],
        path: &str,
        depth: usize,
    ) -> Result<Value, SampleError> {
        let wanted = greatest(rules, "minItems").unwrap_or(0);
        if wanted > MAX_MADE_UP {
            return Err(not_possible(path, "too many items are asked for"));
        }
        let mut list = Vec::new();
        for index in 0..wanted {
            let inner = format!("{path}/{index}");
            list.push(match each(rules, "items").next() {
                Some(items) => self.make(&[items], &inner, depth + 1)?,
                None => Value::Null,
            });
        }
        Ok(Value::Array(list))
    }
}

/// A value that the schema itself gives.
fn given<'a>(rules: &[&'a Map<String, Value>], taste: Taste) -> Option<&'a Value> {
    let choice =
        || each(rules, "enum").find_map(|choices| choices.as_array()?.iter().find(|one| !one.is_null()));
    let example = || each(rules, "examples").find_map(|examples| examples.as_array()?.first());
    let own = || each(rules, "default").next().or_else(example).filter(|_| taste.own_values);
    each(rules, "const").next().or_else(choice).or_else(own)
}

fn kind<'a>(rules: &[&'a Map<String, Value>]) -> &'a str {
    let stated = each(rules, "type").find_map(|stated| match stated {
        Value::String(only) => Some(only.as_str()),
        Value::Array(several) => several.iter().filter_map(Value::as_str).find(|name| *name != "null"),
        _ => None,
    });
    let has = |keyword: &str| each(rules, keyword).next().is_some();
    stated.unwrap_or(if has("properties") || has("required") {
        "object"
    } else if has("items") {
        "array"
    } else if has("pattern") || has("format") || has("minLength") {
        "string"
    } else if has("minimum") || has("maximum") {
        "number"
    } else {
        "null"
    })
}

fn string(rules: &[&Map<String, Value>], path: &str) -> Result<Value, SampleError> {
    let min_length = greatest(rules, "minLength").unwrap_or(0);
    if let Some(pattern) = each(rules, "pattern").find_map(Value::as_str) {
        return pattern::matching(pattern, usize::try_from(min_length).unwrap_or(usize::MAX))
            .map(Value::String)
            .ok_or_else(|| not_possible(path, "a pattern that no text is known for"));
    }
    let text = match each(rules, "format").find_map(Value::as_str) {
        Some("date") => "2026-01-15",
        Some("date-time") => "2026-01-15T12:00:00Z",
        Some("time") => "12:00:00Z",
        Some("year") => "2026",
        Some("email" | "idn-email") => "sample@example.com",
        Some("uri" | "iri") => "https://example.com/",
        Some("duration") => "P1D",
        Some("hostname" | "idn-hostname") => "example.com",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("uuid") => "00000000-0000-4000-8000-000000000000",
        Some("regex") => "sample",
        _ => "sample text",
    };
    let mut text = text.to_owned();
    while (text.len() as u64) < min_length.min(MAX_MADE_UP) {
        text.push('e');
    }
    if let Some(most) = each(rules, "maxLength").filter_map(Value::as_u64).min() {
        text.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    }
    Ok(Value::String(text))
}

fn number(rules: &[&Map<String, Value>], path: &str) -> Result<Value, SampleError> {
    let bound = |keyword: &str| each(rules, keyword).find_map(Value::as_f64);
    let whole = kind(rules) == "integer";
    let step = bound("multipleOf").unwrap_or(1.0);
    let least = bound("minimum").or_else(|| bound("exclusiveMinimum").map(|limit| limit + step.min(1.0)));
    let most = bound("maximum").or_else(|| bound("exclusiveMaximum").map(|limit| limit - step.min(1.0)));
    let wanted = match (least, most) {
        (Some(least), _) if least > 0.0 => least,
        (_, Some(most)) if most < 0.0 => most,
        _ => 0.0,
    };
    let rounded = if whole || bound("multipleOf").is_some() { (wanted / step).ceil() * step } else { wanted };
    if rounded.fract() == 0.0 && rounded.abs() < 9.0e15 {
        return Ok(Value::Number((rounded as i64).into()));
    }
    Number::from_f64(rounded).map(Value::Number).ok_or_else(|| not_possible(path, "a number out of range"))
}

fn each<'a>(rules: &[&'a Map<String, Value>], keyword: &str) -> impl Iterator<Item = &'a Value> {
    rules.iter().filter_map(move |part| part.get(keyword)).collect::<Vec<_>>().into_iter()
}

fn greatest(rules: &[&Map<String, Value>], keyword: &str) -> Option<u64> {
    each(rules, keyword).filter_map(Value::as_u64).max()
}

fn not_possible(path: &str, problem: &str) -> SampleError {
    SampleError::NotPossible { path: path.to_owned(), problem: problem.to_owned() }
}

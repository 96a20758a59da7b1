//! What Altinn's models say beside plain JSON Schema, or say wrongly.
//!
//! Models are often made from XSD by Altinn's converter, which leaves marks that a plain validator trips over.

use serde_json::Value;

const DRAFT_07: &str = "http://json-schema.org/draft-07/schema#";
/// The address of "the newest schema" that older models name; they are written in draft 7.
const UNVERSIONED: [&str; 2] = ["http://json-schema.org/schema#", "http://json-schema.org/schema"];

/// The schema as a plain validator is to see it: at the type that the form is of, with a version, and with fixed
/// values of the type that the schema itself gives them.
pub(super) fn prepared(schema: &Value) -> Value {
    let mut schema = at_root_type(schema.clone());
    fixed_values_of_their_type(&mut schema);
    schema
}

/// The schema whose root is the type of the form.
fn at_root_type(schema: Value) -> Value {
    let reference = root_reference(&schema);
    let Value::Object(mut root) = schema else { return schema };
    if let Some(Value::String(version)) = root.get_mut("$schema")
        && UNVERSIONED.contains(&version.as_str())
    {
        DRAFT_07.clone_into(version);
    }
    if let Some(reference) = reference {
        for keyword in ["type", "properties", "required", "oneOf", "anyOf", "allOf", "additionalProperties"] {
            root.remove(keyword);
        }
        root.insert("$ref".to_owned(), Value::String(reference));
    }
    Value::Object(root)
}

/// Which of its types is the form, where the schema says so: `info.rootNode`, or the type of the message that
/// `info.meldingsnavn` names (models made with SERES).
fn root_reference(schema: &Value) -> Option<String> {
    if let Some(node) = schema.pointer("/info/rootNode").and_then(Value::as_str) {
        return (node.starts_with("#/")).then(|| node.to_owned());
    }
    let message = schema.pointer("/info/meldingsnavn")?.as_str()?;
    schema.get("properties")?.get(message)?.get("$ref")?.as_str().map(str::to_owned)
}

/// The converter writes the fixed values of numbers as texts (`"type": "integer", "const": "1472"`), which nothing
/// could meet; they are read as what `type` says.
fn fixed_values_of_their_type(schema: &mut Value) {
    match schema {
        Value::Object(rules) => {
            if let Some(kind @ ("integer" | "number" | "boolean")) = rules.get("type").and_then(Value::as_str)
            {
                let kind = kind.to_owned();
                rules.get_mut("const").into_iter().for_each(|fixed| retype(fixed, &kind));
                let choices = rules.get_mut("enum").and_then(Value::as_array_mut);
                choices.into_iter().flatten().for_each(|choice| retype(choice, &kind));
            }
            rules.values_mut().for_each(fixed_values_of_their_type);
        }
        Value::Array(list) => list.iter_mut().for_each(fixed_values_of_their_type),
        _ => {}
    }
}

fn retype(fixed: &mut Value, kind: &str) {
    let Value::String(text) = fixed else { return };
    match serde_json::from_str(text) {
        Ok(number @ Value::Number(_)) if kind != "boolean" => *fixed = number,
        Ok(flag @ Value::Bool(_)) if kind == "boolean" => *fixed = flag,
        _ => {}
    }
}

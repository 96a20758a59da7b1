//! Conditions and bindings that name fields which the forms do not have.

use serde_json::Value;

use super::fault::{Fault, FaultSeverity};
use super::sources::Sources;
use crate::definition::{AppDefinition, PageSet};
use crate::form::FormSchema;
use crate::process::Element;

pub(super) fn look(app: &AppDefinition, sources: &Sources<'_>, faults: &mut Vec<Fault>) {
    for flow in app.process().flows() {
        let Some(condition) = &flow.condition else { continue };
        let connected = match app.process().element(&flow.source) {
            Some(Element::ExclusiveGateway(gateway)) => gateway.connected_data_type.as_deref(),
            _ => None,
        };
        for (path, data_type) in fields_in(condition.source()) {
            let data_type = data_type.or(connected);
            if !is_known(app, path, data_type) {
                let detail =
                    format!("the condition of flow `{}` names field `{path}`, which no form has", flow.id);
                let at = (sources.process(), flow.id.as_str());
                faults.push(sources.fault("CHECK-FIELD-UNKNOWN", FaultSeverity::Error, at, detail));
            }
        }
    }
    app.page_sets().iter().for_each(|set| on_pages(app, sources, set, faults));
}

fn on_pages(app: &AppDefinition, sources: &Sources<'_>, set: &PageSet, faults: &mut Vec<Fault>) {
    for page in &set.pages {
        for component in page.components() {
            let id = component.get("id").and_then(Value::as_str).unwrap_or_default();
            let mut named: Vec<(&str, Option<&str>)> = fields_in(component);
            let bindings = component.get("dataModelBindings").and_then(Value::as_object);
            named.extend(bindings.into_iter().flat_map(serde_json::Map::values).filter_map(binding));
            // The columns of a sub-form are of its own data type.
            let is_subform = component.get("type").and_then(Value::as_str) == Some("Subform");
            let of_page = set.data_type.as_deref().filter(|_| !is_subform);
            for (path, data_type) in named {
                if !is_known(app, path, data_type.or(of_page)) {
                    let detail =
                        format!("component `{id}` names field `{path}`, which its form does not have");
                    let at = (page.file.as_str(), id);
                    faults.push(sources.fault("CHECK-FIELD-UNKNOWN", FaultSeverity::Error, at, detail));
                }
            }
        }
    }
}

/// The field of a binding, and its data type where it names one.
fn binding(binding: &Value) -> Option<(&str, Option<&str>)> {
    match binding {
        Value::String(path) => Some((path, None)),
        other => Some((other.get("field")?.as_str()?, other.get("dataType").and_then(Value::as_str))),
    }
}

/// The fields that the expressions in a value look up (`["dataModel", "path", "dataType"]`).
fn fields_in(value: &Value) -> Vec<(&str, Option<&str>)> {
    let mut found = Vec::new();
    let mut ahead = vec![value];
    while let Some(value) = ahead.pop() {
        match value {
            Value::Array(items) => {
                if let [Value::String(function), Value::String(path), rest @ ..] = items.as_slice()
                    && function == "dataModel"
                {
                    found.push((path.as_str(), rest.first().and_then(Value::as_str)));
                }
                ahead.extend(items);
            }
            Value::Object(fields) => ahead.extend(fields.values()),
            _ => {}
        }
    }
    found
}

/// Whether a form has a field; a data type that is not named may be any. What has no schema may have any field.
fn is_known(app: &AppDefinition, path: &str, data_type: Option<&str>) -> bool {
    let schemas: Vec<&FormSchema> = match data_type.filter(|id| app.metadata().data_type(id).is_some()) {
        Some(id) => app.form_schema(id).into_iter().collect(),
        None => app.metadata().data_types().iter().filter_map(|form| app.form_schema(&form.id)).collect(),
    };
    schemas.is_empty() || schemas.iter().any(|schema| has_field(schema.document(), path))
}

/// How many references are followed on the way to a field.
const MAX_REFERENCES: usize = 64;

fn has_field(schema: &Value, path: &str) -> bool {
    let names =
        path.split('.').map(|name| name.split('[').next().unwrap_or(name)).filter(|name| !name.is_empty());
    let mut at = vec![schema];
    for name in names {
        at = at.iter().flat_map(|place| below(schema, place, name, MAX_REFERENCES)).collect();
        if at.is_empty() {
            return false;
        }
    }
    true
}

/// What a field may be, through references, combinations and lists; open schemas have every field.
fn below<'s>(root: &'s Value, place: &'s Value, name: &str, references: usize) -> Vec<&'s Value> {
    if references == 0 {
        return Vec::new();
    }
    let mut found = Vec::new();
    if let Some(reference) = place.get("$ref").and_then(Value::as_str) {
        let target = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        found.extend(target.into_iter().flat_map(|target| below(root, target, name, references - 1)));
    }
    for combination in ["allOf", "anyOf", "oneOf"] {
        let members = place.get(combination).and_then(Value::as_array).into_iter().flatten();
        found.extend(members.flat_map(|member| below(root, member, name, references - 1)));
    }
    if let Some(items) = place.get("items") {
        found.extend(below(root, items, name, references - 1));
    }
    let properties = place.get("properties").and_then(Value::as_object);
    let exact = properties.and_then(|fields| fields.get(name));
    let in_any_case =
        || properties?.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    found.extend(exact.or_else(in_any_case));
    found
}

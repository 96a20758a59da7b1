//! Conditions and bindings that name fields which the forms do not have.

use serde_json::Value;

use super::fault::{Fault, FaultSeverity};
use super::sources::Sources;
use crate::definition::{AppDefinition, LayoutSet};
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
    app.layout_sets().iter().for_each(|set| on_pages(app, sources, set, faults));
}

fn on_pages(app: &AppDefinition, sources: &Sources<'_>, set: &LayoutSet, faults: &mut Vec<Fault>) {
    for (layouts, page) in set.all_pages() {
        for component in layouts.components_of(page) {
            let id = component.id.as_str();
            let mut named: Vec<(&str, Option<&str>)> = fields_in(layouts.source(component));
            let bindings = component.bindings.values();
            named.extend(bindings.map(|binding| (binding.field.as_str(), binding.data_type.as_deref())));
            let mapping = mapping_of(layouts.source(component));
            let mapping: Vec<(String, &str)> = mapping.map(|(from, to)| (without_rows(from), to)).collect();
            named.extend(mapping.iter().map(|(from, _)| (from.as_str(), None)));
            // The columns of a sub-form are of its own data type.
            let is_subform = component.kind == "Subform";
            let of_page = set.data_type.as_deref().filter(|_| !is_subform);
            for (path, data_type) in named {
                if !is_known(app, path, data_type.or(of_page)) {
                    let detail =
                        format!("component `{id}` names field `{path}`, which its form does not have");
                    let at = (set.file_of(page), id);
                    faults.push(sources.fault("CHECK-FIELD-UNKNOWN", FaultSeverity::Error, at, detail));
                }
            }
            for (_, to) in mapping.iter().filter(|(_, to)| !is_known(app, to, None)) {
                let detail = format!("component `{id}` fills in field `{to}`, which no form has");
                let at = (set.file_of(page), id);
                faults.push(sources.fault("CHECK-FIELD-UNKNOWN", FaultSeverity::Error, at, detail));
            }
        }
    }
}

/// The fields that a button begins a submission with, each with the field that it fills in there.
fn mapping_of(component: &Value) -> impl Iterator<Item = (&str, &str)> {
    let is_button = component.get("type").and_then(Value::as_str) == Some("InstantiationButton");
    let stated = component.get("mapping").filter(|_| is_button).and_then(Value::as_object);
    stated.into_iter().flatten().filter_map(|(from, to)| Some((from.as_str(), to.as_str()?)))
}

/// A field without the rows that it is of: `people[{0}].name` as `people.name`.
fn without_rows(field: &str) -> String {
    let steps = field.split('.').map(|step| step.split('[').next().unwrap_or_default());
    steps.collect::<Vec<_>>().join(".")
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
    schemas.is_empty() || schemas.iter().any(|schema| !schema.field(path).is_empty())
}

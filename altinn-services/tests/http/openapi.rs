//! The description of the API is whole.

use std::collections::BTreeSet;

use altinn_core::http::Method;
use serde_json::Value;

use crate::world::{World, everywhere, json};

/// Every `$ref` in a document.
fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get("$ref") {
                found.push(reference);
            }
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

/// What describes a value as two kinds of thing at once, by its place: no value is that.
fn two_things_at_once(value: &Value, at: String, found: &mut Vec<String>) {
    let kinds = value["allOf"].as_array().into_iter().flatten().filter_map(|one| one["type"].as_str());
    if kinds.collect::<BTreeSet<_>>().len() > 1 {
        found.push(at.clone());
    }
    let fields = value.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), value));
    let items = value.as_array().into_iter().flatten().enumerate().map(|(at, item)| (at.to_string(), item));
    fields.chain(items).for_each(|(name, value)| two_things_at_once(value, format!("{at}/{name}"), found));
}

#[tokio::test]
async fn every_operation_is_described_and_every_reference_leads_somewhere() {
    everywhere(async |world: World| {
        let description = json(&world.send(world.request(Method::GET, "/openapi.json")).await, 200);
        assert_eq!(description["openapi"], "3.1.0");
        let mut found = Vec::new();
        references(&description, &mut found);
        assert!(!found.is_empty());
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(description.pointer(pointer).is_some(), "{reference}");
        }
        let mut impossible = Vec::new();
        two_things_at_once(&description, String::new(), &mut impossible);
        assert_eq!(impossible, Vec::<String>::new());
        // Makers of clients name what they make by the title.
        let mut titles = BTreeSet::new();
        for (name, schema) in description["components"]["schemas"].as_object().unwrap() {
            let title = schema["title"].as_str().unwrap_or(name);
            assert!(titles.insert(title), "{title} stands there twice");
        }
        let mut names = BTreeSet::new();
        for (path, item) in description["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let name = operation["operationId"].as_str().unwrap();
                assert!(names.insert(name), "{name} stands there twice");
                assert!(operation["summary"].is_string(), "{method} {path} says nothing of itself");
                let answers = operation["responses"].as_object().unwrap().values();
                let media_types = answers.filter_map(|answer| answer["content"].as_object());
                // Whoever answers with a text names its characters; anything else is in JSON.
                let is_json = media_types.flatten().all(|(media_type, _)| media_type != "text/plain");
                assert!(is_json, "{method} {path} answers in JSON and says otherwise");
                assert_eq!(operation["responses"]["default"]["$ref"], "#/components/responses/Problem");
            }
        }
    })
    .await;
}

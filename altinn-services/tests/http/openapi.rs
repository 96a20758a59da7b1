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
                assert_eq!(operation["responses"]["default"]["$ref"], "#/components/responses/Problem");
            }
        }
    })
    .await;
}

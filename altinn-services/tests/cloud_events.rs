//! Events are CloudEvents 1.0 or are refused, and come out as they went in.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests fail by panicking"
)]

use std::path::Path;

use altinn_core::RandomIds;
use altinn_core::store::{Batch, fresh};
use altinn_services::event::{CloudEvent, EventError, EventFeed, EventFilter, NewEvent};
use chrono::Utc;
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(event: Value) -> Result<CloudEvent, EventError> {
    CloudEvent::try_from(event.as_object().unwrap().clone())
}

fn with(name: &str, value: Value) -> Value {
    let mut event = json!({"specversion": "1.0", "id": "1", "source": "/s", "type": "t"});
    event[name] = value;
    event
}

#[test]
fn the_smallest_event_and_one_with_everything_come_out_as_they_went_in() {
    let everything = json!({
        "specversion": "1.0", "id": "A234-1234-1234", "source": "https://github.com/cloudevents/spec/pull",
        "type": "com.github.pull_request.opened", "subject": "123", "time": "2018-04-05T17:31:00Z",
        "datacontenttype": "text/xml; charset=utf-8", "dataschema": "urn:schema:1", "comexampleextension1": "value",
        "comexampleothervalue": 5, "flag": false, "data": "<much wow=\"xml\"/>"
    });
    for event in [with("id", json!("1")), everything] {
        let read = read(event.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), event);
    }
}

#[test]
fn every_required_attribute_is_missed_by_its_name_also_when_it_is_null() {
    for name in ["specversion", "id", "source", "type"] {
        let mut event = with("id", json!("1"));
        event[name] = Value::Null;
        assert_eq!(read(event.clone()).unwrap_err(), EventError::Missing(name));
        event.as_object_mut().unwrap().remove(name);
        assert_eq!(read(event).unwrap_err(), EventError::Missing(name));
    }
}

#[test]
fn what_an_attribute_cannot_be_is_refused_by_its_name() {
    let cases = [
        ("specversion", json!("0.3")),
        ("specversion", json!(1.0)),
        ("id", json!("")),
        ("id", json!(7)),
        ("source", json!("")),
        ("source", json!("a b")),
        ("type", json!("a\u{0}b")),
        ("subject", json!("")),
        ("time", json!("yesterday")),
        ("time", json!("2018-04-05 17:31")),
        ("dataschema", json!("no-scheme")),
        ("datacontenttype", json!("text")),
        ("datacontenttype", json!("text/")),
        ("extension", json!({"a": 1})),
        ("extension", json!([1])),
        ("extension", json!(1.5)),
        ("extension", json!(2_147_483_648_i64)),
        ("data_base64", json!("not base64!")),
    ];
    for (name, value) in cases {
        let refused = read(with(name, value.clone())).unwrap_err();
        assert!(
            matches!(&refused, EventError::Attribute { name: found, .. } if found == name),
            "{name} {value}: {refused:?}"
        );
    }
    for name in ["Upper", "with-dash", "with_underscore", "æ", ""] {
        assert_eq!(read(with(name, json!("x"))).unwrap_err().code(), "EVENT-NAME", "{name}");
    }
    let mut two = with("data", json!(1));
    two["data_base64"] = json!("AAAA");
    assert_eq!(read(two).unwrap_err(), EventError::TwoKindsOfData);
}

#[test]
fn nobody_is_named_in_debug() {
    let event =
        CloudEvent::new("1", "/s", "t").unwrap().with("alternativesubject", "/person/29818510193").unwrap();
    assert_eq!(event.alternative_subject(), Some("/person/29818510193"));
    assert!(!format!("{event:?}").contains("29818510193"));
}

#[test]
fn a_filter_lets_through_what_fits_all_its_parts() {
    let event = CloudEvent::new("1", "/ttd/app/instances/1/2", "app.instance.created").unwrap();
    let event = event
        .with("resource", "urn:altinn:resource:app_ttd_app")
        .unwrap()
        .with("subject", "/party/7")
        .unwrap();
    let of = |filter: Value| serde_json::from_value::<EventFilter>(filter).unwrap().matches(&event);
    assert!(of(json!({})));
    for source in ["/ttd/app", "/ttd/app/", "/ttd/app/instances/1/2", "/ttd"] {
        assert!(of(json!({"sourceFilter": source})), "{source}");
    }
    for source in ["/ttd/ap", "/ttd/app/instances/1/2/3", "ttd/app"] {
        assert!(!of(json!({"sourceFilter": source})), "{source}");
    }
    let all = json!({"resourceFilter": "urn:altinn:resource:app_ttd_app", "subjectFilter": "/party/7", "typeFilter": "app.instance.created"});
    assert!(of(all.clone()));
    for part in ["resourceFilter", "subjectFilter", "typeFilter"] {
        let mut other = all.clone();
        other[part] = json!("other");
        assert!(!of(other), "{part}");
    }
    assert!(!of(json!({"alternativeSubjectFilter": "/organisation/991825827"})));
}

#[tokio::test]
async fn an_agencys_own_event_is_published_once_and_read_through_a_filter() {
    for (name, store) in fresh::all().await.unwrap() {
        store
            .migrate(&[
                altinn_core::MIGRATIONS,
                altinn_auth::register::MIGRATIONS,
                altinn_services::MIGRATIONS,
            ])
            .await
            .unwrap();
        let feed = EventFeed::new(store.clone());
        let publish = async |id: &str, kind: &str| {
            let event = CloudEvent::new(id, "/bakeries", kind)
                .unwrap()
                .with("resource", "urn:altinn:resource:bakery");
            let event = NewEvent::of(event.unwrap(), Utc::now()).unwrap();
            let mut batch = Batch::new();
            EventFeed::publish(&mut batch, &event);
            store.commit(batch).await
        };
        for number in 0..10 {
            publish(&number.to_string(), if number % 5 == 0 { "rare" } else { "usual" }).await.unwrap();
        }
        assert!(publish("3", "usual").await.unwrap_err().is_conflict(), "{name}: the same source and id");

        let rare = EventFilter { type_filter: Some("rare".to_owned()), ..EventFilter::default() };
        let (mut after, mut ids) = (0, Vec::new());
        loop {
            let page = feed.read_where(&rare, after, 3).await.unwrap();
            ids.extend(page.events.iter().map(|event| event.id().to_owned()));
            if page.next == after {
                break;
            }
            after = page.next;
        }
        ids.sort();
        assert_eq!((ids, after), (vec!["0".to_owned(), "5".to_owned()], 10), "{name}");
    }
}

#[test]
fn an_event_without_a_resource_or_of_too_many_bytes_is_not_published() {
    let event = CloudEvent::new("1", "/s", "t").unwrap();
    assert_eq!(NewEvent::of(event.clone(), Utc::now()).unwrap_err(), EventError::Missing("resource"));
    let long = event.with("resource", "urn:altinn:resource:x").unwrap().with_data(json!("x".repeat(70_000)));
    assert_eq!(NewEvent::of(long, Utc::now()).unwrap_err().code(), "EVENT-TOO-LONG");
}

proptest! {
    #[test]
    fn no_json_makes_it_panic_and_what_is_read_is_read_again(text in r#"[\{"a-z:,\[\]0-9\}]{0,40}"#, name in "[a-z]{1,8}", value in ".{0,20}") {
        let _ = serde_json::from_str::<CloudEvent>(&text);
        if let Ok(event) = read(with(&name, json!(value))) {
            let again: CloudEvent = serde_json::from_str(&serde_json::to_string(&event).unwrap()).unwrap();
            prop_assert_eq!(again, event);
        }
    }
}

/// Every JSON object below a value.
fn objects(value: &Value, found: &mut Vec<serde_json::Map<String, Value>>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| objects(value, found)),
        Value::Object(object) => {
            found.push(object.clone());
            object.values().for_each(|value| objects(value, found));
        }
        _ => {}
    }
}

#[test]
fn the_events_of_others_are_read_and_come_out_as_they_were() {
    let Ok(corpora) = std::env::var("ALTINN_CORPORA") else {
        println!("skipped: ALTINN_CORPORA is not set");
        return;
    };
    let mut paths = vec![Path::new(&corpora).join("cloudevents")];
    let mut count = 0;
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            paths.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let Ok(value) = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')) else { continue };
        let mut found = Vec::new();
        objects(&value, &mut found);
        for object in found.into_iter().filter(|object| {
            ["specversion", "id", "source", "type"].iter().all(|name| object.contains_key(*name))
        }) {
            // A JSON Schema describes events and is none.
            if object["specversion"].is_object() {
                continue;
            }
            let event =
                CloudEvent::try_from(object.clone()).unwrap_or_else(|error| panic!("{path:?}: {error}"));
            // An attribute that is null is as if it were not there (JSON event format, 2.2).
            let mut said = object;
            said.retain(|name, value| name == "data" || !value.is_null());
            assert_eq!(serde_json::to_value(&event).unwrap(), Value::Object(said), "{path:?}");
            count += 1;
        }
    }
    println!("{count} events");
    assert!(count > 0);
}

#[test]
fn an_instances_event_has_altinns_form() {
    let service = altinn_core::ServiceId::new("ttd", "bakery-licence").unwrap();
    let instance: altinn_core::InstanceId = "50001/3f0b9f0c-5a5c-4e0e-9d5e-0f6a3a3e1f10".parse().unwrap();
    let time = "2026-03-01T12:00:00.5Z".parse().unwrap();
    let event =
        NewEvent::of_instance(&RandomIds, (&service, &instance), "app.instance.created", time, 1).unwrap();
    let mut json = serde_json::to_value(event.event()).unwrap();
    assert!(json.as_object_mut().unwrap().remove("id").is_some());
    assert_eq!(
        json,
        json!({
            "specversion": "1.0", "type": "app.instance.created", "time": "2026-03-01T12:00:00.500000Z",
            "source": "/ttd/bakery-licence/instances/50001/3f0b9f0c-5a5c-4e0e-9d5e-0f6a3a3e1f10", "subject": "/party/50001",
            "resource": "urn:altinn:resource:app_ttd_bakery-licence", "resourceinstance": "50001/3f0b9f0c-5a5c-4e0e-9d5e-0f6a3a3e1f10"
        })
    );
}

//! Problems as an HTTP API writes and reads them.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_core::{Problem, ValidationError};
use proptest::prelude::*;
use serde_json::json;

#[test]
fn a_problem_has_the_members_of_rfc_9457_and_those_that_altinn_adds() {
    let problem = Problem::new(403, "AUTH-DENIED", "access is denied")
        .with_type("https://example.com/problems/denied")
        .with_detail("the role `DAGL` is missing")
        .with_instance("/instances/50001")
        .with_trace_id("4bf92f3577b34da6");
    assert_eq!(
        serde_json::to_value(&problem).unwrap(),
        json!({
            "type": "https://example.com/problems/denied",
            "title": "access is denied",
            "status": 403,
            "detail": "the role `DAGL` is missing",
            "instance": "/instances/50001",
            "code": "AUTH-DENIED",
            "traceId": "4bf92f3577b34da6"
        })
    );
    assert_eq!(Problem::MEDIA_TYPE, "application/problem+json");
}

#[test]
fn a_problem_of_another_system_is_read_without_the_members_that_may_be_missing() {
    let read: Problem =
        serde_json::from_value(json!({"title": "gone", "status": 410, "code": "STD-00010", "more": true}))
            .unwrap();
    assert_eq!((read.problem_type(), read.status(), read.code()), ("about:blank", 410, "STD-00010"));
    assert!(read.detail().is_none() && read.validation_errors().is_empty());
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(title: String, code: String, detail: String, path: String, status in 400..600_u16) {
        let error = ValidationError::new(&code, &detail).at(&path).at("/b");
        let problem = Problem::new(status, code, title).with_detail(detail).with_validation_error(error);
        let written = serde_json::to_vec(&problem).unwrap();
        prop_assert_eq!(serde_json::from_slice::<Problem>(&written).unwrap(), problem);
    }
}

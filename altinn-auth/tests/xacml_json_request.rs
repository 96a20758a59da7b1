//! Requests in the JSON profile, in the standard's spelling and in Altinn's.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_auth::xacml::{MAX_DECISIONS, Request, Value, name};
use proptest::prelude::*;

const ACTION: &str = r#"{"AttributeId":"urn:oasis:names:tc:xacml:1.0:action:action-id","Value":"read"}"#;

fn request(json: &str) -> Request {
    let mut requests = Request::read_json(json).unwrap();
    assert_eq!(requests.len(), 1);
    requests.remove(0)
}

fn code(json: &str) -> &'static str {
    Request::read_json(json).unwrap_err().code()
}

#[test]
fn a_type_follows_from_the_json_or_is_named_in_short_or_in_full() {
    let request = request(
        r#"{"Request":{"Category":[{"CategoryId":"Resource","Attribute":[
            {"AttributeId":"a","Value":[1,"1",true,1.5]},
            {"AttributeId":"b","Value":"1","DataType":"integer"},
            {"AttributeId":"c","Value":"1","DataType":"http://www.w3.org/2001/XMLSchema#integer"}]}]}}"#,
    );
    let values = |id| request.values(name::RESOURCE, id).cloned().collect::<Vec<_>>();
    assert_eq!(values("a"), [Value::from(1), Value::from("1"), Value::from(true), Value::Double(1.5)]);
    assert_eq!((values("b"), values("c")), (vec![Value::from(1)], vec![Value::from(1)]));
}

#[test]
fn altinns_spelling_with_small_letters_and_nulls_is_read() {
    let request = request(
        r#"{"request":{"category":null,"accessSubject":[{"id":null,"attribute":[
            {"attributeId":"urn:altinn:userid","value":"1","issuer":null,"dataType":"string","includeInResult":true}]}],
            "multiRequests":null}}"#,
    );
    assert_eq!(request.values(name::ACCESS_SUBJECT, "urn:altinn:userid").count(), 1);
}

#[test]
fn several_decisions_are_asked_for_by_reference() {
    let json = format!(
        r#"{{"Request":{{"Action":[{{"Id":"a1","Attribute":[{ACTION}]}}],
            "Resource":[{{"Id":"r1","Attribute":[]}},{{"Id":"r2","Attribute":[{{"AttributeId":"x","Value":"2"}}]}}],
            "MultiRequests":{{"RequestReference":[{{"ReferenceId":["a1","r1"]}},{{"ReferenceId":["a1","r2"]}}]}}}}}}"#
    );
    let requests = Request::read_json(json).unwrap();
    let counts: Vec<usize> =
        requests.iter().map(|request| request.values(name::RESOURCE, "x").count()).collect();
    assert_eq!(counts, [0, 1]);
}

#[test]
fn what_is_wrong_has_a_code_and_no_value_in_it() {
    assert_eq!(code("{"), "AUTH-XACML-NOT-JSON");
    assert_eq!(code("[]"), "AUTH-XACML-INVALID-VALUE");
    assert_eq!(code("{}"), "AUTH-XACML-MISSING");
    assert_eq!(
        code(r#"{"Request":{"MultiRequests":{"RequestReference":[{"ReferenceId":["x"]}]}}}"#),
        "AUTH-XACML-INVALID-VALUE"
    );
    let secret = r#"{"Request":{"Resource":{"Attribute":{"AttributeId":"a","Value":"01039012345","DataType":"date"}}}}"#;
    assert!(!Request::read_json(secret).unwrap_err().to_string().contains("0103"));
}

#[test]
fn more_decisions_than_are_made_at_once_are_refused() {
    let reference = r#"{"ReferenceId":["r"]}"#;
    let references = vec![reference; MAX_DECISIONS + 1].join(",");
    let json = format!(
        r#"{{"Request":{{"Resource":{{"Id":"r"}},"MultiRequests":{{"RequestReference":[{references}]}}}}}}"#
    );
    assert_eq!(code(&json), "AUTH-XACML-TOO-MANY-DECISIONS");
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,200}") {
        let _ = Request::read_json(&text);
        let _ = Request::read_json(format!(r#"{{"Request":{{"Resource":{text}}}}}"#));
    }
}

//! What a BPMN file must be to give a process.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use altinn_services::process::{MAX_BPMN_BYTES, Process, ProcessError, TaskKind};
use proptest::prelude::*;

/// A drawing with these elements, in the namespace of today's apps.
fn drawing(elements: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:altinn="http://altinn.no/process">
<bpmn:process id="P">
{elements}
</bpmn:process>
</bpmn:definitions>"#
    )
}

fn flow(id: &str, from: &str, to: &str) -> String {
    format!(r#"<bpmn:sequenceFlow id="{id}" sourceRef="{from}" targetRef="{to}"/>"#)
}

/// A start, a task with this content and an end.
fn with_task(task: &str) -> String {
    let flows = format!("{}{}", flow("f1", "S", "T"), flow("f2", "T", "E"));
    drawing(&format!(r#"<bpmn:startEvent id="S"/>{task}<bpmn:endEvent id="E"/>{flows}"#))
}

fn refused(text: &str) -> ProcessError {
    Process::from_bpmn(text.as_bytes()).unwrap_err()
}

fn kind_of(task: &str) -> TaskKind {
    Process::from_bpmn(with_task(task).as_bytes()).unwrap().task("T").unwrap().kind.clone()
}

#[test]
fn the_kind_of_a_task_is_read_in_every_dialect() {
    let element = |inner: &str| {
        format!(r#"<bpmn:task id="T"><bpmn:extensionElements>{inner}</bpmn:extensionElements></bpmn:task>"#)
    };
    let in_extension =
        element("<altinn:taskExtension><altinn:taskType> signing </altinn:taskType></altinn:taskExtension>");
    assert_eq!(kind_of(&in_extension), TaskKind::Signing);
    let in_properties =
        element("<altinn:properties><altinn:taskType>data</altinn:taskType></altinn:properties>");
    assert_eq!(kind_of(&in_properties), TaskKind::Data);
    let as_id = element(r#"<altinn:properties><altinn:tasktype id="data"/></altinn:properties>"#);
    assert_eq!(kind_of(&as_id), TaskKind::Data);
    let as_attribute = r#"<bpmn:task id="T" xmlns:old="http://altinn.no" old:tasktype="confirmation"/>"#;
    assert_eq!(kind_of(as_attribute), TaskKind::Confirmation);
    assert_eq!(kind_of(r#"<bpmn:task id="T"/>"#), TaskKind::Unspecified);
    assert_eq!(
        kind_of(&element(
            "<altinn:taskExtension><altinn:taskType>myOwn</altinn:taskType></altinn:taskExtension>"
        )),
        TaskKind::Other("myOwn".into())
    );
}

#[test]
fn what_a_task_configures_is_kept() {
    let task = r#"<bpmn:task id="T" name="Sign"><bpmn:extensionElements><altinn:taskExtension>
        <altinn:taskType>signing</altinn:taskType>
        <altinn:actions><altinn:action>reject</altinn:action><altinn:action type="serverAction">look-up</altinn:action></altinn:actions>
        <altinn:signatureConfig>
          <altinn:dataTypesToSign><altinn:dataType>form</altinn:dataType><altinn:dataType>plan</altinn:dataType></altinn:dataTypesToSign>
          <altinn:signatureDataType>signature</altinn:signatureDataType>
          <altinn:uniqueFromSignaturesInDataTypes><altinn:dataType>first</altinn:dataType></altinn:uniqueFromSignaturesInDataTypes>
          <altinn:correspondenceResource env="tt02">test-resource</altinn:correspondenceResource>
          <altinn:runDefaultValidator>true</altinn:runDefaultValidator>
        </altinn:signatureConfig></altinn:taskExtension></bpmn:extensionElements></bpmn:task>"#;
    let process = Process::from_bpmn(with_task(task).as_bytes()).unwrap();
    let task = process.task("T").unwrap();
    assert_eq!(task.name.as_deref(), Some("Sign"));
    assert_eq!(task.allowed_actions(), ["sign", "reject"]);
    assert!(!task.allows("look-up"), "a server action does not move the process");
    let signature = task.signature.as_ref().unwrap();
    assert_eq!(signature.data_types_to_sign, ["form", "plan"]);
    assert_eq!(signature.signature_data_type.as_deref(), Some("signature"));
    assert_eq!(signature.unique_from_signatures_in, ["first"]);
    assert_eq!(signature.correspondence_resources[0].environment.as_deref(), Some("tt02"));
    assert!(signature.run_default_validator);
}

#[test]
fn a_drawing_that_can_not_be_walked_is_refused_with_the_reason() {
    let task = r#"<bpmn:startEvent id="S"/><bpmn:task id="T"/><bpmn:endEvent id="E"/>"#;
    let cases = [
        (
            "PROCESS-NO-END-EVENT",
            r#"<bpmn:startEvent id="S"/><bpmn:task id="T"/>"#.to_owned() + &flow("f", "S", "T"),
        ),
        ("PROCESS-END-NOT-REACHABLE", task.to_owned() + &flow("f", "S", "T")),
        ("PROCESS-START-EVENTS", r#"<bpmn:task id="T"/><bpmn:endEvent id="E"/>"#.to_owned()),
        (
            "PROCESS-START-EVENTS",
            r#"<bpmn:startEvent id="S"/><bpmn:startEvent id="S2"/><bpmn:endEvent id="E"/>"#.to_owned(),
        ),
        ("PROCESS-FLOW-WITHOUT-END", task.to_owned() + &flow("f", "S", "Nowhere")),
        ("PROCESS-FLOW-WITHOUT-END", task.to_owned() + &flow("f", "Nowhere", "T")),
        ("PROCESS-FLOW-AGAINST-EVENT", task.to_owned() + &flow("f", "E", "T")),
        ("PROCESS-FLOW-AGAINST-EVENT", task.to_owned() + &flow("f", "T", "S")),
        ("PROCESS-DUPLICATE-ID", task.to_owned() + r#"<bpmn:task id="T"/>"#),
        ("PROCESS-DUPLICATE-ID", task.to_owned() + &flow("T", "S", "T")),
        ("PROCESS-ATTRIBUTE-MISSING", task.to_owned() + "<bpmn:task/>"),
        ("PROCESS-ATTRIBUTE-MISSING", task.to_owned() + r#"<bpmn:sequenceFlow id="f" sourceRef="S"/>"#),
        (
            "PROCESS-ELEMENT-NOT-SUPPORTED",
            task.to_owned() + r#"<bpmn:parallelGateway id="G"/>"# + &flow("f", "T", "G"),
        ),
        (
            "PROCESS-DEFAULT-FLOW-UNKNOWN",
            task.to_owned()
                + r#"<bpmn:exclusiveGateway id="G" default="f"/>"#
                + &flow("f", "S", "T")
                + &flow("g", "T", "E"),
        ),
        (
            "PROCESS-CONDITION",
            task.to_owned()
                + r#"<bpmn:sequenceFlow id="f" sourceRef="S" targetRef="T"><bpmn:conditionExpression>["equals",</bpmn:conditionExpression></bpmn:sequenceFlow>"#,
        ),
    ];
    for (code, elements) in cases {
        let error = refused(&drawing(&elements));
        assert_eq!(error.code(), code, "{elements}: {error}");
    }
}

#[test]
fn an_element_that_no_flow_touches_may_be_of_any_kind() {
    let noted = with_task(r#"<bpmn:task id="T"/><bpmn:textAnnotation id="Note"/>"#);
    assert!(Process::from_bpmn(noted.as_bytes()).is_ok());
}

#[test]
fn a_fault_says_its_line_and_column() {
    let at = refused(&drawing("<bpmn:startEvent id=\"S\"/>\n   <bpmn:task/>")).position().unwrap();
    assert_eq!((at.line, at.column), (5, 4));
}

#[test]
fn what_is_no_bpmn_is_refused() {
    assert_eq!(refused("<root>process</root>").code(), "PROCESS-NOT-BPMN");
    assert_eq!(refused("<definitions").code(), "PROCESS-XML");
    assert_eq!(Process::from_bpmn(b"\xff").unwrap_err().code(), "PROCESS-NOT-UTF8");
    assert_eq!(Process::from_bpmn(&vec![b' '; MAX_BPMN_BYTES + 1]).unwrap_err().code(), "PROCESS-TOO-LARGE");
}

#[test]
fn a_document_type_and_floods_of_nodes_are_refused() {
    let entities =
        r#"<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><d>&b;</d>"#;
    assert_eq!(refused(entities).code(), "PROCESS-XML");
    assert_eq!(refused(r#"<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>"#).code(), "PROCESS-XML");
    assert_eq!(refused(&format!("<d>{}</d>", "<e/>".repeat(150_000))).code(), "PROCESS-XML");
    let deep = format!("{}{}", "<e>".repeat(40_000), "</e>".repeat(40_000));
    assert!(Process::from_bpmn(deep.as_bytes()).is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Process::from_bpmn(&bytes);
    }

    #[test]
    fn a_damaged_drawing_is_read_or_refused(at in 0_usize..900, cut in 0_usize..40, put in "[<>a-zA-Z\"/= ]{0,9}") {
        let whole = with_task(r#"<bpmn:task id="T" name="æøå"><bpmn:extensionElements><altinn:taskExtension>
            <altinn:taskType>data</altinn:taskType></altinn:taskExtension></bpmn:extensionElements></bpmn:task>"#);
        let mut bytes = whole.into_bytes();
        let at = at.min(bytes.len());
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, put.bytes());
        let _ = Process::from_bpmn(&bytes);
    }
}

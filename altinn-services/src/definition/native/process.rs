//! The process that an app would have: the steps in their order, each with its way back.

use std::fmt::Write as _;

use super::file::{ServiceFile, Step};
use super::metadata::data_type_of;
use crate::process::TaskKind;

const HEAD: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:altinn="http://altinn.no/process"><process id="service">"#;

pub(super) fn of(service: &ServiceFile) -> String {
    let mut bpmn = format!(r#"{HEAD}<startEvent id="start"/><endEvent id="end"/>"#);
    for step in &service.steps {
        let drawn = if step.is_of_the_machine() { "serviceTask" } else { "task" };
        let name = step.name.as_deref().unwrap_or(&step.id);
        put(
            &mut bpmn,
            format_args!(
                r#"<{drawn} id="{}" name="{}"><extensionElements><altinn:taskExtension>{}</altinn:taskExtension></extensionElements></{drawn}>"#,
                step.id,
                escape(name),
                extension(step)
            ),
        );
    }
    let targets = service.steps.iter().skip(1).map(|step| step.id.as_str()).chain(["end"]);
    if let Some(first) = service.steps.first() {
        flow(&mut bpmn, "start", &first.id, None);
    }
    for (step, next) in service.steps.iter().zip(targets) {
        match &step.reject_to {
            None => flow(&mut bpmn, &step.id, next, None),
            Some(back) => {
                let gateway = format!("after.{}", step.id);
                put(&mut bpmn, format_args!(r#"<exclusiveGateway id="{gateway}"/>"#));
                flow(&mut bpmn, &step.id, &gateway, None);
                flow(&mut bpmn, &gateway, back, Some("equals"));
                flow(&mut bpmn, &gateway, next, Some("notEquals"));
            }
        }
    }
    bpmn.push_str("</process></definitions>");
    bpmn
}

fn extension(step: &Step) -> String {
    let mut extension = format!("<altinn:taskType>{}</altinn:taskType>", escape(&step.kind));
    if step.reject_to.is_some() {
        extension.push_str("<altinn:actions><altinn:action>reject</altinn:action></altinn:actions>");
    }
    let data_type = data_type_of(step).unwrap_or_default();
    match step.kind() {
        TaskKind::Signing => {
            let signs = step.signs.iter().map(|id| format!("<altinn:dataType>{id}</altinn:dataType>"));
            put(
                &mut extension,
                format_args!(
                    "<altinn:signatureConfig><altinn:dataTypesToSign>{}</altinn:dataTypesToSign>\
                     <altinn:signatureDataType>{data_type}</altinn:signatureDataType></altinn:signatureConfig>",
                    signs.collect::<String>()
                ),
            );
        }
        TaskKind::Payment => put(
            &mut extension,
            format_args!(
                "<altinn:paymentConfig><altinn:paymentDataType>{data_type}</altinn:paymentDataType></altinn:paymentConfig>"
            ),
        ),
        _ => {}
    }
    extension
}

fn flow(bpmn: &mut String, from: &str, to: &str, rejected: Option<&str>) {
    let condition = rejected.map(|function| {
        format!(r#"<conditionExpression>["{function}", ["gatewayAction"], "reject"]</conditionExpression>"#)
    });
    put(
        bpmn,
        format_args!(
            r#"<sequenceFlow id="{from}.{to}" sourceRef="{from}" targetRef="{to}">{}</sequenceFlow>"#,
            condition.unwrap_or_default()
        ),
    );
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// Writing to a text cannot fail.
fn put(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(arguments);
}

//! The metadata that an app would have.

use serde_json::{Map, Value, json};

use super::file::{Attachment, Form, ServiceFile, Step};
use crate::process::TaskKind;

pub(super) fn of(service: &ServiceFile) -> Value {
    let org = service.id.split('/').next().unwrap_or_default();
    let parties: Map<String, Value> =
        service.parties.iter().map(|kind| (kind.clone(), json!(true))).collect();
    let mut data_types: Vec<Value> = service.forms.iter().map(form).collect();
    data_types.extend(service.attachments.iter().map(attachment));
    data_types.extend(service.steps.iter().filter_map(of_step));
    json!({"id": service.id, "org": org, "title": service.title, "dataTypes": data_types, "partyTypesAllowed": parties})
}

fn form(form: &Form) -> Value {
    let logic = json!({"autoCreate": true, "classRef": form.id, "schemaRef": form.schema});
    json!({"id": form.id, "taskId": form.step, "minCount": 1, "maxCount": 1,
        "allowedContentTypes": ["application/json"], "appLogic": logic})
}

fn attachment(attachment: &Attachment) -> Value {
    json!({"id": attachment.id, "taskId": attachment.step, "minCount": attachment.min, "maxCount": attachment.max,
        "maxSize": attachment.megabytes, "allowedContentTypes": attachment.types})
}

/// What a step itself keeps.
fn of_step(step: &Step) -> Option<Value> {
    let id = data_type_of(step)?;
    Some(json!({"id": id, "allowedContributors": ["app:owned"]}))
}

/// The data type of what a step itself keeps: its signatures or its payment.
pub(super) fn data_type_of(step: &Step) -> Option<String> {
    matches!(step.kind(), TaskKind::Signing | TaskKind::Payment).then(|| format!("{}-{}", step.kind, step.id))
}

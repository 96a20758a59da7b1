//! Data types, against the tasks that use them.

use std::collections::BTreeSet;

use super::fault::{Fault, FaultSeverity};
use super::sources::Sources;
use crate::definition::{AppDefinition, DataType, LayoutSet};
use crate::process::{Task, TaskKind};

/// The data types that Altinn's own services fill.
const WRITTEN_BY_SERVICES: [&str; 2] = ["ref-data-as-pdf", "subform-pdf"];

/// The settings that name what others have filled in.
const TAKEN_AS_THEY_ARE: [&str; 3] = ["dataTypesToSign", "uniqueFromSignaturesInDataTypes", "dataTypes"];

pub(super) fn look(app: &AppDefinition, sources: &Sources<'_>, faults: &mut Vec<Fault>) {
    let named = app.process().tasks().flat_map(named_by);
    let used: BTreeSet<&str> =
        named.filter(|(setting, _)| !TAKEN_AS_THEY_ARE.contains(setting)).map(|(_, id)| id).collect();
    for data_type in app.metadata().data_types() {
        faults.extend(on_data_type(app, sources, data_type, &used));
    }
    for task in app.process().tasks() {
        for (setting, id) in named_by(task) {
            let written = WRITTEN_BY_SERVICES.contains(&id);
            if app.metadata().data_type(id).is_none() && !written {
                let detail = format!(
                    "task `{}` names data type `{id}` as its `{setting}`, and there is none",
                    task.id
                );
                let at = (sources.process(), id);
                faults.push(sources.fault("CHECK-DATA-TYPE-UNKNOWN", FaultSeverity::Error, at, detail));
            }
        }
        let unsigned = task.kind == TaskKind::Signing
            && task.signature.as_ref().is_none_or(|config| config.signature_data_type.is_none());
        if unsigned {
            let detail = format!("signing task `{}` names no data type for its signatures", task.id);
            let at = (sources.process(), task.id.as_str());
            faults.push(sources.fault("CHECK-SIGNATURE", FaultSeverity::Warning, at, detail));
        }
    }
    for field in app.metadata().data_fields().iter().chain(app.metadata().presentation_fields()) {
        if app.metadata().data_type(&field.data_type_id).is_none() {
            let detail =
                format!("field `{}` is of data type `{}`, and there is none", field.id, field.data_type_id);
            let at = (sources.metadata(), field.data_type_id.as_str());
            faults.push(sources.fault("CHECK-DATA-TYPE-UNKNOWN", FaultSeverity::Error, at, detail));
        }
    }
}

fn on_data_type(
    app: &AppDefinition,
    sources: &Sources<'_>,
    data_type: &DataType,
    used: &BTreeSet<&str>,
) -> Option<Fault> {
    let at = (sources.metadata(), data_type.id.as_str());
    if let Some(task) = &data_type.task_id {
        let known = app.process().task(task).is_some();
        let detail = format!("data type `{}` is of task `{task}`, which is not in the process", data_type.id);
        return (!known).then(|| sources.fault("CHECK-TASK-UNKNOWN", FaultSeverity::Error, at, detail));
    }
    let is_of_task = |set: &&LayoutSet| set.tasks.iter().any(|task| app.process().task(task).is_some());
    let below_another = data_type.app_logic.as_ref().is_some_and(|logic| logic.allow_in_subform)
        || app
            .layout_sets()
            .iter()
            .filter(|set| !is_of_task(set))
            .any(|set| set.data_type.as_deref() == Some(&data_type.id));
    let has_its_place = WRITTEN_BY_SERVICES.contains(&data_type.id.as_str())
        || used.contains(data_type.id.as_str())
        || app.metadata().is_stateless()
        || below_another;
    let detail = format!("data type `{}` is of no task: nobody is asked for it", data_type.id);
    (!has_its_place)
        .then(|| sources.fault("CHECK-DATA-TYPE-WITHOUT-TASK", FaultSeverity::Warning, at, detail))
}

/// The data types that a task names, and what for.
fn named_by(task: &Task) -> Vec<(&'static str, &str)> {
    let mut named: Vec<(&'static str, &str)> = Vec::new();
    if let Some(config) = &task.signature {
        named.extend(config.data_types_to_sign.iter().map(|id| ("dataTypesToSign", id.as_str())));
        named.extend(
            config
                .unique_from_signatures_in
                .iter()
                .map(|id| ("uniqueFromSignaturesInDataTypes", id.as_str())),
        );
        named.extend(config.signature_data_type.as_deref().map(|id| ("signatureDataType", id)));
        named.extend(config.signee_states_data_type.as_deref().map(|id| ("signeeStatesDataTypeId", id)));
        named.extend(config.signing_pdf_data_type.as_deref().map(|id| ("signingPdfDataType", id)));
    }
    if let Some(config) = &task.payment {
        named.extend(config.payment_data_type.as_deref().map(|id| ("paymentDataType", id)));
        named.extend(config.receipt_pdf_data_type.as_deref().map(|id| ("paymentReceiptPdfDataType", id)));
    }
    if let Some(config) = &task.e_formidling {
        named.extend(config.data_types.iter().map(|id| ("dataTypes", id.as_str())));
    }
    named
}

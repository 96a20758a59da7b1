//! What an app does in code of its own, by the name of the Rust trait that takes its place.

use std::collections::BTreeSet;

use super::fault::{Fault, FaultSeverity};
use super::sources::Sources;
use crate::definition::{AppDefinition, Position, Remark};

/// The interfaces that an app's C# code implements, and what takes their place here.
const HOOKS: [(&str, &str); 17] = [
    ("IInstantiationProcessor", "`Submission::prefill`"),
    ("IInstantiationValidator", "`Submission::may_start`"),
    ("IDataProcessor", "`Submission::calculate`"),
    ("IDataWriteProcessor", "`Submission::calculate`"),
    ("IFormDataValidator", "`Submission::validate`"),
    ("ITaskValidator", "`Submission::validate`"),
    ("IDataElementValidator", "`Submission::validate`"),
    ("IInstanceValidator", "`Submission::validate`"),
    ("IValidator", "`Submission::validate`"),
    ("IAppOptionsProvider", "`Submission::options`"),
    ("IInstanceAppOptionsProvider", "`Submission::options`"),
    ("IServiceTask", "`ServiceTask`"),
    ("IPaymentProcessor", "`Payment`"),
    ("IOrderDetailsCalculator", "`Payment::order`"),
    ("ISigneeProvider", "`SigneeProvider`"),
    ("IProcessExclusiveGateway", "conditions in the process"),
    ("IUserAction", "`Submission::user_action`"),
];

pub(super) fn look(app: &AppDefinition, sources: &Sources<'_>, faults: &mut Vec<Fault>) {
    for remark in app.remarks() {
        let (file, word) = match &remark {
            Remark::NotPublishable { .. } => continue,
            Remark::Layout { .. } => ("ui", ""),
            Remark::OrgDiffers { org, .. } => (sources.metadata(), org.as_str()),
            Remark::FormWithoutSchema { data_type, .. } => (sources.metadata(), data_type.as_str()),
            Remark::ServiceTaskNeeded { task, .. }
            | Remark::TaskOfOwnKind { task, .. }
            | Remark::PaymentNeeded { task } => (sources.process(), task.as_str()),
        };
        faults.push(sources.fault(remark.code(), FaultSeverity::Warning, (file, word), remark.to_string()));
    }
    e_formidling(app, sources, faults);
    signees(app, sources, faults);
    files(app, sources, faults);
    options(app, sources, faults);
    for (file, text) in sources.code() {
        faults.extend(hooks_in(&file, &text));
    }
}

/// What older apps send by eFormidling when a task is left: the metadata say so, and code of Altinn's does it.
fn e_formidling(app: &AppDefinition, sources: &Sources<'_>, faults: &mut Vec<Fault>) {
    let Some(configured) = app.metadata().raw().get("eFormidling").filter(|value| value.is_object()) else {
        return;
    };
    let after = configured.get("sendAfterTaskId").and_then(serde_json::Value::as_str).unwrap_or_default();
    let detail = format!(
        "`eFormidling` of the metadata sends when task `{after}` is left: here that is a service task `eFormidling` in the process, with a `ServiceTask`"
    );
    let at = (sources.metadata(), "eFormidling");
    faults.push(sources.fault("CHECK-EFORMIDLING", FaultSeverity::Warning, at, detail));
}

fn signees(app: &AppDefinition, sources: &Sources<'_>, faults: &mut Vec<Fault>) {
    for task in app.process().tasks() {
        let provider = task.signature.as_ref().and_then(|config| config.signee_provider.as_deref());
        if let Some(provider) = provider {
            let detail = format!(
                "the signees of task `{}` come from `{provider}`: it needs a `SigneeProvider` that is registered for it",
                task.id
            );
            let at = (sources.process(), provider);
            faults.push(sources.fault("CHECK-SIGNEE-PROVIDER", FaultSeverity::Warning, at, detail));
        }
        let configured = task.signature.as_ref().filter(|config| config.signee_provider.is_some());
        for resource in configured.iter().flat_map(|config| &config.correspondence_resources) {
            let resource = resource.value.as_str();
            let detail = format!(
                "the signees of task `{}` are called by `{resource}`: it needs a `CallToSign` that is registered for it",
                task.id
            );
            let at = (sources.process(), resource);
            faults.push(sources.fault("CHECK-CALL-TO-SIGN", FaultSeverity::Warning, at, detail));
        }
    }
}

fn files(app: &AppDefinition, sources: &Sources<'_>, faults: &mut Vec<Fault>) {
    for data_type in app.metadata().data_types() {
        for name in data_type.enabled_file_analysers.iter().chain(&data_type.enabled_file_validators) {
            let detail =
                format!("files of `{}` are judged by `{name}`, which is code of the app's", data_type.id);
            let at = (sources.metadata(), name.as_str());
            faults.push(sources.fault("CHECK-FILE-VALIDATOR", FaultSeverity::Warning, at, detail));
        }
    }
}

/// Lists of options that no file holds: code of the app's gives them.
fn options(app: &AppDefinition, sources: &Sources<'_>, faults: &mut Vec<Fault>) {
    let mut seen = BTreeSet::new();
    let all = app.layout_sets().iter().flat_map(|set| set.all_pages().map(move |at| (set, at)));
    for (set, (layouts, page)) in all {
        for id in layouts.components_of(page).filter_map(|component| component.options_id.as_deref()) {
            if app.options(id).is_none() && seen.insert(id.to_owned()) {
                let detail = format!(
                    "options `{id}` are in no file of `options`: they need a `Submission::options` that gives them"
                );
                let at = (set.file_of(page), id);
                faults.push(sources.fault("CHECK-OPTION-PROVIDER", FaultSeverity::Warning, at, detail));
            }
        }
    }
}

/// The interfaces of Altinn that classes of a C# file implement.
fn hooks_in(file: &str, text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let bases =
            line.contains("class ").then(|| line.split_once(':')).flatten().map_or("", |(_, bases)| bases);
        let words = bases.split(|letter: char| !letter.is_alphanumeric());
        for (interface, place) in
            words.filter_map(|word| HOOKS.iter().find(|(interface, _)| *interface == word))
        {
            let at = line.find(interface).unwrap_or(0);
            faults.push(Fault {
                code: "CHECK-HOOK",
                severity: FaultSeverity::Warning,
                file: file.to_owned(),
                position: Some(Position::of(text, start + at)),
                detail: format!("the app's code implements `{interface}`: here that is {place}, in Rust"),
            });
        }
        start += line.len();
    }
    faults
}

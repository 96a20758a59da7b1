//! What stands in for an agency's own code, so that any app folder can be tried.

use std::collections::BTreeSet;

use super::{StandIn, TestPayment};
use crate::Altinn;
use crate::definition::AppDefinition;
use crate::process::{Task, TaskKind};

/// Registers stand-ins for the service tasks and payments that an app needs, and gives the kinds of task that they
/// stand in for. They send nothing and take no money.
pub fn stand_in(altinn: &Altinn, app: &AppDefinition) -> BTreeSet<String> {
    let tasks = app.process().tasks().filter(|task| needs_code(task));
    let kinds: BTreeSet<String> = tasks.map(|task| task.kind.name().to_owned()).collect();
    for kind in &kinds {
        match TaskKind::named(kind) {
            TaskKind::Payment => altinn.register_payment(TestPayment::new()),
            _ => altinn.register_service_task(kind, StandIn::new()),
        }
    }
    kinds
}

fn needs_code(task: &Task) -> bool {
    let written_here = matches!(task.kind, TaskKind::Pdf | TaskKind::SubformPdf);
    task.kind == TaskKind::Payment || (task.is_done_by_machine() && !written_here)
}

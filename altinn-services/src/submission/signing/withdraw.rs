//! Signatures that do not hold any more.

use serde_json::Value;
use uuid::Uuid;

use super::states::data_type_of;
use crate::submission::element::DataElement;
use crate::submission::history::History;
use crate::submission::plan::Plan;

impl Plan<'_> {
    /// Takes out every signature of the instance, and who has signed: what they signed is open to change again. That
    /// they were given stays in the history.
    pub(in crate::submission) fn withdraw_signatures(&mut self) {
        self.withdraw(|_| true);
    }

    /// Takes out the signatures on an element whose content changes.
    pub(in crate::submission) fn withdraw_signatures_on(&mut self, element: Uuid) {
        let id = element.to_string();
        self.withdraw(|signature| signs(signature, &id));
    }

    fn withdraw(&mut self, is_meant: impl Fn(&DataElement) -> bool) {
        let tasks: Vec<_> = self.process().tasks().collect();
        let signatures: Vec<&str> =
            tasks.iter().filter_map(|task| task.signature.as_ref()?.signature_data_type.as_deref()).collect();
        let goes = |element: &DataElement| signatures.contains(&element.data_type()) && is_meant(element);
        if !self.instance.elements.iter().any(&goes) {
            return;
        }
        let states: Vec<&str> = tasks.iter().filter_map(|task| data_type_of(task)).collect();
        self.remove(|element| goes(element) || states.contains(&element.data_type()));
        self.history.push(History::of_instance("SignaturesWithdrawn", self.tools.now));
    }
}

/// Whether a signature is on an element.
fn signs(signature: &DataElement, element: &str) -> bool {
    let Ok(document) = signature.form() else { return true };
    let signed = document.get("dataElementSignatures").and_then(Value::as_array).into_iter().flatten();
    signed.filter_map(|one| one.get("dataElementId").and_then(Value::as_str)).any(|id| id == element)
}

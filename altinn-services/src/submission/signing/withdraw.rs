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
        self.forget_signees(|_| true);
    }

    /// Takes out the signatures on an element whose content changes.
    pub(in crate::submission) fn withdraw_signatures_on(&mut self, element: Uuid) {
        let id = element.to_string();
        if self.withdraw(|signature| signs(signature, &id)) {
            self.forget_signees(|_| true);
        }
    }

    /// Takes out what is known of signees, of those data types.
    pub(in crate::submission) fn forget_signees(&mut self, is_meant: impl Fn(&str) -> bool) {
        let states: Vec<&str> = self.process().tasks().filter_map(data_type_of).collect();
        self.remove(|element| states.contains(&element.data_type()) && is_meant(element.data_type()));
    }

    /// Takes out signatures; says whether there was any.
    fn withdraw(&mut self, is_meant: impl Fn(&DataElement) -> bool) -> bool {
        let tasks = self.process().tasks();
        let signatures: Vec<&str> =
            tasks.filter_map(|task| task.signature.as_ref()?.signature_data_type.as_deref()).collect();
        let goes = |element: &DataElement| signatures.contains(&element.data_type()) && is_meant(element);
        if !self.instance.elements.iter().any(&goes) {
            return false;
        }
        self.remove(goes);
        self.history.push(History::of_instance("SignaturesWithdrawn", self.tools.now));
        true
    }
}

/// Whether a signature is on an element.
fn signs(signature: &DataElement, element: &str) -> bool {
    let Ok(document) = signature.form() else { return true };
    let signed = document.get("dataElementSignatures").and_then(Value::as_array).into_iter().flatten();
    signed.filter_map(|one| one.get("dataElementId").and_then(Value::as_str)).any(|id| id == element)
}

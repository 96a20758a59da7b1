//! Signing what an instance holds.

use altinn_core::Actor;

use super::SubmissionError;
use super::element::{DataElement, FORM};
use super::history::History;
use super::plan::Plan;
use super::sign_document::SignDocument;
use crate::process::Task;

impl Plan<'_> {
    /// Adds the signature of `actor` on what the task asks to be signed.
    pub(super) fn sign(&mut self, task: &Task, actor: &Actor) -> Result<(), SubmissionError> {
        let config = task.signature.clone().unwrap_or_default();
        let signs = |element: &&DataElement| config.data_types_to_sign.contains(&element.data_type);
        let signed: Vec<_> = self.instance.elements.iter().filter(signs).collect();
        let id = self.tools.ids.next_id();
        let document = SignDocument::new(id, self.instance.id.guid, actor, self.tools.now, &signed);
        let content = serde_json::to_vec(&document).map_err(|error| SubmissionError::Stored {
            column: "signature".to_owned(),
            text: error.to_string(),
        })?;
        let data_type = config.signature_data_type.unwrap_or_else(|| "signature".to_owned());
        self.history.push(History::of_instance("Signed", self.tools.now));
        self.instance.elements.push(DataElement::new(id, data_type, FORM, content, self.tools.now));
        Ok(())
    }
}

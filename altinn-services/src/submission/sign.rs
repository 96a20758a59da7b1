//! Signing what an instance holds.

use altinn_archive::evidence::SignedElement;
use altinn_core::Actor;

use super::SubmissionError;
use super::element::{DataElement, FORM};
use super::history::History;
use super::plan::Plan;
use super::sign_document::{SignDocument, signature_data_type};
use super::signing::{Given, Turn};
use crate::process::Task;

impl Plan<'_> {
    /// Adds the signature of `actor` on what the task asks to be signed; it is sealed before the plan is stored.
    pub(super) fn sign(&mut self, task: &Task, actor: &Actor, turn: Turn) -> Result<(), SubmissionError> {
        let config = task.signature.clone().unwrap_or_default();
        let signs = |element: &&DataElement| config.data_types_to_sign.contains(&element.data_type);
        let signed: Vec<_> = self.instance.elements.iter().filter(signs).collect();
        let elements = self.instance.elements.iter().enumerate().filter(|(_, element)| signs(element));
        let elements = elements.map(|(index, element)| {
            let name = self.instance.name_in_archive(index, element);
            SignedElement::of(name, &element.content_type, &element.content)
        });
        let given = Given { task: task.id.clone(), turn, elements: elements.collect() };
        let id = self.tools.ids.next_id();
        let document = SignDocument::new(id, self.instance.id.guid, actor, self.tools.now, &signed);
        let content = serde_json::to_vec(&document).map_err(|error| SubmissionError::Stored {
            column: "signature".to_owned(),
            text: error.to_string(),
        })?;
        self.given = Some(given);
        let data_type = signature_data_type(task);
        self.history.push(History::of_instance("Signed", self.tools.now));
        self.instance.elements.push(DataElement::new(id, data_type, FORM, content, self.tools.now));
        Ok(())
    }
}

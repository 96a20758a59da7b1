//! The choices of lists: from files, or from the agency's code.

use std::collections::BTreeMap;

use altinn_core::{Actor, InstanceId, Language};

use super::{Instance, Service, SubmissionError, Submissions};
use crate::definition::Choice;

/// What the agency's code is asked for a list of choices with.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct OptionsAsked<'a> {
    /// The service.
    pub service: &'a Service,
    /// The instance that the choices are for; none where they are the same for all.
    pub instance: Option<&'a Instance>,
    /// The language of the labels.
    pub language: Language,
    /// What else was said (query parameters).
    pub parameters: &'a BTreeMap<String, String>,
}

impl Submissions<'_> {
    /// The choices of a list of a service that are the same for all: those of its file, else those of the agency's code
    /// ([`Submission::options`](super::Submission::options)); none when there is no such list.
    pub async fn options(
        &self,
        service: &Service,
        id: &str,
        language: Language,
        parameters: &BTreeMap<String, String>,
    ) -> Option<Vec<Choice>> {
        self.choices(id, &OptionsAsked { service, instance: None, language, parameters }).await
    }

    /// The choices of a list for an instance; none when there is no such list.
    ///
    /// # Errors
    /// As [`Submissions::get`].
    pub async fn options_of(
        &self,
        actor: &Actor,
        instance: &InstanceId,
        id: &str,
        language: Language,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Option<Vec<Choice>>, SubmissionError> {
        let instance = self.get(actor, instance).await?;
        let service = self.service_of(&instance)?;
        let asked = OptionsAsked { service: &service, instance: Some(&instance), language, parameters };
        Ok(self.choices(id, &asked).await)
    }

    async fn choices(&self, id: &str, asked: &OptionsAsked<'_>) -> Option<Vec<Choice>> {
        if let Some(choices) = asked.service.definition().choices(id) {
            return Some(choices);
        }
        let hooks = self.altinn.plug_ins().submission(asked.service.id())?;
        hooks.options(id, asked).await
    }
}

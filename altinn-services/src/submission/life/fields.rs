//! The fields of forms that are kept with an instance.

use std::collections::BTreeMap;

use altinn_core::{Actor, InstanceId};
use serde_json::Value;

use crate::definition::DataField;
use crate::expression::FieldPath;
use crate::submission::history::History;
use crate::submission::plan::Plan;
use crate::submission::{DataElement, Instance, InstanceStatus, SubmissionError, Submissions};

/// The most values of a kind that are kept with an instance.
const MOST: usize = 100;

/// The most characters of a value's id, and of a value.
const LONGEST: [usize; 2] = [100, 1_000];

/// Values by their ids: a value that is none, or empty, takes one away.
pub type Values = BTreeMap<String, Option<String>>;

impl Submissions<'_> {
    /// Sets texts that are shown with an instance in lists (`presentationTexts`), beside those that follow from its forms.
    ///
    /// # Errors
    /// [`SubmissionError::Access`] when the caller may not `write`, [`SubmissionError::TooManyValues`] when there were too
    /// many of them, or one is too long.
    pub async fn set_presentation_texts(
        &self,
        actor: &Actor,
        id: &InstanceId,
        texts: &Values,
    ) -> Result<Instance, SubmissionError> {
        self.set_values(actor, id, texts, |status| &mut status.presentation_texts).await
    }

    /// Sets values that are kept with an instance (`dataValues`), beside those that follow from its forms.
    ///
    /// # Errors
    /// As [`set_presentation_texts`](Self::set_presentation_texts).
    pub async fn set_data_values(
        &self,
        actor: &Actor,
        id: &InstanceId,
        values: &Values,
    ) -> Result<Instance, SubmissionError> {
        self.set_values(actor, id, values, |status| &mut status.data_values).await
    }

    async fn set_values(
        &self,
        actor: &Actor,
        id: &InstanceId,
        set: &Values,
        of: fn(&mut InstanceStatus) -> &mut BTreeMap<String, String>,
    ) -> Result<Instance, SubmissionError> {
        let instance = self.load_for(actor, id).await?;
        let access = self.permit(actor, &instance, "write").await?;
        let service = self.service_of(&instance)?;
        let now = self.altinn.clock().now();
        let mut plan = Plan::go_on(&service, instance, self.altinn.tools(now), actor.into());
        let kept = of(&mut plan.instance.status);
        for (name, value) in set {
            match value.as_deref() {
                None | Some("") => drop(kept.remove(name)),
                Some(value) => drop(kept.insert(name.clone(), value.to_owned())),
            }
        }
        let [longest_id, longest] = LONGEST;
        let is_long = |(name, value): (&String, &String)| {
            name.chars().count() > longest_id || value.chars().count() > longest
        };
        if kept.len() > MOST || kept.iter().any(is_long) {
            return Err(SubmissionError::TooManyValues { most: MOST, longest_id, longest });
        }
        plan.history.push(History::of_instance("Saved", now));
        let changed = self.store_change(plan, &access, None).await?;
        self.shown_to(actor, changed).await
    }
}

impl Plan<'_> {
    /// Keeps the fields with the instance that its service names (`presentationFields`, `dataFields`), as its forms now
    /// hold them. Values that were set beside them stay.
    pub(in crate::submission) fn keep_fields(&mut self) -> Result<(), SubmissionError> {
        let metadata = self.service.definition().metadata();
        let presented = values_of(&self.instance, metadata.presentation_fields())?;
        let kept = values_of(&self.instance, metadata.data_fields())?;
        let status = &mut self.instance.status;
        for (values, all) in [(presented, &mut status.presentation_texts), (kept, &mut status.data_values)] {
            for (id, value) in values {
                match value {
                    Some(value) => all.insert(id, value),
                    None => all.remove(&id),
                };
            }
        }
        Ok(())
    }
}

/// The values of fields by their ids; none for one that is not filled in.
fn values_of(instance: &Instance, fields: &[DataField]) -> Result<Values, SubmissionError> {
    let mut values = Values::new();
    for field in fields {
        let form = instance.element(&field.data_type_id).map(DataElement::form).transpose()?;
        let value = form.as_ref().and_then(|form| FieldPath::new(&field.path).get(form, &[]));
        let value = match value {
            Some(Value::String(text)) => Some(text.clone()),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => Some(value.to_string()),
            _ => None,
        };
        values.insert(field.id.clone(), value);
    }
    Ok(values)
}

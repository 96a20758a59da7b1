//! The fields of forms that are kept with an instance.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::definition::DataField;
use crate::expression::FieldPath;
use crate::submission::plan::Plan;
use crate::submission::{Instance, SubmissionError};

impl Plan<'_> {
    /// Keeps the fields with the instance that its service names (`presentationFields`, `dataFields`), as its forms now
    /// hold them.
    pub(in crate::submission) fn keep_fields(&mut self) -> Result<(), SubmissionError> {
        let metadata = self.service.definition().metadata();
        let presented = values_of(&self.instance, metadata.presentation_fields())?;
        let kept = values_of(&self.instance, metadata.data_fields())?;
        self.instance.status.presentation_texts = presented;
        self.instance.status.data_values = kept;
        Ok(())
    }
}

fn values_of(instance: &Instance, fields: &[DataField]) -> Result<BTreeMap<String, String>, SubmissionError> {
    let mut values = BTreeMap::new();
    for field in fields {
        let Some(element) = instance.element(&field.data_type_id) else { continue };
        let form = element.form()?;
        match FieldPath::new(&field.path).get(&form, &[]) {
            Some(Value::String(text)) => values.insert(field.id.clone(), text.clone()),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => {
                values.insert(field.id.clone(), value.to_string())
            }
            _ => None,
        };
    }
    Ok(values)
}

//! Fields that are only for filling in (`shadowFields`): they are taken out when the task is left.

use serde_json::Value;

use super::SubmissionError;
use super::plan::Plan;
use crate::definition::ShadowFields;
use crate::process::Task;

impl Plan<'_> {
    /// Takes the fields out of the forms of a task whose names begin as the data type says; where it names another data
    /// type, that one gets the form without them, and the form keeps them. Says whether that changed any.
    pub(super) fn take_out_shadow_fields(&mut self, task: &Task) -> Result<bool, SubmissionError> {
        let (mut stripped, mut copies) = (Vec::new(), Vec::new());
        for data_type in self.service.forms_of(&task.id) {
            let shadow = data_type.app_logic.as_ref().and_then(|logic| logic.shadow_fields.as_ref());
            let Some(ShadowFields { prefix, save_to_data_type }) = shadow else { continue };
            for element in self.instance.elements.iter().filter(|known| known.data_type == data_type.id) {
                let mut data = element.form()?;
                let is_changed = take_out(&mut data, prefix);
                match save_to_data_type {
                    Some(other) => copies.push((other.clone(), data.to_string().into_bytes())),
                    None if is_changed => stripped.push((element.id, data.to_string().into_bytes())),
                    None => {}
                }
            }
        }
        let is_changed = !(stripped.is_empty() && copies.is_empty());
        stripped.into_iter().for_each(|(element, content)| self.change(element, content));
        for (data_type, content) in copies {
            match self.instance.element(&data_type).map(|element| element.id) {
                Some(earlier) => self.change(earlier, content),
                None => {
                    self.add_form(data_type, content);
                }
            }
        }
        Ok(is_changed)
    }
}

/// Takes out the fields whose names begin so, at any depth; says whether there were any.
fn take_out(value: &mut Value, prefix: &str) -> bool {
    match value {
        Value::Object(fields) => {
            let before = fields.len();
            fields.retain(|name, _| prefix.is_empty() || !name.starts_with(prefix));
            let is_shorter = fields.len() < before;
            fields.values_mut().fold(is_shorter, |changed, value| take_out(value, prefix) | changed)
        }
        Value::Array(items) => items.iter_mut().fold(false, |changed, item| take_out(item, prefix) | changed),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_go_by_their_prefix_at_any_depth() {
        let mut data = json!({"AltinnSF_a": 1, "b": [{"AltinnSF_c": 1, "d": {"AltinnSF": 2, "e": 3}}]});
        assert!(take_out(&mut data, "AltinnSF_"));
        assert_eq!(data, json!({"b": [{"d": {"AltinnSF": 2, "e": 3}}]}));
        assert!(!take_out(&mut data, "AltinnSF_") && !take_out(&mut data, ""));
    }
}

//! Makes an instance of a schema that is wrong in one field.

use serde_json::{Value, json};

use super::sample::{SampleError, field_names, sample};
use super::schema::FormSchema;

/// A [`sample`] with one field of the wrong type, or none where the form is no object with fields: what a test or a
/// demonstration of validation sends in first.
///
/// ```
/// use altinn_services::form::{FormSchema, counterexample};
/// use serde_json::json;
///
/// let schema = FormSchema::compile(&json!({"properties": {"name": {"type": "string"}}}))?;
/// let wrong = counterexample(&schema)?.ok_or("the schema accepts anything")?;
/// assert_eq!(schema.validate(&wrong)[0].path, "/name");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When no sample can be made.
pub fn counterexample(schema: &FormSchema) -> Result<Option<Value>, SampleError> {
    let valid = sample(schema)?;
    for name in field_names(schema)? {
        for wrong in [json!(-1), json!("?"), json!({})] {
            let mut instance = valid.clone();
            let Some(fields) = instance.as_object_mut() else { return Ok(None) };
            fields.insert(name.to_owned(), wrong);
            if !schema.is_valid(&instance) {
                return Ok(Some(instance));
            }
        }
    }
    Ok(None)
}

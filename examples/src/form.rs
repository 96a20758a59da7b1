//! The forms that the example programs send in.

use std::path::Path;

use altinn_services::definition::DataType;
use altinn_services::form::{FormData, FormDataError, FormLimits, SampleError, counterexample, sample};
use altinn_services::submission::Service;
use serde_json::{Value, json};
use thiserror::Error;

/// Why there is no form to send in.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FormError {
    /// The file cannot be read.
    #[error("`{path}` cannot be read: {error}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// It is no form.
    #[error("`{path}`: {error}")]
    NotAForm {
        /// The file.
        path: String,
        /// What is wrong with it.
        error: FormDataError,
    },
    /// No sample can be made by rule.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// A sample is no form.
    #[error(transparent)]
    Form(#[from] FormDataError),
}

/// The form in a file.
///
/// # Errors
/// A [`FormError`] names the file, and what is wrong with it.
pub fn read(path: &Path) -> Result<FormData, FormError> {
    let shown = || path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| FormError::File { path: shown(), error })?;
    FormData::parse(&bytes, FormLimits::default())
        .map_err(|error| FormError::NotAForm { path: shown(), error })
}

/// A small valid form, made up by the rules of the service.
///
/// # Errors
/// [`FormError::Sample`] when its rules are too special for that.
pub fn made_up(service: &Service, form: &DataType) -> Result<FormData, FormError> {
    let value = match service.definition().form_schema(&form.id) {
        Some(schema) => sample(schema)?,
        None => json!({}),
    };
    parse(&value)
}

/// A form that is wrong in one field; none when the service accepts anything.
///
/// # Errors
/// [`FormError::Sample`] when the rules of the service are too special for that.
pub fn wrong(service: &Service, form: &DataType) -> Result<Option<FormData>, FormError> {
    let Some(schema) = service.definition().form_schema(&form.id) else { return Ok(None) };
    counterexample(schema)?.as_ref().map(parse).transpose()
}

fn parse(value: &Value) -> Result<FormData, FormError> {
    Ok(FormData::parse(format!("{value:#}").as_bytes(), FormLimits::default())?)
}

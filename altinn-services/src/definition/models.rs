//! Which JSON Schema belongs to which form.

use std::collections::BTreeMap;

use serde_json::Value;

use super::data_type::DataType;
use super::error::DefinitionError;
use crate::form::FormSchema;

const SUFFIX: &str = ".schema.json";

/// The models of an app: file name in `models/` and schema.
pub(super) type ModelFiles = BTreeMap<String, Value>;

/// Compiles the schema of each form; forms without one are left out.
pub(super) fn schemas_of_forms(
    metadata_file: &str,
    data_types: &[DataType],
    models: &ModelFiles,
) -> Result<BTreeMap<String, FormSchema>, DefinitionError> {
    let mut schemas = BTreeMap::new();
    for (form, model) in models_of_forms(metadata_file, data_types, models)? {
        let file = format!("{model}{SUFFIX}");
        let Some(schema) = models.get(&file) else { continue };
        let compiled = FormSchema::compile(schema)
            .map_err(|source| DefinitionError::Schema { file: format!("models/{file}"), source })?;
        schemas.insert(form, compiled);
    }
    Ok(schemas)
}

/// The name of each form's model, which the names of its files begin with; a form without a schema has its own.
pub(super) fn models_of_forms(
    metadata_file: &str,
    data_types: &[DataType],
    models: &ModelFiles,
) -> Result<BTreeMap<String, String>, DefinitionError> {
    let forms = data_types.iter().enumerate().filter(|(_, data_type)| data_type.is_form());
    let only_form = forms.clone().count() == 1;
    let named = forms.map(|(index, form)| {
        let file = model_of(metadata_file, index, form, models, only_form)?.unwrap_or(&form.id);
        Ok((form.id.clone(), file.strip_suffix(SUFFIX).unwrap_or(file).to_owned()))
    });
    named.collect()
}

/// The file of a form's schema: the one that `schemaRef` names, else the one with the data type's name, else the one
/// with the class's name, else the only one when there is only one form.
fn model_of<'a>(
    metadata_file: &str,
    index: usize,
    form: &DataType,
    models: &'a ModelFiles,
    only_form: bool,
) -> Result<Option<&'a str>, DefinitionError> {
    let named = |name: &str| {
        let name = name.strip_suffix(SUFFIX).unwrap_or(name);
        let stem = |file: &str| file.strip_suffix(SUFFIX).unwrap_or(file).to_lowercase();
        models.keys().map(String::as_str).find(|file| stem(file) == name.to_lowercase())
    };
    let schema_ref = form.app_logic.as_ref().and_then(|logic| logic.schema_ref.as_deref());
    if let Some(reference) = schema_ref.filter(|reference| !reference.is_empty()) {
        let file_name = reference.rsplit('/').next().unwrap_or(reference);
        return named(file_name).map(Some).ok_or_else(|| DefinitionError::Metadata {
            file: metadata_file.to_owned(),
            path: format!("/dataTypes/{index}/appLogic/schemaRef"),
            problem: format!("expected a schema in `models`, found none for `{file_name}`"),
        });
    }
    let class = form.class_ref().and_then(|class| class.rsplit('.').next());
    let only_model = || models.keys().next().map(String::as_str).filter(|_| only_form && models.len() == 1);
    Ok(named(&form.id).or_else(|| class.and_then(named)).or_else(only_model))
}

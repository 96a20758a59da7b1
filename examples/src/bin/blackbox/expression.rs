//! `expression.evaluate`.

use altinn_core::Language;
use altinn_services::expression::{Context, Evaluator, Expression, Layouts, Scope};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::answer::Failure;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Evaluate {
    expression: Value,
    /// The data of each data type; fields are looked up in that of `dataType`, or in the only one.
    #[serde(default)]
    data: Map<String, Value>,
    data_type: Option<String>,
    /// The pages, by name.
    #[serde(default)]
    layouts: Map<String, Value>,
    component: Option<String>,
    /// The rows of the repeating groups around the component, outermost first.
    #[serde(default)]
    rows: Vec<usize>,
    /// What `argv` gives.
    #[serde(default)]
    arguments: Vec<Value>,
    gateway_action: Option<String>,
    #[serde(default)]
    frontend_settings: Value,
    language: Option<Language>,
}

/// The value of an expression.
pub(crate) fn evaluate(asked: Evaluate) -> Result<Value, Failure> {
    let expression =
        Expression::from_json(&asked.expression).map_err(|error| Failure::new(error.code(), error))?;
    let pages = asked.layouts.iter().map(|(name, page)| (name.as_str(), page));
    let layouts = Layouts::read(pages).map_err(|error| Failure::new(error.code(), error))?;
    let mut context =
        Context::default().with_layouts(&layouts).with_frontend_settings(&asked.frontend_settings);
    let first = |name: &&String| Some(*name) == asked.data_type.as_ref();
    let mut models: Vec<_> = asked.data.iter().collect();
    models.sort_by_key(|(name, _)| !first(name));
    for (data_type, data) in models {
        context = context.with_model(data_type, data);
    }
    if let Some(action) = &asked.gateway_action {
        context = context.with_gateway_action(action);
    }
    if let Some(language) = asked.language {
        context = context.with_language(language);
    }
    let scope = Scope {
        component: asked.component.as_deref(),
        rows: &asked.rows,
        arguments: &asked.arguments,
        ..Scope::default()
    };
    let value = Evaluator::new(&context).evaluate(&expression, &scope);
    Ok(json!({"value": value.map_err(|failure| Failure::new(failure.code(), failure))?}))
}

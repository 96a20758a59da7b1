//! Rules of a form that are expressions: `MODEL.validation.json`.
//!
//! Source: Altinn's documentation of validation with expressions. A rule is written at a field of the data model, or
//! defined by a name that fields refer to; a reference may say otherwise in a part of it. Its condition is true when
//! something is wrong. Fields that are not filled in, and fields whose components are all hidden, are not checked.

use std::collections::BTreeMap;

use altinn_core::{Language, Text};
use serde_json::Value;
use thiserror::Error;

use super::issue::{Issue, IssueCode, Severity};
use super::wording;
use crate::definition::TextResources;
use crate::expression::{
    Component, Context, Evaluator, Expression, Field, FieldPath, Layouts, ParseError, Scope,
};

/// How many issues are given at most.
const MAX_ISSUES: usize = 100;
/// How many definitions may refer to each other in a chain.
const MAX_REFERENCES: usize = 16;

/// The rules of a form that are expressions, read once.
///
/// ```
/// use altinn_services::expression::Context;
/// use altinn_services::form::ExpressionValidation;
/// use serde_json::json;
///
/// let rules = ExpressionValidation::read(&json!({"validations": {"person.age": [
///     {"message": "too young", "severity": "error", "condition": ["lessThan", ["dataModel", ["argv", 0]], 18]}
/// ]}}))?;
/// let form = json!({"person": {"age": 17}});
/// let issues = rules.validate("form", &Context::default().with_model("form", &form));
/// assert_eq!(issues[0].field, "person.age");
/// assert_eq!(issues[0].message.as_deref(), Some("too young"));
/// # Ok::<(), altinn_services::form::ExpressionValidationError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExpressionValidation {
    fields: Vec<(String, Vec<Rule>)>,
}

/// A rule of a field.
#[derive(Debug, Clone, PartialEq)]
struct Rule {
    message: Expression,
    severity: Severity,
    condition: Expression,
}

/// Something that is wrong with a field by a rule that is an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExpressionIssue {
    /// The field, with the index of every row: `people[1].name`.
    pub field: String,
    /// What the rule says: the key of a text resource, or the text itself. None when the rule could not be checked,
    /// which counts as an error.
    pub message: Option<String>,
    /// Whether it stands in the way of submitting.
    pub severity: Severity,
    /// The component where the field is filled in, with its rows: `name-1`.
    pub component_id: Option<String>,
}

impl ExpressionIssue {
    /// The issue as all others are told: with the field as a JSON pointer, and the texts of the app.
    pub(crate) fn into_issue(self, texts: &TextResources) -> Issue {
        let path = format!("/{}", self.field.replace('[', "/").replace(']', "").replace('.', "/"));
        let Some(message) = self.message else {
            return Issue::error(IssueCode::NotChecked, path, wording::not_checked());
        };
        let detail = texts.text(&message).unwrap_or_else(|| Text::new(Language::Nb, message));
        Issue { severity: self.severity, ..Issue::error(IssueCode::Expression, path, detail) }
    }
}

/// Why rules can not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ExpressionValidationError {
    /// A part of the file is of another shape than rules have.
    #[error("`{path}` is not {expected}")]
    Shape {
        /// The place, as a JSON pointer.
        path: String,
        /// What is expected there.
        expected: &'static str,
    },
    /// A rule refers to a definition that is not there, or that refers to itself.
    #[error("the rule at `{path}` refers to `{name}`, which is not there or refers to itself")]
    Reference {
        /// The place, as a JSON pointer.
        path: String,
        /// The definition.
        name: String,
    },
    /// An expression can not be read.
    #[error("`{path}` is no expression: {source}")]
    Expression {
        /// The place, as a JSON pointer.
        path: String,
        /// What is wrong with it.
        source: Box<ParseError>,
    },
}

impl ExpressionValidationError {
    /// The stable code of this kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Shape { .. } => "EXPRESSION-VALIDATION-SHAPE",
            Self::Reference { .. } => "EXPRESSION-VALIDATION-REFERENCE",
            Self::Expression { .. } => "EXPRESSION-VALIDATION-EXPRESSION",
        }
    }

    /// The place in the file, as a JSON pointer.
    pub fn path(&self) -> &str {
        match self {
            Self::Shape { path, .. } | Self::Reference { path, .. } | Self::Expression { path, .. } => path,
        }
    }
}

impl ExpressionValidation {
    /// Reads rules from what a `MODEL.validation.json` holds.
    ///
    /// # Errors
    ///
    /// Says where and why when it holds no such rules.
    pub fn read(file: &Value) -> Result<Self, ExpressionValidationError> {
        let shape = |path: String, expected| ExpressionValidationError::Shape { path, expected };
        let definitions = file.get("definitions").filter(|definitions| !definitions.is_null());
        let not_object = |name: &str| shape(format!("/{name}"), "an object");
        if definitions.is_some_and(|definitions| !definitions.is_object()) {
            return Err(not_object("definitions"));
        }
        let validations = file.get("validations").and_then(Value::as_object);
        let validations = validations.ok_or_else(|| not_object("validations"))?;
        let mut fields = Vec::new();
        for (field, rules) in validations {
            let at = format!("/validations/{}", field.replace('~', "~0").replace('/', "~1"));
            let list = rules.as_array().ok_or_else(|| shape(at.clone(), "a list"))?;
            let rules = list.iter().enumerate().map(|(index, rule)| {
                Draft::read(rule, &format!("{at}/{index}"), definitions, 0)?.finish(&format!("{at}/{index}"))
            });
            fields.push((field.clone(), rules.collect::<Result<_, _>>()?));
        }
        Ok(Self { fields })
    }

    /// Every expression of the rules, with the field whose rule it is in.
    pub fn expressions(&self) -> impl Iterator<Item = (&str, &Expression)> {
        let rules = self.fields.iter().flat_map(|(field, rules)| rules.iter().map(move |rule| (field, rule)));
        rules.flat_map(|(field, rule)| {
            [&rule.message, &rule.condition].map(|expression| (field.as_str(), expression))
        })
    }

    /// What is wrong with the data of a data type, at most a hundred things. The context holds them, and the layouts
    /// that say what is hidden.
    pub fn validate(&self, data_type: &str, context: &Context<'_>) -> Vec<ExpressionIssue> {
        let Ok(Some(model)) = context.model(Some(data_type)) else { return Vec::new() };
        let evaluator = Evaluator::new(context);
        let check =
            Check { evaluator: &evaluator, bound: components_of_fields(context, data_type), data_type };
        let mut issues = Vec::new();
        for (field, rules) in &self.fields {
            for found in FieldPath::new(field).all(model) {
                if found.value.is_null() || rules.is_empty() {
                    continue;
                }
                check.field(field, &found, rules, &mut issues);
                if issues.len() >= MAX_ISSUES {
                    issues.truncate(MAX_ISSUES);
                    return issues;
                }
            }
        }
        issues
    }
}

/// The components by the field that they are bound to.
fn components_of_fields<'a>(context: &Context<'a>, data_type: &str) -> BTreeMap<&'a str, Vec<&'a Component>> {
    let mut bound: BTreeMap<&str, Vec<&Component>> = BTreeMap::new();
    for component in context.layouts().into_iter().flat_map(Layouts::components) {
        for binding in component.bindings.values() {
            let own = binding.data_type.as_deref().or(context.first_data_type());
            if own == Some(data_type) {
                bound.entry(&binding.field).or_default().push(component);
            }
        }
    }
    bound
}

struct Check<'a> {
    evaluator: &'a Evaluator<'a>,
    bound: BTreeMap<&'a str, Vec<&'a Component>>,
    data_type: &'a str,
}

impl Check<'_> {
    fn field(&self, name: &str, field: &Field<'_>, rules: &[Rule], issues: &mut Vec<ExpressionIssue>) {
        let component = match self.shown_component(name, &field.rows) {
            Shown::Not => return,
            Shown::At(component) => Some(component),
            Shown::Nowhere => None,
        };
        let arguments = [Value::String(field.path.clone())];
        let scope = Scope {
            component: component.map(|component| component.id.as_str()),
            rows: &field.rows,
            arguments: &arguments,
            data_type: Some(self.data_type),
            option: None,
        };
        let component_id = component.map(|component| with_rows(&component.id, &field.rows));
        for rule in rules {
            let message = match self.evaluator.is_true(&rule.condition, &scope) {
                Ok(false) => continue,
                Ok(true) => self.evaluator.evaluate(&rule.message, &scope).ok(),
                Err(_) => None,
            };
            let message = message.and_then(|message| message.as_str().map(str::to_owned));
            issues.push(ExpressionIssue {
                field: field.path.clone(),
                severity: if message.is_some() { rule.severity } else { Severity::Error },
                message,
                component_id: component_id.clone(),
            });
        }
    }

    /// The first component of a field that is shown in a row. What decides that may fail; then it counts as shown,
    /// so that the field is checked.
    fn shown_component(&self, field: &str, rows: &[usize]) -> Shown<'_> {
        let Some(components) = self.bound.get(field) else { return Shown::Nowhere };
        let shown = components
            .iter()
            .find(|component| !self.evaluator.is_hidden_in(component, rows).unwrap_or_default());
        shown.map_or(Shown::Not, |component| Shown::At(component))
    }
}

/// Whether a field is shown.
enum Shown<'a> {
    At(&'a Component),
    /// Every component of it is hidden.
    Not,
    /// No component is bound to it.
    Nowhere,
}

fn with_rows(id: &str, rows: &[usize]) -> String {
    rows.iter().fold(id.to_owned(), |id, row| format!("{id}-{row}"))
}

/// A rule with what is known of it so far.
#[derive(Default)]
struct Draft<'f> {
    message: Option<(&'f Value, String)>,
    severity: Option<(&'f Value, String)>,
    condition: Option<(&'f Value, String)>,
}

impl<'f> Draft<'f> {
    /// Reads a rule: the name of a definition, or an object that may refer to one and say otherwise in parts of it.
    fn read(
        rule: &'f Value,
        at: &str,
        definitions: Option<&'f Value>,
        depth: usize,
    ) -> Result<Self, ExpressionValidationError> {
        let name = match rule {
            Value::String(name) => Some(name.as_str()),
            Value::Object(_) => rule.get("ref").and_then(Value::as_str),
            _ => {
                let expected = "the name of a definition or an object";
                return Err(ExpressionValidationError::Shape { path: at.to_owned(), expected });
            }
        };
        let mut draft = match name {
            Some(name) => {
                let definition = definitions.and_then(|definitions| definitions.get(name));
                let definition = definition.filter(|_| depth < MAX_REFERENCES).ok_or_else(|| {
                    ExpressionValidationError::Reference { path: at.to_owned(), name: name.to_owned() }
                })?;
                Self::read(definition, &format!("/definitions/{name}"), definitions, depth + 1)?
            }
            None => Self::default(),
        };
        let own = |field: &str| Some((rule.get(field)?, format!("{at}/{field}")));
        draft.message = own("message").or(draft.message);
        draft.severity = own("severity").or(draft.severity);
        draft.condition = own("condition").or(draft.condition);
        Ok(draft)
    }

    fn finish(self, at: &str) -> Result<Rule, ExpressionValidationError> {
        let missing = |field: &str, expected| ExpressionValidationError::Shape {
            path: format!("{at}/{field}"),
            expected,
        };
        let (message, message_at) = self.message.ok_or_else(|| missing("message", "there"))?;
        let (condition, condition_at) = self.condition.ok_or_else(|| missing("condition", "there"))?;
        let severity = match self.severity {
            None => Severity::Error,
            Some((severity, path)) => {
                let expected = "`error`, `warning`, `info` or `success`";
                let known = severity.as_str().and_then(Severity::named);
                known.ok_or(ExpressionValidationError::Shape { path, expected })?
            }
        };
        let expression = |json, path: String| {
            Expression::from_json(json)
                .map_err(|source| ExpressionValidationError::Expression { path, source: Box::new(source) })
        };
        Ok(Rule {
            message: expression(message, message_at)?,
            severity,
            condition: expression(condition, condition_at)?,
        })
    }
}

//! What comes of a case, beside what is expected.

use std::collections::{BTreeMap, BTreeSet};

use altinn_services::definition::TextResources;
use altinn_services::expression::{
    ComponentInstance, Context, Evaluator, Expression, InstanceSource, Layouts, OwnerKind, Scope,
};
use altinn_services::form::ExpressionValidation;
use serde_json::{Value, json};

use super::case::Difference;

const NONE: Value = Value::Null;

/// An expression's value, or the message of its failure.
pub(crate) fn expression(given: &Value) -> Result<(), Difference> {
    let got = value_of(given);
    let expected_failure = given.get("expectsFailure").and_then(Value::as_str);
    let expected = given.get("expects").unwrap_or(&NONE);
    let as_expected = match (&got, expected_failure) {
        (Ok(value), None) => is_same(value, expected),
        (Err(message), Some(pattern)) => matches(message, pattern),
        _ => false,
    };
    if as_expected {
        return Ok(());
    }
    let expected = expected_failure.map_or_else(|| expected.to_string(), |text| format!("failure `{text}`"));
    let got = got.map_or_else(|message| format!("failure `{message}`"), |value| value.to_string());
    Err(Difference { expected, got })
}

fn value_of(given: &Value) -> Result<Value, String> {
    let layouts = layouts_of(given)?;
    let texts = texts_of(given)?;
    let (no_model, options) = (json!({}), options_of(given));
    let context = context_of(given, &no_model, &layouts, &texts).with_options(&options);
    let json = given.get("expression").unwrap_or(&NONE);
    let expression = Expression::from_json(json).map_err(|error| error.problem().to_string())?;
    let place = given.get("context").unwrap_or(&NONE);
    let rows = indices(place.get("rowIndices"));
    let arguments = given.get("positionalArguments").and_then(Value::as_array);
    let scope = Scope {
        component: place.get("component").and_then(Value::as_str),
        rows: &rows,
        arguments: arguments.map_or(&[], Vec::as_slice),
        option: given.get("valueArguments").map(|option| option.get("data").unwrap_or(option)),
        ..Scope::default()
    };
    let value = Evaluator::new(&context).evaluate(&expression, &scope);
    value.map_err(|failure| failure.message().to_owned())
}

/// The components of a form, row by row.
pub(crate) fn components(given: &Value) -> Result<(), Difference> {
    let expected = normal(given.get("expectedContexts").unwrap_or(&NONE));
    let got = tree_of(given);
    if got.as_ref() == Ok(&expected) {
        return Ok(());
    }
    let got = got.map_or_else(|message| format!("failure `{message}`"), |tree| tree.to_string());
    Err(Difference { expected: expected.to_string(), got })
}

fn tree_of(given: &Value) -> Result<Value, String> {
    let layouts = layouts_of(given)?;
    let no_model = json!({});
    let texts = TextResources::default();
    let context = context_of(given, &no_model, &layouts, &texts);
    let pages = layouts.pages().iter().map(|page| {
        let instances = layouts.instances(page, &context).map_err(|failure| failure.message().to_owned())?;
        Ok(node(&page.name, &page.name, &[], &instances))
    });
    pages.collect::<Result<_, String>>().map(Value::Array)
}

fn node(id: &str, page: &str, rows: &[usize], children: &[ComponentInstance<'_>]) -> Value {
    let children = children.iter().map(|child| node(&child.component.id, page, &child.rows, &child.children));
    let children: Vec<Value> = children.collect();
    json!({"component": id, "currentLayout": page, "rowIndices": rows, "children": children})
}

/// The same tree with what is left out written as empty.
fn normal(tree: &Value) -> Value {
    match tree {
        Value::Array(nodes) => nodes.iter().map(normal).collect(),
        node => json!({
            "component": node.get("component"),
            "currentLayout": node.get("currentLayout"),
            "rowIndices": node.get("rowIndices").cloned().unwrap_or_else(|| json!([])),
            "children": node.get("children").map_or_else(|| json!([]), normal),
        }),
    }
}

/// What is wrong with form data by rules that are expressions, in any order.
pub(crate) fn validation(given: &Value) -> Result<(), Difference> {
    let mut expected = given.get("expects").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut got = match issues_of(given) {
        Ok(issues) => issues,
        Err(message) => {
            let expected = Value::Array(expected).to_string();
            return Err(Difference { expected, got: format!("failure `{message}`") });
        }
    };
    if expected.iter().all(|issue| issue.get("componentId").is_none()) {
        got.iter_mut().filter_map(Value::as_object_mut).for_each(|issue| {
            issue.remove("componentId");
        });
    }
    expected.sort_by_key(Value::to_string);
    got.sort_by_key(Value::to_string);
    if expected == got {
        return Ok(());
    }
    Err(Difference { expected: Value::Array(expected).to_string(), got: Value::Array(got).to_string() })
}

fn issues_of(given: &Value) -> Result<Vec<Value>, String> {
    let layouts = layouts_of(given)?;
    let texts = texts_of(given)?;
    let config = given.get("validationConfig").unwrap_or(&NONE);
    let rules = ExpressionValidation::read(config).map_err(|error| error.to_string())?;
    let form = given.get("formData").unwrap_or(&NONE);
    let context = Context::default().with_model("default", form).with_layouts(&layouts).with_texts(&texts);
    let issues = rules.validate("default", &context).into_iter().map(|issue| {
        json!({
            "message": issue.message,
            "severity": issue.severity.as_str(),
            "field": issue.field,
            "componentId": issue.component_id,
        })
    });
    Ok(issues.collect())
}

fn layouts_of(given: &Value) -> Result<Layouts, String> {
    let pages = given.get("layouts").and_then(Value::as_object).into_iter().flatten();
    Layouts::read(pages.map(|(name, page)| (name.as_str(), page))).map_err(|error| error.to_string())
}

fn texts_of(given: &Value) -> Result<TextResources, String> {
    let texts = given.get("textResources").cloned().unwrap_or_else(|| json!([]));
    let texts: Vec<_> = serde_json::from_value(texts).map_err(|error| error.to_string())?;
    Ok(TextResources::default().with(language_of(given), texts))
}

fn language_of(given: &Value) -> altinn_core::Language {
    let code = given.pointer("/profileSettings/language").and_then(Value::as_str);
    code.and_then(|code| code.parse().ok()).unwrap_or(altinn_core::Language::Nb)
}

/// Everything that a case gives to look at.
fn context_of<'a>(
    given: &'a Value,
    no_model: &'a Value,
    layouts: &'a Layouts,
    texts: &'a TextResources,
) -> Context<'a> {
    let mut context =
        Context::default().with_layouts(layouts).with_texts(texts).with_language(language_of(given));
    for model in given.get("dataModels").and_then(Value::as_array).into_iter().flatten() {
        let data_type = model.pointer("/dataElement/dataType").and_then(Value::as_str).unwrap_or("default");
        context = context.with_model(data_type, model.get("data").unwrap_or(no_model));
    }
    if given.get("dataModels").is_none() {
        context = context.with_model("default", given.get("dataModel").unwrap_or(no_model));
    }
    for data_type in other_elements(given) {
        context = context.with_elements(data_type, 1);
    }
    for action in allowed_actions(given) {
        context = context.with_allowed_action(action);
    }
    if let Some(task) = given.pointer("/process/currentTask/elementId").and_then(Value::as_str) {
        context = context.with_task(task);
    }
    if let Some(settings) = given.get("frontendSettings") {
        context = context.with_frontend_settings(settings);
    }
    if let Some(answers) = given.get("externalApis") {
        // They may stand beside what went wrong.
        let answers = answers.get("data").filter(|_| answers.get("errors").is_some()).unwrap_or(answers);
        context = context.with_external_apis(answers);
    }
    if let Some(action) = given.get("gatewayAction").and_then(Value::as_str) {
        context = context.with_gateway_action(action);
    }
    if let Some(instance) = given.get("instance") {
        let text = |pointer: &str| instance.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        context = context.with_instance(InstanceSource {
            id: text("/id"),
            app_id: text("/appId"),
            owner_party_id: text("/instanceOwner/partyId"),
            owner: OwnerKind::of_instance_owner(instance.get("instanceOwner").unwrap_or(&NONE)),
        });
    }
    context
}

/// The data types of the elements that a case tells of beside the models: the instance's, and those that are listed by
/// themselves; one that is a model's, by its id, is one already.
fn other_elements(given: &Value) -> impl Iterator<Item = &str> {
    let all = |pointer: &str| given.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
    let id = |element: &Value| element.get("id").and_then(Value::as_str).map(str::to_owned);
    let models = all("/dataModels").filter_map(|model| model.get("dataElement"));
    let mut seen: BTreeSet<String> = models.filter_map(id).collect();
    let others = all("/instanceDataElements").chain(all("/instance/data"));
    others
        .filter(move |element| id(element).is_none_or(|id| seen.insert(id)))
        .filter_map(|element| element.get("dataType").and_then(Value::as_str))
}

/// What the user may do: `read` and `write` as such, other actions below `actions`.
fn allowed_actions(given: &Value) -> impl Iterator<Item = &str> {
    let said =
        ["/permissions", "/permissions/actions", "/process/currentTask", "/process/currentTask/actions"];
    let all = said.into_iter().filter_map(move |pointer| given.pointer(pointer)?.as_object()).flatten();
    all.filter(|(_, flag)| **flag == Value::Bool(true)).map(|(action, _)| action.as_str())
}

/// The lists of options, by id.
fn options_of(given: &Value) -> BTreeMap<String, Value> {
    let lists = given.get("codeLists").and_then(Value::as_object).into_iter().flatten();
    lists.map(|(id, list)| (id.clone(), list.clone())).collect()
}

fn indices(list: Option<&Value>) -> Vec<usize> {
    let numbers = list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_u64);
    numbers.filter_map(|number| usize::try_from(number).ok()).collect()
}

/// Whether a message holds a text, in which `*` stands for anything.
fn matches(message: &str, pattern: &str) -> bool {
    let mut rest = message;
    pattern.split('*').all(|part| match rest.split_once(part) {
        Some((_, behind)) => {
            rest = behind;
            true
        }
        None => part.is_empty(),
    })
}

/// Whether two values are the same, numbers by their value.
fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let same = |(name, value)| right.get(name).is_some_and(|other| is_same(value, other));
            left.len() == right.len() && left.iter().all(same)
        }
        _ => left == right,
    }
}

//! No input makes the expression language panic, and evaluation ends within its limits.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use altinn_services::expression::{Context, Evaluator, Expression, FailureKind, Function, Layouts, Scope};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Any small JSON value, with the words that functions look for among the texts.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "",
        "else",
        "not",
        "equals",
        "isBefore",
        "default",
        "a",
        "a.b[1].c",
        "a.b.c",
        "null",
        "true",
        "5e2",
        "2024-02-30",
        "2024-02-29T10:00Z",
        "[*].b",
        "a[?b > `1`] | [0]",
        "@.*",
        "æ🌍",
        "yyyy 'x",
        "name",
        "group",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-c]", inner, 0..4).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

/// An expression in which every list is a call of a function that there is.
fn any_call() -> impl Strategy<Value = Value> {
    let leaf = any_json().prop_filter("a plain value", |value| !value.is_array() && !value.is_object());
    leaf.prop_recursive(5, 60, 4, |inner| {
        (prop::sample::select(Function::ALL), prop::collection::vec(inner, 0..5)).prop_map(
            |(function, mut arguments)| {
                arguments.insert(0, Value::from(function.name()));
                Value::Array(arguments)
            },
        )
    })
}

fn page(hidden: &Value) -> Value {
    json!({"data": {"hidden": ["component", "name"], "layout": [
        {"id": "group", "type": "RepeatingGroup", "dataModelBindings": {"group": "a.b"}, "children": ["name"]},
        {"id": "name", "type": "Input", "dataModelBindings": {"simpleBinding": "a.b.c"}, "hidden": hidden},
    ]}})
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_json_makes_reading_panic(json in any_json(), text in "\\PC{0,60}") {
        let _ = Expression::from_json(&json);
        let _ = Expression::parse(&text);
        let _ = Expression::parse(&json.to_string());
    }

    #[test]
    fn no_expression_and_no_data_make_evaluation_panic(
        json in any_call(),
        model in any_json(),
        rows in prop::collection::vec(0_usize..3, 0..3),
    ) {
        let Ok(expression) = Expression::from_json(&json) else { return Ok(()) };
        let page = page(&json);
        let layouts = Layouts::read([("page", &page)]).unwrap();
        let model = json!({"a": {"b": [model.clone(), {"c": model}]}});
        let context = Context::default().with_model("default", &model).with_layouts(&layouts);
        let evaluator = Evaluator::new(&context);
        let arguments = [json!("a.b.c")];
        let scope = Scope { component: Some("name"), rows: &rows, arguments: &arguments, ..Scope::default() };
        let first = evaluator.evaluate(&expression, &scope);
        prop_assert_eq!(&first, &evaluator.evaluate(&expression, &scope));
        if let Some(failure) = first.err() {
            let shown = format!("{failure:?} {failure}");
            prop_assert!(!shown.contains(failure.message()));
        }
    }

    #[test]
    fn no_query_makes_a_search_panic(query in r#"[a-c@*\[\]{}().,:|&!<>=?'"` 0-9-]{0,40}"#, data in any_json()) {
        let expression = Expression::from_json(&json!(["jmespath", ["dataModel", "a"], query])).unwrap();
        let model = json!({"a": data});
        let _ = expression.evaluate(&Context::default().with_model("default", &model));
    }
}

fn failure_of(expression: &Value, model: &Value) -> FailureKind {
    let expression = Expression::from_json(expression).unwrap();
    expression.evaluate(&Context::default().with_model("default", model)).unwrap_err().kind()
}

#[test]
fn what_would_grow_without_end_is_stopped() {
    let model = json!({"text": "a".repeat(1_000_000), "list": vec![1; 10_000]});
    let text = json!(["dataModel", "text"]);
    let replaced = json!(["stringReplace", text, "a", text]);
    assert_eq!(failure_of(&replaced, &model), FailureKind::TooMuch);
    let mut concat = vec![json!("concat")];
    concat.extend(std::iter::repeat_n(text, 100));
    assert_eq!(failure_of(&Value::Array(concat), &model), FailureKind::TooMuch);
    let doubling = ["[@, @]"; 40].join("|");
    let query = json!(["jmespath", ["dataModel", "list"], doubling]);
    assert_eq!(failure_of(&query, &model), FailureKind::TooMuch);
}

#[test]
fn components_that_hide_each_other_are_told_and_a_long_chain_is_stopped() {
    let hidden_with = |ids: &[String], next: &dyn Fn(usize) -> usize| {
        let components = ids.iter().enumerate().map(|(index, id)| {
            let other = &ids[next(index)];
            json!({"id": id, "type": "Input", "dataModelBindings": {"simpleBinding": "f"}, "hidden": ["component", other]})
        });
        json!({"data": {"layout": components.collect::<Vec<_>>()}})
    };
    let lookup = Expression::parse(r#"["component", "c0"]"#).unwrap();
    let model = json!({"f": false});
    let kind_of = |page: &Value| {
        let layouts = Layouts::read([("page", page)]).unwrap();
        let context = Context::default().with_model("default", &model).with_layouts(&layouts);
        lookup.evaluate(&context).unwrap_err().kind()
    };
    let ids: Vec<String> = (0..2).map(|number| format!("c{number}")).collect();
    assert_eq!(kind_of(&hidden_with(&ids, &|index| 1 - index)), FailureKind::Circular);
    let ids: Vec<String> = (0..2_000).map(|number| format!("c{number}")).collect();
    assert_eq!(kind_of(&hidden_with(&ids, &|index| (index + 1).min(1_999))), FailureKind::TooMuch);
}

#[test]
fn a_fault_has_its_place_in_the_text() {
    let error = Expression::parse("[\"and\", true,\n  [\"or\", [\"noFunction\"]]]").unwrap_err();
    assert_eq!(error.path(), "/2/1");
    assert_eq!(error.position().map(|at| (at.line, at.column)), Some((2, 10)));
    assert_eq!(error.code(), "EXPRESSION-UNKNOWN-FUNCTION");
    let deep = format!("{}true{}", r#"["not", "#.repeat(100), "]".repeat(100));
    assert_eq!(Expression::parse(&deep).unwrap_err().code(), "EXPRESSION-TOO-DEEP");
}

//! What expressions give where Altinn's documentation is easily misread, and what layouts say of their components.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_core::Language;
use altinn_services::definition::TextResources;
use altinn_services::expression::{ComponentInstance, Context, Evaluator, Expression, Layouts, Scope};
use serde_json::{Value, json};

/// The value of an expression, or the words of its failure.
fn value(expression: &Value, context: &Context<'_>, scope: &Scope<'_>) -> Result<Value, String> {
    let expression = Expression::from_json(expression).map_err(|error| error.to_string())?;
    Evaluator::new(context).evaluate(&expression, scope).map_err(|failure| failure.message().to_owned())
}

#[test]
fn a_place_that_is_null_is_a_fault_whatever_is_cut() {
    let (context, scope) = (Context::default(), Scope::default());
    let cut = |arguments: &[Value]| {
        let call: Vec<Value> =
            std::iter::once(json!("stringSlice")).chain(arguments.iter().cloned()).collect();
        value(&Value::from(call), &context, &scope)
    };
    let no_place = || Err("Start/end index cannot be null".to_owned());
    assert_eq!(cut(&[Value::Null, json!(0)]), Ok(Value::Null));
    assert_eq!(cut(&[Value::Null, Value::Null]), no_place());
    assert_eq!(cut(&[Value::Null, json!(0), Value::Null]), no_place());
    assert_eq!(cut(&[json!("østers"), json!(1), json!("-1")]), Ok(json!("ster")));
}

#[test]
fn one_field_of_every_row_is_told_as_one_text() {
    let data =
        json!({"firm": {"sites": [{"town": "Vadsø", "no": 3}, {"no": 4}, {"town": "Bø"}]}, "one": {"a": 1}});
    let context = Context::default().with_model("form", &data);
    let told = |arguments: Value| {
        let mut call = vec![json!("_experimentalSelectAndMap")];
        call.extend(arguments.as_array().unwrap().iter().cloned());
        value(&Value::from(call), &context, &Scope::default())
    };
    assert_eq!(told(json!(["firm.sites", "no"])), Ok(json!("3 4 ")));
    assert_eq!(told(json!(["firm.sites", "town", "<", ">"])), Ok(json!("<Vadsø> <> <Bø>")));
    assert_eq!(told(json!(["firm.sites", "town", null, ",", false])), Ok(json!("Vadsø, , Bø")));
    assert_eq!(told(json!(["one", "a"])), Ok(json!("")), "no list has no rows");
    assert_eq!(told(json!([null, "a"])), Err("Cannot lookup dataModel null".to_owned()));
    assert!(told(json!(["one"])).is_err());
}

#[test]
fn a_text_is_shown_whatever_its_variables_name() {
    let texts = json!([{"id": "hello", "value": "{0}, {1}, {2}", "variables": [
        {"key": "name", "dataSource": "dataModel.default"},
        {"key": "name", "dataSource": "dataModel.elsewhere", "defaultValue": "you"},
        {"key": "party", "dataSource": "somewhere"},
    ]}]);
    let texts = TextResources::default().with(Language::Nb, serde_json::from_value(texts).unwrap());
    let data = json!({"name": "Ada"});
    let context = Context::default().with_model("form", &data).with_texts(&texts);
    let shown = value(&json!(["text", "hello"]), &context, &Scope::default());
    assert_eq!(shown, Ok(json!("Ada, you, party")));
}

/// The ids of components with their rows, depth first.
fn ids(instances: &[ComponentInstance<'_>]) -> Vec<String> {
    let one = |instance: &ComponentInstance<'_>| {
        let rows: String = instance.rows.iter().map(|row| format!("-{row}")).collect();
        let mut all = vec![format!("{}{rows}", instance.component.id)];
        all.extend(ids(&instance.children));
        all
    };
    instances.iter().flat_map(one).collect()
}

#[test]
fn a_group_stands_between_what_is_before_and_after_its_rows() {
    let input = |id: &str| json!({"id": id, "type": "Input"});
    let cells = |id: &str| json!([{"cells": [null, {"text": "sum"}, {"component": id}]}]);
    let page = json!({"data": {"layout": [
        {"id": "sites", "type": "RepeatingGroup", "dataModelBindings": {"group": "sites"}, "children": ["town"],
         "rowsBefore": cells("first"), "rowsAfter": cells("last")},
        input("last"), input("town"), input("first"),
        {"id": "cards", "type": "Cards", "cards": [{"media": "picture", "children": ["word"]}, {"children": ["more"]}]},
        input("more"), input("word"), {"id": "picture", "type": "Image"},
    ]}});
    let layouts = Layouts::read([("page", &page)]).unwrap();
    let data = json!({"sites": [{}, {}]});
    let context = Context::default().with_model("form", &data).with_layouts(&layouts);
    let instances = layouts.instances(layouts.pages().first().unwrap(), &context).unwrap();
    let expected =
        ["sites", "first", "town-0", "town-1", "last", "cards", "picture", "word", "more"].map(str::to_owned);
    assert_eq!(ids(&instances), expected);
}

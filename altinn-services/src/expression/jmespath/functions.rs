//! The functions of the specification.

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use super::fault;
use super::interpret::{Search, is_same, weight};
use super::parser::Ast;
use crate::expression::coerce::computed;
use crate::expression::failure::Failure;

impl Search<'_> {
    pub(super) fn call(&mut self, name: &str, arguments: &[Ast], value: &Value) -> Result<Value, Failure> {
        match (name, arguments) {
            ("map", [Ast::Reference(query), list]) => {
                let list = self.evaluate_owned(list, value)?;
                let items = list_of(&list)?.iter().map(|item| self.evaluate_owned(query, item));
                items.collect::<Result<_, _>>().map(Value::Array)
            }
            ("sort_by" | "max_by" | "min_by", [list, Ast::Reference(query)]) => {
                let list = self.evaluate_owned(list, value)?;
                let by_key = self.by_key(list_of(&list)?, query)?;
                Ok(match name {
                    "sort_by" => Value::Array(by_key.into_iter().map(|(_, item)| item).collect()),
                    "max_by" => last_largest(by_key),
                    _ => by_key.into_iter().next().map_or(Value::Null, |(_, item)| item),
                })
            }
            _ => {
                let mut values = Vec::new();
                for argument in arguments {
                    let found = self.evaluate_owned(argument, value)?;
                    (self.spend)(weight(&found))?;
                    values.push(found);
                }
                plain(name, &values)
            }
        }
    }

    /// The items of a list with what a query finds in each, sorted by that; items with equal keys stay in order.
    fn by_key(&mut self, items: &[Value], query: &Ast) -> Result<Vec<(Value, Value)>, Failure> {
        let mut keyed = Vec::new();
        for item in items {
            (self.spend)(weight(item))?;
            keyed.push((self.evaluate_owned(query, item)?, item.clone()));
        }
        check_sortable(keyed.iter().map(|(key, _)| key))?;
        keyed.sort_by(|(first, _), (second, _)| order(first, second));
        Ok(keyed)
    }
}

/// The first item among those with the largest key.
fn last_largest(sorted: Vec<(Value, Value)>) -> Value {
    let largest = sorted.last().map(|(key, _)| key.clone());
    let mut with_largest = sorted.into_iter().filter(|(key, _)| Some(key) == largest.as_ref());
    with_largest.next().map_or(Value::Null, |(_, item)| item)
}

fn plain(name: &str, values: &[Value]) -> Result<Value, Failure> {
    match (name, values) {
        ("abs" | "ceil" | "floor", [number]) => of_number(name, number),
        ("avg" | "sum", [list]) => of_numbers(name, list),
        ("contains", [Value::Array(items), part]) => Ok(items.iter().any(|item| is_same(item, part)).into()),
        ("contains", [Value::String(text), part]) => {
            Ok(part.as_str().is_some_and(|part| text.contains(part)).into())
        }
        ("starts_with", [Value::String(text), Value::String(part)]) => {
            Ok(text.starts_with(part.as_str()).into())
        }
        ("ends_with", [Value::String(text), Value::String(part)]) => Ok(text.ends_with(part.as_str()).into()),
        ("join", [Value::String(between), Value::Array(items)]) => join(between, items),
        ("keys", [Value::Object(fields)]) => Ok(fields.keys().map(String::as_str).collect()),
        ("values", [Value::Object(fields)]) => Ok(fields.values().cloned().collect()),
        ("length", [value]) => length(value),
        ("max" | "min", [list]) => extreme(name, list),
        ("merge", objects) if !objects.is_empty() => merge(objects),
        ("not_null", values) if !values.is_empty() => {
            Ok(values.iter().find(|value| !value.is_null()).cloned().unwrap_or_default())
        }
        ("reverse", [Value::Array(items)]) => Ok(items.iter().rev().cloned().collect()),
        ("reverse", [Value::String(text)]) => Ok(text.chars().rev().collect::<String>().into()),
        ("sort", [list]) => {
            let mut items = list_of(list)?.to_vec();
            check_sortable(items.iter())?;
            items.sort_by(order);
            Ok(Value::Array(items))
        }
        ("to_array", [Value::Array(items)]) => Ok(Value::Array(items.clone())),
        ("to_array", [value]) => Ok(Value::Array(vec![value.clone()])),
        ("to_string", [Value::String(text)]) => Ok(text.as_str().into()),
        ("to_string", [value]) => Ok(value.to_string().into()),
        ("to_number", [value]) => Ok(to_number(value)),
        ("type", [value]) => Ok(kind_of(value).into()),
        _ => Err(fault(&format!("`{name}` is no function, or its arguments do not fit"))),
    }
}

fn of_number(name: &str, number: &Value) -> Result<Value, Failure> {
    let number = number.as_f64().ok_or_else(|| fault(&format!("`{name}` takes a number")))?;
    computed(match name {
        "abs" => number.abs(),
        "ceil" => number.ceil(),
        _ => number.floor(),
    })
}

fn of_numbers(name: &str, list: &Value) -> Result<Value, Failure> {
    let numbers = list_of(list)?.iter().map(Value::as_f64).collect::<Option<Vec<_>>>();
    let numbers = numbers.ok_or_else(|| fault(&format!("`{name}` takes a list of numbers")))?;
    let sum: f64 = numbers.iter().sum();
    if name == "sum" {
        return computed(sum);
    }
    #[allow(clippy::cast_precision_loss, reason = "a list is shorter than 2^53")]
    if numbers.is_empty() { Ok(Value::Null) } else { computed(sum / numbers.len() as f64) }
}

fn join(between: &str, items: &[Value]) -> Result<Value, Failure> {
    let texts = items.iter().map(Value::as_str).collect::<Option<Vec<_>>>();
    let texts = texts.ok_or_else(|| fault("`join` takes a list of texts"))?;
    let size = between.len().saturating_mul(texts.len());
    if size > 1024 * 1024 {
        return Err(Failure::too_much("makes a text that is too long"));
    }
    Ok(texts.join(between).into())
}

fn length(value: &Value) -> Result<Value, Failure> {
    match value {
        Value::String(text) => Ok(text.chars().count().into()),
        Value::Array(items) => Ok(items.len().into()),
        Value::Object(fields) => Ok(fields.len().into()),
        _ => Err(fault("`length` takes a text, a list or an object")),
    }
}

fn extreme(name: &str, list: &Value) -> Result<Value, Failure> {
    let items = list_of(list)?;
    check_sortable(items.iter())?;
    let found = match name {
        "max" => items.iter().max_by(|first, second| order(first, second)),
        _ => items.iter().min_by(|first, second| order(first, second)),
    };
    Ok(found.cloned().unwrap_or_default())
}

fn merge(objects: &[Value]) -> Result<Value, Failure> {
    let mut merged = Map::new();
    for object in objects {
        let Value::Object(fields) = object else { return Err(fault("`merge` takes objects")) };
        merged.extend(fields.clone());
    }
    Ok(Value::Object(merged))
}

fn to_number(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::Number(number.clone()),
        Value::String(text) => serde_json::from_str::<Number>(text).map_or(Value::Null, Value::Number),
        _ => Value::Null,
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn list_of(value: &Value) -> Result<&[Value], Failure> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| fault("a list is expected"))
}

/// Whether values are all numbers, or all texts.
fn check_sortable<'v>(values: impl Iterator<Item = &'v Value> + Clone) -> Result<(), Failure> {
    let mut kinds = values.map(|value| (value.is_number(), value.is_string()));
    let numbers = kinds.clone().all(|(number, _)| number);
    if numbers || kinds.all(|(_, text)| text) {
        Ok(())
    } else {
        Err(fault("only numbers or only texts have an order"))
    }
}

fn order(first: &Value, second: &Value) -> Ordering {
    match (first, second) {
        (Value::String(first), Value::String(second)) => first.cmp(second),
        _ => first.as_f64().partial_cmp(&second.as_f64()).unwrap_or(Ordering::Equal),
    }
}

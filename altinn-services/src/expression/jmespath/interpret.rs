//! Searches a value by a query.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::parser::Ast;
use crate::expression::failure::Failure;

type Found<'v> = Cow<'v, Value>;

/// A search under way; `spend` is asked for leave before each step.
pub(super) struct Search<'s> {
    pub(super) spend: &'s mut dyn FnMut(usize) -> Result<(), Failure>,
}

const NULL: Value = Value::Null;

impl Search<'_> {
    pub(super) fn evaluate<'v>(&mut self, query: &'v Ast, value: &'v Value) -> Result<Found<'v>, Failure> {
        (self.spend)(1)?;
        Ok(match query {
            Ast::Current => Cow::Borrowed(value),
            Ast::Literal(literal) => Cow::Borrowed(literal),
            Ast::Field(name) => Cow::Borrowed(value.get(name).unwrap_or(&NULL)),
            Ast::Index(index) => Cow::Borrowed(item(value, *index)),
            Ast::Slice { start, stop, step } => return self.slice(value, *start, *stop, *step),
            Ast::Then(left, right) => {
                let left = self.evaluate(left, value)?;
                return self.then(left, right);
            }
            Ast::Project(list, each) => {
                let list = self.evaluate(list, value)?;
                let Value::Array(items) = &*list else { return Ok(Cow::Owned(NULL)) };
                return self.each(items.iter(), each);
            }
            Ast::ProjectValues(object, each) => {
                let object = self.evaluate(object, value)?;
                let Value::Object(fields) = &*object else { return Ok(Cow::Owned(NULL)) };
                return self.each(fields.values(), each);
            }
            Ast::Filter { list, condition, each } => {
                let list = self.evaluate(list, value)?;
                let Value::Array(items) = &*list else { return Ok(Cow::Owned(NULL)) };
                let mut passed = Vec::new();
                for item in items {
                    if is_truthy(&*self.evaluate(condition, item)?) {
                        passed.push(item);
                    }
                }
                return self.each(passed.into_iter(), each);
            }
            Ast::Flatten(list) => {
                let list = self.evaluate(list, value)?;
                let Value::Array(items) = &*list else { return Ok(Cow::Owned(NULL)) };
                return self.flatten(items);
            }
            Ast::Compare(operator, left, right) => {
                let (left, right) = (self.evaluate(left, value)?, self.evaluate(right, value)?);
                (self.spend)(weight(&left))?;
                Cow::Owned(compare(operator, &left, &right))
            }
            Ast::Or(left, right) => {
                let left = self.evaluate(left, value)?;
                if is_truthy(&left) { left } else { self.evaluate(right, value)? }
            }
            Ast::And(left, right) => {
                let left = self.evaluate(left, value)?;
                if is_truthy(&left) { self.evaluate(right, value)? } else { left }
            }
            Ast::Not(inside) => Cow::Owned(Value::Bool(!is_truthy(&*self.evaluate(inside, value)?))),
            Ast::List(_) | Ast::Object(_) if value.is_null() => Cow::Owned(NULL),
            Ast::List(queries) => {
                let items = queries.iter().map(|query| self.evaluate_owned(query, value));
                Cow::Owned(Value::Array(items.collect::<Result<_, _>>()?))
            }
            Ast::Object(fields) => {
                let mut object = Map::new();
                for (name, query) in fields {
                    object.insert(name.clone(), self.evaluate_owned(query, value)?);
                }
                Cow::Owned(Value::Object(object))
            }
            Ast::Call(name, arguments) => Cow::Owned(self.call(name, arguments, value)?),
            Ast::Reference(_) => return Err(super::fault("a query is an argument of a function only")),
        })
    }

    /// A value of its own, paid for when it has to be copied.
    pub(super) fn owned(&mut self, found: Found<'_>) -> Result<Value, Failure> {
        if let Cow::Borrowed(value) = found {
            (self.spend)(weight(value))?;
        }
        Ok(found.into_owned())
    }

    pub(super) fn evaluate_owned(&mut self, query: &Ast, value: &Value) -> Result<Value, Failure> {
        let found = self.evaluate(query, value)?;
        self.owned(found)
    }

    fn then<'v>(&mut self, left: Found<'v>, right: &'v Ast) -> Result<Found<'v>, Failure> {
        match left {
            Cow::Borrowed(left) => self.evaluate(right, left),
            Cow::Owned(left) => self.evaluate_owned(right, &left).map(Cow::Owned),
        }
    }

    /// What a query finds in each item, without what is null.
    fn each<'i, 'v>(
        &mut self,
        items: impl Iterator<Item = &'i Value>,
        each: &Ast,
    ) -> Result<Found<'v>, Failure> {
        let mut list = Vec::new();
        for item in items {
            let found = self.evaluate_owned(each, item)?;
            if !found.is_null() {
                list.push(found);
            }
        }
        Ok(Cow::Owned(Value::Array(list)))
    }

    fn flatten<'v>(&mut self, items: &[Value]) -> Result<Found<'v>, Failure> {
        let mut flat = Vec::new();
        for item in items {
            (self.spend)(weight(item))?;
            match item {
                Value::Array(inner) => flat.extend(inner.iter().cloned()),
                other => flat.push(other.clone()),
            }
        }
        Ok(Cow::Owned(Value::Array(flat)))
    }

    fn slice<'v>(
        &mut self,
        value: &Value,
        start: Option<i64>,
        stop: Option<i64>,
        step: Option<i64>,
    ) -> Result<Found<'v>, Failure> {
        let Value::Array(items) = value else { return Ok(Cow::Owned(NULL)) };
        let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
        let step = step.unwrap_or(1);
        let (lowest, highest) = if step > 0 { (0, length) } else { (-1, length - 1) };
        let within = |place: i64| {
            let place = if place < 0 { place.saturating_add(length) } else { place };
            place.clamp(lowest, highest)
        };
        let (first, end) = if step > 0 { (lowest, highest) } else { (highest, lowest) };
        let (mut at, stop) = (start.map_or(first, within), stop.map_or(end, within));
        let mut list = Vec::new();
        while (step > 0 && at < stop) || (step < 0 && at > stop) {
            let found = item(value, at);
            (self.spend)(weight(found))?;
            list.push(found.clone());
            at = at.saturating_add(step);
        }
        Ok(Cow::Owned(Value::Array(list)))
    }
}

/// An item of a list, counted from the end below 0.
fn item(value: &Value, index: i64) -> &Value {
    let Value::Array(items) = value else { return &NULL };
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let index = if index < 0 { index.saturating_add(length) } else { index };
    usize::try_from(index).ok().and_then(|index| items.get(index)).unwrap_or(&NULL)
}

/// Whether a value counts as true: all but null, false, and what is empty.
pub(super) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
}

fn compare(operator: &str, left: &Value, right: &Value) -> Value {
    let numbers = left.as_f64().zip(right.as_f64());
    match (operator, numbers) {
        ("==", _) => Value::Bool(is_same(left, right)),
        ("!=", _) => Value::Bool(!is_same(left, right)),
        ("<", Some((left, right))) => Value::Bool(left < right),
        ("<=", Some((left, right))) => Value::Bool(left <= right),
        (">", Some((left, right))) => Value::Bool(left > right),
        (">=", Some((left, right))) => Value::Bool(left >= right),
        _ => NULL,
    }
}

/// Whether two values are the same; numbers are when their values are.
pub(super) fn is_same(left: &Value, right: &Value) -> bool {
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

/// What it costs to copy or compare a value.
pub(super) fn weight(value: &Value) -> usize {
    match value {
        Value::String(text) => 1 + text.len() / 32,
        Value::Array(items) => 1 + items.iter().map(weight).sum::<usize>(),
        Value::Object(fields) => 1 + fields.values().map(weight).sum::<usize>(),
        _ => 1,
    }
}

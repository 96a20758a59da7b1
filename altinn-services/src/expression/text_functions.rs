//! The functions that take and make text.

use serde_json::Value;

use super::evaluate::{Evaluator, Item, first, second};
use super::failure::Failure;
use super::function::Function;
use super::{coerce, texts};

impl Evaluator<'_> {
    pub(super) fn text_function(&self, function: Function, items: &[Item<'_>]) -> Result<Value, Failure> {
        if function == Function::Concat {
            return self.concat(items);
        }
        let subject = coerce::text(first(items))?;
        match function {
            Function::StringLength => {
                return Ok(Value::from(subject.map_or(0, |text| texts::length(&text))));
            }
            Function::Contains
            | Function::NotContains
            | Function::CommaContains
            | Function::StartsWith
            | Function::EndsWith => {
                let part = coerce::text(second(items))?;
                let found = subject.zip(part).is_some_and(|(text, part)| found(function, &text, &part));
                return Ok(Value::Bool(found != (function == Function::NotContains)));
            }
            Function::StringSlice => return self.slice(subject.as_deref(), items),
            _ => {}
        }
        let Some(text) = subject else { return Ok(Value::Null) };
        self.spend(text.len() / 32)?;
        match function {
            Function::UpperCase => self.made(text.to_uppercase()),
            Function::LowerCase => self.made(text.to_lowercase()),
            Function::UpperCaseFirst => {
                self.made(texts::with_first(&text, |first| first.to_uppercase().collect()))
            }
            Function::LowerCaseFirst => {
                self.made(texts::with_first(&text, |first| first.to_lowercase().collect()))
            }
            Function::StringIndexOf => {
                let part = coerce::text(second(items))?;
                Ok(part.and_then(|part| texts::index_of(&text, &part)).map_or(Value::Null, Value::from))
            }
            _ => self.replace(&text, items),
        }
    }

    fn concat(&self, items: &[Item<'_>]) -> Result<Value, Failure> {
        let mut whole = String::new();
        for item in items {
            let text = coerce::text(item)?.unwrap_or_default();
            self.spend(text.len() / 32)?;
            whole.push_str(&text);
        }
        Ok(Value::String(whole))
    }

    /// A place that is null is a fault even of a text that is null, as in Altinn's own evaluators.
    fn slice(&self, text: Option<&str>, items: &[Item<'_>]) -> Result<Value, Failure> {
        let start = coerce::number(second(items))?.ok_or_else(texts::no_index)?;
        let end = match items.get(2) {
            Some(end) => Some(coerce::number(end)?.ok_or_else(texts::no_index)?),
            None => None,
        };
        text.map_or(Ok(Value::Null), |text| self.made(texts::slice(text, start, end)))
    }

    /// Every occurrence of a text by another; nothing is replaced where there is nothing to look for.
    fn replace(&self, text: &str, items: &[Item<'_>]) -> Result<Value, Failure> {
        let (part, by) = (coerce::text(second(items))?, coerce::text(third(items))?);
        let Some((part, by)) = part.filter(|part| !part.is_empty()).zip(by) else {
            return self.made(text);
        };
        self.spend(texts::size_replaced(text, &part, &by) / 32)?;
        Ok(Value::String(text.replace(&*part, &by)))
    }
}

fn found(function: Function, text: &str, part: &str) -> bool {
    match function {
        Function::StartsWith => text.starts_with(part),
        Function::EndsWith => text.ends_with(part),
        Function::CommaContains => texts::comma_contains(text, part),
        _ => text.contains(part),
    }
}

fn third<'i>(items: &'i [Item<'_>]) -> &'i Value {
    items.get(2).map_or(&Value::Null, |item| &**item)
}

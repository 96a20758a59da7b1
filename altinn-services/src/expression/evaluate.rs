//! Evaluates expressions.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use serde_json::{Map, Value};

use super::compare::{self, Operator};
use super::context::Context;
use super::failure::{Failure, FailureKind};
use super::function::Function;
use super::hidden::Place;
use super::tree::{Expression, Node};
use super::{coerce, date_format, jmespath, numbers, texts};

/// How many steps one expression may take, with what it looks up; a step is a function, or 32 bytes of text.
const MAX_STEPS: u64 = 1_000_000;
/// How deep evaluation may go, counting what decides whether a component is hidden.
const MAX_DEPTH: usize = 160;

/// A value while it is worked out: borrowed from the data, or made.
pub(super) type Item<'a> = Cow<'a, Value>;

/// Where an expression stands: at a component, in rows of repeating groups, with arguments passed to it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope<'a> {
    /// The id of the component.
    pub component: Option<&'a str>,
    /// The rows of the repeating groups around it, outermost first.
    pub rows: &'a [usize],
    /// What `argv` gives.
    pub arguments: &'a [Value],
    /// The option at hand, which `value` gives: an object with `value` and `label`.
    pub option: Option<&'a Value>,
    /// The data type that fields are looked up in; the first of the context when none is given.
    pub data_type: Option<&'a str>,
}

/// Evaluates expressions against one context, and remembers which components are hidden.
///
/// Whatever the expression and the data are, evaluation ends: steps, memory and nesting have limits, and passing one
/// is a [`FailureKind::TooMuch`].
///
/// ```
/// use altinn_services::expression::{Context, Evaluator, Expression, Scope};
///
/// let form = serde_json::json!({"people": [{"name": "Ada"}, {"name": "Bo"}]});
/// let context = Context::default().with_model("form", &form);
/// let name = Expression::parse(r#"["dataModel", "people.name"]"#)?;
/// let second_row = Scope { rows: &[1], ..Scope::default() };
/// assert_eq!(Evaluator::new(&context).evaluate(&name, &second_row)?, "Bo");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Evaluator<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) hidden: RefCell<HashMap<Place, Option<bool>>>,
    steps: Cell<u64>,
    depth: Cell<usize>,
}

impl Expression {
    /// The value of the expression, standing at no component.
    ///
    /// # Errors
    ///
    /// Says why there is none.
    pub fn evaluate(&self, context: &Context<'_>) -> Result<Value, Failure> {
        Evaluator::new(context).evaluate(self, &Scope::default())
    }
}

impl<'a> Evaluator<'a> {
    /// An evaluator of expressions that look at `context`.
    pub fn new(context: &'a Context<'a>) -> Self {
        let hidden = RefCell::new(HashMap::new());
        Self { context, hidden, steps: Cell::new(MAX_STEPS), depth: Cell::new(0) }
    }

    /// The value of an expression.
    ///
    /// # Errors
    ///
    /// Says why there is none.
    pub fn evaluate(&self, expression: &Expression, scope: &Scope<'_>) -> Result<Value, Failure> {
        self.begin();
        Ok(self.node(&expression.root, scope)?.into_owned())
    }

    /// The value of an expression as true or false; null is false.
    ///
    /// # Errors
    ///
    /// Says why there is none, or that it is neither.
    pub fn is_true(&self, expression: &Expression, scope: &Scope<'_>) -> Result<bool, Failure> {
        self.begin();
        self.truth_of(expression, scope)
    }

    pub(super) fn begin(&self) {
        self.steps.set(MAX_STEPS);
        self.depth.set(0);
    }

    pub(super) fn truth_of(&self, expression: &Expression, scope: &Scope<'_>) -> Result<bool, Failure> {
        coerce::boolean(&*self.node(&expression.root, scope)?)
    }

    /// Takes steps from what is left of them.
    pub(super) fn spend(&self, steps: usize) -> Result<(), Failure> {
        let left = self.steps.get().checked_sub(steps as u64);
        self.steps.set(left.ok_or_else(|| Failure::too_much("takes too many steps"))?);
        Ok(())
    }

    /// A text that was made, paid for by its size.
    fn made(&self, text: impl Into<String>) -> Result<Value, Failure> {
        let text = text.into();
        self.spend(text.len() / 32)?;
        Ok(Value::String(text))
    }

    /// A value of its own, paid for by its size when it has to be copied.
    pub(super) fn owned(&self, item: Item<'_>) -> Result<Value, Failure> {
        if let Cow::Borrowed(value) = item {
            self.spend(weight(value))?;
        }
        Ok(item.into_owned())
    }

    pub(super) fn node<'e>(&self, node: &'e Node, scope: &Scope<'e>) -> Result<Item<'e>, Failure>
    where
        'a: 'e,
    {
        let (function, arguments) = match node {
            Node::Literal(value) => return Ok(Cow::Borrowed(value)),
            Node::Call { function, arguments } => (*function, arguments.as_slice()),
        };
        self.spend(1)?;
        self.deeper(|| {
            if function == Function::If {
                return self.one_of_two(arguments, scope);
            }
            let items = arguments.iter().map(|argument| self.node(argument, scope));
            let items = items.collect::<Result<Vec<_>, _>>()?;
            self.call(function, items, scope)
        })
    }

    /// Does something one level deeper, within the limit.
    pub(super) fn deeper<T>(&self, within: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        let depth = self.depth.get() + 1;
        if depth > MAX_DEPTH {
            return Err(Failure::too_much("is nested too deep"));
        }
        self.depth.set(depth);
        let outcome = within();
        self.depth.set(depth - 1);
        outcome
    }

    fn one_of_two<'e>(&self, arguments: &'e [Node], scope: &Scope<'e>) -> Result<Item<'e>, Failure>
    where
        'a: 'e,
    {
        let holds = match arguments.first() {
            Some(condition) => coerce::boolean(&*self.node(condition, scope)?)?,
            None => false,
        };
        match arguments.get(if holds { 1 } else { 3 }) {
            Some(chosen) => self.node(chosen, scope),
            None => Ok(Cow::Owned(Value::Null)),
        }
    }

    fn call<'e>(
        &self,
        function: Function,
        items: Vec<Item<'e>>,
        scope: &Scope<'e>,
    ) -> Result<Item<'e>, Failure>
    where
        'a: 'e,
    {
        match function {
            Function::DataModel => return self.data_model(&items, scope),
            Function::Component => return self.component(&items, scope),
            Function::Argv => return argv(&items, scope),
            Function::Value => return option_at_hand(&items, scope),
            Function::FrontendSettings => return self.frontend_setting(&items),
            Function::ExternalApi => return self.external_api(&items),
            _ => {}
        }
        let value = match function {
            Function::List => self.list(items).map(Value::Array),
            Function::Object => self.object(items).map(Value::Object),
            Function::And | Function::Or | Function::Not => logic(function, &items),
            Function::Plus | Function::Minus | Function::Multiply | Function::Divide => {
                arithmetic(function, &items)
            }
            Function::Average => numbers::average(first(&items), second(&items)),
            Function::Round => self.made(numbers::round(first(&items), second(&items))?),
            Function::Equals => Ok(Value::Bool(compare::are_equal(first(&items), second(&items)))),
            Function::NotEquals => Ok(Value::Bool(!compare::are_equal(first(&items), second(&items)))),
            Function::GreaterThan => {
                Operator::GreaterThan.holds(first(&items), second(&items)).map(Value::Bool)
            }
            Function::GreaterThanEq => {
                Operator::GreaterThanEq.holds(first(&items), second(&items)).map(Value::Bool)
            }
            Function::LessThan => Operator::LessThan.holds(first(&items), second(&items)).map(Value::Bool),
            Function::LessThanEq => {
                Operator::LessThanEq.holds(first(&items), second(&items)).map(Value::Bool)
            }
            Function::Compare => compare_by_name(&items),
            Function::FormatDate => self.format_date(&items),
            Function::Jmespath => self.query(&items),
            Function::Concat
            | Function::Contains
            | Function::NotContains
            | Function::CommaContains
            | Function::StartsWith
            | Function::EndsWith
            | Function::UpperCase
            | Function::LowerCase
            | Function::UpperCaseFirst
            | Function::LowerCaseFirst
            | Function::StringLength
            | Function::StringIndexOf
            | Function::StringSlice
            | Function::StringReplace => self.text_function(function, &items),
            _ => self.lookup(function, &items, scope),
        };
        value.map(Cow::Owned)
    }

    fn list(&self, items: Vec<Item<'_>>) -> Result<Vec<Value>, Failure> {
        items.into_iter().map(|item| self.owned(item)).collect()
    }

    fn object(&self, items: Vec<Item<'_>>) -> Result<Map<String, Value>, Failure> {
        let failure = |message: &str| Failure::new(FailureKind::Object, message);
        let mut object = Map::new();
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            let Value::String(key) = key.into_owned() else {
                return Err(failure("Object keys must be strings"));
            };
            if object.insert(key, self.owned(value)?).is_some() {
                return Err(failure("Object keys must be unique"));
            }
        }
        Ok(object)
    }

    fn text_function(&self, function: Function, items: &[Item<'_>]) -> Result<Value, Failure> {
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
            Function::StringSlice => self.slice(&text, items),
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

    fn slice(&self, text: &str, items: &[Item<'_>]) -> Result<Value, Failure> {
        let start = coerce::number(second(items))?.ok_or_else(texts::no_index)?;
        let end = match items.get(2) {
            Some(end) => Some(coerce::number(end)?.ok_or_else(texts::no_index)?),
            None => None,
        };
        self.made(texts::slice(text, start, end))
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

    fn format_date(&self, items: &[Item<'_>]) -> Result<Value, Failure> {
        let Some(moment) = compare::moment(first(items))? else { return Ok(Value::Null) };
        let language = self.context.language();
        let pattern = coerce::text(second(items))?;
        let pattern = pattern.as_deref().unwrap_or_else(|| date_format::usual_pattern(language));
        self.spend(pattern.len())?;
        self.made(date_format::format(moment.to_show(), pattern, language))
    }

    fn query(&self, items: &[Item<'_>]) -> Result<Value, Failure> {
        let Value::String(query) = second(items) else {
            return Err(Failure::new(FailureKind::ExpectedText, "Expected argument to be string"));
        };
        let query = jmespath::Query::parse(query)?;
        query.search(first(items), &mut |steps| self.spend(steps))
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

fn logic(function: Function, items: &[Item<'_>]) -> Result<Value, Failure> {
    let flags = items.iter().map(|item| coerce::boolean(item)).collect::<Result<Vec<_>, _>>()?;
    Ok(Value::Bool(match function {
        Function::And => flags.iter().all(|flag| *flag),
        Function::Or => flags.iter().any(|flag| *flag),
        _ => !flags.iter().any(|flag| *flag),
    }))
}

fn arithmetic(function: Function, items: &[Item<'_>]) -> Result<Value, Failure> {
    let terms = numbers::terms(items.iter().map(|item| &**item))?;
    let result = match (function, terms.as_slice()) {
        (Function::Minus, [first, second]) => numbers::sum(&[*first, -second]),
        (Function::Divide, [first, second]) => numbers::quotient(*first, *second)?,
        (Function::Multiply, factors) => numbers::product(factors),
        (_, terms) => numbers::sum(terms),
    };
    coerce::computed(result)
}

/// The operator was checked when the expression was read.
fn compare_by_name(items: &[Item<'_>]) -> Result<Value, Failure> {
    let negated = items.len() == 4;
    let operator = items.get(if negated { 2 } else { 1 }).and_then(|name| name.as_str());
    let last = items.last().map_or(&Value::Null, |last| &**last);
    let holds = match operator.and_then(Operator::named) {
        Some(operator) => operator.holds(first(items), last)?,
        None => false,
    };
    Ok(Value::Bool(holds != negated))
}

fn argv<'e>(items: &[Item<'e>], scope: &Scope<'e>) -> Result<Item<'e>, Failure> {
    if scope.arguments.is_empty() {
        return Err(Failure::new(FailureKind::Lookup, "No positional arguments available"));
    }
    let index = coerce::number(first(items))?;
    let whole = index.filter(|index| index.fract() == 0.0 && *index >= 0.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` keeps it in range")]
    let argument = whole.and_then(|index| scope.arguments.get(index as usize));
    let shown = index.map_or_else(|| "null".to_owned(), |index| index.to_string());
    let out_of_range = || Failure::new(FailureKind::OutOfRange, format!("Index {shown} out of range"));
    argument.map(Cow::Borrowed).ok_or_else(out_of_range)
}

fn option_at_hand<'e>(items: &[Item<'e>], scope: &Scope<'e>) -> Result<Item<'e>, Failure> {
    let missing = |message: &str| Failure::new(FailureKind::Lookup, message);
    let option = scope.option.ok_or_else(|| missing("No value arguments available"))?;
    let key = items.first().and_then(|key| key.as_str()).unwrap_or("value");
    let known = matches!(key, "value" | "label" | "description" | "helpText");
    if !known {
        return Err(missing("Invalid key for the value function"));
    }
    Ok(option.get(key).map_or(Cow::Owned(Value::Null), Cow::Borrowed))
}

pub(super) fn first<'i>(items: &'i [Item<'_>]) -> &'i Value {
    items.first().map_or(&Value::Null, |item| &**item)
}

pub(super) fn second<'i>(items: &'i [Item<'_>]) -> &'i Value {
    items.get(1).map_or(&Value::Null, |item| &**item)
}

fn third<'i>(items: &'i [Item<'_>]) -> &'i Value {
    items.get(2).map_or(&Value::Null, |item| &**item)
}

/// What it costs to copy a value: its values, and its text.
fn weight(value: &Value) -> usize {
    match value {
        Value::String(text) => 1 + text.len() / 32,
        Value::Array(items) => 1 + items.iter().map(weight).sum::<usize>(),
        Value::Object(fields) => {
            1 + fields.iter().map(|(name, value)| name.len() / 32 + weight(value)).sum::<usize>()
        }
        _ => 1,
    }
}

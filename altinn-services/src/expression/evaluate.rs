//! Evaluates expressions.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use serde_json::{Map, Value};

use super::compare::{self, Operator};
use super::context::Context;
use super::failure::{Failure, FailureKind};
use super::function::Function;
use super::hidden::KnownHidden;
use super::tree::{Expression, Node};
use super::{coerce, date_format, jmespath, numbers};

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
    pub(super) hidden: RefCell<KnownHidden>,
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
        let hidden = RefCell::default();
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
    pub(super) fn made(&self, text: impl Into<String>) -> Result<Value, Failure> {
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
            Node::Field(field) => {
                self.spend(1)?;
                return self.deeper(|| self.field(field, scope));
            }
        };
        self.spend(1)?;
        self.deeper(|| match (function, arguments) {
            (Function::If, _) => self.one_of_two(arguments, scope),
            (Function::And | Function::Or | Function::Not, _) => self.logic(function, arguments, scope),
            (Function::Component, [id]) => self.component(&*self.node(id, scope)?, scope),
            (_, [first, second]) => match Operator::of(function) {
                Some(operator) => self.comparison(operator, first, second, scope),
                None => self.call(function, arguments, scope),
            },
            _ => self.call(function, arguments, scope),
        })
    }

    /// Both sides have their value before they are compared.
    fn comparison<'e>(
        &self,
        operator: Operator,
        first: &'e Node,
        second: &'e Node,
        scope: &Scope<'e>,
    ) -> Result<Item<'e>, Failure>
    where
        'a: 'e,
    {
        let (first, second) = (self.node(first, scope)?, self.node(second, scope)?);
        Ok(Cow::Owned(Value::Bool(operator.holds(&first, &second)?)))
    }

    /// Every argument has its value before one of them is read as true or false, as in Altinn's own evaluators.
    fn logic<'e>(
        &self,
        function: Function,
        arguments: &'e [Node],
        scope: &Scope<'e>,
    ) -> Result<Item<'e>, Failure>
    where
        'a: 'e,
    {
        let (mut all, mut any, mut refused) = (true, false, None);
        for argument in arguments {
            match coerce::boolean(&*self.node(argument, scope)?) {
                Ok(flag) => (all, any) = (all && flag, any || flag),
                Err(failure) => refused = refused.or(Some(failure)),
            }
        }
        match refused {
            Some(failure) => Err(failure),
            None => Ok(Cow::Owned(Value::Bool(match function {
                Function::And => all,
                Function::Or => any,
                _ => !any,
            }))),
        }
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
        arguments: &'e [Node],
        scope: &Scope<'e>,
    ) -> Result<Item<'e>, Failure>
    where
        'a: 'e,
    {
        let items = arguments.iter().map(|argument| self.node(argument, scope));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        match function {
            Function::DataModel => return self.data_model(&items, scope),
            Function::Argv => return argv(&items, scope),
            Function::Value => return option_at_hand(&items, scope),
            Function::FrontendSettings => return self.frontend_setting(&items),
            Function::ExternalApi => return self.external_api(&items),
            _ => {}
        }
        let value = match function {
            Function::List => self.list(items).map(Value::Array),
            Function::Object => self.object(items).map(Value::Object),
            Function::Plus | Function::Minus | Function::Multiply | Function::Divide => {
                arithmetic(function, &items)
            }
            Function::Average => numbers::average(first(&items), second(&items)),
            Function::Round => self.made(numbers::round(first(&items), second(&items))?),
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

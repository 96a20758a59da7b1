//! The standard's functions: which there are, what they take and give, and how they are computed.
//!
//! The families that exist for many data types (equality, order, bags, sets, conversion) are written once and found
//! by the type's name within the function's name.

mod arithmetic;
mod bag;
mod comparison;
mod higher_order;
mod registry;
mod temporal;
mod text;

use std::borrow::Cow;
use std::fmt;
#[cfg(feature = "xpath")]
use std::sync::Arc;

pub(crate) use bag::BagOperation;
pub(crate) use higher_order::HigherOrder;
pub(crate) use text::pattern_matches;

use super::status::Fault;
use super::{DataType, Value};

/// What an expression gives: one value of a type, or a bag of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Exactly one value.
    Value(DataType),
    /// Any number of values without an order.
    Bag(DataType),
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(data_type) => write!(f, "{data_type}"),
            Self::Bag(data_type) => write!(f, "bag of {data_type}"),
        }
    }
}

/// A function of the standard.
#[derive(Debug, Clone)]
pub struct Function {
    id: String,
    parameters: Parameters,
    returns: Type,
    operation: Operation,
    /// The namespaces of the prefixes in scope where it stands, for paths that are given as texts.
    #[cfg(feature = "xpath")]
    namespaces: Option<Arc<[(String, String)]>>,
}

/// What a function takes.
#[derive(Debug, Clone)]
pub(crate) enum Parameters {
    /// These, in this order.
    Exactly(Vec<Type>),
    /// So many or more of one type.
    AtLeast(usize, Type),
    /// One of a type, and then so many or more of another.
    OneThenAtLeast(Type, usize, Type),
    /// A function, and then what that function is applied to.
    FunctionAndMore,
}

/// How a function is computed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operation {
    One(fn(&Value) -> Computed),
    Two(fn(&Value, &Value) -> Computed),
    Three(fn(&Value, &Value, &Value) -> Computed),
    Fold(fn(&Value, &Value) -> Computed),
    Parse(DataType),
    /// Whether a text holds what a regular expression describes.
    Matches,
    Bag(BagOperation),
    Logical(Logical),
    HigherOrder(HigherOrder),
    /// Whether all policies permit the request with another content of a category.
    AccessPermitted,
    /// A function over the content of the request.
    #[cfg(feature = "xpath")]
    XPath(XPathFunction),
}

/// The functions over nodes (XACML 3.0, A.3.15).
#[cfg(feature = "xpath")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum XPathFunction {
    /// How many nodes a path leads to.
    Count,
    /// Whether two paths lead to a same node.
    Equal,
    /// Whether the second path leads to a node at or below one of the first.
    Match,
}

/// The functions that need not evaluate all of their arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Logical {
    Or,
    And,
    NOf,
}

/// What a function computes.
pub(crate) type Computed = Result<Value, Fault>;

/// An evaluated expression.
#[derive(Debug, Clone)]
pub(crate) enum Operand<'a> {
    Value(Cow<'a, Value>),
    Bag(Cow<'a, [Value]>),
}

impl Operand<'_> {
    pub(crate) fn value(&self) -> Result<&Value, Fault> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Bag(_) => Err(Fault::processing("a bag stands where one value is needed")),
        }
    }

    pub(crate) fn bag(&self) -> Result<&[Value], Fault> {
        match self {
            Self::Bag(values) => Ok(values),
            Self::Value(_) => Err(Fault::processing("one value stands where a bag is needed")),
        }
    }

    pub(crate) fn boolean(&self) -> Result<bool, Fault> {
        self.value()?.as_boolean().ok_or_else(|| Fault::processing("expected a boolean"))
    }
}

impl From<Value> for Operand<'_> {
    fn from(value: Value) -> Self {
        Self::Value(Cow::Owned(value))
    }
}

impl Function {
    /// The function that a URN names, if the standard has it; deprecated names of 1.0 and 1.1 included.
    ///
    /// ```
    /// use altinn_auth::xacml::Function;
    ///
    /// assert!(Function::from_urn("urn:oasis:names:tc:xacml:1.0:function:string-equal").is_some());
    /// assert!(Function::from_urn("urn:oasis:names:tc:xacml:1.0:function:string-resembles").is_none());
    /// ```
    pub fn from_urn(urn: &str) -> Option<Self> {
        registry::find(urn)
    }

    /// The function's URN.
    pub fn urn(&self) -> &str {
        &self.id
    }

    /// The function where these prefixes are in scope, if that makes a difference to it.
    #[cfg(feature = "xpath")]
    pub(crate) fn within<'n>(mut self, namespaces: impl Iterator<Item = (&'n str, &'n str)>) -> Self {
        if matches!(self.operation, Operation::XPath(_)) {
            let owned = namespaces.map(|(prefix, uri)| (prefix.to_owned(), uri.to_owned()));
            self.namespaces = Some(owned.collect());
        }
        self
    }

    /// The prefixes in scope where it stands, and their namespaces.
    #[cfg(feature = "xpath")]
    pub(crate) fn namespaces(&self) -> impl Iterator<Item = (&str, &str)> {
        self.namespaces.iter().flat_map(|all| all.iter()).map(|(prefix, uri)| (prefix.as_str(), uri.as_str()))
    }

    /// What it gives.
    pub(crate) fn returns(&self) -> Type {
        self.returns
    }

    pub(crate) fn operation(&self) -> Operation {
        self.operation
    }

    pub(crate) fn higher_order(&self) -> Option<HigherOrder> {
        match self.operation {
            Operation::HigherOrder(kind) => Some(kind),
            _ => None,
        }
    }

    /// Whether it takes arguments of these types.
    pub(crate) fn accepts(&self, arguments: &[Type]) -> bool {
        match &self.parameters {
            Parameters::Exactly(types) => types == arguments,
            Parameters::AtLeast(count, each) => {
                arguments.len() >= *count && arguments.iter().all(|argument| argument == each)
            }
            Parameters::OneThenAtLeast(one, count, each) => match arguments {
                [first, rest @ ..] => {
                    first == one && rest.len() >= *count && rest.iter().all(|argument| argument == each)
                }
                [] => false,
            },
            Parameters::FunctionAndMore => false,
        }
    }

    /// Computes the function over evaluated arguments, whose types have been checked.
    pub(crate) fn call(&self, arguments: &[Operand<'_>]) -> Result<Operand<'static>, Fault> {
        match (self.operation, arguments) {
            (Operation::One(compute), [a]) => compute(a.value()?).map(Into::into),
            (Operation::Two(compute), [a, b]) => compute(a.value()?, b.value()?).map(Into::into),
            (Operation::Three(compute), [a, b, c]) => {
                compute(a.value()?, b.value()?, c.value()?).map(Into::into)
            }
            (Operation::Fold(compute), [first, rest @ ..]) => rest
                .iter()
                .try_fold(first.value()?.clone(), |sum, next| compute(&sum, next.value()?))
                .map(Into::into),
            (Operation::Parse(data_type), [text]) => parse(data_type, text.value()?).map(Into::into),
            (Operation::Matches, [pattern, text]) => {
                text::matches(pattern.value()?, text.value()?).map(Into::into)
            }
            (Operation::Bag(operation), arguments) => operation.compute(arguments),
            (Operation::Logical(logical), arguments) => {
                logical.compute(arguments.iter().map(Operand::boolean)).map(Into::into)
            }
            _ => Err(Fault::processing(format!("`{}` got a wrong number of arguments", self.id))),
        }
    }
}

impl Logical {
    /// Or and and over truth values that may be faults: a value that decides wins over a fault.
    pub(crate) fn compute(self, values: impl Iterator<Item = Result<bool, Fault>>) -> Computed {
        let decisive = match self {
            Self::Or => true,
            Self::And => false,
            Self::NOf => return Err(Fault::processing("`n-of` needs a number")),
        };
        let mut fault = None;
        for value in values {
            match value {
                Ok(value) if value == decisive => return Ok(Value::Boolean(decisive)),
                Ok(_) => {}
                Err(found) => {
                    fault.get_or_insert(found);
                }
            }
        }
        fault.map_or(Ok(Value::Boolean(!decisive)), Err)
    }

    /// Whether at least `needed` of the `count` values are true.
    pub(crate) fn n_of(
        needed: i64,
        count: usize,
        values: impl Iterator<Item = Result<bool, Fault>>,
    ) -> Computed {
        let needed = usize::try_from(needed)
            .ok()
            .filter(|needed| *needed <= count)
            .ok_or_else(|| Fault::processing("`n-of` asks for more values than there are"))?;
        let (mut found, mut unknown, mut fault) = (0, 0, None);
        for value in values {
            if found >= needed {
                break;
            }
            match value {
                Ok(value) => found += usize::from(value),
                Err(why) => {
                    unknown += 1;
                    fault.get_or_insert(why);
                }
            }
        }
        match fault {
            Some(fault) if found < needed && found + unknown >= needed => Err(fault),
            _ => Ok(Value::Boolean(found >= needed)),
        }
    }
}

fn parse(data_type: DataType, text: &Value) -> Computed {
    let text = text.as_text().ok_or_else(|| wrong_type("a string"))?;
    Value::parse(data_type, text)
        .ok_or_else(|| Fault::syntax(format!("a text is not in the lexical space of {data_type}")))
}

/// An argument is of another type than the load-time check allows; only a fault in this crate can cause it.
fn wrong_type(expected: &str) -> Fault {
    Fault::processing(format!("expected {expected}"))
}

//! Conditions of a gateway's flows: the part of Altinn's expression language that decides on the chosen action.
//!
//! An expression is a JSON array whose first item names a function, or a plain value. Known here: `gatewayAction`,
//! `equals`, `notEquals`, `and`, `or`, `not`, `if`. Any other function makes the evaluation fail by its name.
//! Source: Altinn's documentation of expressions in process conditions.

use serde_json::Value;
use thiserror::Error;

/// How deep functions may be nested.
const MAX_DEPTH: usize = 32;

/// A condition of a sequence flow.
///
/// ```
/// use altinn_services::process::Condition;
///
/// let condition = Condition::parse(r#"["equals", ["gatewayAction"], "reject"]"#)?;
/// assert_eq!(condition.holds(Some("reject")), Ok(true));
/// assert_eq!(condition.holds(None), Ok(false));
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    expression: Value,
}

/// Why a condition could not be decided.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConditionError {
    /// A function that is not there.
    #[error("function `{0}` is not supported in conditions")]
    FunctionNotSupported(String),
    /// A function was given something it has no answer for.
    #[error("function `{function}` {problem}")]
    Argument {
        /// The function.
        function: String,
        /// What is wrong with what it was given.
        problem: &'static str,
    },
    /// Functions are nested too deep.
    #[error("functions are nested deeper than {MAX_DEPTH}")]
    TooDeep,
    /// An array whose first item is no name, or an object.
    #[error("an expression is a value, or an array that begins with the name of a function")]
    NotAnExpression,
}

impl Condition {
    /// Reads a condition; comments and trailing commas are allowed, as in Altinn's own reader.
    ///
    /// # Errors
    ///
    /// Says what is wrong when the text is not JSON.
    pub fn parse(text: &str) -> Result<Self, String> {
        let strict = crate::definition::blank_comments_and_trailing_commas(text);
        let expression = serde_json::from_str(strict.trim()).map_err(|error| error.to_string())?;
        Ok(Self { expression })
    }

    /// Whether the condition holds when `action` was chosen in the task before the gateway.
    ///
    /// # Errors
    ///
    /// When the condition uses a function that is not there, or is no expression.
    pub fn holds(&self, action: Option<&str>) -> Result<bool, ConditionError> {
        let value = evaluate(&self.expression, action, 0)?;
        Ok(value == Value::Bool(true))
    }

    /// The expression as JSON.
    pub fn expression(&self) -> &Value {
        &self.expression
    }
}

fn evaluate(expression: &Value, action: Option<&str>, depth: usize) -> Result<Value, ConditionError> {
    if depth > MAX_DEPTH {
        return Err(ConditionError::TooDeep);
    }
    match expression {
        Value::Array(items) => call(items, action, depth),
        Value::Object(_) => Err(ConditionError::NotAnExpression),
        plain => Ok(plain.clone()),
    }
}

fn call(items: &[Value], action: Option<&str>, depth: usize) -> Result<Value, ConditionError> {
    let Some((Value::String(function), arguments)) = items.split_first() else {
        return Err(ConditionError::NotAnExpression);
    };
    let value = |argument: &Value| evaluate(argument, action, depth + 1);
    match (function.as_str(), arguments) {
        ("gatewayAction", []) => Ok(action.map_or(Value::Null, Value::from)),
        ("equals", [left, right]) => Ok(Value::Bool(same(function, &value(left)?, &value(right)?)?)),
        ("notEquals", [left, right]) => Ok(Value::Bool(!same(function, &value(left)?, &value(right)?)?)),
        ("not", [inner]) => Ok(Value::Bool(!truth(function, &value(inner)?)?)),
        ("and", [_, ..]) => all(function, arguments, value).map(Value::Bool),
        ("or", [_, ..]) => {
            let none =
                all(function, arguments, |argument| Ok(Value::Bool(!truth(function, &value(argument)?)?)))?;
            Ok(Value::Bool(!none))
        }
        ("if", [test, then]) => {
            if truth(function, &value(test)?)? {
                value(then)
            } else {
                Ok(Value::Null)
            }
        }
        ("if", [test, then, Value::String(word), otherwise]) if word == "else" => {
            if truth(function, &value(test)?)? { value(then) } else { value(otherwise) }
        }
        ("gatewayAction" | "equals" | "notEquals" | "not" | "and" | "or" | "if", _) => {
            Err(argument(function, "has the wrong number of arguments"))
        }
        (other, _) => Err(ConditionError::FunctionNotSupported(other.chars().take(60).collect())),
    }
}

fn all(
    function: &str,
    arguments: &[Value],
    value: impl Fn(&Value) -> Result<Value, ConditionError>,
) -> Result<bool, ConditionError> {
    for argument in arguments {
        if !truth(function, &value(argument)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Values are compared as texts; null equals null alone.
fn same(function: &str, left: &Value, right: &Value) -> Result<bool, ConditionError> {
    Ok(comparable(function, left)? == comparable(function, right)?)
}

fn comparable(function: &str, value: &Value) -> Result<Option<String>, ConditionError> {
    match value {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(flag.to_string())),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::String(text) => Ok(match text.to_lowercase().as_str() {
            "null" => None,
            word @ ("true" | "false") => Some(word.to_owned()),
            _ => Some(text.clone()),
        }),
        Value::Array(_) | Value::Object(_) => Err(argument(function, "compares plain values only")),
    }
}

fn truth(function: &str, value: &Value) -> Result<bool, ConditionError> {
    match comparable(function, value)?.as_deref() {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(_) => Err(argument(function, "expects true or false")),
    }
}

fn argument(function: &str, problem: &'static str) -> ConditionError {
    ConditionError::Argument { function: function.to_owned(), problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str, action: Option<&str>) -> Result<bool, ConditionError> {
        Condition::parse(text).unwrap().holds(action)
    }

    #[test]
    fn the_chosen_action_decides() {
        assert_eq!(holds(r#"["equals", ["gatewayAction"], "reject"]"#, Some("reject")), Ok(true));
        assert_eq!(holds(r#"["notEquals", ["gatewayAction"], "reject"]"#, Some("sign")), Ok(true));
        assert_eq!(holds(r#"["notEquals", ["gatewayAction"], "reject"]"#, None), Ok(true));
        assert_eq!(holds(r#"["equals", ["gatewayAction"], null]"#, None), Ok(true));
    }

    #[test]
    fn combinations_are_decided() {
        let either = r#"["or", ["equals", ["gatewayAction"], "a"], ["equals", ["gatewayAction"], "b"]]"#;
        assert_eq!(holds(either, Some("b")), Ok(true));
        assert_eq!(holds(either, Some("c")), Ok(false));
        assert_eq!(
            holds(r#"["and", true, ["not", ["equals", ["gatewayAction"], "a"]]]"#, Some("b")),
            Ok(true)
        );
        assert_eq!(
            holds(r#"["if", ["equals", ["gatewayAction"], "a"], true, "else", false]"#, Some("b")),
            Ok(false)
        );
        assert_eq!(holds(r#"["if", false, true]"#, None), Ok(false));
    }

    #[test]
    fn comments_and_trailing_commas_are_read() {
        assert_eq!(holds("[\"equals\", [\"gatewayAction\"], \"a\", /* last */ ]", Some("a")), Ok(true));
    }

    #[test]
    fn an_unknown_function_is_refused_by_name() {
        let unknown = ConditionError::FunctionNotSupported("dataModel".into());
        assert_eq!(holds(r#"["equals", ["dataModel", "Total"], 7]"#, None), Err(unknown));
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        assert_eq!(holds("[]", None), Err(ConditionError::NotAnExpression));
        assert_eq!(holds("[1, 2]", None), Err(ConditionError::NotAnExpression));
        assert_eq!(holds("{}", None), Err(ConditionError::NotAnExpression));
        assert!(matches!(holds(r#"["not", "perhaps"]"#, None), Err(ConditionError::Argument { .. })));
        assert!(matches!(holds(r#"["equals", "a"]"#, None), Err(ConditionError::Argument { .. })));
        let deep = format!("{}true{}", r#"["not", "#.repeat(60), "]".repeat(60));
        assert_eq!(holds(&deep, None), Err(ConditionError::TooDeep));
        assert!(Condition::parse("[").is_err());
    }
}

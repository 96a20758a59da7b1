//! JSON Patch (RFC 6902): a form is changed field by field.

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// How many operations a patch may have.
pub const MAX_PATCH_OPERATIONS: usize = 1_000;
/// How many values the operations of a patch may put in, all together.
const MAX_ADDED_VALUES: usize = 100_000;

/// A patch that was read.
///
/// ```
/// use altinn_services::form::Patch;
/// use serde_json::json;
///
/// let patch = Patch::parse(br#"[{"op": "test", "path": "/name", "value": "Ada"},
///                               {"op": "replace", "path": "/name", "value": "Grace"}]"#)?;
/// assert_eq!(patch.apply(&json!({"name": "Ada"}))?, json!({"name": "Grace"}));
/// # Ok::<(), altinn_services::form::PatchError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Patch(Vec<Operation>);

/// One change, at a place that a JSON pointer (RFC 6901) names.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
enum Operation {
    Add { path: String, value: Value },
    Remove { path: String },
    Replace { path: String, value: Value },
    Move { from: String, path: String },
    Copy { from: String, path: String },
    Test { path: String, value: Value },
}

/// Why a patch can not be read or applied. No value is repeated, since it may be personal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PatchError {
    /// It is no JSON Patch.
    #[error("not a JSON Patch: {0}")]
    NotAPatch(String),
    /// It has too many operations, or puts in too much.
    #[error("the patch has too many operations or puts in too many values")]
    TooLarge,
    /// An operation names a place that is not there.
    #[error("operation {operation}: `{path}` is not there")]
    NotThere {
        /// Which operation, from 0.
        operation: usize,
        /// The place.
        path: String,
    },
    /// A test found another value.
    #[error("operation {operation}: `{path}` holds another value")]
    TestFailed {
        /// Which operation, from 0.
        operation: usize,
        /// The place.
        path: String,
    },
    /// A value is moved into itself.
    #[error("operation {operation}: `{path}` is inside what is moved")]
    IntoItself {
        /// Which operation, from 0.
        operation: usize,
        /// The place.
        path: String,
    },
}

impl PatchError {
    /// The stable code of this kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAPatch(_) => "PATCH-NOT-A-PATCH",
            Self::TooLarge => "PATCH-TOO-LARGE",
            Self::NotThere { .. } => "PATCH-NOT-THERE",
            Self::TestFailed { .. } => "PATCH-TEST-FAILED",
            Self::IntoItself { .. } => "PATCH-INTO-ITSELF",
        }
    }
}

/// Why one operation does not go.
enum Stop {
    NotThere(String),
    TestFailed(String),
    IntoItself(String),
    TooLarge,
}

impl Patch {
    /// Reads a patch.
    ///
    /// # Errors
    ///
    /// When it is no list of operations, or longer than [`MAX_PATCH_OPERATIONS`].
    pub fn parse(bytes: &[u8]) -> Result<Self, PatchError> {
        let operations: Vec<Operation> = serde_json::from_slice(bytes)
            .map_err(|error| PatchError::NotAPatch(error.to_string().chars().take(200).collect()))?;
        if operations.len() > MAX_PATCH_OPERATIONS { Err(PatchError::TooLarge) } else { Ok(Self(operations)) }
    }

    /// The data with every change made, in order; all of them or none.
    ///
    /// # Errors
    ///
    /// Says which operation did not go, and why.
    pub fn apply(&self, data: &Value) -> Result<Value, PatchError> {
        let mut patched = Patched { data: data.clone(), room: MAX_ADDED_VALUES };
        for (operation, change) in self.0.iter().enumerate() {
            patched.change(change).map_err(|stop| match stop {
                Stop::NotThere(path) => PatchError::NotThere { operation, path },
                Stop::TestFailed(path) => PatchError::TestFailed { operation, path },
                Stop::IntoItself(path) => PatchError::IntoItself { operation, path },
                Stop::TooLarge => PatchError::TooLarge,
            })?;
        }
        Ok(patched.data)
    }
}

struct Patched {
    data: Value,
    room: usize,
}

impl Patched {
    fn change(&mut self, change: &Operation) -> Result<(), Stop> {
        match change {
            Operation::Add { path, value } => self.add(path, value.clone()),
            Operation::Remove { path } => self.remove(path).map(drop),
            Operation::Replace { path, value } => {
                self.pay(value)?;
                let place = self.data.pointer_mut(path).ok_or_else(|| not_there(path))?;
                *place = value.clone();
                Ok(())
            }
            Operation::Move { from, path } => {
                if path.strip_prefix(from.as_str()).is_some_and(|rest| rest.starts_with('/')) {
                    return Err(Stop::IntoItself(path.clone()));
                }
                let value = self.remove(from)?;
                self.add(path, value)
            }
            Operation::Copy { from, path } => {
                let value = self.data.pointer(from).ok_or_else(|| not_there(from))?;
                if values(value) > self.room {
                    return Err(Stop::TooLarge);
                }
                let value = value.clone();
                self.add(path, value)
            }
            Operation::Test { path, value } => match self.data.pointer(path) {
                Some(found) if is_same(found, value) => Ok(()),
                Some(_) => Err(Stop::TestFailed(path.clone())),
                None => Err(not_there(path)),
            },
        }
    }

    fn pay(&mut self, value: &Value) -> Result<(), Stop> {
        self.room = self.room.checked_sub(values(value)).ok_or(Stop::TooLarge)?;
        Ok(())
    }

    fn add(&mut self, path: &str, value: Value) -> Result<(), Stop> {
        self.pay(&value)?;
        let Some((parent, last)) = path.rsplit_once('/') else {
            // The whole document, which has the empty pointer.
            if !path.is_empty() {
                return Err(not_there(path));
            }
            self.data = value;
            return Ok(());
        };
        match self.data.pointer_mut(parent) {
            Some(Value::Object(fields)) => {
                fields.insert(unescaped(last), value);
                Ok(())
            }
            Some(Value::Array(items)) => {
                let index = if last == "-" { Some(items.len()) } else { index(last) };
                let index = index.filter(|index| *index <= items.len()).ok_or_else(|| not_there(path))?;
                items.insert(index, value);
                Ok(())
            }
            _ => Err(not_there(path)),
        }
    }

    fn remove(&mut self, path: &str) -> Result<Value, Stop> {
        let Some((parent, last)) = path.rsplit_once('/') else { return Err(not_there(path)) };
        let removed = match self.data.pointer_mut(parent) {
            Some(Value::Object(fields)) => fields.remove(&unescaped(last)),
            Some(Value::Array(items)) => {
                index(last).filter(|index| *index < items.len()).map(|index| items.remove(index))
            }
            _ => None,
        };
        removed.ok_or_else(|| not_there(path))
    }
}

fn not_there(path: &str) -> Stop {
    Stop::NotThere(path.chars().take(200).collect())
}

fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// An index: digits without a leading zero.
fn index(step: &str) -> Option<usize> {
    let digits = step.bytes().all(|byte| byte.is_ascii_digit());
    (digits && (step == "0" || !step.starts_with('0'))).then(|| step.parse().ok()).flatten()
}

/// How many values there are in a value, itself among them.
fn values(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(values).sum::<usize>(),
        Value::Object(fields) => 1 + fields.values().map(values).sum::<usize>(),
        _ => 1,
    }
}

/// Whether two values are the same; numbers are when their values are.
fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn apply(patch: Value, data: &Value) -> Result<Value, PatchError> {
        Patch::parse(patch.to_string().as_bytes())?.apply(data)
    }

    #[test]
    fn every_operation_does_what_the_standard_says() {
        let data = json!({"a": [1, 2], "b": {"c~d": 3}});
        let cases = [
            (json!([{"op": "add", "path": "/a/1", "value": 9}]), json!({"a": [1, 9, 2], "b": {"c~d": 3}})),
            (json!([{"op": "add", "path": "/a/-", "value": 9}]), json!({"a": [1, 2, 9], "b": {"c~d": 3}})),
            (json!([{"op": "remove", "path": "/b/c~0d"}]), json!({"a": [1, 2], "b": {}})),
            (
                json!([{"op": "replace", "path": "/a/0", "value": null}]),
                json!({"a": [null, 2], "b": {"c~d": 3}}),
            ),
            (json!([{"op": "move", "from": "/a/0", "path": "/a/1"}]), json!({"a": [2, 1], "b": {"c~d": 3}})),
            (
                json!([{"op": "copy", "from": "/b", "path": "/e"}]),
                json!({"a": [1, 2], "b": {"c~d": 3}, "e": {"c~d": 3}}),
            ),
            (
                json!([{"op": "test", "path": "/a/1", "value": 2.0}, {"op": "add", "path": "", "value": {}}]),
                json!({}),
            ),
        ];
        for (patch, expected) in cases {
            assert_eq!(apply(patch.clone(), &data), Ok(expected), "{patch}");
        }
    }

    #[test]
    fn what_does_not_go_says_which_operation() {
        let data = json!({"a": [1], "b": {}});
        let cases = [
            (json!([{"op": "add", "path": "/a/2", "value": 1}]), "PATCH-NOT-THERE"),
            (json!([{"op": "add", "path": "/a/01", "value": 1}]), "PATCH-NOT-THERE"),
            (json!([{"op": "remove", "path": ""}]), "PATCH-NOT-THERE"),
            (json!([{"op": "replace", "path": "/c", "value": 1}]), "PATCH-NOT-THERE"),
            (json!([{"op": "test", "path": "/a/0", "value": "1"}]), "PATCH-TEST-FAILED"),
            (json!([{"op": "move", "from": "/b", "path": "/b/c"}]), "PATCH-INTO-ITSELF"),
            (json!([{"op": "increase", "path": "/a/0"}]), "PATCH-NOT-A-PATCH"),
            (json!({"op": "remove", "path": "/a"}), "PATCH-NOT-A-PATCH"),
        ];
        for (patch, code) in cases {
            assert_eq!(apply(patch.clone(), &data).unwrap_err().code(), code, "{patch}");
        }
        let doubling: Vec<_> = (0..60).map(|_| json!({"op": "copy", "from": "/a", "path": "/a/-"})).collect();
        assert_eq!(apply(Value::Array(doubling), &data), Err(PatchError::TooLarge));
    }

    fn any_operation() -> impl Strategy<Value = Value> {
        let path = "(/[a-c0-2-]|/~1){0,3}";
        (prop::sample::select(vec!["add", "remove", "replace", "move", "copy", "test"]), path, path, 0..3)
            .prop_map(
                |(op, path, from, value)| json!({"op": op, "path": path, "from": from, "value": [value]}),
            )
    }

    proptest! {
        #[test]
        fn no_patch_panics(operations in prop::collection::vec(any_operation(), 0..8)) {
            let _ = apply(Value::Array(operations), &json!({"a": [{"b": 1}, [2]], "c": {"a": 1}}));
        }
    }
}

//! What a statement's parameter and a row's column can hold.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::StoreError;
use super::sql::summary;

/// A parameter of a statement, or a column of a row.
///
/// | value | SQLite | PostgreSQL |
/// |---|---|---|
/// | `Bool` | `INTEGER` 0 or 1 | `BOOLEAN` |
/// | `Int` | `INTEGER` | `BIGINT` |
/// | `Text` | `TEXT` | `TEXT` |
/// | `Blob` | `BLOB` | `BYTEA` |
/// | `Uuid` | `BLOB` of 16 bytes | `UUID` |
///
/// Times are `Int`: microseconds since 1970 in UTC. A `Text` has no NUL character ([`StoreError::Text`]).
#[derive(Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number of 64 bits, or a time.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// A UUID.
    Uuid(Uuid),
}

impl std::fmt::Debug for Value {
    /// Says what kind of value it is and how large, never what it holds: parameters may be personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Bool(_) => f.write_str("Bool"),
            Self::Int(_) => f.write_str("Int"),
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Blob(bytes) => write!(f, "Blob({} bytes)", bytes.len()),
            Self::Uuid(_) => f.write_str("Uuid"),
        }
    }
}

impl Value {
    /// About how many bytes the value takes.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len() + 16,
            Self::Blob(bytes) => bytes.len() + 16,
            _ => 16,
        }
    }

    /// Refuses a text that a back end cannot keep, of a statement.
    pub(super) fn check(&self, statement: &str) -> Result<(), StoreError> {
        match self {
            Self::Text(text) if text.as_bytes().contains(&0) => {
                Err(StoreError::Text { statement: summary(statement) })
            }
            _ => Ok(()),
        }
    }
}

macro_rules! value_from {
    ($($from:ty => |$value:ident| $into:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $into
            }
        }
    )*};
}

value_from! {
    bool => |value| Self::Bool(value);
    i64 => |value| Self::Int(value);
    i32 => |value| Self::Int(value.into());
    u32 => |value| Self::Int(value.into());
    u16 => |value| Self::Int(value.into());
    u8 => |value| Self::Int(value.into());
    &str => |value| Self::Text(value.to_owned());
    String => |value| Self::Text(value);
    &String => |value| Self::Text(value.clone());
    Vec<u8> => |value| Self::Blob(value);
    &[u8] => |value| Self::Blob(value.to_vec());
    Uuid => |value| Self::Uuid(value);
    DateTime<Utc> => |value| Self::Int(value.timestamp_micros());
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(value: [u8; N]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The parameters of a statement, in the order of `$1`, `$2`, ...
///
/// ```
/// use altinn_core::store::{Value, params};
///
/// assert_eq!(params!["a", 7_i64], vec![Value::Text("a".to_owned()), Value::Int(7)]);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! __params {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::store::Value::from($value)),*]
    };
}
#[doc(inline)]
pub use crate::__params as params;

//! A row that a query gave back.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Columns, StoreError, Value};

/// A row that a query gave back; its columns are read by name, or by position with [`Row::at`].
///
/// ```
/// # use altinn_core::store::{Store, StoreError, params};
/// # async fn example(store: &Store) -> Result<(), StoreError> {
/// let row = store.query_one("select count(*) as entries from archive_entry", params![]).await?;
/// let entries: i64 = row.get("entries")?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Row {
    columns: Arc<Columns>,
    values: Vec<Value>,
}

impl Row {
    /// A row of the values that stand under the columns of the same position.
    pub fn new(columns: Arc<Columns>, values: Vec<Value>) -> Self {
        Self { columns, values }
    }

    /// The names of the columns.
    #[cfg(feature = "sqlite")]
    pub(super) fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// The values, in the order of the columns.
    pub(super) fn values(&self) -> &[Value] {
        &self.values
    }

    /// The value of a column.
    ///
    /// # Errors
    /// [`StoreError::Decode`] when there is no such column, or when it holds another kind of value.
    pub fn get<T: FromValue>(&self, column: &str) -> Result<T, StoreError> {
        self.value(column)
            .and_then(T::from_value)
            .ok_or_else(|| StoreError::Decode { column: column.to_owned(), expected: T::NAME })
    }

    /// The value of a column, taken out of the row without a copy: text and bytes. The column is null then.
    ///
    /// # Errors
    /// [`StoreError::Decode`] when there is no such column, or when it holds another kind of value.
    pub fn take<T: FromValue>(&mut self, column: &str) -> Result<T, StoreError> {
        let index = self.columns.position(column);
        index
            .and_then(|index| self.values.get_mut(index))
            .and_then(|value| T::from_owned(std::mem::replace(value, Value::Null)))
            .ok_or_else(|| StoreError::Decode { column: column.to_owned(), expected: T::NAME })
    }

    /// The text of a column, where it stands; none where the column is null.
    ///
    /// # Errors
    /// [`StoreError::Decode`] when there is no such column, or when it holds something else.
    pub fn text(&self, column: &str) -> Result<Option<&str>, StoreError> {
        match self.value(column) {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            _ => Err(StoreError::Decode { column: column.to_owned(), expected: String::NAME }),
        }
    }

    fn value(&self, column: &str) -> Option<&Value> {
        self.values.get(self.columns.position(column)?)
    }

    /// The value of the column at a position, counted from 0.
    ///
    /// # Errors
    /// [`StoreError::Decode`] when there is no such column, or when it holds another kind of value.
    pub fn at<T: FromValue>(&self, index: usize) -> Result<T, StoreError> {
        self.values
            .get(index)
            .and_then(T::from_value)
            .ok_or_else(|| StoreError::Decode { column: index.to_string(), expected: T::NAME })
    }
}

/// A Rust type that a column can be read as.
pub trait FromValue: Sized {
    /// What the column was expected to hold, for the error.
    const NAME: &'static str;

    /// The value as this type, or nothing when it is of another kind.
    fn from_value(value: &Value) -> Option<Self>;

    /// The same of a value that nobody else needs: what is large is not copied.
    fn from_owned(value: Value) -> Option<Self> {
        Self::from_value(&value)
    }
}

macro_rules! from_value {
    ($($type:ty, $name:literal: $($pattern:pat => $result:expr),+;)*) => {$(
        impl FromValue for $type {
            const NAME: &'static str = $name;

            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    $($pattern => $result,)+
                    _ => None,
                }
            }
        }
    )*};
}

from_value! {
    i64, "a whole number": Value::Int(number) => Some(*number), Value::Bool(value) => Some((*value).into());
    i32, "a whole number of 32 bits": Value::Int(number) => Self::try_from(*number).ok();
    u64, "a whole number from 0": Value::Int(number) => Self::try_from(*number).ok();
    u32, "a whole number of 32 bits from 0": Value::Int(number) => Self::try_from(*number).ok();
    u8, "a whole number from 0 to 255": Value::Int(number) => Self::try_from(*number).ok();
    bool, "true or false": Value::Bool(value) => Some(*value), Value::Int(0) => Some(false), Value::Int(1) => Some(true);
    Uuid, "a UUID": Value::Uuid(uuid) => Some(*uuid), Value::Blob(bytes) => Self::from_slice(bytes).ok();
    DateTime<Utc>, "a time in microseconds": Value::Int(micros) => Self::from_timestamp_micros(*micros);
}

macro_rules! from_large_value {
    ($($type:ty, $name:literal: $kind:ident;)*) => {$(
        impl FromValue for $type {
            const NAME: &'static str = $name;

            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::$kind(large) => Some(large.clone()),
                    _ => None,
                }
            }

            fn from_owned(value: Value) -> Option<Self> {
                match value {
                    Value::$kind(large) => Some(large),
                    _ => None,
                }
            }
        }
    )*};
}

from_large_value! {
    String, "text": Text;
    Vec<u8>, "bytes": Blob;
}

impl<const N: usize> FromValue for [u8; N] {
    const NAME: &'static str = "bytes of a fixed length";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Blob(bytes) => Self::try_from(bytes.as_slice()).ok(),
            _ => None,
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    const NAME: &'static str = T::NAME;

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }

    fn from_owned(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_owned(value).map(Some),
        }
    }
}

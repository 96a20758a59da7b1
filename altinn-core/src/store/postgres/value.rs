//! How values travel to PostgreSQL and back.

use std::error::Error;

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use crate::store::{ColumnKind, InsertRows, Value};

type Failure = Box<dyn Error + Sync + Send>;

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Bool(value) if *ty == Type::BOOL => value.to_sql(ty, out),
            Self::Int(number) => match *ty {
                Type::INT8 => number.to_sql(ty, out),
                Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
                Type::INT2 => i16::try_from(*number)?.to_sql(ty, out),
                _ => Err(mismatch("a whole number", ty)),
            },
            Self::Text(text) if <&str as ToSql>::accepts(ty) => text.to_sql(ty, out),
            Self::Blob(bytes) if *ty == Type::BYTEA => bytes.to_sql(ty, out),
            Self::Uuid(uuid) if *ty == Type::UUID => uuid.to_sql(ty, out),
            Self::Bool(_) => Err(mismatch("true or false", ty)),
            Self::Text(_) => Err(mismatch("text", ty)),
            Self::Blob(_) => Err(mismatch("bytes", ty)),
            Self::Uuid(_) => Err(mismatch("a UUID", ty)),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Failure> {
        match *ty {
            Type::BOOL => bool::from_sql(ty, raw).map(Self::Bool),
            Type::INT8 => i64::from_sql(ty, raw).map(Self::Int),
            Type::INT4 => i32::from_sql(ty, raw).map(|number| Self::Int(number.into())),
            Type::INT2 => i16::from_sql(ty, raw).map(|number| Self::Int(number.into())),
            Type::BYTEA => Vec::from_sql(ty, raw).map(Self::Blob),
            Type::UUID => Uuid::from_sql(ty, raw).map(Self::Uuid),
            _ if <String as FromSql<'_>>::accepts(ty) => String::from_sql(ty, raw).map(Self::Text),
            _ => Err(mismatch("a kind of value that the store keeps", ty)),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failure> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn mismatch(expected: &str, ty: &Type) -> Failure {
    format!("{expected} does not go with the type `{ty}`").into()
}

/// One array a column, for the insert of many rows.
pub(super) fn arrays(insert: &InsertRows, rows: &[Vec<Value>]) -> Vec<Box<dyn ToSql + Sync + Send>> {
    let columns = insert.columns().iter().enumerate();
    columns.map(|(index, column)| array(column.kind(), rows.iter().map(move |row| row.get(index)))).collect()
}

fn array<'a>(
    kind: ColumnKind,
    values: impl Iterator<Item = Option<&'a Value>>,
) -> Box<dyn ToSql + Sync + Send> {
    macro_rules! array_of {
        ($variant:ident) => {
            Box::new(
                values
                    .map(|value| match value {
                        Some(Value::$variant(value)) => Some(value.clone()),
                        _ => None,
                    })
                    .collect::<Vec<_>>(),
            )
        };
    }
    match kind {
        ColumnKind::Bool => array_of!(Bool),
        ColumnKind::Int => array_of!(Int),
        ColumnKind::Text => array_of!(Text),
        ColumnKind::Blob => array_of!(Blob),
        ColumnKind::Uuid => array_of!(Uuid),
    }
}

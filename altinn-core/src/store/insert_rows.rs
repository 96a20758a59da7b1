//! Many rows of one insert.

use std::sync::OnceLock;

use super::sql::summary;
use super::{StoreError, Value};

/// An insert of many rows into one table: a prepared loop on SQLite, one statement over arrays on PostgreSQL.
///
/// ```
/// use altinn_core::store::{Batch, Column, ColumnKind, InsertRows, params};
///
/// static STOCK: InsertRows =
///     InsertRows::new("stock", &[Column::new("id", ColumnKind::Text), Column::new("amount", ColumnKind::Int)]);
///
/// let mut batch = Batch::new();
/// batch.insert_rows(&STOCK, vec![params!["flour", 4], params!["yeast", 9]]);
/// ```
#[derive(Debug)]
pub struct InsertRows {
    table: &'static str,
    columns: &'static [Column],
    text: OnceLock<String>,
    array_text: OnceLock<String>,
}

/// A column of an [`InsertRows`].
#[derive(Debug, Clone, Copy)]
pub struct Column {
    name: &'static str,
    kind: ColumnKind,
}

impl Column {
    /// A column with a name and what it holds.
    pub const fn new(name: &'static str, kind: ColumnKind) -> Self {
        Self { name, kind }
    }

    /// The name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What it holds.
    pub const fn kind(&self) -> ColumnKind {
        self.kind
    }
}

/// What a column holds; see [`Value`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// `BOOLEAN`.
    Bool,
    /// `BIGINT`.
    Int,
    /// `TEXT`.
    Text,
    /// `BYTEA`.
    Blob,
    /// `UUID`.
    Uuid,
}

impl InsertRows {
    /// Rows of `columns` for `table`; the names are the program's own words, never input.
    pub const fn new(table: &'static str, columns: &'static [Column]) -> Self {
        Self { table, columns, text: OnceLock::new(), array_text: OnceLock::new() }
    }

    /// The statement for one row.
    pub fn text(&self) -> &str {
        self.text.get_or_init(|| {
            let places = (1..=self.columns.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
            format!("insert into {} ({}) values ({places})", self.table, self.names())
        })
    }

    /// The statement for all rows on PostgreSQL, with one array a column.
    pub fn array_text(&self) -> &str {
        self.array_text.get_or_init(|| {
            let arrays = self.columns.iter().zip(1..);
            let arrays = arrays.map(|(column, n)| format!("${n}::{}[]", column.kind.postgres_name()));
            let arrays = arrays.collect::<Vec<_>>().join(", ");
            format!("insert into {} ({}) select * from unnest({arrays})", self.table, self.names())
        })
    }

    /// The columns.
    pub fn columns(&self) -> &'static [Column] {
        self.columns
    }

    fn names(&self) -> String {
        self.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
    }

    /// Refuses rows that do not fit the columns.
    pub(crate) fn check(&self, rows: &[Vec<Value>]) -> Result<(), StoreError> {
        let fits = |row: &Vec<Value>| {
            row.len() == self.columns.len()
                && row.iter().zip(self.columns).all(|(value, column)| column.kind.holds(value))
        };
        match rows.iter().position(|row| !fits(row)) {
            None => Ok(()),
            Some(index) => Err(StoreError::Refused {
                statement: summary(self.text()),
                reason: format!("row {index} does not fit the columns"),
            }),
        }
    }
}

impl ColumnKind {
    fn holds(self, value: &Value) -> bool {
        matches!(
            (self, value),
            (_, Value::Null)
                | (Self::Bool, Value::Bool(_))
                | (Self::Int, Value::Int(_))
                | (Self::Text, Value::Text(_))
                | (Self::Blob, Value::Blob(_))
                | (Self::Uuid, Value::Uuid(_))
        )
    }

    fn postgres_name(self) -> &'static str {
        match self {
            Self::Bool => "boolean",
            Self::Int => "bigint",
            Self::Text => "text",
            Self::Blob => "bytea",
            Self::Uuid => "uuid",
        }
    }
}

//! One unit of work, as a value.

use super::sql::summary;
use super::{ConflictCause, Dialect, InsertRows, Row, Sql, StoreError, Value};

/// The statements of one unit of work: all of them take effect, or none.
///
/// A batch is a value: it is built without touching the database, and a store may run it again after a deadlock.
/// Every crate adds its own statements, and so may the agency, for its own tables.
///
/// ```
/// use altinn_core::store::{Batch, params};
///
/// let mut batch = Batch::new();
/// batch.execute_one("update stock set amount = $1, version = $2 where id = $3 and version = $4", params![4, 8, "flour", 7]);
/// batch.execute("delete from stock_reservation where item = $1", params!["flour"]);
/// assert_eq!(batch.len(), 2);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Batch {
    statements: Vec<Statement>,
    pub(super) wakes: Vec<&'static str>,
    size: usize,
}

/// One statement of a batch, as a [`Backend`](super::Backend) runs it.
#[derive(Debug, Clone)]
pub enum Statement {
    /// A statement with its parameters.
    Single {
        /// The text.
        sql: Sql,
        /// The parameters, in the order of `$1`, `$2`, ...
        params: Vec<Value>,
        /// How many rows it must change or give back; any number if none is said.
        expected: Option<u64>,
        /// Whether the rows that it gives back are wanted.
        keeps_rows: bool,
    },
    /// Many rows of one insert.
    Rows {
        /// The insert.
        insert: &'static InsertRows,
        /// The rows, each with a value for every column.
        rows: Vec<Vec<Value>>,
    },
}

/// Which statement of a batch gave rows back: the key to [`Committed::rows`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Returned(usize);

/// What must still be so when a batch commits: the row of a table with a key and a version.
///
/// The table's and the columns' names are the program's own words, never input.
///
/// ```
/// use altinn_core::store::{Batch, Guard};
///
/// const DELEGATION: Guard = Guard::new("auth_delegation", "id", "version");
/// let mut batch = Batch::new();
/// batch.guard(&DELEGATION, "d-1", 3);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Guard {
    table: &'static str,
    key: &'static str,
    version: &'static str,
}

impl Guard {
    /// A guard on rows of `table`, found by the column `key`, whose column `version` every writer raises.
    pub const fn new(table: &'static str, key: &'static str, version: &'static str) -> Self {
        Self { table, key, version }
    }

    fn sql(&self) -> Sql {
        let Self { table, key, version } = self;
        let select = format!("select 1 from {table} where {key} = $1 and {version} = $2");
        let locked = format!("{select} for share");
        Sql::by_dialect(select, locked)
    }
}

impl Batch {
    /// The most statements a batch may hold.
    pub const MAX_STATEMENTS: usize = 10_000;
    /// The most bytes a batch's statements and parameters may take: 64 MiB.
    pub const MAX_BYTES: usize = 64 * 1024 * 1024;

    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a statement that may change any number of rows.
    pub fn execute(&mut self, sql: impl Into<Sql>, params: Vec<Value>) {
        self.push(sql.into(), params, None, false);
    }

    /// Adds a statement that must change exactly one row, else the batch conflicts.
    pub fn execute_one(&mut self, sql: impl Into<Sql>, params: Vec<Value>) {
        self.push(sql.into(), params, Some(1), false);
    }

    /// Adds a statement that gives rows back (`returning`, or a query), any number of them.
    pub fn returning(&mut self, sql: impl Into<Sql>, params: Vec<Value>) -> Returned {
        self.push(sql.into(), params, None, true);
        Returned(self.statements.len() - 1)
    }

    /// Adds many rows of one insert; each has a value for every column.
    pub fn insert_rows(&mut self, insert: &'static InsertRows, rows: Vec<Vec<Value>>) {
        if rows.is_empty() {
            return;
        }
        self.size += rows.iter().flatten().map(Value::size).sum::<usize>();
        self.statements.push(Statement::Rows { insert, rows });
    }

    /// Adds a guard: the row with this key must be there in this version when the batch commits, and stays so
    /// until it has, else the batch conflicts.
    pub fn guard(&mut self, guard: &Guard, key: impl Into<Value>, version: i64) {
        self.push(guard.sql(), vec![key.into(), Value::Int(version)], Some(1), true);
    }

    /// Wakes those who wait for this topic once the batch is committed. A help for speed, never needed for
    /// correctness: work is found in the tables.
    pub fn wake(&mut self, topic: &'static str) {
        if !self.wakes.contains(&topic) {
            self.wakes.push(topic);
        }
    }

    /// Adds all statements of another batch after those of this one. What the other's [`Returned`] point to is lost.
    pub fn append(&mut self, other: Self) {
        self.size += other.size;
        self.statements.extend(other.statements);
        for topic in other.wakes {
            self.wake(topic);
        }
    }

    /// The statements, in their order.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// How many statements there are; many rows of one insert count once.
    pub fn len(&self) -> usize {
        self.statements.len()
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    fn push(&mut self, sql: Sql, params: Vec<Value>, expected: Option<u64>, keeps_rows: bool) {
        self.size += 64 + params.iter().map(Value::size).sum::<usize>();
        self.statements.push(Statement::Single { sql, params, expected, keeps_rows });
    }

    /// Refuses a batch that no back end should be given.
    pub(crate) fn check(&self, dialect: Dialect) -> Result<(), StoreError> {
        let within = |unit, found, limit| {
            if found > limit { Err(StoreError::BatchTooLarge { unit, found, limit }) } else { Ok(()) }
        };
        within("statements", self.statements.len(), Self::MAX_STATEMENTS)?;
        within("bytes", self.size, Self::MAX_BYTES)?;
        self.statements.iter().try_for_each(|statement| match statement {
            Statement::Single { sql, params, .. } => {
                sql.check(dialect)?;
                params.iter().try_for_each(|value| value.check(sql.text(dialect)))
            }
            Statement::Rows { insert, rows } => {
                insert.check(rows)?;
                rows.iter().flatten().try_for_each(|value| value.check(insert.text()))
            }
        })
    }
}

impl Statement {
    /// Refuses the outcome when the statement changed or gave back another number of rows than it must.
    ///
    /// # Errors
    /// [`StoreError::Conflict`], which undoes the batch.
    pub fn check_rows(&self, dialect: Dialect, found: u64) -> Result<(), StoreError> {
        let (expected, text) = match self {
            Self::Single { expected: None, .. } => return Ok(()),
            Self::Single { expected: Some(expected), sql, .. } => (*expected, sql.text(dialect)),
            Self::Rows { insert, rows } => (rows.len() as u64, insert.text()),
        };
        if found == expected {
            Ok(())
        } else {
            Err(StoreError::Conflict {
                statement: summary(text),
                cause: ConflictCause::Rows { expected, found },
            })
        }
    }
}

/// What a committed batch gave back.
#[derive(Debug, Clone, Default)]
pub struct Committed {
    rows: Vec<Vec<Row>>,
}

impl Committed {
    /// The rows of every statement of the batch, in its order; empty for those that keep none.
    pub fn new(rows: Vec<Vec<Row>>) -> Self {
        Self { rows }
    }

    /// The rows that a statement gave back.
    pub fn rows(&self, statement: Returned) -> &[Row] {
        self.rows.get(statement.0).map_or(&[], Vec::as_slice)
    }
}

//! Every row of a store into an empty one: from SQLite to PostgreSQL, or back.

mod shape;

use std::collections::BTreeSet;

use thiserror::Error;

use super::{Batch, Migration, Row, Sql, Store, StoreError, Value, params};
use shape::{Table, tables_of};

/// How many rows are read, written and compared at a time.
const PAGE: usize = 256;
/// How many bytes of rows are written at a time.
const PAGE_BYTES: usize = 4 * 1024 * 1024;
/// How deep rows of one table may rest on each other.
const MAX_DEPTH: usize = 64;

/// The table of the steps that were applied, which a store writes itself.
const APPLIED: &str = "core_migration";

/// What was copied, and found to be the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Copied {
    /// The tables with the number of their rows, by name.
    pub tables: Vec<(String, u64)>,
}

impl Copied {
    /// How many rows there are in all.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|(_, rows)| rows).sum()
    }
}

/// Why a store was not copied. What was written of the copy is to be thrown away.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CopyError {
    /// A store that is copied into must be empty.
    #[error("the store to copy into is not empty")]
    NotEmpty,
    /// A step that made the tables is not among those given: the agency's own, or a later version's.
    #[error("step {number} of the tables of `{owner}` is not known here")]
    UnknownStep {
        /// Whose tables.
        owner: String,
        /// The number of the step.
        number: i64,
    },
    /// A table is not there on the other side: the agency's own, whose steps were not given.
    #[error("table `{table}` is not in the store to copy into")]
    NoTable {
        /// The table.
        table: String,
    },
    /// Rows of a table cannot be told apart, or rest on each other in a circle.
    #[error("table `{table}` has no order in which it can be copied")]
    NoOrder {
        /// The table.
        table: String,
    },
    /// The two stores differ after all: somebody wrote to one of them meanwhile.
    #[error("table `{table}` differs after {rows} rows that are the same")]
    Different {
        /// The table.
        table: String,
        /// How many rows are the same.
        rows: u64,
    },
    /// One of the stores.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CopyError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotEmpty => "STORE-COPY-NOT-EMPTY",
            Self::UnknownStep { .. } => "STORE-COPY-UNKNOWN-STEP",
            Self::NoTable { .. } => "STORE-COPY-TABLE",
            Self::NoOrder { .. } => "STORE-COPY-ORDER",
            Self::Different { .. } => "STORE-COPY-DIFFERENT",
            Self::Store(error) => error.code(),
        }
    }
}

impl Store {
    /// Copies every row of every table into an empty store, on which it applies the same steps first, and then reads both
    /// again and compares them, row by row. Nobody may write to this store meanwhile: stop what uses it. `migrations` are
    /// the steps of every crate, and of the agency's own tables; those that were not applied here are left out.
    ///
    /// It is done in bounded memory, a page at a time, and not in one transaction: a copy that was broken off is thrown
    /// away, and begun again on an empty store.
    ///
    /// # Errors
    /// A [`CopyError`] says what is not as it should be.
    pub async fn copy_to(&self, to: &Self, migrations: &[&[Migration]]) -> Result<Copied, CopyError> {
        if !tables_of(to).await?.is_empty() {
            return Err(CopyError::NotEmpty);
        }
        to.migrate(&[&self.applied_of(migrations).await?]).await?;
        let mut tables = Table::in_order(self).await?;
        tables.retain(|table| table.name != APPLIED);
        let there = tables_of(to).await?;
        if let Some(missing) = tables.iter().find(|table| !there.contains(&table.name)) {
            return Err(CopyError::NoTable { table: missing.name.clone() });
        }
        for table in &tables {
            copy(self, to, table).await?;
        }
        let mut copied = Vec::new();
        for table in tables {
            let rows = compare(self, to, &table).await?;
            copied.push((table.name, rows));
        }
        copied.sort();
        Ok(Copied { tables: copied })
    }

    /// The steps that were applied here, of those that are given: all of them must be.
    async fn applied_of(&self, migrations: &[&[Migration]]) -> Result<Vec<Migration>, CopyError> {
        let rows = self.query(format!("select owner, number from {APPLIED}"), params![]).await?;
        let mut applied = BTreeSet::new();
        for row in &rows {
            applied.insert((row.get::<String>("owner")?, row.get::<i64>("number")?));
        }
        let mut steps = migrations.concat();
        steps.retain(|step| applied.remove(&(step.owner.to_owned(), step.number.into())));
        match applied.pop_first() {
            None => Ok(steps),
            Some((owner, number)) => Err(CopyError::UnknownStep { owner, number }),
        }
    }
}

/// Copies a table: first the rows that rest on no other row of it, then those that rest on these, and so on.
async fn copy(from: &Store, to: &Store, table: &Table) -> Result<(), CopyError> {
    let kinds = table.kinds_in(to).await?;
    // What a step has put there (the head of a log) is replaced.
    let mut batch = Batch::new();
    batch.execute(own(format!("delete from {}", table.name)), params![]);
    to.commit(batch).await?;
    let mut level = table.roots();
    for _ in 0..MAX_DEPTH {
        let mut found = false;
        let mut after: Option<Vec<Value>> = None;
        loop {
            let rows = table.page(from, after.as_deref(), &level, PAGE).await?;
            let Some(last) = rows.last() else { break };
            found = true;
            after = Some(table.key_of(last));
            insert(to, table, &kinds, &rows).await?;
        }
        match table.resting_on(&level) {
            Some(next) if found => level = next,
            _ => return Ok(()),
        }
    }
    Err(CopyError::NoOrder { table: table.name.clone() })
}

async fn insert(to: &Store, table: &Table, kinds: &[shape::Kind], rows: &[Row]) -> Result<(), StoreError> {
    let statement = table.insertion();
    let (mut batch, mut bytes) = (Batch::new(), 0);
    for row in rows {
        let values: Vec<Value> =
            row.values().iter().zip(kinds).map(|(value, kind)| kind.of(value.clone())).collect();
        bytes += values.iter().map(Value::size).sum::<usize>();
        batch.execute_one(own(statement.clone()), values);
        if bytes > PAGE_BYTES {
            to.commit(std::mem::take(&mut batch)).await?;
            bytes = 0;
        }
    }
    to.commit(batch).await?;
    Ok(())
}

/// Reads a table on both sides, and gives how many rows it has.
async fn compare(from: &Store, to: &Store, table: &Table) -> Result<u64, CopyError> {
    let (mut count, mut ours_after, mut theirs_after) = (0, None::<Vec<Value>>, None::<Vec<Value>>);
    loop {
        let ours = table.page(from, ours_after.as_deref(), "", PAGE).await?;
        let theirs = table.page(to, theirs_after.as_deref(), "", PAGE).await?;
        let same = ours.iter().zip(&theirs).take_while(|(ours, theirs)| is_same(ours, theirs)).count();
        count += same as u64;
        if same < ours.len().max(theirs.len()) {
            return Err(CopyError::Different { table: table.name.clone(), rows: count });
        }
        let (Some(last), Some(other)) = (ours.last(), theirs.last()) else { return Ok(count) };
        ours_after = Some(table.key_of(last));
        theirs_after = Some(table.key_of(other));
    }
}

/// Whether two rows hold the same, however their back ends keep it.
fn is_same(ours: &Row, theirs: &Row) -> bool {
    ours.values().len() == theirs.values().len()
        && ours.values().iter().zip(theirs.values()).all(|(ours, theirs)| plain(ours) == plain(theirs))
}

/// A value as both back ends can keep it.
fn plain(value: &Value) -> Value {
    match value {
        Value::Bool(value) => Value::Int((*value).into()),
        Value::Uuid(uuid) => Value::Blob(uuid.as_bytes().to_vec()),
        value => value.clone(),
    }
}

/// The text of a statement that was put together here, of names that the back end gave.
fn own(text: String) -> Sql {
    Sql::by_dialect(text.clone(), text)
}

//! Claims: work in a table that any number of workers on any number of nodes share.

use std::fmt::Display;
use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Batch, Dialect, Guard, Returned, Row, Sql, StoreError, Value, params};

/// A table whose rows are work: each is claimed by one worker at a time, for the length of a lease.
///
/// The table has, beside its own columns, `id uuid primary key`, `due_at bigint null` (when it may be claimed; null
/// when it is done), `lease_until bigint not null` (0 when free) and `lease_generation bigint not null` (from 0).
/// The lease goes by the store's clock, the same for every node; `due_at` by the program's [`Clock`](crate::Clock).
/// A worker that dies leaves a lease that ends; one that was paused holds an old generation, and its late write
/// fails on the guard.
///
/// ```
/// use std::time::Duration;
/// use altinn_core::store::{Batch, WorkTable};
/// # use altinn_core::store::{Claim, Store, StoreError, params};
///
/// static MAIL: WorkTable = WorkTable::new("bakery_mail");
///
/// # async fn example(store: &Store, now: chrono::DateTime<chrono::Utc>) -> Result<(), StoreError> {
/// let mut batch = Batch::new();
/// let claimed = MAIL.claim(&mut batch, now, 10, Duration::from_secs(30));
/// for row in store.commit(batch).await?.rows(claimed) {
///     let claim = Claim::from_row(row)?;
///     // ... do the work, then finish it in the same batch as its effects:
///     let mut done = Batch::new();
///     MAIL.finish(&mut done, &claim);
///     store.commit(done).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct WorkTable {
    name: &'static str,
}

/// A piece of work that this worker holds until its lease ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The row's id.
    pub id: Uuid,
    /// How often the row has been claimed; a later claim ends this one.
    pub generation: i64,
}

impl Claim {
    /// The claim on a row that [`WorkTable::claim`] gave back.
    ///
    /// # Errors
    /// [`StoreError::Decode`] when the row is not of a work table.
    pub fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self { id: row.get("id")?, generation: row.get("lease_generation")? })
    }
}

impl WorkTable {
    /// The work table of this name.
    pub const fn new(name: &'static str) -> Self {
        Self { name }
    }

    /// Claims at most `limit` rows that are due at `due` and free, the longest due first; all their columns come back.
    pub fn claim(&self, batch: &mut Batch, due: DateTime<Utc>, limit: u32, lease: Duration) -> Returned {
        let params = params![micros(lease), due, i64::from(limit)];
        self.claim_matching(batch, "due_at <= $2", "$3", params)
    }

    /// As [`WorkTable::claim`], of the rows alone whose column holds a value; the column's name is the program's own
    /// word, never input. An index on it and `due_at` makes it as quick.
    pub fn claim_where(
        &self,
        batch: &mut Batch,
        column: &'static str,
        value: impl Into<Value>,
        due: DateTime<Utc>,
        limit: u32,
        lease: Duration,
    ) -> Returned {
        let params = vec![micros(lease).into(), value.into(), due.into(), i64::from(limit).into()];
        self.claim_matching(batch, &format!("{column} = $2 and due_at <= $3"), "$4", params)
    }

    fn claim_matching(&self, batch: &mut Batch, matching: &str, limit: &str, params: Vec<Value>) -> Returned {
        let text = |dialect| {
            let (name, now) = (self.name, now(dialect));
            let skip_locked = match dialect {
                Dialect::Sqlite => "",
                Dialect::Postgres => " for update skip locked",
            };
            format!(
                "update {name} set lease_until = {now} + $1, lease_generation = lease_generation + 1 where id in \
                 (select id from {name} where {matching} and lease_until <= {now} order by due_at limit {limit}{skip_locked}) \
                 returning *"
            )
        };
        let sql = Sql::by_dialect(text(Dialect::Sqlite), text(Dialect::Postgres));
        batch.returning(sql, params)
    }

    /// Claims one row, by its id, if it is free and not done, whenever it is due; it comes back with all its columns.
    pub fn claim_row(&self, batch: &mut Batch, id: Uuid, lease: Duration) -> Returned {
        let text = |dialect| {
            let (name, now) = (self.name, now(dialect));
            format!(
                "update {name} set lease_until = {now} + $1, lease_generation = lease_generation + 1 \
                 where id = $2 and due_at is not null and lease_until <= {now} returning *"
            )
        };
        let sql = Sql::by_dialect(text(Dialect::Sqlite), text(Dialect::Postgres));
        batch.returning(sql, params![micros(lease), id])
    }

    /// Asks that the claim is still held when the batch commits.
    pub fn guard(&self, batch: &mut Batch, claim: &Claim) {
        batch.guard(&Guard::new(self.name, "id", "lease_generation"), claim.id, claim.generation);
    }

    /// Marks the work as done and frees it, if the claim is still held, else the batch conflicts.
    pub fn finish(&self, batch: &mut Batch, claim: &Claim) {
        self.release(batch, claim, Value::Null);
    }

    /// Frees the work to be claimed again from `due`, if the claim is still held, else the batch conflicts.
    pub fn put_back(&self, batch: &mut Batch, claim: &Claim, due: DateTime<Utc>) {
        self.release(batch, claim, due.into());
    }

    fn release(&self, batch: &mut Batch, claim: &Claim, due: Value) {
        let text = format!(
            "update {} set due_at = $1, lease_until = 0 where id = $2 and lease_generation = $3",
            self.name
        );
        batch.execute_one(text, vec![due, claim.id.into(), claim.generation.into()]);
    }
}

/// The time on the store's clock in microseconds, as an expression of SQL.
pub(super) fn now(dialect: Dialect) -> impl Display {
    match dialect {
        Dialect::Sqlite => "cast(unixepoch('subsec') * 1000000 as integer)",
        Dialect::Postgres => "(extract(epoch from clock_timestamp()) * 1000000)::bigint",
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

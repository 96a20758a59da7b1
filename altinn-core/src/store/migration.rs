//! Tables and how they came about.

use chrono::Utc;

use super::{Dialect, Row, StoreError, Value, params};
use crate::Digest;

/// One numbered step of a crate's tables.
///
/// Steps only add within a major version. A store records each applied step with its digest, and refuses to open
/// when a recorded one has changed.
///
/// ```
/// use altinn_core::store::{Dialect, Migration};
///
/// static MIGRATIONS: &[Migration] = &[Migration {
///     owner: "bakery",
///     number: 1,
///     name: "stock",
///     sqlite: "create table stock (id text primary key, amount integer not null) strict",
///     postgres: r#"create table stock (id text collate "C" primary key, amount bigint not null)"#,
/// }];
/// println!("{}", MIGRATIONS[0].sql(Dialect::Postgres)); // for the database administrator
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The crate that owns the tables: `altinn-archive`, or the agency's own program.
    pub owner: &'static str,
    /// The step's number, from 1 without a gap.
    pub number: u32,
    /// What the step is about, in a word or two.
    pub name: &'static str,
    /// The statements for SQLite.
    pub sqlite: &'static str,
    /// The statements for PostgreSQL.
    pub postgres: &'static str,
}

impl Migration {
    /// The statements for a back end.
    pub fn sql(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }

    /// The table in which applied steps are recorded.
    pub const TABLE: Self = Self {
        owner: "altinn-core",
        number: 1,
        name: "migration",
        sqlite: include_str!("migration.sqlite.sql"),
        postgres: include_str!("migration.postgres.sql"),
    };
    /// Asks for the recorded digest of a step.
    pub const RECORDED: &'static str = "select digest from core_migration where owner = $1 and number = $2";
    /// Records a step.
    pub const RECORD: &'static str =
        "insert into core_migration (owner, number, name, digest, applied_at) values ($1, $2, $3, $4, $5)";

    /// The parameters of [`Migration::RECORDED`].
    pub fn key(&self) -> Vec<Value> {
        params![self.owner, self.number]
    }

    /// The parameters of [`Migration::RECORD`].
    pub fn record(&self, dialect: Dialect) -> Vec<Value> {
        params![self.owner, self.number, self.name, self.digest(dialect), Utc::now()]
    }

    /// Whether the step has been applied as it stands.
    ///
    /// # Errors
    /// [`StoreError::Migration`] when it was applied with other statements.
    pub fn is_recorded(&self, dialect: Dialect, recorded: Option<&Row>) -> Result<bool, StoreError> {
        let Some(row) = recorded else { return Ok(false) };
        if row.at::<String>(0)? == self.digest(dialect) {
            Ok(true)
        } else {
            Err(self.error("it was applied with other statements than it has now".to_owned()))
        }
    }

    /// The step could not be applied.
    pub fn failed(&self, error: &StoreError) -> StoreError {
        self.error(error.to_string())
    }

    fn error(&self, reason: String) -> StoreError {
        StoreError::Migration { owner: self.owner.to_owned(), number: self.number, reason }
    }

    /// The SHA-256 of the statements.
    fn digest(&self, dialect: Dialect) -> String {
        Digest::of(self.sql(dialect).as_bytes()).to_string()
    }
}

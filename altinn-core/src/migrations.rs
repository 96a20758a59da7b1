//! The tables of this crate.

use crate::store::Migration;

/// The tables of this crate. Number 1 is the table in which a store records steps: the store makes it itself.
pub static MIGRATIONS: &[Migration] = &[Migration {
    owner: "altinn-core",
    number: 2,
    name: "idempotency",
    sqlite: include_str!("../migrations/0002_idempotency.sqlite.sql"),
    postgres: include_str!("../migrations/0002_idempotency.postgres.sql"),
}];

//! The archive's tables.

use altinn_core::store::Migration;

/// The archive's tables, for [`Store::migrate`](altinn_core::store::Store::migrate).
pub static MIGRATIONS: &[Migration] = &[
    Migration {
        owner: "altinn-archive",
        number: 1,
        name: "archive",
        sqlite: include_str!("../migrations/0001_archive.sqlite.sql"),
        postgres: include_str!("../migrations/0001_archive.postgres.sql"),
    },
    Migration {
        owner: "altinn-archive",
        number: 2,
        name: "keys",
        sqlite: include_str!("../migrations/0002_keys.sqlite.sql"),
        postgres: include_str!("../migrations/0002_keys.postgres.sql"),
    },
    Migration {
        owner: "altinn-archive",
        number: 3,
        name: "retention",
        sqlite: include_str!("../migrations/0003_retention.sqlite.sql"),
        postgres: include_str!("../migrations/0003_retention.postgres.sql"),
    },
    Migration {
        owner: "altinn-archive",
        number: 4,
        name: "witness",
        sqlite: include_str!("../migrations/0004_witness.sqlite.sql"),
        postgres: include_str!("../migrations/0004_witness.postgres.sql"),
    },
];

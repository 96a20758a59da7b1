//! The contract of a back end, clause by clause (feature `testing`).
//!
//! [`store_contract!`](crate::store_contract) unfolds one test per clause, so that a failure names the clause that is
//! broken. Agencies prove their own back end with it:
//!
//! ```
//! use altinn_core::store::{Store, StoreError};
//!
//! async fn fresh_store() -> Result<Option<Store>, StoreError> {
//!     Store::open("sqlite::memory:").await.map(Some) // or `Store::new(MyBackend::empty().await?)`
//! }
//! altinn_core::store_contract!(fresh_store);
//! ```

mod atomic;
mod concurrent;
mod model;
mod read;
mod schema;

pub use atomic::*;
pub use concurrent::*;
pub use model::*;
pub use read::*;
pub use schema::*;

use super::{Batch, Column, ColumnKind, Guard, InsertRows, Migration, Store, StoreError, WorkTable, params};

/// The tables that the clauses work on.
pub static MIGRATIONS: &[Migration] = &[Migration {
    owner: "contract",
    number: 1,
    name: "tables",
    sqlite:
        "create table contract_item (id text primary key, amount integer not null, version integer not null, \
             flag integer, data blob, other blob) strict, without rowid;
             create table contract_work (id blob primary key, name text not null, due_at integer, \
             lease_until integer not null, lease_generation integer not null) strict, without rowid;
             create index contract_work_due on contract_work (due_at);",
    postgres: "create table contract_item (id text collate \"C\" primary key, amount bigint not null, \
               version bigint not null, flag boolean, data bytea, other uuid);
               create table contract_work (id uuid primary key, name text not null, due_at bigint, \
               lease_until bigint not null, lease_generation bigint not null);
               create index contract_work_due on contract_work (due_at);",
}];

static ITEMS: InsertRows = InsertRows::new(
    "contract_item",
    &[
        Column::new("id", ColumnKind::Text),
        Column::new("amount", ColumnKind::Int),
        Column::new("version", ColumnKind::Int),
        Column::new("flag", ColumnKind::Bool),
        Column::new("data", ColumnKind::Blob),
        Column::new("other", ColumnKind::Uuid),
    ],
);
static WORK: WorkTable = WorkTable::new("contract_work");
const ITEM: Guard = Guard::new("contract_item", "id", "version");

const INSERT: &str = "insert into contract_item (id, amount, version) values ($1, $2, 1)";
const UPDATE: &str =
    "update contract_item set amount = $1, version = version + 1 where id = $2 and version = $3";

/// How a clause ends: an assertion that fails panics, an error of the store is given back.
pub type Outcome = Result<(), StoreError>;

fn insert(id: &str, amount: i64) -> Batch {
    let mut batch = Batch::new();
    batch.execute_one(INSERT, params![id, amount]);
    batch
}

/// The amount of an item, if it is there.
async fn amount(store: &Store, id: &str) -> Result<Option<i64>, StoreError> {
    let row = store.query_opt("select amount from contract_item where id = $1", params![id]).await?;
    row.map(|row| row.get("amount")).transpose()
}

async fn count(store: &Store) -> Result<i64, StoreError> {
    store.query_one("select count(*) as items from contract_item", params![]).await?.get("items")
}

/// Runs a clause on an empty store with the contract's tables; nothing when there is no server for it.
#[doc(hidden)]
pub fn run<Fresh, Clause>(
    fresh: impl FnOnce() -> Fresh,
    clause: impl FnOnce(Store) -> Clause,
) -> Result<bool, Box<dyn std::error::Error>>
where
    Fresh: Future<Output = Result<Option<Store>, StoreError>>,
    Clause: Future<Output = Outcome>,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let Some(store) = fresh().await? else { return Ok(false) };
        store.migrate(&[MIGRATIONS]).await?;
        clause(store).await?;
        Ok(true)
    })
}

/// One test per clause of the [contract](crate::store::contract), on the store that an `async fn` makes empty for
/// each; the function answers `Ok(None)` when there is no server to run on, which each test prints.
#[macro_export]
macro_rules! store_contract {
    ($fresh:path) => {
        $crate::store_contract! { $fresh:
            a_batch_is_there_whole
            a_batch_that_misses_a_row_count_changes_nothing
            a_duplicate_key_conflicts_and_changes_nothing
            a_stale_version_conflicts_and_changes_nothing
            a_guard_lets_a_batch_pass_only_in_its_version
            a_refused_statement_stores_nothing
            statements_that_control_the_transaction_are_refused
            a_batch_that_is_too_large_is_refused
            an_empty_batch_commits
            batches_that_fail_harm_no_others
            many_writers_lose_nothing
            a_raised_version_stops_every_later_guard
            batches_that_lock_in_opposite_order_all_commit
            a_commit_that_is_given_up_leaves_the_store_usable
            work_is_claimed_once
            a_lease_that_ended_is_claimed_again_and_the_late_write_refused
            every_kind_of_value_comes_back_as_it_was
            many_rows_are_inserted_or_none
            a_committed_batch_gives_back_its_rows
            a_wrong_query_says_what_is_wrong
            a_text_with_a_nul_character_is_refused
            pages_by_cursor_neither_skip_nor_repeat
            migrations_are_applied_once
            a_changed_migration_is_refused
            a_migration_that_fails_leaves_nothing
            random_batches_agree_with_a_model
        }
    };
    ($fresh:path: $($clause:ident)*) => {$(
        #[test]
        fn $clause() {
            match $crate::store::contract::run($fresh, $crate::store::contract::$clause) {
                Ok(true) => {}
                Ok(false) => $crate::testing::report("skipped: no server is named for this back end"),
                Err(error) => panic!("{error}"),
            }
        }
    )*};
}

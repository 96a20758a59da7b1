//! How tables come about.

use super::{MIGRATIONS, Outcome, insert};
use crate::store::{Migration, Store, StoreError, params};

/// Applying the same steps again, also from several nodes at once, changes nothing.
pub async fn migrations_are_applied_once(store: Store) -> Outcome {
    store.commit(insert("a", 1)).await?;
    let again = futures_util::future::join(store.migrate(&[MIGRATIONS]), store.migrate(&[MIGRATIONS])).await;
    again.0?;
    again.1?;
    let recorded =
        store.query("select name from core_migration where owner = $1", params!["contract"]).await?;
    assert_eq!(recorded.len(), 1);
    assert_eq!(super::count(&store).await?, 1);
    Ok(())
}

/// A step that was applied with other statements than it has now is an error, not a surprise.
pub async fn a_changed_migration_is_refused(store: Store) -> Outcome {
    static CHANGED: &[Migration] = &[Migration {
        owner: "contract",
        number: 1,
        name: "tables",
        sqlite: "create table contract_item (id text primary key) strict",
        postgres: "create table contract_item (id text primary key)",
    }];
    let error = store.migrate(&[CHANGED]).await.err();
    assert!(matches!(&error, Some(StoreError::Migration { number: 1, .. })), "{error:?}");
    Ok(())
}

/// When one step fails, none of the steps that were to be applied with it is.
pub async fn a_migration_that_fails_leaves_nothing(store: Store) -> Outcome {
    const fn step(number: u32, sql: &'static str) -> Migration {
        Migration { owner: "contract", number, name: "more", sqlite: sql, postgres: sql }
    }
    static FAILING: &[Migration] = &[
        step(2, "create table contract_more (id text primary key)"),
        step(3, "create table contract_item (id text primary key)"),
    ];
    let error = store.migrate(&[MIGRATIONS, FAILING]).await.err();
    assert!(matches!(&error, Some(StoreError::Migration { number: 3, .. })), "{error:?}");
    assert!(store.query("select * from contract_more", params![]).await.is_err());
    store.commit(insert("a", 1)).await.map(drop)
}

//! A batch is there whole or not at all.

use super::{ITEM, Outcome, UPDATE, amount, count, insert};
use crate::store::{Batch, ConflictCause, Store, StoreError, params};

/// All statements of a batch take effect, and the next query sees them.
pub async fn a_batch_is_there_whole(store: Store) -> Outcome {
    let mut batch = insert("a", 1);
    batch.append(insert("b", 2));
    store.commit(batch).await?;
    assert_eq!((amount(&store, "a").await?, amount(&store, "b").await?), (Some(1), Some(2)));
    Ok(())
}

/// A statement that must change one row and changes none undoes the whole batch.
pub async fn a_batch_that_misses_a_row_count_changes_nothing(store: Store) -> Outcome {
    let mut batch = insert("a", 1);
    batch.execute_one(UPDATE, params![9, "missing", 1]);
    batch.append(insert("b", 2));
    let error = store.commit(batch).await.err();
    assert!(
        matches!(
            &error,
            Some(StoreError::Conflict { cause: ConflictCause::Rows { expected: 1, found: 0 }, .. })
        ),
        "{error:?}"
    );
    assert_eq!(count(&store).await?, 0);
    Ok(())
}

/// A key that is there already is a conflict, not some other error.
pub async fn a_duplicate_key_conflicts_and_changes_nothing(store: Store) -> Outcome {
    store.commit(insert("a", 1)).await?;
    let mut batch = insert("b", 2);
    batch.append(insert("a", 3));
    let error = store.commit(batch).await.err();
    assert!(
        matches!(&error, Some(StoreError::Conflict { cause: ConflictCause::DuplicateKey, .. })),
        "{error:?}"
    );
    assert_eq!((amount(&store, "a").await?, amount(&store, "b").await?), (Some(1), None));
    Ok(())
}

/// Two writers read the same version: the second one conflicts.
pub async fn a_stale_version_conflicts_and_changes_nothing(store: Store) -> Outcome {
    store.commit(insert("a", 1)).await?;
    let write = |to: i64| {
        let mut batch = Batch::new();
        batch.execute_one(UPDATE, params![to, "a", 1]);
        batch
    };
    store.commit(write(2)).await?;
    let second = store.commit(write(3)).await;
    assert!(second.as_ref().is_err_and(StoreError::is_conflict), "{second:?}");
    assert_eq!(amount(&store, "a").await?, Some(2));
    Ok(())
}

/// A guard holds while its row has the version, and fails when the version is another or the row is gone.
pub async fn a_guard_lets_a_batch_pass_only_in_its_version(store: Store) -> Outcome {
    store.commit(insert("parent", 1)).await?;
    let guarded = |id: &str, version| {
        let mut batch = Batch::new();
        batch.guard(&ITEM, "parent", version);
        batch.append(insert(id, 1));
        batch
    };
    store.commit(guarded("a", 1)).await?;
    let other_version = store.commit(guarded("b", 2)).await;
    assert!(other_version.is_err_and(|error| error.is_conflict()));
    let mut removal = Batch::new();
    removal.execute_one("delete from contract_item where id = $1", params!["parent"]);
    store.commit(removal).await?;
    let gone = store.commit(guarded("c", 1)).await;
    assert!(gone.is_err_and(|error| error.is_conflict()));
    assert_eq!(count(&store).await?, 1);
    Ok(())
}

/// A statement that is wrong in itself is refused, and takes its batch with it.
pub async fn a_refused_statement_stores_nothing(store: Store) -> Outcome {
    for wrong in ["insert into no_such_table (a) values (1)", "update contract_item set", "select 1 2 3 from"]
    {
        let mut batch = insert("a", 1);
        batch.execute(wrong, params![]);
        let error = store.commit(batch).await.err();
        assert!(matches!(&error, Some(StoreError::Refused { .. })), "{wrong}: {error:?}");
    }
    let mut batch = insert("a", 1);
    batch.execute("insert into contract_item (id, amount, version) values ($1, $2, 1)", params!["too few"]);
    assert!(matches!(store.commit(batch).await, Err(StoreError::Refused { .. })));
    assert_eq!(count(&store).await?, 0);
    Ok(())
}

/// Neither a batch nor a query may end the transaction around it or change the database's settings.
pub async fn statements_that_control_the_transaction_are_refused(store: Store) -> Outcome {
    for statement in [
        "commit",
        "rollback",
        "begin",
        "savepoint a",
        "pragma user_version = 1",
        "attach 'a' as b",
        "drop table contract_item",
    ] {
        let mut batch = insert("a", 1);
        batch.execute(statement, params![]);
        let in_batch = store.commit(batch).await.err();
        let as_query = store.query(statement, params![]).await.err();
        for error in [in_batch, as_query] {
            assert!(matches!(&error, Some(StoreError::StatementNotAllowed { .. })), "{statement}: {error:?}");
        }
    }
    assert_eq!(count(&store).await?, 0);
    Ok(())
}

/// More than a store takes in one batch is refused before anything is stored.
pub async fn a_batch_that_is_too_large_is_refused(store: Store) -> Outcome {
    let mut many = Batch::new();
    for number in 0..=Batch::MAX_STATEMENTS {
        many.append(insert(&number.to_string(), 1));
    }
    assert!(matches!(store.commit(many).await, Err(StoreError::BatchTooLarge { unit: "statements", .. })));
    let mut large = Batch::new();
    large.execute_one(
        "insert into contract_item (id, amount, version, data) values ($1, 1, 1, $2)",
        params!["a", vec![0_u8; Batch::MAX_BYTES]],
    );
    assert!(matches!(store.commit(large).await, Err(StoreError::BatchTooLarge { unit: "bytes", .. })));
    assert_eq!(count(&store).await?, 0);
    Ok(())
}

/// Nothing to do is done at once.
pub async fn an_empty_batch_commits(store: Store) -> Outcome {
    store.commit(Batch::new()).await.map(drop)
}

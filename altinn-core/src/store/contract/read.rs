//! What is read is what was written.

use uuid::Uuid;

use super::{ITEM, ITEMS, Outcome, amount, count, insert};
use crate::store::{Batch, ConflictCause, Store, StoreError, Value, params};

/// Every kind of value, and none, comes back as it was.
pub async fn every_kind_of_value_comes_back_as_it_was(store: Store) -> Outcome {
    let uuid = Uuid::now_v7();
    let rows = vec![
        params!["", i64::MIN, i64::MAX, true, vec![0_u8, 255, 10], uuid],
        params!["blåbærgrøt 🫐 'quoted' $1 --", 0, -1, false, Vec::<u8>::new(), Uuid::nil()],
        vec![Value::from("nothing"), 0.into(), 0.into(), Value::Null, Value::Null, Value::Null],
    ];
    let mut batch = Batch::new();
    batch.insert_rows(&ITEMS, rows.clone());
    store.commit(batch).await?;
    for row in rows {
        let (Some(Value::Text(id)), Some(Value::Int(amount))) = (row.first(), row.get(1)) else { continue };
        let found = store.query_one("select * from contract_item where id = $1", params![id]).await?;
        assert_eq!((found.get::<String>("id")?, found.get::<i64>("amount")?), (id.clone(), *amount));
        let others: [Value; 3] = [
            found.get::<Option<bool>>("flag")?.into(),
            found.get::<Option<Vec<u8>>>("data")?.into(),
            found.get::<Option<Uuid>>("other")?.into(),
        ];
        assert_eq!(Some(others.as_slice()), row.get(3..));
    }
    Ok(())
}

/// Many rows of one insert are there, or on a duplicate none of them.
pub async fn many_rows_are_inserted_or_none(store: Store) -> Outcome {
    let rows = |from: i64| {
        let row = |n: i64| {
            params![format!("row-{n}"), n, 1, n % 2 == 0, Option::<Vec<u8>>::None, Option::<Uuid>::None]
        };
        (from..from + 1_000).map(row).collect::<Vec<_>>()
    };
    let mut batch = Batch::new();
    batch.insert_rows(&ITEMS, rows(0));
    batch.insert_rows(&ITEMS, Vec::new());
    store.commit(batch).await?;
    assert_eq!(count(&store).await?, 1_000);
    let mut overlapping = Batch::new();
    overlapping.insert_rows(&ITEMS, rows(999));
    let error = store.commit(overlapping).await.err();
    assert!(
        matches!(&error, Some(StoreError::Conflict { cause: ConflictCause::DuplicateKey, .. })),
        "{error:?}"
    );
    assert_eq!(count(&store).await?, 1_000);
    let mut wrong_kind = Batch::new();
    wrong_kind
        .insert_rows(&ITEMS, vec![params!["id", "not a number", 1, true, Vec::<u8>::new(), Uuid::nil()]]);
    assert!(matches!(store.commit(wrong_kind).await, Err(StoreError::Refused { .. })));
    Ok(())
}

/// Statements that give rows back do so in the batch's answer, each its own.
pub async fn a_committed_batch_gives_back_its_rows(store: Store) -> Outcome {
    let mut batch = insert("a", 1);
    let raised = batch.returning(
        "update contract_item set amount = amount + 6 where id = $1 returning id, amount",
        params!["a"],
    );
    let none = batch.returning("delete from contract_item where id = $1 returning id", params!["missing"]);
    let read = batch.returning("select amount from contract_item order by id", params![]);
    let committed = store.commit(batch).await?;
    let amounts = |returned| {
        committed.rows(returned).iter().map(|row| row.get::<i64>("amount")).collect::<Result<Vec<_>, _>>()
    };
    assert_eq!(amounts(raised)?, [7]);
    assert_eq!(amounts(none)?, [0; 0]);
    assert_eq!(amounts(read)?, [7]);
    Ok(())
}

/// A query that is wrong, or a column read as something else, is a typed error.
pub async fn a_wrong_query_says_what_is_wrong(store: Store) -> Outcome {
    assert!(matches!(
        store.query("select * from no_such_table", params![]).await,
        Err(StoreError::Refused { .. })
    ));
    assert!(matches!(store.query("select 1", params![1]).await, Err(StoreError::Refused { .. })));
    let missing = store.query_one("select amount from contract_item where id = $1", params!["missing"]).await;
    assert!(matches!(missing, Err(StoreError::NotFound { .. })));
    store.commit(insert("a", 1)).await?;
    let row = store.query_one("select id, amount from contract_item", params![]).await?;
    assert!(matches!(row.get::<i64>("id"), Err(StoreError::Decode { .. })));
    assert!(matches!(row.get::<i64>("no_such_column"), Err(StoreError::Decode { .. })));
    assert!(matches!(row.at::<i64>(2), Err(StoreError::Decode { .. })));
    Ok(())
}

/// A text with a NUL character is a typed error wherever it is a parameter, and changes nothing: no back end keeps more than
/// the others. Every other character is kept.
pub async fn a_text_with_a_nul_character_is_refused(store: Store) -> Outcome {
    for text in ["\0", "a\0", "\0b", "a\0b"] {
        let found = store.query("select amount from contract_item where id = $1", params![text]).await;
        assert!(matches!(found, Err(StoreError::Text { .. })), "{found:?}");
        let mut rows = Batch::new();
        rows.insert_rows(&ITEMS, vec![params![text, 1, 1, true, vec![0_u8], Uuid::nil()]]);
        let mut guarded = insert("innocent", 1);
        guarded.guard(&ITEM, text, 1);
        for batch in [insert(text, 1), rows, guarded] {
            let committed = store.commit(batch).await;
            assert!(matches!(committed, Err(StoreError::Text { .. })), "{committed:?}");
        }
    }
    assert_eq!(count(&store).await?, 0);
    let odd = "\u{1}\u{7f}\u{202e}\u{fffe}\u{10ffff}";
    store.commit(insert(odd, 1)).await?;
    assert_eq!(amount(&store, odd).await?, Some(1));
    Ok(())
}

/// A listing by cursor gives every row once, also while others are added behind it.
pub async fn pages_by_cursor_neither_skip_nor_repeat(store: Store) -> Outcome {
    let all: Vec<String> = (0..57).map(|number| format!("item-{number:03}")).collect();
    for id in &all {
        store.commit(insert(id, 1)).await?;
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let sql = "select id from contract_item where id > $1 order by id limit $2";
        let page = store.query(sql, params![&after, 10]).await?;
        let Some(last) = page.last() else { break };
        after = last.get("id")?;
        for row in &page {
            seen.push(row.get::<String>("id")?);
        }
        store.commit(insert(&format!("earlier-{}", seen.len()), 1)).await?;
    }
    assert_eq!(seen, all);
    Ok(())
}

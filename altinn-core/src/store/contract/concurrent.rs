//! Many writers and workers at once.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::Utc;
use futures_util::future::join_all;
use uuid::Uuid;

use super::{ITEM, Outcome, UPDATE, WORK, amount, count, insert};
use crate::store::{Batch, Claim, Store, StoreError, params};

/// Good and bad batches that commit at the same time each get their own answer.
pub async fn batches_that_fail_harm_no_others(store: Store) -> Outcome {
    store.commit(insert("taken", 1)).await?;
    let outcomes = join_all((0..64).map(|number| {
        let mut batch = insert(&format!("item-{number}"), number);
        if number % 2 == 1 {
            batch.append(insert("taken", 2));
        }
        store.commit(batch)
    }));
    for (number, outcome) in outcomes.await.into_iter().enumerate() {
        assert_eq!(outcome.is_ok(), number % 2 == 0, "{number}: {outcome:?}");
        assert_eq!(amount(&store, &format!("item-{number}")).await?.is_some(), number % 2 == 0);
    }
    Ok(())
}

/// Optimistic increments of one counter by many tasks all arrive.
pub async fn many_writers_lose_nothing(store: Store) -> Outcome {
    store.commit(insert("counter", 0)).await?;
    let increments = join_all((0..16).map(|_| async {
        for _ in 0..5 {
            increment(&store).await?;
        }
        Ok::<_, StoreError>(())
    }));
    increments.await.into_iter().collect::<Result<(), _>>()?;
    assert_eq!(amount(&store, "counter").await?, Some(80));
    Ok(())
}

async fn increment(store: &Store) -> Outcome {
    loop {
        let row = store
            .query_one("select amount, version from contract_item where id = $1", params!["counter"])
            .await?;
        let mut batch = Batch::new();
        batch.execute_one(
            UPDATE,
            params![row.get::<i64>("amount")? + 1, "counter", row.get::<i64>("version")?],
        );
        match store.commit(batch).await {
            Err(error) if error.is_conflict() => tokio::task::yield_now().await,
            outcome => return outcome.map(drop),
        }
    }
}

/// Once the raising of a version has been answered, no batch that relies on the old one commits, and none that
/// committed before it is lost.
pub async fn a_raised_version_stops_every_later_guard(store: Store) -> Outcome {
    store.commit(insert("parent", 0)).await?;
    let guarded = |number: i64| {
        let store = &store;
        async move {
            let mut batch = Batch::new();
            batch.guard(&ITEM, "parent", 1);
            batch.append(insert(&format!("child-{number}"), 1));
            (number, store.commit(batch).await)
        }
    };
    let raise = async {
        tokio::task::yield_now().await;
        let mut batch = Batch::new();
        batch.execute_one(UPDATE, params![1, "parent", 1]);
        store.commit(batch).await?;
        count(&store).await
    };
    let (outcomes, seen) = futures_util::future::join(join_all((0..40).map(guarded)), raise).await;
    let committed = outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).count() as i64;
    assert_eq!(count(&store).await?, seen?, "a child came after the version was raised");
    assert_eq!(count(&store).await?, committed + 1);
    assert!(guarded(99).await.1.is_err_and(|error| error.is_conflict()));
    Ok(())
}

/// A deadlock between two batches is the back end's to solve: both are stored.
pub async fn batches_that_lock_in_opposite_order_all_commit(store: Store) -> Outcome {
    store.commit(insert("a", 0)).await?;
    store.commit(insert("b", 0)).await?;
    let add = |first: &'static str, second: &'static str| {
        let mut batch = Batch::new();
        for id in [first, second] {
            batch.execute_one("update contract_item set amount = amount + 1 where id = $1", params![id]);
        }
        store.commit(batch)
    };
    let outcomes = join_all((0..8).map(|n| if n % 2 == 0 { add("a", "b") } else { add("b", "a") })).await;
    for outcome in outcomes {
        outcome?;
    }
    assert_eq!((amount(&store, "a").await?, amount(&store, "b").await?), (Some(8), Some(8)));
    Ok(())
}

/// A caller that stops waiting for its commit leaves it whole or absent, and the store usable.
pub async fn a_commit_that_is_given_up_leaves_the_store_usable(store: Store) -> Outcome {
    for number in 0..20_u32 {
        let mut batch = insert(&format!("a-{number}"), 1);
        batch.append(insert(&format!("b-{number}"), 1));
        let patience = Duration::from_micros(u64::from(number) * 100);
        let _ = tokio::time::timeout(patience, store.commit(batch)).await;
    }
    store.commit(insert("last", 1)).await?;
    for number in 0..20 {
        let (a, b) =
            (amount(&store, &format!("a-{number}")).await?, amount(&store, &format!("b-{number}")).await?);
        assert_eq!(a, b, "half of batch {number} is stored");
    }
    Ok(())
}

async fn add_work(store: &Store, rows: u32) -> Outcome {
    let mut batch = Batch::new();
    for number in 0..rows {
        batch.execute_one(
            "insert into contract_work (id, name, due_at, lease_until, lease_generation) values ($1, $2, $3, 0, 0)",
            params![Uuid::now_v7(), format!("work-{number}"), Utc::now() - Duration::from_secs(1)],
        );
    }
    store.commit(batch).await.map(drop)
}

async fn claim(store: &Store, limit: u32, lease: Duration) -> Result<Vec<Claim>, StoreError> {
    let mut batch = Batch::new();
    let claimed = WORK.claim(&mut batch, Utc::now(), limit, lease);
    store.commit(batch).await?.rows(claimed).iter().map(Claim::from_row).collect()
}

/// However many workers claim at once, each piece of work is claimed by one, and what is finished is not claimed.
pub async fn work_is_claimed_once(store: Store) -> Outcome {
    add_work(&store, 40).await?;
    let claims = join_all((0..8).map(|_| async {
        let mut mine = Vec::new();
        loop {
            let claims = claim(&store, 3, Duration::from_secs(60)).await?;
            if claims.is_empty() {
                return Ok::<_, StoreError>(mine);
            }
            let mut batch = Batch::new();
            claims.iter().for_each(|claim| WORK.finish(&mut batch, claim));
            store.commit(batch).await?;
            mine.extend(claims);
        }
    }));
    let claims: Vec<Claim> = claims.await.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
    assert_eq!(claims.len(), 40);
    assert_eq!(claims.iter().map(|claim| claim.id).collect::<BTreeSet<_>>().len(), 40);
    assert!(claim(&store, 3, Duration::ZERO).await?.is_empty(), "finished work was claimed again");
    Ok(())
}

/// A worker that did not finish in time loses its claim to another, and what it writes late is refused.
pub async fn a_lease_that_ended_is_claimed_again_and_the_late_write_refused(store: Store) -> Outcome {
    add_work(&store, 1).await?;
    let first = claim(&store, 1, Duration::from_millis(500)).await?;
    assert_eq!(first.len(), 1);
    assert!(claim(&store, 1, Duration::from_secs(60)).await?.is_empty(), "a held lease was claimed");
    tokio::time::sleep(Duration::from_millis(550)).await;
    let second = claim(&store, 1, Duration::from_secs(60)).await?;
    assert_eq!(second.len(), 1);
    for late in &first {
        let mut finish = Batch::new();
        WORK.finish(&mut finish, late);
        let mut guarded = insert("effect", 1);
        WORK.guard(&mut guarded, late);
        for batch in [finish, guarded] {
            assert!(
                store.commit(batch).await.is_err_and(|error| error.is_conflict()),
                "a late write was stored"
            );
        }
    }
    for held in &second {
        let mut batch = insert("effect", 2);
        WORK.guard(&mut batch, held);
        WORK.put_back(&mut batch, held, Utc::now() - Duration::from_secs(1));
        store.commit(batch).await?;
    }
    assert_eq!(claim(&store, 1, Duration::from_secs(60)).await?.len(), 1, "work that was put back is free");
    Ok(())
}

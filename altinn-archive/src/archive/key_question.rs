//! Which key is in use: many callers' question, asked once.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use altinn_core::store::{Row, Store, StoreError, Value};

use crate::listing::Tag;

/// How many owners one query asks for.
const OWNERS_A_QUERY: usize = 256;

/// Asks for the keys in use of all who wait, with one query at a time.
///
/// An answer is never older than its question: whoever asks takes part in a round whose query begins afterwards. So a
/// key that has been replaced is not handed out again, and writers that come together cost one query.
#[derive(Debug, Default)]
pub(super) struct KeyQuestion {
    next: Mutex<Round>,
    turn: tokio::sync::Mutex<Answers>,
}

/// The round that has not begun.
#[derive(Debug, Default)]
struct Round {
    number: u64,
    owners: BTreeSet<Tag>,
}

/// The last round that has ended.
#[derive(Debug, Default)]
struct Answers {
    /// All rounds of a lower number have begun before this one ended.
    ended: u64,
    rows: HashMap<Tag, Option<Row>>,
}

impl KeyQuestion {
    /// The row of an owner's key in use, with the columns `key_id`, `number`, `generation` and `wrapped`; none when the
    /// owner has no key.
    pub(super) async fn ask(&self, store: &Store, owner: Tag) -> Result<Option<Row>, StoreError> {
        loop {
            let number = self.join(owner);
            let mut turn = self.turn.lock().await;
            if turn.ended <= number {
                let (begun, owners) = self.begin();
                let rows = read(store, &owners).await?;
                *turn = Answers { ended: begun + 1, rows };
            }
            // It is not there when the round was broken off, or had no room: then the next one is asked.
            if let Some(row) = turn.rows.get(&owner) {
                return Ok(row.clone());
            }
        }
    }

    /// Takes part in the next round; gives its number.
    fn join(&self, owner: Tag) -> u64 {
        let mut next = self.next();
        next.owners.insert(owner);
        next.number
    }

    /// Begins the next round; those for whom it has no room stay for the one after it.
    fn begin(&self) -> (u64, BTreeSet<Tag>) {
        let mut next = self.next();
        let number = next.number;
        next.number += 1;
        let rest = next.owners.iter().nth(OWNERS_A_QUERY).copied();
        let rest = rest.map(|first| next.owners.split_off(&first)).unwrap_or_default();
        (number, std::mem::replace(&mut next.owners, rest))
    }

    fn next(&self) -> MutexGuard<'_, Round> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rows of these owners' keys in use.
async fn read(store: &Store, owners: &BTreeSet<Tag>) -> Result<HashMap<Tag, Option<Row>>, StoreError> {
    let mut rows: HashMap<_, _> = owners.iter().map(|owner| (*owner, None)).collect();
    let Some(last) = owners.last() else { return Ok(rows) };
    // A power of two of places, so that there are few statements to prepare.
    let places = owners.len().next_power_of_two();
    let list: Vec<_> = (1..=places).map(|n| format!("${n}")).collect();
    let sql = format!(
        "select k.owner, k.id as key_id, k.number, k.generation, k.wrapped from archive_key k \
         where k.owner in ({}) and k.number = (select max(o.number) from archive_key o where o.owner = k.owner)",
        list.join(", ")
    );
    let padded = owners.iter().chain(std::iter::repeat(last)).take(places);
    for row in store.query(sql, padded.map(|owner| Value::from(*owner)).collect::<Vec<_>>()).await? {
        rows.insert(row.get("owner")?, Some(row));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use altinn_core::key::SecretKey;
    use altinn_core::store::{Batch, params};
    use futures_util::future::try_join_all;
    use uuid::Uuid;

    use super::*;
    use crate::listing::TagKey;

    async fn store() -> Store {
        let store = Store::open("sqlite::memory:").await.unwrap();
        store.migrate(&[crate::MIGRATIONS]).await.unwrap();
        store
    }

    fn owners(count: usize) -> Vec<Tag> {
        let key = TagKey::new(&SecretKey::from_bytes([1; 32]));
        (0..count).map(|n| key.owner(&n.to_string(), "default")).collect()
    }

    async fn make(store: &Store, owner: Tag, number: i64) {
        let mut batch = Batch::new();
        let id = Uuid::from_u128(u128::try_from(number).unwrap());
        batch.execute(
            "insert into archive_key (id, owner, number, generation, wrapped, live) values ($1, $2, $3, 'g', $4, 1)",
            params![id, owner, number, [0_u8; 60]],
        );
        store.commit(batch).await.unwrap();
    }

    #[tokio::test]
    async fn those_who_ask_together_share_few_queries_and_each_gets_the_own_answer() {
        let (store, question, owners) = (store().await, KeyQuestion::default(), owners(300));
        for (number, owner) in (1..).zip(&owners).step_by(2) {
            make(&store, *owner, number).await;
        }
        let asked = owners.iter().chain(&owners).map(|owner| question.ask(&store, *owner));
        // A round is under way until all have come; nor does the runtime's budget for one task part them.
        let under_way = question.turn.lock().await;
        let mut all = Box::pin(tokio::task::unconstrained(try_join_all(asked)));
        assert!(futures_util::poll!(&mut all).is_pending());
        drop(under_way);
        let answers = all.await.unwrap();
        for (place, row) in (0..owners.len()).chain(0..owners.len()).zip(answers) {
            let number = row.map(|row| row.get::<i64>("number").unwrap());
            let expected = place.is_multiple_of(2).then(|| i64::try_from(place).unwrap() + 1);
            assert_eq!(number, expected);
        }
        assert!(question.next().number <= 4, "{} rounds", question.next().number);
    }

    #[tokio::test]
    async fn an_answer_is_never_older_than_its_question() {
        let (store, question, owners) = (store().await, KeyQuestion::default(), owners(1));
        assert!(question.ask(&store, owners[0]).await.unwrap().is_none());
        for number in [1, 2] {
            make(&store, owners[0], number).await;
            let row = question.ask(&store, owners[0]).await.unwrap().unwrap();
            assert_eq!(row.get::<i64>("number").unwrap(), number);
        }
    }

    #[tokio::test]
    async fn a_caller_that_is_given_up_in_the_middle_leaves_the_others_their_answers() {
        let (store, question, owners) = (store().await, KeyQuestion::default(), owners(8));
        make(&store, owners[7], 1).await;
        for polls in 0..4 {
            let mut first = Box::pin(question.ask(&store, owners[0]));
            for _ in 0..polls {
                if futures_util::poll!(&mut first).is_ready() {
                    break;
                }
            }
            let second = question.ask(&store, owners[7]);
            drop(first);
            assert!(second.await.unwrap().is_some());
        }
    }
}

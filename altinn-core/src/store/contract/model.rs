//! A naive model beside the back end: after random batches both must agree.

use std::collections::BTreeMap;

use super::{INSERT, Outcome, UPDATE};
use crate::store::{Batch, Store, params};

type Model = BTreeMap<String, (i64, i64)>;

/// Random batches of inserts, versioned updates and deletes give the same answers and the same rows as a map.
pub async fn random_batches_agree_with_a_model(store: Store) -> Outcome {
    let mut model = Model::new();
    let mut dice = Dice(7);
    for round in 0..200 {
        let mut batch = Batch::new();
        let mut next = Some(model.clone());
        for _ in 0..=dice.roll(4) {
            next = next.and_then(|rows| add_random_statement(&mut dice, &mut batch, rows));
        }
        let outcome = store.commit(batch).await;
        assert_eq!(outcome.is_ok(), next.is_some(), "round {round}: {outcome:?}");
        model = next.unwrap_or(model);
    }
    let rows = store.query("select id, amount, version from contract_item order by id", params![]).await?;
    let stored = rows.iter().map(|row| Ok((row.get("id")?, (row.get("amount")?, row.get("version")?))));
    assert_eq!(stored.collect::<Result<Model, crate::store::StoreError>>()?, model);
    Ok(())
}

/// Adds a statement to the batch and does the same to the model; nothing when the batch must now conflict.
fn add_random_statement(dice: &mut Dice, batch: &mut Batch, mut rows: Model) -> Option<Model> {
    let id = format!("item-{}", dice.roll(6));
    let amount = dice.roll(1_000);
    match dice.roll(3) {
        0 => {
            batch.execute_one(INSERT, params![&id, amount]);
            rows.insert(id, (amount, 1)).is_none().then_some(rows)
        }
        1 => {
            let version = 1 + dice.roll(3);
            batch.execute_one(UPDATE, params![amount, &id, version]);
            let row = rows.get_mut(&id).filter(|row| row.1 == version)?;
            *row = (amount, version + 1);
            Some(rows)
        }
        _ => {
            batch.execute("delete from contract_item where id = $1", params![&id]);
            rows.remove(&id);
            Some(rows)
        }
    }
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    /// A number from 0 to below `sides`.
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as i64) % sides
    }
}

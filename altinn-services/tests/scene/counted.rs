//! A store that remembers what it was asked.
#![allow(dead_code, reason = "every test program uses a part of it")]

use std::sync::{Arc, Mutex};

use altinn_core::store::{
    Backend, Batch, Committed, Dialect, Migration, Row, Sql, Statement, Store, StoreError, Value,
};
use async_trait::async_trait;

/// The statements that a store was asked, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Statements(Arc<Mutex<Vec<String>>>);

#[derive(Debug)]
struct Counted {
    store: Store,
    statements: Statements,
}

impl Statements {
    /// The same store, which remembers from now on.
    pub(crate) fn of(store: Store) -> (Store, Self) {
        let statements = Self::default();
        (Store::new(Counted { store, statements: statements.clone() }), statements)
    }

    /// What was asked since the last time.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    fn add(&self, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }
}

#[async_trait]
impl Backend for Counted {
    fn dialect(&self) -> Dialect {
        self.store.dialect()
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, StoreError> {
        for statement in batch.statements() {
            match statement {
                Statement::Single { sql, .. } => self.statements.add(sql.text(self.dialect())),
                Statement::Rows { insert, rows } => {
                    self.statements.add(&format!("{} times {}", insert.text(), rows.len()));
                }
            }
        }
        self.store.commit(batch).await
    }

    async fn query(&self, sql: Sql, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        self.statements.add(sql.text(self.dialect()));
        self.store.query(sql, params).await
    }

    async fn migrate(&self, steps: &[Migration]) -> Result<(), StoreError> {
        self.store.migrate(&[steps]).await
    }
}

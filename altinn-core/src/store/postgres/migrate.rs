//! Applying migrations under one lock.

use deadpool_postgres::{ClientWrapper, Object};

use super::error::error_of;
use super::transaction::{Open, query};
use crate::store::{Dialect, Migration, StoreError};

/// The lock that keeps every other node from migrating at the same time: "altinn" in ASCII.
const LOCK: &str = "select pg_advisory_xact_lock(107083871219054)";

/// Applies the steps that have not been applied, all or none.
pub(super) async fn migrate(connection: Object, steps: &[Migration]) -> Result<(), StoreError> {
    let open = Open::new(connection);
    let client = open.client()?;
    execute(client, "begin; set local lock_timeout = 0").await?;
    execute(client, LOCK).await?;
    execute(client, Migration::TABLE.postgres).await?;
    for step in steps {
        let recorded = query(client, Migration::RECORDED, &step.key()).await?;
        if step.is_recorded(Dialect::Postgres, recorded.first())? {
            continue;
        }
        execute(client, step.postgres).await.map_err(|error| step.failed(&error))?;
        query(client, Migration::RECORD, &step.record(Dialect::Postgres)).await?;
    }
    execute(client, "commit").await?;
    open.put_back();
    Ok(())
}

async fn execute(client: &ClientWrapper, text: &str) -> Result<(), StoreError> {
    client.batch_execute(text).await.map_err(|error| error_of(text, &error))
}

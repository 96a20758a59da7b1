//! Transfers on which work fails, for the agency whose service it is.

use altinn_core::store::{Batch, Row, StoreError, params};
use altinn_core::{Actor, Subject};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::transfer::parsed;
use super::{Broker, BrokerError, BrokerService, Transfer, TransferId, TransferStatus};

/// How many transfers one call tells of.
const PAGE: i64 = 100;

/// A transfer on which the work that is due has failed: it is tried again by itself, with a growing wait. Nothing of the file
/// stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StuckTransfer {
    /// The transfer.
    pub id: TransferId,
    /// Its status.
    pub status: TransferStatus,
    /// How often the work has failed.
    pub attempts: u32,
    /// The code of what was wrong the last time.
    pub problem: String,
    /// When it is tried again.
    pub due_at: DateTime<Utc>,
}

impl StuckTransfer {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.get("id")?,
            status: parsed(row, "status", "a status", TransferStatus::named)?,
            attempts: row.get("failures")?,
            problem: row.get("problem")?,
            due_at: row.get("due_at")?,
        })
    }
}

impl Broker<'_> {
    /// The transfers of a service on which the work that is due has failed, for the agency whose service it is; by id, at
    /// most 100 after one.
    ///
    /// # Errors
    /// [`BrokerError::NotFound`] for everybody else.
    pub async fn stuck(
        &self,
        actor: &Actor,
        service: &BrokerService,
        after: Option<TransferId>,
    ) -> Result<Vec<StuckTransfer>, BrokerError> {
        only_the_agency(actor, service)?;
        let sql = "select id, status, failures, problem, due_at from services_broker_transfer \
                   where service = $1 and id > $2 and problem is not null and due_at is not null order by id limit $3";
        let after = after.map_or(Uuid::nil(), TransferId::as_uuid);
        let rows = self.altinn.store().query(sql, params![service.id().to_string(), after, PAGE]).await?;
        Ok(rows.iter().map(StuckTransfer::from_row).collect::<Result<_, _>>()?)
    }

    /// Has the work on a transfer that has failed tried again at once, for the agency whose service it is; says whether
    /// there was any. It stands in the history of the transfer.
    ///
    /// # Errors
    /// [`BrokerError::NotFound`] for everybody else, and when there is no such transfer; [`BrokerError::Changed`].
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id(), transfer = %id), err(level = "debug"))]
    pub async fn redrive(
        &self,
        actor: &Actor,
        service: &BrokerService,
        id: TransferId,
    ) -> Result<bool, BrokerError> {
        only_the_agency(actor, service)?;
        let sql = "select problem from services_broker_transfer where id = $1 and service = $2";
        let row = self.altinn.store().query_opt(sql, params![id, service.id().to_string()]).await?;
        let row = row.ok_or(BrokerError::NotFound)?;
        let mut transfer = Transfer::load(self.altinn.store(), id).await?;
        if row.get::<Option<String>>("problem")?.is_none() || transfer.due_at.is_none() {
            return Ok(false);
        }
        let (mut batch, now) = (Batch::new(), self.altinn.clock().now());
        transfer.due_at = Some(now);
        transfer.update(&mut batch);
        transfer.note(
            &mut batch,
            now,
            (None, transfer.status.as_str()),
            Some("the agency has it tried again"),
        );
        batch.execute_one("update services_broker_transfer set failures = 0 where id = $1", params![id]);
        self.commit(batch).await?;
        Ok(true)
    }
}

/// What stands still is the affair of whoever runs the service; the policy gives it no right to what is sent.
fn only_the_agency(actor: &Actor, service: &BrokerService) -> Result<(), BrokerError> {
    match actor.subject() {
        Subject::ServiceOwner { org, .. } if org == service.id().org() => Ok(()),
        _ => Err(BrokerError::NotFound),
    }
}

//! Mailings on which work fails, for whoever sent them.

use altinn_auth::trail::Deed;
use altinn_core::store::{Batch, Row, StoreError, params};
use altinn_core::{Actor, PartyId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::mailing::{MAILINGS, Mailing};
use super::{CorrespondenceError, CorrespondenceService, Correspondences, SEND};

/// How many mailings one call tells of.
const PAGE: i64 = 100;

/// A mailing on which the work that is due has failed: it is tried again by itself, with a growing wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StuckMailing {
    /// The mailing.
    pub id: Uuid,
    /// What was to be done: `expand`, `publish`, `deadline` or `delete`.
    pub work: String,
    /// How often it has failed.
    pub attempts: u32,
    /// The code of what was wrong the last time.
    pub problem: String,
    /// When it is tried again.
    pub due_at: DateTime<Utc>,
}

impl StuckMailing {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.get("id")?,
            work: row.get("phase")?,
            attempts: row.get("failures")?,
            problem: row.get("problem")?,
            due_at: row.get("due_at")?,
        })
    }
}

impl Correspondences<'_> {
    /// The mailings of a party in a service on which the work that is due has failed; by id, at most 100 after one.
    ///
    /// # Errors
    /// [`CorrespondenceError::NotFound`], [`CorrespondenceError::Access`].
    pub async fn stuck(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        sender: PartyId,
        after: Option<Uuid>,
    ) -> Result<Vec<StuckMailing>, CorrespondenceError> {
        self.permit(actor, service, sender, SEND, None).await?;
        let sql = "select id, phase, failures, problem, due_at from services_mailing where sender = $1 and id > $2 \
                   and service = $3 and problem is not null and due_at is not null order by id limit $4";
        let after = after.unwrap_or_default();
        let rows =
            self.altinn.store().query(sql, params![sender, after, service.id().to_string(), PAGE]).await?;
        Ok(rows.iter().map(StuckMailing::from_row).collect::<Result<_, _>>()?)
    }

    /// Has the work on a mailing that has failed tried again at once; says whether there was any.
    ///
    /// # Errors
    /// As [`mailing`](Self::mailing).
    pub async fn redrive(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        sender: PartyId,
        id: Uuid,
    ) -> Result<bool, CorrespondenceError> {
        let access = self.permit(actor, service, sender, SEND, None).await?;
        let mailing = Mailing::of_sender(self.altinn.store(), &access, id).await?;
        let mut batch = Batch::new();
        access.guard_with(&mut batch, &Deed::called("redrive").on(format!("mailing/{id}")));
        let again = batch.returning(
            "update services_mailing set due_at = $1, failures = 0 \
             where id = $2 and problem is not null and due_at is not null returning id",
            params![self.altinn.clock().now(), mailing.id()],
        );
        batch.wake(MAILINGS);
        let committed = self.altinn.store().commit(batch).await?;
        Ok(!committed.rows(again).is_empty())
    }
}

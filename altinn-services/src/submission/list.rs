//! The instances of a party.

use altinn_core::store::params;
use altinn_core::{Actor, InstanceId, PartyId, ServiceId, Subject};
use uuid::Uuid;

use super::{Instance, SubmissionError, Submissions};
use crate::inbox::represented;

/// The most that one call lists.
const MOST: i64 = 100;

impl Submissions<'_> {
    /// The instances of a party in a service that have not come to their end and are not in the bin, the latest changed first, of
    /// which the caller may read each: at most 100.
    ///
    /// # Errors
    /// [`SubmissionError`] when the store or a register does not answer.
    pub async fn active(
        &self,
        actor: &Actor,
        service: &ServiceId,
        party: PartyId,
    ) -> Result<Vec<Instance>, SubmissionError> {
        if !self.may_ask_for(actor, service, party).await? {
            return Ok(Vec::new());
        }
        let sql = "select id from services_instance where party = $1 and service = $2 and entry is null \
                   order by changed_at desc limit $3";
        let rows = self.altinn.store().query(sql, params![party, service.to_string(), MOST]).await?;
        let mut active = Vec::new();
        for row in &rows {
            let id = InstanceId::new(party, row.get::<Uuid>("id")?);
            match self.get(actor, &id).await {
                Ok(instance) if instance.process.has_ended() || instance.status.soft_deleted.is_some() => {}
                Ok(instance) => active.push(instance),
                // Whoever may not read it is not told of it.
                Err(SubmissionError::NotFound | SubmissionError::Access(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(active)
    }

    /// Whether a caller has anything to do with a party, or is the service's agency. What it costs to tell nobody else
    /// that there is nothing does not depend on what there is.
    async fn may_ask_for(
        &self,
        actor: &Actor,
        service: &ServiceId,
        party: PartyId,
    ) -> Result<bool, SubmissionError> {
        match actor.subject() {
            Subject::ServiceOwner { org, .. } => Ok(org == service.org()),
            _ => Ok(represented(self.altinn, actor).await?.contains_key(&party)),
        }
    }
}

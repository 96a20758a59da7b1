//! Following what happens to members' instances, in the feed of events.

use std::collections::BTreeSet;

use altinn_core::store::{Batch, Value, params};
use altinn_core::{InstanceId, PartyId};
use uuid::Uuid;

use super::job::Job;
use super::{CaseId, CollaborationError, Collaborations};
use crate::event::CloudEvent;

/// How many events are looked through in one batch.
const PAGE: u32 = 500;
/// How many instances are asked for at once.
const ASKED_AT_ONCE: usize = 100;

impl Collaborations<'_> {
    /// Looks through the next events of the feed, and has every instance looked at that belongs to a case and to which
    /// something happened; gives how many events it went past. The place in the feed and what follows from the events
    /// commit in one batch, so each is followed once, by whichever worker.
    ///
    /// # Errors
    /// [`CollaborationError::Store`] when the store fails; nothing is passed over then.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn follow(&self) -> Result<u64, CollaborationError> {
        let store = self.altinn.store();
        let select = "select position from services_collaboration_cursor";
        let position: i64 = store.query_one(select, params![]).await?.get("position")?;
        let page = self.altinn.events().read(position, PAGE).await?;
        if page.next == position {
            return Ok(0);
        }
        let mut batch = Batch::new();
        batch.execute_one(
            "update services_collaboration_cursor set position = $1 where position = $2",
            params![page.next, position],
        );
        let now = self.altinn.clock().now();
        for (case, job) in self.jobs_of(&page.events).await? {
            job.insert(&mut batch, self.altinn.ids().next_id(), case, now);
        }
        match store.commit(batch).await {
            // Another worker was first with these.
            Err(error) if error.is_conflict() => Ok(0),
            outcome => {
                outcome?;
                Ok(page.events.len() as u64)
            }
        }
    }

    /// What is to be looked at since events happened to it, each once.
    async fn jobs_of(&self, events: &[CloudEvent]) -> Result<Vec<(CaseId, Job)>, CollaborationError> {
        let instance = |event: &CloudEvent| event.resource_instance()?.parse::<InstanceId>().ok();
        let instances: BTreeSet<Uuid> =
            events.iter().filter_map(instance).map(|instance| instance.guid).collect();
        let instances: Vec<Uuid> = instances.into_iter().collect();
        let mut jobs = Vec::new();
        for asked in instances.chunks(ASKED_AT_ONCE) {
            // One text for every number of instances: the rest of the places hold an id that nothing has.
            let places = (1..=ASKED_AT_ONCE).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
            let select =
                format!("select * from services_collaboration_instance where instance in ({places})");
            let rest = std::iter::repeat_n(Uuid::nil(), ASKED_AT_ONCE - asked.len());
            let asked = asked.iter().copied().chain(rest).map(Value::from).collect();
            for row in self.altinn.store().query(select, asked).await? {
                let instance = InstanceId::new(PartyId::new(row.get("party")?), row.get("instance")?);
                jobs.push((row.get("case_id")?, Job::Look { member: row.get("member")?, instance }));
            }
        }
        Ok(jobs)
    }
}

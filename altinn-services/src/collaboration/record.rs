//! What an event comes to, on its way into the store.

use std::collections::BTreeMap;

use altinn_core::store::{Batch, Row, StoreError, params};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::job::Job;
use super::{
    Case, CaseEvent, CaseId, CollaborationError, CollaborationService, Collaborations, Outcome, Step, inbox,
    step,
};
use crate::event::{EventFeed, NewEvent};

/// What an event has come to in one case: the fields and names of Altinn II's NotifyEvent result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct EventAnswer {
    /// The case.
    #[serde(rename = "CaseID")]
    pub case_id: CaseId,
    /// Whether a transition was taken, also one that leads back into the same state.
    pub is_state_changed: bool,
    /// The condition that was decisive; nothing when there was none.
    pub condition_name: Option<String>,
    /// What it came to; nothing when it could not be decided.
    pub condition_evaluation_result: Option<bool>,
    /// The state of the case afterwards.
    pub current_state_name: String,
    /// Whether a condition could not be decided.
    pub has_exception: bool,
    /// Why no transition was taken; never a value of the case's data.
    pub exception_detail: Option<String>,
    /// The stable code of the same.
    pub error_code: Option<String>,
}

/// Something that happened in a case, by the id under which it is remembered.
#[derive(Debug, Clone)]
pub(super) struct Happening<'a> {
    /// The same id again is the same event.
    pub(super) id: &'a str,
    pub(super) event: &'a CaseEvent,
    /// Whose doing it was, as [`Actor::reference`](altinn_core::Actor::reference).
    pub(super) actor: &'a str,
}

impl Collaborations<'_> {
    /// The answer that an event got before, if it came before.
    pub(super) async fn answered(
        &self,
        case: CaseId,
        happening: &Happening<'_>,
    ) -> Result<Option<EventAnswer>, CollaborationError> {
        let select = "select * from services_collaboration_history where case_id = $1 and event_id = $2";
        let Some(row) = self.altinn.store().query_opt(select, params![case, happening.id]).await? else {
            return Ok(None);
        };
        if row.get::<String>("happened")? != happening.event.trigger.to_string() {
            return Err(CollaborationError::EventId("was used for another event"));
        }
        Ok(Some(EventAnswer::from_row(case, &row)?))
    }

    /// Adds all that an event comes to in a case: how it stands, its history, what is to be done and what is told of it.
    pub(super) fn record(
        &self,
        batch: &mut Batch,
        service: &CollaborationService,
        case: &mut Case,
        happening: &Happening<'_>,
    ) -> Result<EventAnswer, CollaborationError> {
        let now = self.altinn.clock().now();
        let step = step(service.definition(), &case.stands, happening.event, now);
        let answer = EventAnswer::of(case.id, &step.outcome, &step.next.state);
        let taken = step.is_taken();
        self.deadlines(batch, case, &step);
        self.jobs(batch, case.id, &step, now);
        case.stands = step.next;
        case.changed_at = now;
        if taken && case.stands.is_closed(service.definition()) {
            case.closed_at = Some(now);
        }
        case.update(batch, self.altinn.case_keys())?;
        answer.insert(batch, case.version, happening, now);
        if taken {
            inbox::show((service, case), None, self.altinn.inbox_key(), batch, now);
            let name = if case.closed_at.is_some() { "caseclosed" } else { "casestatechanged" };
            self.tell(batch, case, name, now)?;
        }
        Ok(answer)
    }

    /// Tells every participant.
    pub(super) fn tell(
        &self,
        batch: &mut Batch,
        case: &Case,
        name: &str,
        now: DateTime<Utc>,
    ) -> Result<(), CollaborationError> {
        let (element, kind) = (case.element(), format!("no.altinn.collaboration.{name}"));
        for (party, place) in case.parties().into_iter().zip(0..) {
            let at = (now, case.version * EVENTS + place);
            let event = NewEvent::of_element(self.altinn.ids(), (&case.service, &element), party, &kind, at)?;
            EventFeed::publish(batch, &event);
        }
        Ok(())
    }

    /// Adds the deadlines that were set, and takes away those that were cancelled.
    pub(super) fn deadlines(&self, batch: &mut Batch, case: &Case, step: &Step) {
        let (before, after) = (&case.stands.deadlines, &step.next.deadlines);
        let changed = |from: &BTreeMap<String, DateTime<Utc>>, to: &BTreeMap<String, DateTime<Utc>>| {
            let differs = |(name, due): &(&String, &DateTime<Utc>)| to.get(*name) != Some(due);
            from.iter().filter(differs).map(|(name, due)| (name.clone(), *due)).collect::<Vec<_>>()
        };
        for (name, _) in changed(before, after) {
            batch.execute(
                "delete from services_collaboration_work where case_id = $1 and deadline = $2",
                params![case.id, name],
            );
        }
        for (name, due) in changed(after, before) {
            Job::Deadline(name).insert(batch, self.altinn.ids().next_id(), case.id, due);
        }
    }

    /// Adds what is to be done.
    pub(super) fn jobs(&self, batch: &mut Batch, case: CaseId, step: &Step, now: DateTime<Utc>) {
        for (action, place) in step.actions.iter().zip(0..) {
            let due = now + chrono::TimeDelta::microseconds(place);
            Job::Act(action.clone()).insert(batch, self.altinn.ids().next_id(), case, due);
        }
    }
}

/// How many parties one version of a case may tell.
const EVENTS: i64 = 100;

impl EventAnswer {
    fn of(case_id: CaseId, outcome: &Outcome, state: &str) -> Self {
        let refusal = outcome.refusal.as_ref();
        Self {
            case_id,
            is_state_changed: refusal.is_none(),
            condition_name: outcome.condition.as_ref().map(|(name, _)| name.clone()),
            condition_evaluation_result: outcome.condition.as_ref().and_then(|(_, result)| *result),
            current_state_name: state.to_owned(),
            has_exception: matches!(refusal, Some(super::Refusal::ConditionFailed(_))),
            exception_detail: refusal.map(ToString::to_string),
            error_code: refusal.map(|refusal| refusal.code().to_owned()),
        }
    }

    /// The answer for a case that was not asked, since something else failed.
    pub(super) fn failed(case: &Case, error: &CollaborationError) -> Self {
        Self {
            case_id: case.id,
            is_state_changed: false,
            condition_name: None,
            condition_evaluation_result: None,
            current_state_name: case.stands.state.clone(),
            has_exception: true,
            exception_detail: Some(error.to_string()),
            error_code: Some(error.code().to_owned()),
        }
    }

    fn insert(&self, batch: &mut Batch, version: i64, happening: &Happening<'_>, now: DateTime<Utc>) {
        batch.execute_one(
            "insert into services_collaboration_history (case_id, version, event_id, at, happened, actor, taken, state, \
             condition_name, condition_result, code, detail) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            params![
                self.case_id,
                version,
                happening.id,
                now,
                happening.event.trigger.to_string(),
                happening.actor,
                i64::from(self.is_state_changed),
                self.current_state_name.as_str(),
                self.condition_name.clone(),
                self.condition_evaluation_result.map(i64::from),
                self.error_code.clone(),
                self.exception_detail.clone(),
            ],
        );
    }

    pub(super) fn from_row(case_id: CaseId, row: &Row) -> Result<Self, StoreError> {
        let error_code: Option<String> = row.get("code")?;
        let condition_name: Option<String> = row.get("condition_name")?;
        let result: Option<i64> = row.get("condition_result")?;
        Ok(Self {
            case_id,
            is_state_changed: row.get::<i64>("taken")? == 1,
            has_exception: error_code.is_some() && condition_name.is_some() && result.is_none(),
            condition_name,
            condition_evaluation_result: result.map(|result| result == 1),
            current_state_name: row.get("state")?,
            exception_detail: row.get("detail")?,
            error_code,
        })
    }
}

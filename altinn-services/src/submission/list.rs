//! Instances that are looked for.

use std::fmt;
use std::str::FromStr;

use altinn_core::store::{Value, params};
use altinn_core::{Actor, InstanceId, PartyId, ServiceId, Subject};
use uuid::Uuid;

use super::{Instance, InstanceFilter, SubmissionError, Submissions, is_agency};
use crate::inbox::represented;

/// The most that one call lists.
const MOST: u32 = 100;

/// Which instances are looked for: those of a service, by its agency, or those of a party.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct InstanceQuery {
    /// The service that they are of.
    pub service: Option<ServiceId>,
    /// The party that they are of.
    pub party: Option<PartyId>,
    /// Whether they have come to their end.
    pub has_ended: Option<bool>,
    /// What else they must be like.
    pub filter: InstanceFilter,
    /// Where the page before ended.
    pub after: Option<InstanceCursor>,
    /// How many are looked at, at most 100; 100 where it is 0.
    pub limit: u32,
}

/// A place in a list of instances, as text: `{microseconds}_{guid}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstanceCursor {
    changed: i64,
    guid: Uuid,
}

/// A page of instances.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct InstancePage {
    /// Those that the caller may read.
    pub instances: Vec<Instance>,
    /// Where to go on; none when there are no more.
    pub next: Option<InstanceCursor>,
}

impl Submissions<'_> {
    /// The instances of a service, where the caller is its agency, or of a party, in the order in which they were last changed; of
    /// those that were looked at, the ones that the caller may read and that are as the filter says.
    ///
    /// # Errors
    /// [`SubmissionError::NotFound`] when neither the caller's own service nor a party is named.
    pub async fn list(&self, actor: &Actor, query: &InstanceQuery) -> Result<InstancePage, SubmissionError> {
        let service = query.service.as_ref();
        match query.party {
            Some(party) if !self.may_ask_for(actor, service, party).await? => {
                return Ok(InstancePage { instances: Vec::new(), next: None });
            }
            None if !service.is_some_and(|service| is_agency(actor, service)) => {
                return Err(SubmissionError::NotFound);
            }
            _ => {}
        }
        let limit = if query.limit == 0 { MOST } else { query.limit.min(MOST) };
        let (sql, values) = statement(query, limit);
        let rows = self.altinn.store().query(sql, values).await?;
        let (mut instances, mut last) = (Vec::new(), None);
        for row in &rows {
            let guid: Uuid = row.get("id")?;
            last = Some(InstanceCursor { changed: row.get("changed_at")?, guid });
            match self.get(actor, &InstanceId::new(PartyId::new(row.get("party")?), guid)).await {
                Ok(instance) if query.filter.fits(&instance) => instances.push(instance),
                // Whoever may not read it is not told of it.
                Ok(_) | Err(SubmissionError::NotFound | SubmissionError::Access(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let has_more = rows.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(InstancePage { instances, next: last.filter(|_| has_more) })
    }

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
        if !self.may_ask_for(actor, Some(service), party).await? {
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
        service: Option<&ServiceId>,
        party: PartyId,
    ) -> Result<bool, SubmissionError> {
        match actor.subject() {
            Subject::ServiceOwner { .. } => Ok(service.is_some_and(|service| is_agency(actor, service))),
            _ => Ok(represented(self.altinn, actor).await?.contains_key(&party)),
        }
    }
}

/// The statement that goes along the index of the service or of the party.
fn statement(query: &InstanceQuery, limit: u32) -> (String, Vec<Value>) {
    let (mut conditions, mut values): (Vec<String>, Vec<Value>) = (Vec::new(), Vec::new());
    if let Some(party) = query.party {
        values.push(party.into());
        conditions.push(format!("party = ${}", values.len()));
    }
    if let Some(service) = &query.service {
        values.push(service.to_string().into());
        conditions.push(format!("service = ${}", values.len()));
    }
    match query.has_ended {
        Some(true) => conditions.push("entry is not null".to_owned()),
        Some(false) => conditions.push("entry is null".to_owned()),
        None => {}
    }
    query.filter.created.add("created_at", &mut conditions, &mut values);
    query.filter.changed.add("changed_at", &mut conditions, &mut values);
    if let Some(after) = query.after {
        values.push(after.changed.into());
        values.push(after.guid.into());
        conditions.push(format!("(changed_at, id) > (${}, ${})", values.len() - 1, values.len()));
    }
    values.push(limit.into());
    let sql = format!(
        "select id, party, changed_at from services_instance where {} order by changed_at, id limit ${}",
        conditions.join(" and "),
        values.len()
    );
    (sql, values)
}

impl fmt::Display for InstanceCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.changed, self.guid)
    }
}

impl FromStr for InstanceCursor {
    type Err = InvalidInstanceCursor;

    fn from_str(text: &str) -> Result<Self, InvalidInstanceCursor> {
        let (changed, guid) = text.split_once('_').ok_or(InvalidInstanceCursor)?;
        Ok(Self {
            changed: changed.parse().map_err(|_| InvalidInstanceCursor)?,
            guid: guid.parse().map_err(|_| InvalidInstanceCursor)?,
        })
    }
}

/// A text that is no place in a list of instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no place in a list of instances")]
pub struct InvalidInstanceCursor;

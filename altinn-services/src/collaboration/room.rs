//! The room of a case: what participants say to each other, and how far each has seen it.

use altinn_core::store::{Batch, Row, params};
use altinn_core::{Actor, PartyId};
use chrono::{DateTime, Utc};

use super::seal::{CaseKey, Place};
use super::{CaseId, CollaborationError, CollaborationService, Collaborations, TRIES, inbox};

/// The most characters of a title and of a body, as Altinn has them in messages.
const MAX_TITLE: usize = 255;
const MAX_BODY: usize = 30_000;
/// The most characters of a transmission's key.
const MAX_KEY: usize = 200;
/// How many transmissions a page has.
const PAGE: i64 = 100;

/// Something that a participant says to the others. `Debug` does not show it.
///
/// ```
/// use altinn_services::collaboration::NewTransmission;
///
/// let question = NewTransmission::new("question-1", "The sink", "Does it have to be of steel?");
/// ```
#[derive(Clone)]
#[must_use]
pub struct NewTransmission {
    key: String,
    title: String,
    body: String,
}

impl NewTransmission {
    /// A transmission with a title (at most 255 characters) and a body (at most 30,000), plain text; the same key again is
    /// the same transmission.
    pub fn new(key: impl Into<String>, title: impl Into<String>, body: impl Into<String>) -> Self {
        Self { key: key.into(), title: title.into(), body: body.into() }
    }

    fn check(&self) -> Result<(), CollaborationError> {
        let fits = |what, text: &str, limit| {
            if (1..=limit).contains(&text.chars().count()) {
                Ok(())
            } else {
                Err(CollaborationError::Text { what, limit })
            }
        };
        fits("the title", &self.title, MAX_TITLE)?;
        fits("the body", &self.body, MAX_BODY)?;
        fits("the key", &self.key, MAX_KEY)
    }
}

impl std::fmt::Debug for NewTransmission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewTransmission").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Something that was said in a case. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transmission {
    /// Its number in the case, from 1.
    pub number: i64,
    /// Who said it.
    pub party: PartyId,
    /// Its title, plain text.
    pub title: String,
    /// What it says, plain text.
    pub body: String,
    /// When it was said.
    pub at: DateTime<Utc>,
}

impl std::fmt::Debug for Transmission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transmission")
            .field("number", &self.number)
            .field("party", &self.party)
            .finish_non_exhaustive()
    }
}

/// How far a participant has seen what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seen {
    /// Who.
    pub party: PartyId,
    /// The number of the last transmission that it has seen.
    pub number: i64,
    /// When it got further the last time.
    pub at: DateTime<Utc>,
}

impl Collaborations<'_> {
    /// A participant says something to the others; gives its number. A closed case takes it too.
    ///
    /// # Errors
    /// [`CollaborationError::Text`]; [`CollaborationError::NotFound`] for everybody else; [`CollaborationError::Access`].
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id(), case = %id), err(level = "debug"))]
    pub async fn transmit(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        party: PartyId,
        id: CaseId,
        new: &NewTransmission,
    ) -> Result<i64, CollaborationError> {
        let mut tries = 1;
        loop {
            match self.try_transmit(actor, service, party, id, new).await {
                Err(CollaborationError::Changed) if tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn try_transmit(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        party: PartyId,
        id: CaseId,
        new: &NewTransmission,
    ) -> Result<i64, CollaborationError> {
        let (access, case) = self.permit_in_case(actor, service, (party, "write"), id).await?;
        new.check()?;
        let store = self.altinn.store();
        let select = "select number from services_collaboration_transmission \
                      where case_id = $1 and party = $2 and key = $3";
        if let Some(row) = store.query_opt(select, params![id, party, new.key.as_str()]).await? {
            return Ok(row.get("number")?);
        }
        let last = "select coalesce(max(number), 0) as number from services_collaboration_transmission where case_id = $1";
        let number = store.query_one(last, params![id]).await?.get::<i64>("number")? + 1;
        let now = self.altinn.clock().now();
        let key = self.altinn.case_keys().open(id, &case.key)?;
        let sealed = key.seal(Place::Transmission(number), &(&new.title, &new.body))?;
        let mut batch = Batch::new();
        batch.execute_one(
            "insert into services_collaboration_transmission (case_id, number, party, key, sealed, at) \
             values ($1, $2, $3, $4, $5, $6)",
            params![id, number, party, new.key.as_str(), sealed, now],
        );
        inbox::show((service, &case), Some(party), self.altinn.inbox_key(), &mut batch, now);
        access.guard_with(&mut batch, &case.deed());
        store.commit(batch).await?;
        Ok(number)
    }

    /// What was said in a case after a number (0: from the start), at most 100. The caller's party has seen it then, and that it
    /// looked is in its trail.
    ///
    /// # Errors
    /// As [`Collaborations::case`].
    pub async fn transmissions(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        party: PartyId,
        id: CaseId,
        after: i64,
    ) -> Result<Vec<Transmission>, CollaborationError> {
        let (access, case) = self.permit_in_case(actor, service, (party, "read"), id).await?;
        let select = "select * from services_collaboration_transmission where case_id = $1 and number > $2 \
                      order by number limit $3";
        let rows = self.altinn.store().query(select, params![id, after, PAGE]).await?;
        let key = self.altinn.case_keys().open(id, &case.key)?;
        let said = rows.iter().map(|row| transmission(row, &key)).collect::<Result<Vec<_>, _>>()?;
        let now = self.altinn.clock().now();
        let mut batch = Batch::new();
        if let Some(last) = said.last() {
            batch.execute(
                "insert into services_collaboration_seen (case_id, party, number, at) values ($1, $2, $3, $4) \
                 on conflict (case_id, party) do update set number = excluded.number, at = excluded.at \
                 where services_collaboration_seen.number < excluded.number",
                params![id, party, last.number, now],
            );
        }
        access.guard_with(&mut batch, &case.deed());
        self.altinn.store().commit(batch).await?;
        Ok(said)
    }

    /// How far each participant has seen what was said; whoever has seen nothing is not named.
    ///
    /// # Errors
    /// As [`Collaborations::case`].
    pub async fn seen(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        party: PartyId,
        id: CaseId,
    ) -> Result<Vec<Seen>, CollaborationError> {
        self.permit_in_case(actor, service, (party, "read"), id).await?;
        let select =
            "select party, number, at from services_collaboration_seen where case_id = $1 order by party";
        let rows = self.altinn.store().query(select, params![id]).await?;
        let seen = |row: &Row| {
            let (party, number) = (PartyId::new(row.get("party")?), row.get("number")?);
            Ok(Seen { party, number, at: row.get("at")? })
        };
        rows.iter().map(seen).collect()
    }
}

fn transmission(row: &Row, key: &CaseKey) -> Result<Transmission, CollaborationError> {
    let number = row.get("number")?;
    let (title, body) = key.open(Place::Transmission(number), row.get("sealed")?)?;
    Ok(Transmission { number, party: PartyId::new(row.get("party")?), title, body, at: row.get("at")? })
}

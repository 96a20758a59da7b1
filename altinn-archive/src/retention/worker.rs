//! Erasing what its rule no longer keeps.

use std::time::Duration;

use altinn_core::AuthenticationLevel;
use altinn_core::store::{Batch, Claim, WorkTable, params};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::rule::RetentionRule;
use crate::archive::{Archive, Kept};
use crate::entry::{EntryId, Participant};
use crate::erasure::{ErasureOrder, SLICE};
use crate::error::ArchiveError;
use crate::listing::list_sql;

/// The rules, each worked by one worker at a time.
static RULES: WorkTable = WorkTable::new("archive_rule");

/// How long a worker may take before another may take its place. Two at once erase nothing twice.
const LEASE: Duration = Duration::from_secs(300);

/// How many slices are erased in one go.
const SLICES: usize = 16;

/// How soon a rule is looked at again when it has nothing more to erase.
const AGAIN: TimeDelta = TimeDelta::hours(1);

/// How far a worker has come: what comes after this is younger.
type Place = (DateTime<Utc>, EntryId);

impl Archive {
    /// Erases entries that a rule no longer keeps and no hold is on, the oldest first: a few hundred at a time; gives how
    /// many. For a worker, of which there may be any number: each takes the rule that has waited longest.
    ///
    /// Time goes by the archive's clock: one that goes backwards erases nothing early.
    ///
    /// # Errors
    /// As [`Archive::erase`]; what is left is erased by a later call.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn erase_due(&self) -> Result<u64, ArchiveError> {
        let now = self.now();
        let mut batch = Batch::new();
        let claimed = RULES.claim(&mut batch, now, 1, LEASE);
        let committed = self.store().commit(batch).await?;
        let Some(row) = committed.rows(claimed).first() else { return Ok(0) };
        let (claim, rule) = (Claim::from_row(row)?, RetentionRule::from_row(row)?);
        let (erased, more) = self.erase_older(&rule, now).await?;
        let mut batch = Batch::new();
        RULES.put_back(&mut batch, &claim, if more { now } else { now + AGAIN });
        match self.store().commit(batch).await {
            // Another worker has taken the rule over, or it was removed.
            Err(error) if error.is_conflict() => {}
            outcome => drop(outcome?),
        }
        Ok(erased)
    }

    /// Erases what a rule no longer keeps; gives how many, and whether there may be more.
    async fn erase_older(
        &self,
        rule: &RetentionRule,
        now: DateTime<Utc>,
    ) -> Result<(u64, bool), ArchiveError> {
        let archive = Participant::new(self.log_key().origin(), "");
        let reason = format!("the rule of retention: kept for {} days", rule.keep_days);
        let order = ErasureOrder::new(archive, AuthenticationLevel::SelfIdentified, reason);
        let until = now - TimeDelta::days(i64::from(rule.keep_days));
        let mut place = (DateTime::<Utc>::MIN_UTC, EntryId::new(Uuid::nil()));
        let mut erased = 0;
        for _ in 0..SLICES {
            let Some((last, due)) = self.older(rule, place, until).await? else { return Ok((erased, false)) };
            place = last;
            erased += self.erase_unless_held(due, &order).await?;
        }
        Ok((erased, true))
    }

    /// The next entries that the rule no longer keeps, and where they end; none when no more follow. The index only
    /// finds them: service, class and time are those of the entries themselves.
    async fn older(
        &self,
        rule: &RetentionRule,
        after: Place,
        until: DateTime<Utc>,
    ) -> Result<Option<(Place, Vec<EntryId>)>, ArchiveError> {
        let condition = "t.tag = $1 and (t.time, t.entry_id) > ($2, $3) and t.time <= $4 \
                         order by t.time, t.entry_id limit $5";
        let tag = self.tags().class(&rule.service, &rule.class);
        let limit = i64::try_from(SLICE).unwrap_or(i64::MAX);
        let params = params![tag, after.0, after.1, until, limit];
        let rows = self.store().query(list_sql(condition), params).await?;
        let Some(last) = rows.last() else { return Ok(None) };
        let place = (last.get("time")?, last.get("id")?);
        let mut due = Vec::new();
        for row in &rows {
            let Kept::Whole(record) = self.kept(row).await? else { continue };
            let entry = record.header.entry;
            let damaged = |what| ArchiveError::damaged(format!("{what} of entry `{entry}`"));
            let fields = record.fields().map_err(damaged)?;
            if fields.time <= until && (&fields.service, &fields.class) == (&rule.service, &rule.class) {
                due.push(entry);
            }
        }
        Ok(Some((place, due)))
    }

    /// Erases a slice but for what is held.
    async fn erase_unless_held(
        &self,
        mut slice: Vec<EntryId>,
        order: &ErasureOrder,
    ) -> Result<u64, ArchiveError> {
        loop {
            match self.erase_slice(&slice, order).await {
                Ok(count) => return Ok(count as u64),
                Err(ArchiveError::Held { entry }) => slice.retain(|other| *other != entry),
                Err(error) => return Err(error),
            }
        }
    }
}

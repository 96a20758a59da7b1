//! What instances that are looked for must be like.

use altinn_core::store::Value;
use chrono::{DateTime, TimeDelta, Utc};

use super::Instance;

/// What instances must be like beside whose they are: as Altinn's storage lets them be filtered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstanceFilter {
    /// When they were created.
    pub created: TimeRange,
    /// When they were last changed.
    pub changed: TimeRange,
    /// When they came to their end.
    pub ended: TimeRange,
    /// When they are to be sent in.
    pub due_before: TimeRange,
    /// From when on they are shown.
    pub visible_after: TimeRange,
    /// The end event that they came to, by id.
    pub end_event: Option<String>,
    /// Whether they are in the bin.
    pub is_soft_deleted: Option<bool>,
    /// Whether they are deleted for all but the agency.
    pub is_hard_deleted: Option<bool>,
    /// The agency, by its short name, that must not have confirmed them yet.
    pub not_confirmed_by: Option<String>,
    /// The last part of their id.
    pub archive_reference: Option<String>,
}

/// A range of times: from one on, up to and without another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimeRange {
    /// The first moment that is in it.
    pub from: Option<DateTime<Utc>>,
    /// The first moment that is not in it any more.
    pub before: Option<DateTime<Utc>>,
}

impl TimeRange {
    /// The same range, of which only what is from a moment on is left.
    #[must_use]
    pub fn since(mut self, moment: DateTime<Utc>) -> Self {
        self.from = Some(self.from.map_or(moment, |from| from.max(moment)));
        self
    }

    /// The same range, of which only what is after a moment is left.
    #[must_use]
    pub fn after(self, moment: DateTime<Utc>) -> Self {
        self.since(next(moment))
    }

    /// The same range, of which only what is before a moment is left.
    #[must_use]
    pub fn until(mut self, moment: DateTime<Utc>) -> Self {
        self.before = Some(self.before.map_or(moment, |before| before.min(moment)));
        self
    }

    /// The same range, of which only what is not after a moment is left.
    #[must_use]
    pub fn through(self, moment: DateTime<Utc>) -> Self {
        self.until(next(moment))
    }

    /// Whether a time is in it; that there is none is in a range without bounds alone.
    pub fn contains(&self, time: Option<DateTime<Utc>>) -> bool {
        match time {
            Some(time) => {
                self.from.is_none_or(|from| from <= time) && self.before.is_none_or(|before| time < before)
            }
            None => *self == Self::default(),
        }
    }

    /// Adds that a column is in it to the conditions of a statement.
    pub(super) fn add(&self, column: &str, conditions: &mut Vec<String>, values: &mut Vec<Value>) {
        for (bound, is) in [(self.from, ">="), (self.before, "<")] {
            if let Some(bound) = bound {
                values.push(bound.into());
                conditions.push(format!("{column} {is} ${}", values.len()));
            }
        }
    }
}

/// The moment after one, as finely as times are kept.
fn next(moment: DateTime<Utc>) -> DateTime<Utc> {
    moment.checked_add_signed(TimeDelta::microseconds(1)).unwrap_or(moment)
}

impl InstanceFilter {
    /// Whether an instance is like that, as far as the statement that found it has not asked.
    pub(super) fn fits(&self, instance: &Instance) -> bool {
        let (status, process) = (&instance.status, &instance.process);
        let is = |asked: Option<bool>, found: bool| asked.is_none_or(|asked| asked == found);
        let confirmed = |org: &String| {
            status.complete_confirmations.iter().any(|confirmation| confirmation.stakeholder_id == *org)
        };
        let reference = instance.id.guid.to_string();
        self.ended.contains(process.ended)
            && self.due_before.contains(status.due_before)
            && self.visible_after.contains(status.visible_after)
            && self.end_event.as_ref().is_none_or(|event| process.end_event.as_ref() == Some(event))
            && is(self.is_soft_deleted, status.soft_deleted.is_some())
            && is(self.is_hard_deleted, status.hard_deleted.is_some())
            && !self.not_confirmed_by.as_ref().is_some_and(confirmed)
            && self.archive_reference.as_ref().is_none_or(|end| {
                reference.rsplit('-').next().is_some_and(|last| last.eq_ignore_ascii_case(end))
            })
    }
}

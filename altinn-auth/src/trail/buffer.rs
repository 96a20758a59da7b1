//! What has been noted and not written yet.

use std::collections::HashMap;

use super::entry::{Occasion, TrailEntry};

/// How many different decisions are noted between two writes; what comes beyond is counted only.
pub const MAX_NOTED: usize = 10_000;

/// What has been noted, what repeats once with a count.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    /// What was decided, without its occasion; when first, as the how-manyth, and how often.
    noted: HashMap<TrailEntry, (usize, Occasion)>,
    lost: i64,
}

impl Buffer {
    pub(super) fn note(&mut self, mut entry: TrailEntry) {
        let occasion = entry.take_occasion();
        let place = self.noted.len();
        if let Some((_, first)) = self.noted.get_mut(&entry) {
            first.times = first.times.saturating_add(occasion.times);
        } else if place < MAX_NOTED {
            self.noted.insert(entry, (place, occasion));
        } else {
            self.lost = self.lost.saturating_add(occasion.times);
        }
    }

    /// Takes all out: the entries in the order in which they were noted first, and how many found no room.
    pub(super) fn take(&mut self) -> (Vec<TrailEntry>, i64) {
        let mut noted: Vec<_> = self.noted.drain().collect();
        noted.sort_unstable_by_key(|(_, (place, _))| *place);
        let entries = noted.into_iter().map(|(mut entry, (_, occasion))| {
            entry.put_occasion(occasion);
            entry
        });
        (entries.collect(), std::mem::take(&mut self.lost))
    }

    /// Notes that so many were lost.
    pub(super) fn lose(&mut self, times: i64) {
        self.lost = self.lost.saturating_add(times);
    }
}

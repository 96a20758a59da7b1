//! What has been noted and not written yet.

use std::collections::HashMap;

use super::entry::TrailEntry;

/// How many different decisions are noted between two writes; what comes beyond is counted only.
pub const MAX_NOTED: usize = 10_000;

/// What has been noted, what repeats once with a count.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    entries: Vec<TrailEntry>,
    places: HashMap<TrailEntry, usize>,
    lost: i64,
}

impl Buffer {
    pub(super) fn note(&mut self, entry: TrailEntry) {
        let key = entry.without_time();
        if let Some(same) = self.places.get(&key).and_then(|place| self.entries.get_mut(*place)) {
            same.times = same.times.saturating_add(entry.times);
        } else if self.entries.len() < MAX_NOTED {
            self.places.insert(key, self.entries.len());
            self.entries.push(entry);
        } else {
            self.lost = self.lost.saturating_add(entry.times);
        }
    }

    /// Takes all out: the entries, and how many found no room.
    pub(super) fn take(&mut self) -> (Vec<TrailEntry>, i64) {
        self.places.clear();
        (std::mem::take(&mut self.entries), std::mem::take(&mut self.lost))
    }

    /// Notes that so many were lost.
    pub(super) fn lose(&mut self, times: i64) {
        self.lost = self.lost.saturating_add(times);
    }
}

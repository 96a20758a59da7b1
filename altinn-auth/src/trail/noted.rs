//! A permit on its way into the trail.

use std::sync::atomic::{AtomicBool, Ordering};

use altinn_core::store::Batch;

use super::deed::Deed;
use super::entry::TrailEntry;
use super::kept::Trail;

/// A permit that the trail is to have: in the batch of what is done by it, else in the trail's next write.
#[derive(Debug)]
pub(crate) struct Noted {
    trail: Trail,
    /// None once it is noted.
    entry: Option<TrailEntry>,
    is_in_a_batch: AtomicBool,
}

impl Noted {
    pub(crate) fn new(trail: Trail, entry: TrailEntry) -> Self {
        Self { trail, entry: Some(entry), is_in_a_batch: AtomicBool::new(false) }
    }

    /// Adds it to the batch of what is done by it; to several batches, of which the first that commits has it.
    pub(crate) fn insert(&self, batch: &mut Batch, deed: &Deed) {
        self.is_in_a_batch.store(true, Ordering::Relaxed);
        if let Some(entry) = &self.entry {
            entry.insert(batch, deed);
        }
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        if let Some(entry) = self.entry.take_if(|_| !self.is_in_a_batch.load(Ordering::Relaxed)) {
            self.trail.note(entry);
        }
    }
}

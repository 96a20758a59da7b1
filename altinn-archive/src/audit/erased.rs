//! Entries that were erased: the log's key must have signed that they were.

use std::collections::BTreeSet;

use altinn_core::Digest;

use super::Fault;
use super::fault::{Stop, or_fault};
use crate::archive::Archive;
use crate::entry::{EntryId, Header};
use crate::erasure::ErasureNote;

/// What the notes of erasures say; the last one that was read is kept, since one note speaks of many entries.
#[derive(Default)]
pub(super) struct Erasures {
    last: Option<(EntryId, BTreeSet<(EntryId, Digest)>)>,
}

impl Erasures {
    /// Whether the entry that is said to have erased another one says so, signed.
    pub(super) async fn say(
        &mut self,
        archive: &Archive,
        by: EntryId,
        header: &Header,
    ) -> Result<bool, Stop> {
        if self.last.as_ref().is_none_or(|(last, _)| *last != by) {
            let entries = match or_fault(archive.own_note(by).await, || Fault::Head) {
                Ok(note) => ErasureNote::verify(&note, archive.verifier_key()),
                Err(Stop::Fault(_)) => None,
                Err(error) => return Err(error),
            };
            let entries = entries.map(|note| note.entries.into_iter().collect()).unwrap_or_default();
            self.last = Some((by, entries));
        }
        let named = (header.entry, header.leaf_hash());
        Ok(self.last.as_ref().is_some_and(|(_, entries)| entries.contains(&named)))
    }
}

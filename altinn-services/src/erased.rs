//! What goes with an entry of the archive that is erased.

use altinn_archive::{EntryId, OnErasure};
use altinn_core::store::Batch;

#[cfg(feature = "broker")]
use crate::broker;
#[cfg(feature = "correspondence")]
use crate::correspondence;
use crate::inbox::InboxElement;

/// What is said of an erased entry outside of the archive goes in the batch that erases it: its titles in inboxes with what
/// people have noted beside them, and the names that senders gave to files.
#[derive(Debug)]
pub(crate) struct GoneWithItsEntry;

impl OnErasure for GoneWithItsEntry {
    fn erased(&self, batch: &mut Batch, entry: EntryId) {
        InboxElement::erase(batch, InboxElement::OF_ENTRY, entry);
        #[cfg(feature = "correspondence")]
        {
            InboxElement::erase(batch, correspondence::OF_ENTRY, entry);
            correspondence::forget_file(batch, entry);
        }
        #[cfg(feature = "broker")]
        broker::forget_file(batch, entry);
    }
}

//! What goes with an entry of the archive that is erased.

use altinn_archive::{EntryId, OnErasure};
use altinn_core::store::Batch;

#[cfg(feature = "correspondence")]
use crate::correspondence;
use crate::inbox::InboxElement;

/// What stands in inboxes of an erased entry goes in the batch that erases it: its titles, and what people have noted
/// beside it.
#[derive(Debug)]
pub(crate) struct GoneFromInboxes;

impl OnErasure for GoneFromInboxes {
    fn erased(&self, batch: &mut Batch, entry: EntryId) {
        InboxElement::erase(batch, InboxElement::OF_ENTRY, entry);
        #[cfg(feature = "correspondence")]
        InboxElement::erase(batch, correspondence::OF_ENTRY, entry);
    }
}

//! What the owner of an archive has erased with its entries.

use std::fmt;

use altinn_core::store::Batch;

use crate::entry::EntryId;

/// What is erased with an entry outside of the archive: what the archive's owner has written of it into tables of its
/// own, such as its title in a list.
pub trait OnErasure: fmt::Debug + Send + Sync {
    /// Adds statements to the batch that erases an entry: they are carried out with it, or not at all. They must hold for
    /// an entry of which there is nothing, and whatever is there already.
    fn erased(&self, batch: &mut Batch, entry: EntryId);
}

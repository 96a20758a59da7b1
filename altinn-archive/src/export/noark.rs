//! An entry as an arkivmelding.

use super::ExportError;
use crate::archive::Archive;
use crate::entry::EntryId;
use crate::noark::{Arkivmelding, Registration};

impl Archive {
    /// An entry as an arkivmelding, whose files have the names of those in a [container](Archive::export_asic).
    ///
    /// # Errors
    /// [`ExportError::Archive`].
    #[tracing::instrument(level = "debug", skip(self, message))]
    pub async fn export_arkivmelding(
        &self,
        entry: EntryId,
        message: &Arkivmelding,
    ) -> Result<String, ExportError> {
        let fields = self.get(entry).await?;
        Ok(message.write(&Registration::new(entry, &fields), self.now()))
    }
}

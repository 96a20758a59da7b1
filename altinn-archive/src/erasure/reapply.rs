//! Erasing again what a backup has brought back.

use altinn_core::AuthenticationLevel;
use altinn_core::store::params;
use futures_util::TryStreamExt as _;
use object_store::path::Path;
use uuid::Uuid;

use super::erase::ErasureOrder;
use super::note::ErasureNote;
use super::slice::{SLICE, tombstone};
use crate::archive::Archive;
use crate::entry::{EntryId, Participant};
use crate::error::ArchiveError;

/// How far back erasures are looked through, for clocks that differ: a week in the milliseconds of a UUID.
const OVERLAP: u128 = (7 * 24 * 60 * 60 * 1000) << 80;

/// The most bytes of a note.
const MAX_NOTE: usize = 64 * 1024;

impl Archive {
    /// Erases again what was erased after this state of the database: the notes of all erasures lie beside the
    /// objects, where a restored backup of the database does not reach. Gives how many entries were erased.
    ///
    /// [`Archive::open`] does it too; without a restored backup there is nothing to do.
    ///
    /// # Errors
    /// [`ArchiveError::Content`] when the objects cannot be read; as [`Archive::erase`], but for entries that are held
    /// now, which stay.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn reapply_erasures(&self) -> Result<usize, ArchiveError> {
        let sql = "select by_entry from archive_erasure order by by_entry desc limit 1";
        let last = self.store().query_opt(sql, params![]).await?;
        let last = last.map(|row| row.get::<Uuid>("by_entry")).transpose()?.unwrap_or_default();
        let after = tombstone(Uuid::from_u128(last.as_u128().saturating_sub(OVERLAP)));
        let mut found = self.objects().list_after(&Path::from("erasures"), &after);
        let mut erased = 0;
        while let Some(path) = found.try_next().await? {
            let by = path.filename().and_then(|name| Uuid::try_parse(name).ok());
            if let Some(by) = by {
                erased += self.reapply(EntryId::new(by), &path).await?;
            }
        }
        Ok(erased)
    }

    async fn reapply(&self, by: EntryId, path: &Path) -> Result<usize, ArchiveError> {
        let sql = "select entry_id from archive_erasure where by_entry = $1 limit 1";
        if self.store().query_opt(sql, params![by]).await?.is_some() {
            return Ok(0);
        }
        let mut pieces = self.objects().get(path, None).await?;
        let mut note = Vec::new();
        while let Some(piece) = pieces.try_next().await? {
            note.extend_from_slice(&piece);
            if note.len() > MAX_NOTE {
                return Ok(0);
            }
        }
        // Whatever lies there without the log's signature is no erasure.
        let note =
            String::from_utf8(note).ok().and_then(|note| ErasureNote::verify(&note, self.verifier_key()));
        let Some(note) = note else { return Ok(0) };
        let archive = Participant::new(self.log_key().origin(), "");
        let order = ErasureOrder::new(archive, AuthenticationLevel::SelfIdentified, note.reason);
        let mut erased = 0;
        for (entry, _) in note.entries.into_iter().take(SLICE) {
            match self.erase_slice_at(&[entry], &order, note.time).await {
                Ok(count) => erased += count,
                // It came after the backup, or is held now.
                Err(ArchiveError::NotFound { .. } | ArchiveError::Held { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(erased)
    }
}

//! Erasing an entry.

use std::fmt;
use std::time::Duration;

use altinn_core::AuthenticationLevel;
use altinn_core::store::params;
use chrono::{DateTime, Utc};

use super::note::{ELEMENT, SERVICE};
use crate::archive::{Archive, ReceiptState};
use crate::entry::{EntryError, EntryId, NewElement, NewEntry, Participant};
use crate::error::ArchiveError;
use crate::receipt::Receipt;

/// How long an erasure waits for the log.
const PROVED_AT_MOST: Duration = Duration::from_secs(30);

/// The most bytes of a reason.
const MAX_REASON: usize = 255;

/// Who wants something erased, and why.
///
/// ```
/// use altinn_archive::{ErasureOrder, Participant};
/// use altinn_core::AuthenticationLevel;
///
/// let officer = Participant::new("urn:altinn:party:50003", "Saksbehandler Sørli");
/// let order = ErasureOrder::new(officer, AuthenticationLevel::VerySensitive, "article 17 of the GDPR");
/// ```
#[derive(Clone)]
pub struct ErasureOrder {
    pub(super) by: Participant,
    pub(super) level: AuthenticationLevel,
    pub(super) reason: String,
}

impl ErasureOrder {
    /// An order of somebody, authenticated at a level, for a reason, which stands in the log for ever: one line of at
    /// most 255 bytes, without personal data.
    pub fn new(by: Participant, level: AuthenticationLevel, reason: impl Into<String>) -> Self {
        Self { by, level, reason: reason.into() }
    }

    pub(super) fn check(&self) -> Result<(), EntryError> {
        let found = self.reason.len();
        if found == 0 || found > MAX_REASON || self.reason.contains(char::is_control) {
            return Err(EntryError::Length { field: "reason", found, limit: MAX_REASON, required: true });
        }
        Ok(())
    }

    /// The archive's own entry that holds a signed note.
    pub(super) fn entry(&self, origin: &str, note: &str, time: DateTime<Utc>) -> NewEntry {
        let archive = Participant::new(origin, "");
        NewEntry::new(SERVICE, archive, self.by.clone(), self.level)
            .at(time)
            .with_class(SERVICE)
            .with_element(NewElement::new(ELEMENT, "text/plain", note.as_bytes().to_vec()))
    }
}

impl fmt::Debug for ErasureOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErasureOrder").field("reason", &self.reason).finish_non_exhaustive()
    }
}

/// The proof that an entry was erased: other entries of the log say so, and the log's key has signed what they hold.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Erasure {
    /// Which entry was erased.
    pub entry: EntryId,
    /// When.
    pub erased_at: DateTime<Utc>,
    /// The receipt of the entry that says so. Its element `note` names the erased entry and its leaf.
    pub receipt: Receipt,
    /// The note that the log's key has signed.
    pub note: String,
    /// The receipt of the entry that says that the erasure is final: the generation of the agency's key above what was
    /// erased was destroyed, and no backup brings it back.
    pub final_receipt: Option<Receipt>,
}

impl Archive {
    /// Erases what an entry says and holds: destroys its keys, and removes what it was found by, who has read it, and
    /// its content. That it was there stays in the log, and all proofs go on verifying. Erasing it again gives the same
    /// proof.
    ///
    /// It is final once the generation of the agency's key is [destroyed](Archive::destroy_generation); until then a
    /// backup could bring the entry back, so [`Archive::open`] erases again what was erased after it was made.
    ///
    /// # Errors
    /// [`ArchiveError::NotFound`]; [`ArchiveError::Held`] when a legal hold is on the entry; [`ArchiveError::OwnEntry`]
    /// for the archive's own entries; [`ArchiveError::NotYetProved`] when it is erased and the log too slow to say so;
    /// [`ArchiveError::Entry`] when the reason is none.
    #[tracing::instrument(level = "debug", skip(self, order))]
    pub async fn erase(&self, entry: EntryId, order: &ErasureOrder) -> Result<Erasure, ArchiveError> {
        order.check()?;
        self.erase_slice(&[entry], order).await?;
        self.erasure(entry).await?.ok_or(ArchiveError::NotFound { entry })
    }

    /// The proof that an entry was erased; none when it was not.
    ///
    /// # Errors
    /// [`ArchiveError::NotYetProved`] when the log is too slow; as [`Archive::receipt`].
    pub async fn erasure(&self, entry: EntryId) -> Result<Option<Erasure>, ArchiveError> {
        let sql = "select by_entry, erased_at, final_by from archive_erasure where entry_id = $1";
        let Some(row) = self.store().query_opt(sql, params![entry]).await? else { return Ok(None) };
        let by: EntryId = row.get("by_entry")?;
        let final_receipt = match row.get::<Option<EntryId>>("final_by")? {
            Some(by) => Some(self.proved_receipt(by).await?),
            None => None,
        };
        let note = self.own_note(by).await?;
        let (receipt, erased_at) = (self.proved_receipt(by).await?, row.get("erased_at")?);
        Ok(Some(Erasure { entry, erased_at, receipt, note, final_receipt }))
    }

    async fn proved_receipt(&self, entry: EntryId) -> Result<Receipt, ArchiveError> {
        match self.prove(entry, PROVED_AT_MOST).await? {
            ReceiptState::Proved(receipt) => Ok(receipt),
            ReceiptState::Promised(_) => Err(ArchiveError::NotYetProved { entry }),
        }
    }

    /// The signed note that an entry of the archive's own holds.
    pub(crate) async fn own_note(&self, entry: EntryId) -> Result<String, ArchiveError> {
        /// More than a note of a whole slice has.
        const LIMIT: u64 = 64 * 1024;
        let bytes = self.content(entry, ELEMENT).await?.bytes(LIMIT).await?;
        String::from_utf8(bytes.into())
            .map_err(|_| ArchiveError::damaged(format!("the note of entry `{entry}`")))
    }
}

//! What a scan for malware found in a file.

use altinn_core::store::{Row, StoreError, params};
use altinn_core::{Actor, Digest, InstanceId, Subject};
use serde::Serialize;
use uuid::Uuid;

use super::{SubmissionError, Submissions};

/// What a scan for malware found in a file, as Altinn's storage names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub enum FileScanResult {
    /// Files of this kind are not scanned.
    #[default]
    NotApplicable,
    /// It is not scanned yet.
    Pending,
    /// Nothing was found.
    Clean,
    /// Malware was found.
    Infected,
}

impl FileScanResult {
    /// The name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotApplicable => "NotApplicable",
            Self::Pending => "Pending",
            Self::Clean => "Clean",
            Self::Infected => "Infected",
        }
    }

    pub(super) fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(match row.text("file_scan")? {
            Some("Pending") => Self::Pending,
            Some("Clean") => Self::Clean,
            Some("Infected") => Self::Infected,
            _ => Self::NotApplicable,
        })
    }
}

impl Submissions<'_> {
    /// Keeps what the agency's scanner found in the bytes of a file, of which it gives the SHA-256 (that of
    /// [`element_content`](Self::element_content)): what was found in a file counts for no other that replaced it
    /// meanwhile. Files of a data type with `enableFileScan` are pending until then; a pending one stands in the way of its
    /// task where `validationErrorOnPendingFileScan` says so, an infected one always.
    ///
    /// # Errors
    /// [`SubmissionError::NotFound`] when there is no such file, or the caller does not own the service;
    /// [`SubmissionError::Changed`] when the file holds other bytes.
    #[tracing::instrument(skip_all, fields(altinn.instance = %id.guid), err(level = "debug"))]
    pub async fn file_scanned(
        &self,
        actor: &Actor,
        id: &InstanceId,
        element: Uuid,
        scanned: &Digest,
        found: FileScanResult,
    ) -> Result<(), SubmissionError> {
        let instance = self.load(id).await?;
        let owns =
            matches!(actor.subject(), Subject::ServiceOwner { org, .. } if org == instance.service.org());
        let known = instance.elements.iter().find(|known| known.id == element).filter(|_| owns);
        let known = known.ok_or(SubmissionError::NotFound)?;
        if Digest::of(&known.content) != *scanned {
            return Err(SubmissionError::Changed);
        }
        let mut batch = self.also.clone();
        batch.execute_one(
            "update services_data set file_scan = $1 where id = $2 and changed_at = $3",
            params![found.as_str(), element, known.changed],
        );
        self.altinn.store().commit(batch).await?;
        Ok(())
    }
}

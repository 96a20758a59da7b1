//! The receipt of a submission.

use std::time::Duration;

use altinn_archive::{ReceiptState, StagedEntry};
use altinn_core::{Actor, InstanceId};

use super::{Instance, SubmissionError, Submissions};

/// How long a caller waits for the proof; without it in time they get a signed promise of it.
const PROOF: Duration = Duration::from_secs(2);

impl Submissions<'_> {
    /// The receipt of a submission that has come to its end: proved, or the promise of it. Asked again it is the same. Of
    /// elements that the caller may not read it holds the commitments alone. There is one also of an instance that its end
    /// has deleted (`autoDeleteOnProcessEnd`).
    ///
    /// # Errors
    /// [`SubmissionError::NotFound`] when there is none, or the caller may not know of it;
    /// [`SubmissionError::NotSubmitted`] when it has not come to its end.
    pub async fn receipt(&self, actor: &Actor, id: &InstanceId) -> Result<ReceiptState, SubmissionError> {
        let instance = self.load_for_receipt(actor, id).await?;
        self.permit(actor, &instance, "read").await?;
        let receipt = self.receipt_of(&instance).await?;
        self.receipt_shown_to(actor, &instance, receipt).await
    }

    pub(super) async fn receipt_of(&self, instance: &Instance) -> Result<ReceiptState, SubmissionError> {
        let entry = instance.entry.ok_or(SubmissionError::NotSubmitted)?;
        Ok(self.altinn.archive().prove(entry, PROOF).await?)
    }

    /// The receipt of an entry that has just been committed.
    pub(super) async fn receipt_of_staged(
        &self,
        staged: StagedEntry,
    ) -> Result<ReceiptState, SubmissionError> {
        Ok(self.altinn.archive().prove_staged(staged, PROOF).await?)
    }
}

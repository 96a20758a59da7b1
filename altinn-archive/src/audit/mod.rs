//! Reading a whole archive to see whether it is still what was archived.

mod anchor;
mod beside;
mod checkpoints;
mod contents;
mod ends;
mod erased;
mod fault;
mod keys;
mod report;
mod start;
mod tiles;
mod waiting;
mod walk;
mod witnesses;

pub use anchor::Anchor;
pub use fault::Fault;
pub use report::{AuditReport, Rollback};

use crate::archive::Archive;
use crate::error::ArchiveError;
use crate::log::{Checkpoint, WitnessKey};
use fault::Stop;
use start::Start;
use walk::Walk;

impl Archive {
    /// Reads the whole archive and names the first thing that is not as it was archived: an entry that was altered,
    /// removed or put elsewhere, also when somebody edited the database directly.
    ///
    /// Every leaf is calculated anew from its entry, all content is hashed again, and the tree that grows out of them is
    /// compared with what is stored and with every checkpoint that the log has signed. Memory is bounded, whatever the
    /// size of the archive, which others may go on using meanwhile.
    ///
    /// Looked at besides are the agency's generations and the wrapping keys, which must unwrap; what every entry is found
    /// by, and who has read it; what is noted of erasures and of objects; and that cosignatures have the right form (see
    /// [`audit_with_witnesses`](Archive::audit_with_witnesses)).
    ///
    /// Two things cannot be seen from within: that the whole was put back to an earlier state, and that the holder of
    /// the log's key has signed another history. An anchor kept outside finds both, up to its own size; so keep one.
    /// What was taken away before the log had it is missed only by the holder of its [`Promise`](crate::Promise).
    /// Nothing in the log speaks of reads, cosignatures, holds and rules: that one is gone, or that another rule was set,
    /// is not found. Rows of the index that lead to entries they do not belong to are not looked for, but no list shows
    /// an entry that is not what was asked for.
    ///
    /// # Errors
    /// [`ArchiveError::Anchor`] when the anchor is not one of this log, [`ArchiveError::Store`],
    /// [`ArchiveError::Content`] and [`ArchiveError::Key`] when something cannot be read. What is found is no error: the
    /// report says it.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn audit(&self, anchor: Option<&Anchor>) -> Result<AuditReport, ArchiveError> {
        self.read_and_report(anchor, None).await
    }

    /// As [`audit`](Archive::audit), verifying every cosignature too: those of other witnesses than these are not told
    /// from forged ones.
    ///
    /// # Errors
    /// As [`audit`](Archive::audit).
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn audit_with_witnesses(
        &self,
        anchor: Option<&Anchor>,
        witnesses: &[WitnessKey],
    ) -> Result<AuditReport, ArchiveError> {
        self.read_and_report(anchor, Some(witnesses)).await
    }

    async fn read_and_report(
        &self,
        anchor: Option<&Anchor>,
        witnesses: Option<&[WitnessKey]>,
    ) -> Result<AuditReport, ArchiveError> {
        let anchor = anchor.map(|anchor| anchor.verify(self.verifier_key())).transpose()?;
        let mut report = AuditReport::new(anchor.as_ref());
        match self.read_all(anchor, witnesses, &mut report).await {
            Ok(()) => Ok(report),
            Err(Stop::Fault(fault)) => Ok(report.with_fault(fault)),
            Err(Stop::Error(error)) => Err(error),
        }
    }

    async fn read_all(
        &self,
        anchor: Option<Checkpoint>,
        witnesses: Option<&[WitnessKey]>,
        report: &mut AuditReport,
    ) -> Result<(), Stop> {
        let start = Start::read(self).await?;
        let mut walk = Walk::new(self, start.entries, anchor.as_ref());
        let walked = walk.run().await;
        (report.entries, report.checkpoints) = (walk.size(), walk.checkpoints());
        walked?;
        if start.head.is_none_or(|head| (head.size, head.root) != (walk.size(), walk.root())) {
            return Err(Fault::Head.into());
        }
        ends::check(self.store()).await?;
        report.waiting = waiting::check(self).await?;
        erased::check_notes(self.store()).await?;
        keys::check(self).await?;
        report.cosignatures = witnesses::check(self, witnesses).await?;
        Ok(walk.check_anchor()?)
    }
}

//! Reading a whole archive to see whether it is still what was archived.

mod anchor;
mod checkpoints;
mod contents;
mod ends;
mod erased;
mod fault;
mod report;
mod start;
mod tiles;
mod waiting;
mod walk;

pub use anchor::Anchor;
pub use fault::Fault;
pub use report::{AuditReport, Rollback};

use crate::archive::Archive;
use crate::error::ArchiveError;
use crate::log::Checkpoint;
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
    /// Two things cannot be seen from within: that the whole was put back to an earlier state, and that the holder of
    /// the log's key has signed another history. An anchor kept outside finds both, up to its own size; so keep one.
    /// What was taken away before the log had it is missed only by the holder of its [`Promise`](crate::Promise).
    ///
    /// # Errors
    /// [`ArchiveError::Anchor`] when the anchor is not one of this log, [`ArchiveError::Store`] and
    /// [`ArchiveError::Content`] when something cannot be read. What is found is no error: the report says it.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn audit(&self, anchor: Option<&Anchor>) -> Result<AuditReport, ArchiveError> {
        let anchor = anchor.map(|anchor| anchor.verify(self.verifier_key())).transpose()?;
        let mut report = AuditReport::new(anchor.as_ref());
        match self.read_all(anchor, &mut report).await {
            Ok(()) => Ok(report),
            Err(Stop::Fault(fault)) => Ok(report.with_fault(fault)),
            Err(Stop::Error(error)) => Err(error),
        }
    }

    async fn read_all(&self, anchor: Option<Checkpoint>, report: &mut AuditReport) -> Result<(), Stop> {
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
        Ok(walk.check_anchor()?)
    }
}

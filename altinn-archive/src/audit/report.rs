//! What an audit found.

use std::fmt;

use super::fault::Fault;
use crate::log::Checkpoint;

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditReport {
    /// How many entries of the log were read, from the first one on.
    pub entries: u64,
    /// How many checkpoints were read and found true.
    pub checkpoints: u64,
    /// How many entries wait to be put into the log.
    pub waiting: u64,
    /// How many cosignatures of witnesses there are: verified, when the audit was told of the witnesses.
    pub cosignatures: u64,
    /// Whether the whole archive may have been put back to an earlier state.
    pub rollback: Rollback,
    /// The first thing that is not as it was archived.
    pub fault: Option<Fault>,
}

/// Whether the whole archive may have been put back to an earlier state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rollback {
    /// The archive holds all that the anchor says: it was not put back to fewer entries than these.
    Excluded {
        /// The number of leaves of the log then.
        size: u64,
    },
    /// There was no anchor, or it says otherwise.
    NotExcluded,
}

impl AuditReport {
    pub(super) fn new(anchor: Option<&Checkpoint>) -> Self {
        let excluded = |anchor: &Checkpoint| Rollback::Excluded { size: anchor.size };
        let rollback = anchor.map_or(Rollback::NotExcluded, excluded);
        Self { entries: 0, checkpoints: 0, waiting: 0, cosignatures: 0, rollback, fault: None }
    }

    pub(super) fn with_fault(self, fault: Fault) -> Self {
        Self { fault: Some(fault), rollback: Rollback::NotExcluded, ..self }
    }

    /// Whether all is as it was archived.
    pub fn is_sound(&self) -> bool {
        self.fault.is_none()
    }
}

impl fmt::Display for AuditReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { entries, checkpoints, waiting, .. } = self;
        match &self.fault {
            Some(fault) => write!(f, "fault: {fault}; {entries} entries were read")?,
            None => write!(f, "sound: {entries} entries under {checkpoints} checkpoints, {waiting} waiting")?,
        }
        match self.rollback {
            Rollback::Excluded { size } => write!(f, "; a rollback to fewer than {size} entries is excluded"),
            Rollback::NotExcluded => f.write_str("; a rollback of the whole is not excluded"),
        }
    }
}

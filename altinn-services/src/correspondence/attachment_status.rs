//! What has become of a file, and what cannot be done with it then.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

/// What has become of a file, with Altinn's names and numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum AttachmentStatus {
    /// It is to be uploaded.
    Initialized = 0,
    /// It is there, and can go with correspondences.
    Published = 2,
    /// Its sender has deleted it.
    Purged = 3,
}

impl AttachmentStatus {
    /// Altinn's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Initialized => "Initialized",
            Self::Published => "Published",
            Self::Purged => "Purged",
        }
    }

    pub(super) fn number(self) -> i64 {
        match self {
            Self::Initialized => 0,
            Self::Published => 2,
            Self::Purged => 3,
        }
    }

    pub(super) fn numbered(number: i64) -> Option<Self> {
        [Self::Initialized, Self::Published, Self::Purged]
            .into_iter()
            .find(|status| status.number() == number)
    }
}

impl fmt::Display for AttachmentStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why something cannot be done with a file, with the number of Altinn's error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum AttachmentRefusal {
    /// It was uploaded, or deleted, before (2003).
    #[error("the file has been uploaded, or deleted, already")]
    Uploaded,
    /// It goes with a correspondence (2007).
    #[error("the file goes with a correspondence")]
    Linked,
    /// Its bytes have another MD5 than was said (2008).
    #[error("the bytes have another checksum than was said")]
    Checksum,
    /// It has no bytes, or more than it may have (2004).
    #[error("the file has no bytes, or more than it may have")]
    Size,
    /// Its bytes broke off.
    #[error("the bytes broke off")]
    BrokenOff,
    /// All of them together are larger than what is given at once.
    #[error("the files are larger together than what is given at once: get them one by one")]
    Together,
}

impl AttachmentRefusal {
    /// A stable code for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Uploaded => "CORRESPONDENCE-ATTACHMENT-UPLOADED",
            Self::Linked => "CORRESPONDENCE-ATTACHMENT-LINKED",
            Self::Checksum => "CORRESPONDENCE-ATTACHMENT-CHECKSUM",
            Self::Size => "CORRESPONDENCE-ATTACHMENT-SIZE",
            Self::BrokenOff => "CORRESPONDENCE-ATTACHMENT-BROKEN-OFF",
            Self::Together => "CORRESPONDENCE-ATTACHMENTS-TOO-LARGE",
        }
    }
}

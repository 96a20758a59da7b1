//! What a transfer goes through.

use serde::{Deserialize, Serialize};

/// The status of a file transfer, by Altinn's names and numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum TransferStatus {
    /// 0: announced, and nothing is uploaded yet.
    Initialized,
    /// 1: the upload has begun.
    UploadStarted,
    /// 2: all bytes are there, and are checked.
    UploadProcessing,
    /// 3: ready for its recipients.
    Published,
    /// 4: taken back before it was published.
    Cancelled,
    /// 5: the last recipient has confirmed.
    AllConfirmedDownloaded,
    /// 6: the file is gone.
    Purged,
    /// 7: it will not be published: the checksum was wrong, or the upload stood still for a day.
    Failed,
}

impl TransferStatus {
    /// Every status, in the order of its numbers.
    pub const ALL: [Self; 8] = [
        Self::Initialized,
        Self::UploadStarted,
        Self::UploadProcessing,
        Self::Published,
        Self::Cancelled,
        Self::AllConfirmedDownloaded,
        Self::Purged,
        Self::Failed,
    ];

    /// Altinn's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Initialized => "Initialized",
            Self::UploadStarted => "UploadStarted",
            Self::UploadProcessing => "UploadProcessing",
            Self::Published => "Published",
            Self::Cancelled => "Cancelled",
            Self::AllConfirmedDownloaded => "AllConfirmedDownloaded",
            Self::Purged => "Purged",
            Self::Failed => "Failed",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Whether a transfer may go from this status into another one.
    ///
    /// ```
    /// use altinn_services::broker::TransferStatus::{Initialized, Published, Purged};
    ///
    /// assert!(Published.may_become(Purged));
    /// assert!(!Initialized.may_become(Published));
    /// ```
    pub fn may_become(self, next: Self) -> bool {
        use TransferStatus::{
            AllConfirmedDownloaded, Cancelled, Failed, Initialized, Published, Purged, UploadProcessing,
            UploadStarted,
        };
        match self {
            Initialized => matches!(next, UploadStarted | Cancelled | Failed),
            UploadStarted => matches!(next, UploadProcessing | Published | Cancelled | Failed),
            UploadProcessing => matches!(next, Published | Failed),
            Published => matches!(next, AllConfirmedDownloaded | Purged),
            AllConfirmedDownloaded => next == Purged,
            Cancelled | Purged | Failed => false,
        }
    }

    /// Whether bytes are taken.
    pub fn takes_bytes(self) -> bool {
        matches!(self, Self::Initialized | Self::UploadStarted)
    }

    /// Whether bytes are given out.
    pub fn gives_bytes(self) -> bool {
        matches!(self, Self::Published | Self::AllConfirmedDownloaded)
    }
}

/// How far a recipient has come, by Altinn's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum RecipientStatus {
    /// Nothing is downloaded yet.
    Initialized,
    /// A download has begun.
    DownloadStarted,
    /// The recipient says that it has the file.
    DownloadConfirmed,
}

impl RecipientStatus {
    /// Altinn's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Initialized => "Initialized",
            Self::DownloadStarted => "DownloadStarted",
            Self::DownloadConfirmed => "DownloadConfirmed",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Initialized, Self::DownloadStarted, Self::DownloadConfirmed]
            .into_iter()
            .find(|status| status.as_str() == name)
    }
}

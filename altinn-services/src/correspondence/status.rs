//! What a correspondence has come to.

use std::fmt;

use serde::{Serialize, Serializer};

/// A status, with Altinn's names and numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum CorrespondenceStatus {
    /// It was sent in.
    Initialized = 0,
    /// It waits for its time.
    ReadyForPublish = 1,
    /// Its recipient can see it.
    Published = 2,
    /// Its recipient got it.
    Fetched = 3,
    /// Its recipient has read it.
    Read = 4,
    /// Its recipient took one of the reply options.
    Replied = 5,
    /// Its recipient has confirmed it.
    Confirmed = 6,
    /// Its recipient deleted it.
    PurgedByRecipient = 7,
    /// The sender withdrew it, or its time was over.
    PurgedByAltinn = 8,
    /// Its recipient put it away.
    Archived = 9,
    /// Its recipient has reserved against digital communication, so it was not published.
    Reserved = 10,
    /// It could not be published.
    Failed = 11,
    /// Its recipient got an attachment.
    AttachmentsDownloaded = 12,
    /// A mail server has taken over the mail by which its recipient forwarded it.
    Forwarded = 13,
}

impl CorrespondenceStatus {
    /// All, by their numbers.
    pub const ALL: [Self; 14] = [
        Self::Initialized,
        Self::ReadyForPublish,
        Self::Published,
        Self::Fetched,
        Self::Read,
        Self::Replied,
        Self::Confirmed,
        Self::PurgedByRecipient,
        Self::PurgedByAltinn,
        Self::Archived,
        Self::Reserved,
        Self::Failed,
        Self::AttachmentsDownloaded,
        Self::Forwarded,
    ];

    /// Altinn's number of it.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The status of a number.
    pub fn numbered(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|status| i64::from(status.number()) == number)
    }

    /// Altinn's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Initialized => "Initialized",
            Self::ReadyForPublish => "ReadyForPublish",
            Self::Published => "Published",
            Self::Fetched => "Fetched",
            Self::Read => "Read",
            Self::Replied => "Replied",
            Self::Confirmed => "Confirmed",
            Self::PurgedByRecipient => "PurgedByRecipient",
            Self::PurgedByAltinn => "PurgedByAltinn",
            Self::Archived => "Archived",
            Self::Reserved => "Reserved",
            Self::Failed => "Failed",
            Self::AttachmentsDownloaded => "AttachmentsDownloaded",
            Self::Forwarded => "Forwarded",
        }
    }

    /// The status of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

impl fmt::Display for CorrespondenceStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for CorrespondenceStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

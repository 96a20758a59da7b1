//! What is wrong with a correspondence that is to be sent: where and why.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::definition::Position;

/// The most faults that are told at once.
pub(super) const MAX_FAULTS: usize = 100;

/// One thing that is wrong with a correspondence that is to be sent. What was sent is never repeated in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Fault {
    /// The rule that is not kept.
    pub code: FaultRule,
    /// The field, as a JSON pointer (RFC 6901) with the names of Altinn's API: `/content/messageBody/nb`,
    /// `/recipients/3`.
    pub path: String,
    /// The place in the field's text, where one can be told.
    #[serde(flatten)]
    pub position: Option<Position>,
}

impl Fault {
    pub(super) fn new(code: FaultRule, path: impl Into<String>) -> Self {
        Self { code, path: path.into(), position: None }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)?;
        if let Some(position) = self.position {
            write!(f, ", {position}")?;
        }
        write!(f, ": {}", self.code)
    }
}

/// The rules that a correspondence must keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultRule {
    /// Something is not there that must be.
    Required,
    /// A text is longer than it may be.
    TooLong {
        /// How many characters it may have.
        limit: usize,
    },
    /// There are more than there may be.
    TooMany {
        /// How many there may be.
        limit: usize,
    },
    /// A text has characters that are not shown, or that change how others are.
    Characters,
    /// A text that is to be plain looks like HTML.
    NotPlain,
    /// Markdown with HTML in it.
    Html,
    /// Markdown with an image, which would tell its server who reads.
    Image,
    /// A link that leads nowhere, or is of a scheme that is not let through.
    Link,
    /// Lists and quotes that nest too deep.
    Depth,
    /// A recipient that is none.
    Recipient,
    /// A recipient that the register does not know.
    UnknownRecipient,
    /// A file name with parts of a path, or one that no system takes.
    FileName,
    /// A file of a kind that is not let through.
    FileType,
    /// Two files of one name.
    DuplicateFileName,
    /// A file that is not there, or is another's.
    UnknownAttachment,
    /// A file without content.
    Empty,
    /// Files that are larger than they may be.
    TooLarge {
        /// How many bytes they may have.
        limit: u64,
    },
    /// A time that has passed.
    InThePast,
    /// A time that must come after another one.
    TooEarly {
        /// The field of the other time.
        after: &'static str,
    },
    /// A number that is not within its bounds.
    OutOfRange {
        /// The least that it may be.
        least: u64,
        /// The most that it may be.
        most: u64,
    },
}

impl FaultRule {
    /// A stable code for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Required => "REQUIRED",
            Self::TooLong { .. } => "TOO-LONG",
            Self::TooMany { .. } => "TOO-MANY",
            Self::Characters => "CHARACTERS",
            Self::NotPlain => "NOT-PLAIN",
            Self::Html => "HTML",
            Self::Image => "IMAGE",
            Self::Link => "LINK",
            Self::Depth => "DEPTH",
            Self::Recipient => "RECIPIENT",
            Self::UnknownRecipient => "UNKNOWN-RECIPIENT",
            Self::FileName => "FILE-NAME",
            Self::FileType => "FILE-TYPE",
            Self::DuplicateFileName => "DUPLICATE-FILE-NAME",
            Self::UnknownAttachment => "UNKNOWN-ATTACHMENT",
            Self::Empty => "EMPTY",
            Self::TooLarge { .. } => "TOO-LARGE",
            Self::InThePast => "IN-THE-PAST",
            Self::TooEarly { .. } => "TOO-EARLY",
            Self::OutOfRange { .. } => "OUT-OF-RANGE",
        }
    }
}

impl fmt::Display for FaultRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Required => f.write_str("it must be given"),
            Self::TooLong { limit } => write!(f, "it may have at most {limit} characters"),
            Self::TooMany { limit } => write!(f, "there may be at most {limit}"),
            Self::Characters => f.write_str("it has control characters or marks that change the direction"),
            Self::NotPlain => f.write_str("it must be plain text, and looks like HTML"),
            Self::Html => f.write_str("it must be Markdown without HTML"),
            Self::Image => f.write_str("it may have no images"),
            Self::Link => f.write_str("a link must be absolute, by https, http, mailto or tel"),
            Self::Depth => f.write_str("it nests too deep"),
            Self::Recipient => f.write_str("it is no recipient"),
            Self::UnknownRecipient => f.write_str("the register does not know this recipient"),
            Self::FileName => f.write_str("it is no file name that every system takes"),
            Self::FileType => f.write_str("files of this kind are not let through"),
            Self::DuplicateFileName => f.write_str("another file has this name"),
            Self::UnknownAttachment => f.write_str("the sender has no such file that is there"),
            Self::Empty => f.write_str("it has no content"),
            Self::TooLarge { limit } => write!(f, "it may have at most {limit} bytes"),
            Self::InThePast => f.write_str("the time has passed"),
            Self::TooEarly { after } => write!(f, "it must be later than `{after}`"),
            Self::OutOfRange { least, most } => write!(f, "it must be from {least} to {most}"),
        }
    }
}

impl Serialize for FaultRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

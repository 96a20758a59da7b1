//! Why a container is not read.

use thiserror::Error;

/// Why a container is not read, or not read on: it is damaged or hostile. Nothing of it has been written anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AsicError {
    /// It is not a zip file whose parts agree with each other.
    #[error("not a sound zip file: {reason}")]
    Zip {
        /// What is wrong with it.
        reason: String,
    },
    /// A file has a name that leads out of the container's folder.
    #[error("the name `{part}` leads elsewhere or is no name")]
    Name {
        /// The name.
        part: String,
    },
    /// Two files have one name, or names that differ only in capitals.
    #[error("two files have the name `{part}`")]
    DuplicateName {
        /// The name.
        part: String,
    },
    /// A file is encrypted, a symbolic link, or packed in a way that is not read.
    #[error("file `{part}` is {what}, which is not read")]
    Unreadable {
        /// The name of the file.
        part: String,
        /// What it is.
        what: String,
    },
    /// There are too many files.
    #[error("the container has {found} files where it may have {limit}")]
    TooManyFiles {
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Too much comes out of a file or of all of them.
    #[error("file `{part}` unpacks to more than the {limit} bytes that may come out of it")]
    TooLarge {
        /// The file at which the limit was passed.
        part: String,
        /// How many bytes there may be.
        limit: u64,
    },
    /// A file is damaged: it does not unpack, or not to what its checksum says.
    #[error("file `{part}` is damaged: {reason}")]
    Damaged {
        /// The name of the file.
        part: String,
        /// What went wrong.
        reason: String,
    },
    /// There is no such file.
    #[error("the container has no file `{part}`")]
    NoFile {
        /// The name.
        part: String,
    },
}

impl AsicError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Zip { .. } => "ASIC-ZIP",
            Self::Name { .. } => "ASIC-NAME",
            Self::DuplicateName { .. } => "ASIC-DUPLICATE-NAME",
            Self::Unreadable { .. } => "ASIC-UNREADABLE",
            Self::TooManyFiles { .. } => "ASIC-TOO-MANY-FILES",
            Self::TooLarge { .. } => "ASIC-TOO-LARGE",
            Self::Damaged { .. } => "ASIC-DAMAGED",
            Self::NoFile { .. } => "ASIC-NO-FILE",
        }
    }

    /// The name of the file that is wrong, when it is one.
    pub fn part(&self) -> Option<&str> {
        match self {
            Self::Zip { .. } | Self::TooManyFiles { .. } => None,
            Self::Name { part }
            | Self::DuplicateName { part }
            | Self::Unreadable { part, .. }
            | Self::TooLarge { part, .. }
            | Self::Damaged { part, .. }
            | Self::NoFile { part } => Some(part),
        }
    }
}

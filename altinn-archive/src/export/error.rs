//! What can go wrong with exports.

use thiserror::Error;

use crate::content::ContentError;
use crate::error::ArchiveError;

/// Why there is no export. What was written so far is not to be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The entry cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// Its content cannot be read.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The container cannot be written.
    #[cfg(feature = "asic")]
    #[error(transparent)]
    Container(#[from] crate::asic::WriteError),
    /// A file cannot be written.
    #[error("the export cannot be written: {0}")]
    Io(#[from] std::io::Error),
}

impl ExportError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Archive(error) => error.code(),
            Self::Content(error) => error.code(),
            #[cfg(feature = "asic")]
            Self::Container(error) => error.code(),
            Self::Io(_) => "EXPORT-IO",
        }
    }
}

//! Why an Altinn did not open, or a service was not published.

use std::io;
use std::path::{Path, PathBuf};

use altinn_archive::ArchiveError;
use altinn_archive::log::VerifierKeyError;
use altinn_auth::decision::PolicySourceError;
use altinn_auth::register::RegisterError;
use altinn_core::IdentifierError;
use altinn_core::key::KeyError;
use altinn_core::store::StoreError;
use altinn_notify::{EmailAddressError, KeyringError, TemplateError};
use thiserror::Error;

use crate::definition::DefinitionError;

/// Why an [`Altinn`](crate::Altinn) did not open.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The builder was not given what it must have.
    #[error("`{0}` must be given")]
    Missing(&'static str),
    /// A folder cannot be made.
    #[error("folder `{path}` cannot be made")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The name of the log.
    #[error(transparent)]
    LogName(#[from] VerifierKeyError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The register of parties.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The sender of mail.
    #[error(transparent)]
    Sender(#[from] EmailAddressError),
    /// The keys of notifications.
    #[error(transparent)]
    Notifications(#[from] KeyringError),
    /// The keys of cases.
    #[cfg(feature = "collaboration")]
    #[error(transparent)]
    Cases(#[from] crate::collaboration::CollaborationError),
    /// The text of the receipt's mail.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The client that sends events.
    #[cfg(feature = "webhooks")]
    #[error(transparent)]
    Webhooks(#[from] altinn_core::http::HttpError),
}

impl OpenError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "OPEN-MISSING",
            Self::Folder { .. } => "OPEN-FOLDER",
            Self::Key(error) => error.code(),
            Self::LogName(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Register(error) => error.code(),
            Self::Archive(error) => error.code(),
            Self::Sender(error) => error.code(),
            Self::Notifications(error) => error.code(),
            #[cfg(feature = "collaboration")]
            Self::Cases(error) => error.code(),
            Self::Template(error) => error.code(),
            #[cfg(feature = "webhooks")]
            Self::Webhooks(error) => error.code(),
        }
    }

    pub(crate) fn folder(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Folder { path, source }
    }
}

/// Why a service was not published.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PublishError {
    /// The folder is not in order.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// The service's id is not in order.
    #[error(transparent)]
    Id(#[from] IdentifierError),
    /// The policy is not in order.
    #[error("config/authorization/policy.xml: {0}")]
    Policy(#[from] PolicySourceError),
}

impl PublishError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Definition(error) => error.code(),
            Self::Id(error) => error.code(),
            Self::Policy(error) => error.code(),
        }
    }
}

//! Why nobody is sent on.

use altinn_auth::decision::AccessError;
use altinn_auth::register::RegisterError;
use altinn_core::key::KeyError;
use altinn_core::store::StoreError;
use thiserror::Error;

use crate::refused::Refused;

/// Why nobody is sent on, or a code is not redeemed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LinkError {
    /// There is no such party, or the caller has nothing to do with it.
    #[error("there is no such party")]
    NotFound,
    /// The caller represents the party, and may not use the service.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The service has no target of this name, or several and none was named.
    #[error("the service leads to {}", .targets.join(", "))]
    Target {
        /// The names of the targets that it has.
        targets: Vec<String>,
    },
    /// There is no such code for the caller: it never was, was redeemed already, is another's, or its time is over.
    #[error("there is no such code")]
    NoSuchCode,
    /// Nothing was said about who signs hand-overs: see
    /// [`AltinnBuilder::hand_overs`](crate::AltinnBuilder::hand_overs).
    #[error("there is no key to sign hand-overs with")]
    NoIssuer,
    /// The rights that it rests on were changed meanwhile, again and again.
    #[error("the rights to use the service changed while it was asked for")]
    Changed,
    /// The hand-over cannot be signed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The register of parties.
    #[error(transparent)]
    Parties(#[from] RegisterError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refused> for LinkError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotFound => Self::NotFound,
            Refused::Access(error) => Self::Access(error),
            Refused::Parties(error) => Self::Parties(error),
        }
    }
}

impl LinkError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "LINK-NOT-FOUND",
            Self::Access(error) => error.code(),
            Self::Target { .. } => "LINK-TARGET",
            Self::NoSuchCode => "LINK-NO-SUCH-CODE",
            Self::NoIssuer => "LINK-NO-ISSUER",
            Self::Changed => "LINK-CHANGED",
            Self::Key(error) => error.code(),
            Self::Parties(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}

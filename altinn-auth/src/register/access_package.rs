//! Access packages (tilgangspakker): rights that a party has given in bundles.

use std::fmt::Debug;

use async_trait::async_trait;
use uuid::Uuid;

use super::RegisterError;

/// Tells which access packages somebody holds for a party.
#[async_trait]
pub trait AccessPackages: Debug + Send + Sync {
    /// The packages, as policies write them (`skatt-naering`), that a person, an organization or a system user holds.
    ///
    /// # Errors
    /// [`RegisterError`] when it cannot be told.
    async fn packages(&self, holder: Uuid, party: Uuid) -> Result<Vec<String>, RegisterError>;
}

//! Roles in the estates of deceased persons (digitalt dødsbo).

use std::fmt::Debug;

use altinn_core::UncheckedNationalIdentityNumber;
use async_trait::async_trait;

use super::RegisterError;

/// Tells which roles somebody has in the estate of a deceased person.
#[async_trait]
pub trait EstateRoles: Debug + Send + Sync {
    /// The roles, as policies write them: `urn:digitaltdodsbo:formuesfullmakt`.
    ///
    /// # Errors
    /// [`RegisterError`] when it cannot be told.
    async fn estate_roles(
        &self,
        deceased: &UncheckedNationalIdentityNumber,
        heir: &UncheckedNationalIdentityNumber,
    ) -> Result<Vec<String>, RegisterError>;
}

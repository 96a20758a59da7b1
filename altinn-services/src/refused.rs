//! Why somebody is not let through, whatever the type of the service.

use altinn_auth::decision::{Access, AccessError, AccessRequest};
use altinn_auth::register::RegisterError;
use altinn_core::Actor;

use crate::Altinn;

/// Why somebody is not let through.
#[derive(Debug)]
pub(crate) enum Refused {
    /// They have nothing to do with the party, and need not learn that it exists.
    NotFound,
    /// They represent the party, and may not do this.
    Access(AccessError),
    /// The register of parties cannot tell.
    Parties(RegisterError),
}

impl Altinn {
    /// Decides what somebody asks for on behalf of a party.
    pub(crate) async fn permit(&self, actor: &Actor, request: &AccessRequest) -> Result<Access, Refused> {
        match self.authorizer().decide(actor, request).await {
            Ok(access) => Ok(access),
            Err(error) => match self.authorizer().represents(actor, request.party).await {
                Ok(true) => Err(Refused::Access(error)),
                Ok(false) => Err(Refused::NotFound),
                Err(error) => Err(Refused::Parties(error)),
            },
        }
    }
}

//! Why somebody is not let through, whatever the type of the service.

use altinn_auth::decision::{AccessError, AccessRequest};
#[cfg(any(feature = "broker", feature = "collaboration", feature = "link", feature = "lookup"))]
use altinn_auth::{decision::Access, register::RegisterError};
use altinn_core::{Actor, InstanceId, PartyId};
use uuid::Uuid;

use crate::Altinn;

/// Why somebody is not let through.
#[cfg(any(feature = "broker", feature = "collaboration", feature = "link", feature = "lookup"))]
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
    #[cfg(any(feature = "broker", feature = "collaboration", feature = "link", feature = "lookup"))]
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

    /// Asks of the registers what a decision on an element would ask, for one that is not there: so that whoever is
    /// told that there is none cannot tell by what it costs whether that is true.
    pub(crate) async fn as_if_refused(
        &self,
        actor: &Actor,
        party: PartyId,
        instance: Option<Uuid>,
    ) -> Result<(), AccessError> {
        let Some(service) = self.a_service() else { return Ok(()) };
        let mut request = AccessRequest::new("read", service, party);
        request.instance = instance.map(|id| InstanceId::new(party, id));
        self.authorizer().foresees(actor, &request).await.map(drop)
    }
}

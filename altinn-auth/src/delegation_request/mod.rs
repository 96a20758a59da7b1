//! Somebody asks a party for rights of its (tilgangsforespørsel), and whoever manages the party's access answers.
//!
//! A request names rights to a resource, or an access package. Somebody asks for themselves, or for an organization whose
//! access they manage, and of a party only that they have something to do with: nobody else can ask, or learns by it
//! which parties there are. While a request waits, the same again is the same request.
//!
//! A request is approved by whoever may give what it asks for: the delegations and the answer commit together, so that
//! nobody gives by an answer what they could not give by themselves. Everything stands in the trail of the party that
//! is asked.
//!
//! Statuses have Altinn's names: `Draft`, `Pending`, `Approved`, `Rejected`, `Withdrawn`. A draft is seen by whoever made
//! it alone, until it is confirmed.

mod answering;
mod asking;
mod error;
mod listing;
mod request;

pub use error::DelegationRequestError;
pub use listing::RequestQuery;
pub use request::{DelegationRequest, DelegationRequestStatus, NewDelegationRequest, RequestedAccess};

use altinn_core::store::{Batch, params};
use altinn_core::{Actor, PartyId};
use chrono::{DateTime, SubsecRound as _, Utc};
use uuid::Uuid;

use crate::delegation::AccessManagement;

/// How often a change is tried anew when others changed the same thing in between.
const ATTEMPTS: usize = 16;

/// Requests for rights, in the store of an access management. Cheap to clone.
///
/// ```no_run
/// # use altinn_auth::delegation::AccessManagement;
/// # use altinn_core::{Actor, PartyId};
/// use altinn_auth::delegation_request::{DelegationRequests, NewDelegationRequest, RequestedAccess};
///
/// # async fn example(access: AccessManagement, ola: Actor, kari: Actor, bakery: PartyId, own: PartyId)
/// # -> Result<(), Box<dyn std::error::Error>> {
/// let requests = DelegationRequests::new(access);
/// // Ola, who may not read for the bakery, asks for it; Kari, who leads the bakery, lets him.
/// let licence = RequestedAccess::all_of("app_ttd_bakery-licence".parse()?);
/// let asked = requests.ask(&ola, &NewDelegationRequest::new(bakery, own, licence)).await?;
/// requests.approve(&kari, bakery, asked.id, None).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct DelegationRequests {
    access: AccessManagement,
}

impl DelegationRequests {
    /// Requests in the store of an access management, whose clock, ids and trail they share.
    pub fn new(access: AccessManagement) -> Self {
        Self { access }
    }

    fn now(&self) -> DateTime<Utc> {
        self.access.clock.now().trunc_subsecs(6)
    }

    /// A request of a party on either side; of one that is asked, no drafts.
    async fn of_party(&self, party: PartyId, id: Uuid) -> Result<DelegationRequest, DelegationRequestError> {
        let select = "select * from auth_delegation_request where id = $1 \
            and (recipient = $2 or offered_by = $2 and status <> 'Draft')";
        let row = self.access.store.query_opt(select, params![id, party]).await?;
        Ok(DelegationRequest::read(&row.ok_or(DelegationRequestError::NotFound)?)?)
    }

    /// Adds to a batch that the trail of the party that is asked tells what was done with a request.
    fn record(&self, batch: &mut Batch, actor: &Actor, request: &DelegationRequest, action: &str) {
        let by = (actor.reference(), actor.level().into());
        let element = format!("request/{}", request.id);
        self.access.record(batch, by, request.from, (&request.what.name(), action, &element));
    }
}

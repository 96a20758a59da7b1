//! The requests that a party has made and got.

use altinn_core::store::{Value, params};
use altinn_core::{Actor, PartyId};
use uuid::Uuid;

use super::{
    DelegationRequest, DelegationRequestError, DelegationRequestStatus as Status, DelegationRequests,
};

/// Which requests are looked for: all of a party on one side, the earliest first, if nothing else is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct RequestQuery {
    other: Option<PartyId>,
    statuses: Vec<Status>,
    kind: Option<&'static str>,
    after: Option<Uuid>,
}

impl RequestQuery {
    /// The most requests that one call gives.
    pub const PAGE: usize = 100;

    /// Only those with this party on the other side.
    pub fn with(mut self, other: PartyId) -> Self {
        self.other = Some(other);
        self
    }

    /// Those of this status too; without any, those of all.
    pub fn of_status(mut self, status: Status) -> Self {
        if !self.statuses.contains(&status) {
            self.statuses.push(status);
        }
        self
    }

    /// Only those for rights to resources.
    pub fn for_resources(mut self) -> Self {
        self.kind = Some("resource");
        self
    }

    /// Only those for access packages.
    pub fn for_packages(mut self) -> Self {
        self.kind = Some("package");
        self
    }

    /// Only those behind this one.
    pub fn after(mut self, last: Uuid) -> Self {
        self.after = Some(last);
        self
    }
}

/// On which side of requests a party is.
#[derive(Clone, Copy)]
enum Side {
    Made,
    Got,
}

impl Side {
    /// How the trail calls reading them.
    fn action(self) -> &'static str {
        match self {
            Self::Made => "request.sent",
            Self::Got => "request.received",
        }
    }

    /// What a row of a party on this side is, by columns.
    fn condition(self) -> (&'static str, &'static str) {
        match self {
            Self::Made => ("recipient = $1", "offered_by"),
            Self::Got => ("offered_by = $1 and status <> 'Draft'", "recipient"),
        }
    }
}

impl DelegationRequests {
    /// The requests that a party has made, drafts too, at most 100, for whoever manages its access.
    ///
    /// # Errors
    /// [`DelegationRequestError::Delegation`] for anybody else.
    pub async fn sent(
        &self,
        actor: &Actor,
        party: PartyId,
        query: &RequestQuery,
    ) -> Result<Vec<DelegationRequest>, DelegationRequestError> {
        self.page(actor, party, query, Side::Made).await
    }

    /// The requests that a party has got, at most 100, for whoever manages its access.
    ///
    /// # Errors
    /// As [`sent`](Self::sent).
    pub async fn received(
        &self,
        actor: &Actor,
        party: PartyId,
        query: &RequestQuery,
    ) -> Result<Vec<DelegationRequest>, DelegationRequestError> {
        self.page(actor, party, query, Side::Got).await
    }

    /// How many requests a party has made.
    ///
    /// # Errors
    /// As [`sent`](Self::sent).
    pub async fn count_sent(
        &self,
        actor: &Actor,
        party: PartyId,
        query: &RequestQuery,
    ) -> Result<u64, DelegationRequestError> {
        self.count(actor, party, query, Side::Made).await
    }

    /// How many requests a party has got.
    ///
    /// # Errors
    /// As [`sent`](Self::sent).
    pub async fn count_received(
        &self,
        actor: &Actor,
        party: PartyId,
        query: &RequestQuery,
    ) -> Result<u64, DelegationRequestError> {
        self.count(actor, party, query, Side::Got).await
    }

    /// A request that a party has made or got, for whoever manages its access.
    ///
    /// # Errors
    /// [`DelegationRequestError::Delegation`] for anybody else; [`DelegationRequestError::NotFound`].
    pub async fn request(
        &self,
        actor: &Actor,
        party: PartyId,
        id: Uuid,
    ) -> Result<DelegationRequest, DelegationRequestError> {
        self.access.check_manager(actor, party, "request.read").await?;
        self.access.note_reading(actor, party, "request.read");
        self.of_party(party, id).await
    }

    async fn page(
        &self,
        actor: &Actor,
        party: PartyId,
        query: &RequestQuery,
        side: Side,
    ) -> Result<Vec<DelegationRequest>, DelegationRequestError> {
        self.may_list(actor, party, side).await?;
        let (condition, mut values) = matching(party, query, side);
        values.push(i64::try_from(RequestQuery::PAGE).unwrap_or(i64::MAX).into());
        let select = format!(
            "select * from auth_delegation_request where {condition} order by id limit ${}",
            values.len()
        );
        let rows = self.access.store.query(select, values).await?;
        Ok(rows.iter().map(DelegationRequest::read).collect::<Result<_, _>>()?)
    }

    async fn count(
        &self,
        actor: &Actor,
        party: PartyId,
        query: &RequestQuery,
        side: Side,
    ) -> Result<u64, DelegationRequestError> {
        self.may_list(actor, party, side).await?;
        let (condition, values) = matching(party, query, side);
        let select = format!("select count(*) as number from auth_delegation_request where {condition}");
        let row = self.access.store.query_one(select, values).await?;
        Ok(row.get::<i64>("number")?.unsigned_abs())
    }

    async fn may_list(
        &self,
        actor: &Actor,
        party: PartyId,
        side: Side,
    ) -> Result<(), DelegationRequestError> {
        self.access.check_manager(actor, party, side.action()).await?;
        self.access.note_reading(actor, party, side.action());
        Ok(())
    }
}

/// The condition that a query is, and its values.
fn matching(party: PartyId, query: &RequestQuery, side: Side) -> (String, Vec<Value>) {
    let (own, other) = side.condition();
    let mut values = params![party, query.after.unwrap_or(Uuid::nil())];
    let mut condition = format!("{own} and id > $2");
    if let Some(party) = query.other {
        values.push(party.into());
        condition.push_str(&format!(" and {other} = ${}", values.len()));
    }
    if let Some(kind) = query.kind {
        values.push(kind.into());
        condition.push_str(&format!(" and kind = ${}", values.len()));
    }
    if !query.statuses.is_empty() {
        let places = query.statuses.iter().map(|status| {
            values.push(status.name().into());
            format!("${}", values.len())
        });
        let places = places.collect::<Vec<_>>().join(", ");
        condition.push_str(&format!(" and status in ({places})"));
    }
    (condition, values)
}

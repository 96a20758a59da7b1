//! Parties in access management, and between which two something is asked.

use altinn_auth::delegation::{DelegationEntry, DelegationError, Listed, Receiver};
use altinn_auth::register::PartyRegister as _;
use altinn_core::{Actor, Party, PartyId, PartyKind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::http::Api;
use crate::http::error::ApiError;
use crate::http::party::{number_of, party_of};

/// How many pages of delegations one answer is made of at the most.
const MOST_PAGES: usize = 50;

/// Somebody who gives or receives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "AccessParty")]
pub(super) struct AccessParty {
    /// The party's UUID, or the system user's.
    id: Uuid,
    name: String,
    /// `Person`, `Organization`, `SelfIdentified` or `SystemUser`.
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    party_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_identifier: Option<String>,
}

impl From<&Party> for AccessParty {
    fn from(party: &Party) -> Self {
        Self {
            id: party.uuid,
            name: party.name.clone(),
            kind: match party.kind {
                PartyKind::Person => "Person",
                PartyKind::SelfIdentified => "SelfIdentified",
                _ => "Organization",
            },
            party_id: Some(party.id.get()),
            organization_identifier: number_of(party),
        }
    }
}

impl AccessParty {
    pub(super) fn system_user(id: Uuid) -> Self {
        Self { id, name: String::new(), kind: "SystemUser", party_id: None, organization_identifier: None }
    }
}

/// Between which two.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Between {
    /// The party that the caller acts for: its UUID. It must be the one that gave or the one that received.
    party: Uuid,
    /// The party that gave.
    from: Option<Uuid>,
    /// The party, or the system user, that received.
    to: Option<Uuid>,
    /// Where the page begins: what the page before said of the next one.
    token: Option<Uuid>,
}

/// From which side it is looked at.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    Giver { party: PartyId, to: Option<Receiver> },
    Receiver { party: PartyId, from: Option<PartyId> },
}

impl Between {
    pub(super) async fn side(&self, api: &Api) -> Result<Side, ApiError> {
        let party = party_of(api, self.party).await?;
        if self.from == Some(self.party) {
            let to = match self.to {
                Some(to) => Some(receiver(api, to).await?),
                None => None,
            };
            return Ok(Side::Giver { party, to });
        }
        if self.to == Some(self.party) {
            let from = match self.from {
                Some(from) => Some(party_of(api, from).await?),
                None => None,
            };
            return Ok(Side::Receiver { party, from });
        }
        Err(ApiError::new("HTTP-QUERY", "`party` is neither `from` nor `to`"))
    }

    /// Who gave and who received, where both are named.
    pub(super) async fn both(&self, api: &Api) -> Result<(PartyId, Receiver), ApiError> {
        let named = |name: &str| ApiError::new("HTTP-QUERY", format!("`{name}` is missing"));
        let (from, to) = (self.from.ok_or_else(|| named("from"))?, self.to.ok_or_else(|| named("to"))?);
        if self.party != from && self.party != to {
            return Err(ApiError::new("HTTP-QUERY", "`party` is neither `from` nor `to`"));
        }
        Ok((party_of(api, from).await?, receiver(api, to).await?))
    }

    /// The party that gives: it must be the one that the caller acts for.
    pub(super) async fn giver(&self, api: &Api) -> Result<(PartyId, PartyId), ApiError> {
        if self.from.is_some_and(|from| from != self.party) {
            return Err(ApiError::new("HTTP-QUERY", "`from` is not `party`"));
        }
        let to = self.to.ok_or_else(|| ApiError::new("HTTP-QUERY", "`to` is missing"))?;
        Ok((party_of(api, self.party).await?, party_of(api, to).await?))
    }

    /// What there is between the two, and the last of it when there is more.
    pub(super) async fn listed(
        &self,
        api: &Api,
        actor: &Actor,
    ) -> Result<(Side, Vec<Listed>, Option<Uuid>), ApiError> {
        let side = self.side(api).await?;
        let (mut listed, mut after) = (Vec::new(), self.token);
        for _ in 0..MOST_PAGES {
            let page = side.page(api, actor, after).await?;
            listed.extend(page.delegations);
            after = page.after;
            if after.is_none() {
                break;
            }
        }
        Ok((side, listed, after))
    }
}

impl Side {
    async fn page(
        self,
        api: &Api,
        actor: &Actor,
        after: Option<Uuid>,
    ) -> Result<altinn_auth::delegation::ListedPage, DelegationError> {
        let access = api.altinn().access_management();
        match self {
            Self::Giver { party, to } => access.given_to(actor, party, to, after).await,
            Self::Receiver { party, from } => access.received_from(actor, party, from, after).await,
        }
    }

    /// Who is at the other side of a delegation.
    pub(super) fn other(self, entry: &DelegationEntry) -> Receiver {
        match self {
            Self::Giver { .. } => entry.to,
            Self::Receiver { .. } => Receiver::Party(entry.from),
        }
    }
}

/// Who is meant by a UUID: a party, else a system user.
async fn receiver(api: &Api, uuid: Uuid) -> Result<Receiver, ApiError> {
    let party = api.altinn().register().party_by_uuid(uuid).await?;
    Ok(party.map_or(Receiver::SystemUser(uuid), |party| Receiver::Party(party.id)))
}

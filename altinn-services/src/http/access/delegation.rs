//! Delegations, as answers have them.

use std::collections::HashMap;

use altinn_auth::delegation::{Basis, DelegationEntry, Receiver, What};
use altinn_core::{Party, PartyId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::parties::AccessParty;
use crate::http::Api;
use crate::http::error::ApiError;
use crate::http::party::known;

pub(super) const PACKAGE: &str = "urn:altinn:accesspackage:";

/// Something that a party has given somebody.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "Delegation")]
pub(super) struct DelegationAnswer {
    id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<AccessParty>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<AccessParty>,
    /// The resource, where it is a right.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    /// The right's key, as the delegation check tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    right_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    /// The instance, where it is a right on one: `{partyId}/{guid}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    /// The access package, where it is one: `urn:altinn:accesspackage:...`.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_package: Option<String>,
    valid_from: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<DateTime<Utc>>,
    /// What it rests on: `party`, `role` or `delegation`.
    rests_on: &'static str,
    /// The delegation that it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<Uuid>,
    /// Whether it stands now: neither it nor anything that it rests on has been revoked or is over.
    stands: bool,
    /// Who gave it, by a pseudonymous id.
    given_by: String,
    given_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<DateTime<Utc>>,
}

/// The parties that delegations name.
pub(super) struct Named(HashMap<PartyId, Party>);

/// The parties that delegations name, by id.
pub(super) fn ids_of<'e>(entries: impl Iterator<Item = &'e DelegationEntry>) -> Vec<PartyId> {
    let ids = entries.flat_map(|entry| match entry.to {
        Receiver::Party(to) => [Some(entry.from), Some(to)],
        Receiver::SystemUser(_) => [Some(entry.from), None],
    });
    ids.flatten().collect()
}

impl Named {
    pub(super) async fn of(api: &Api, ids: Vec<PartyId>) -> Result<Self, ApiError> {
        Ok(Self(known(api, ids).await?))
    }

    pub(super) fn party(&self, who: Receiver) -> Option<AccessParty> {
        match who {
            Receiver::Party(party) => self.0.get(&party).map(AccessParty::from),
            Receiver::SystemUser(id) => Some(AccessParty::system_user(id)),
        }
    }
}

impl DelegationAnswer {
    pub(super) fn of(entry: &DelegationEntry, stands: bool, named: &Named) -> Self {
        let (right, package) = match &entry.what {
            What::Right(right) | What::InstanceRight(right, _) => (Some(right), None),
            What::Package(name) => (None, Some(format!("{PACKAGE}{name}"))),
        };
        let instance = match &entry.what {
            What::InstanceRight(_, instance) => Some(instance.to_string()),
            _ => None,
        };
        let (rests_on, parent) = match &entry.basis {
            Basis::Party => ("party", None),
            Basis::Role { .. } => ("role", None),
            Basis::Delegation(parent) => ("delegation", Some(*parent)),
        };
        Self {
            id: entry.id,
            from: named.party(Receiver::Party(entry.from)),
            to: named.party(entry.to),
            resource: right.map(|right| right.resource.to_string()),
            right_key: right.map(altinn_auth::decision::Right::key),
            action: right.map(|right| right.action.clone()),
            instance,
            access_package: package,
            valid_from: entry.period.from,
            valid_to: entry.period.to,
            rests_on,
            parent,
            stands,
            given_by: entry.given_by.clone(),
            given_at: entry.given_at,
            revoked_at: entry.revoked_at,
        }
    }
}

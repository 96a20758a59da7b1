//! The delegations of the cases: which there are stands in the facts, and their policies in files.

use std::path::PathBuf;
use std::sync::Arc;

use altinn_auth::decision::{Delegated, Delegation, DelegationQuery, Delegations, Recipient, ServicePolicy};
use altinn_auth::register::{RegisterError, UserId};
use altinn_core::PartyId;
use async_trait::async_trait;
use serde_json::Value;

use super::json;
use super::world::{World, unavailable};

#[async_trait]
impl Delegations for World {
    async fn delegations(&self, query: &DelegationQuery) -> Result<Vec<Delegation>, RegisterError> {
        let mut found = Vec::new();
        for listed in self.listed("delegations").filter(|listed| answers(listed, query)) {
            found.extend(self.delegation(listed)?);
        }
        Ok(found)
    }
}

impl World {
    /// A delegation; none when its policy is not there.
    fn delegation(&self, listed: &Value) -> Result<Option<Delegation>, RegisterError> {
        let (Some(path), Some(to)) = (self.policy_path(listed), recipient(listed)) else { return Ok(None) };
        let Ok(bytes) = std::fs::read(path) else { return Ok(None) };
        let policy = ServicePolicy::read_resource(bytes).map_err(|error| unavailable(&error.into()))?;
        let instance = json::text(listed, "instanceId");
        let what = Delegated::Policy(Arc::new(policy));
        let from = json::text(listed, "offeredByPartyId").and_then(|party| party.parse().ok());
        let from = PartyId::new(from.unwrap_or_default());
        Ok(Some(Delegation { id: None, from, to, instance, what, rights: Vec::new() }))
    }

    /// `{resource}/{offered by, or the instance}/{covered by}/delegationpolicy.xml`.
    fn policy_path(&self, listed: &Value) -> Option<PathBuf> {
        let instance = json::text(listed, "instanceId").map(|instance| format!("Instance{instance}"));
        let offered_by = instance.or_else(|| json::text(listed, "offeredByPartyId"))?;
        let uuid = || Some(format!("{}{}", json::text(listed, "toUuidType")?, json::text(listed, "toUuid")?));
        let user = || json::text(listed, "coveredByUserId").map(|user| format!("u{user}"));
        let party = || json::text(listed, "coveredByPartyId").map(|party| format!("p{party}"));
        let covered_by = uuid().or_else(user).or_else(party)?;
        let folder = self.folder.join("delegation-policies").join(json::text(listed, "resource")?);
        Some(folder.join(offered_by).join(covered_by).join("delegationpolicy.xml"))
    }
}

/// Whether a delegation answers a query: for these parties and subjects it says so itself.
fn answers(listed: &Value, query: &DelegationQuery) -> bool {
    let resource = json::text(listed, "resource").unwrap_or_default();
    let resource = match resource.split_once('/') {
        Some((org, app)) => format!("app_{org}_{app}"),
        None => resource,
    };
    let (kind, subject) = match &query.subject {
        Recipient::User(user) => ("userid", user.to_string()),
        Recipient::SystemUser(id) => ("systemuser", id.to_string()),
        Recipient::Person(_) | Recipient::Organization { .. } => {
            ("partyid", query.own_party.map(|party| party.to_string()).unwrap_or_default())
        }
    };
    query.resource.as_ref().is_some_and(|known| known.as_str() == resource)
        && json::list(listed, "answersFor").any(|answer| {
            json::text(answer, "party") == Some(query.party.to_string())
                && json::text(answer, kind).as_deref() == Some(&subject)
        })
}

fn recipient(listed: &Value) -> Option<Recipient> {
    let uuid = json::text(listed, "toUuid").and_then(|uuid| uuid.parse().ok());
    let party = json::text(listed, "coveredByPartyId").and_then(|party| party.parse().ok());
    let user = json::text(listed, "coveredByUserId").and_then(|user| user.parse().ok());
    match (json::text(listed, "toUuidType").as_deref(), user) {
        (Some("SystemUser"), _) => uuid.map(Recipient::SystemUser),
        (Some("Person"), _) => uuid.map(Recipient::Person),
        (_, Some(user)) => Some(Recipient::User(UserId(user))),
        _ => Some(Recipient::Organization { party, uuid }),
    }
}

//! Who can do something: what a policy gives rights to, and who has them.

use altinn_core::{AuthenticationLevel, Language};
use serde::Serialize;

use super::AccessRequest;
use super::authorizer::{Authorizer, remedies, unavailable};
use super::denial::{AccessError, Denial, DenialReason, Remedy};
use super::enrichment::resource_of;
use super::explanation::{self, ExplainedRight};
use super::grant::Grant;
use super::level::RequiredLevels;
use super::resource_names::ResourceNames;
use crate::register::{Role, RoleHolder};
use crate::xacml::Effect;

/// Who can do something with a resource, on behalf of a party.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WhoCan {
    /// The rights of which any one is enough, with the rule that says so.
    pub rights: Vec<Remedy>,
    /// Everybody who holds one of the roles among them for the party; none when the register cannot list them.
    /// Delegations, access packages and access lists are not in it.
    pub holders: Option<Vec<RoleHolder>>,
    /// The lowest level of authentication that will do.
    pub required_level: Option<AuthenticationLevel>,
    /// The same for a caller that is a service owner.
    pub required_level_of_org: Option<AuthenticationLevel>,
}

/// [`WhoCan`] as data, for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WhoCanData {
    /// The rights of which any one is enough.
    pub rights: Vec<ExplainedRight>,
    /// Who holds one of the roles among them: a party id, the role, and by what way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holders: Option<Vec<HolderData>>,
    /// The lowest level of authentication that will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_level: Option<AuthenticationLevel>,
    /// The same for a caller that is a service owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_level_of_org: Option<AuthenticationLevel>,
}

/// Somebody who holds a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HolderData {
    /// The holder's party id.
    pub party: i64,
    /// The role.
    #[serde(flatten)]
    pub right: ExplainedRight,
}

impl WhoCan {
    /// Who can, in plain words; in Northern Sami, as in bokmål.
    pub fn explain(&self, language: Language) -> String {
        explanation::of_rights(&self.rights, language)
    }

    /// Who can, as data.
    pub fn data(&self) -> WhoCanData {
        let holder = |holder: &RoleHolder| HolderData {
            party: holder.holder.get(),
            right: ExplainedRight::of(&Grant::Role(holder.held.role.clone()), holder.held.through, None),
        };
        WhoCanData {
            rights: self.rights.iter().map(ExplainedRight::of_remedy).collect(),
            holders: self.holders.as_ref().map(|holders| holders.iter().map(holder).collect()),
            required_level: self.required_level,
            required_level_of_org: self.required_level_of_org,
        }
    }
}

impl Authorizer {
    /// Who can do something with a service on behalf of a party: the rights that its policy gives it to, and everybody
    /// who holds one of the roles among them.
    ///
    /// # Errors
    /// [`AccessError::Denied`] when the policy is missing, cannot be had or asks for what is not known, or the register
    /// cannot tell.
    pub async fn who_can(&self, access: &AccessRequest) -> Result<WhoCan, AccessError> {
        let who_can = self.find_who_can(access).await;
        who_can.map_err(|reason| Denial::new(access.clone(), reason).into())
    }

    async fn find_who_can(&self, access: &AccessRequest) -> Result<WhoCan, DenialReason> {
        let names = ResourceNames::of(access);
        let policy = self.policy(&names.resource).await?;
        let request = resource_of(access, &names);
        let rights = remedies(&policy, &request);
        let gatherer = &self.point.gatherer;
        let holders = gatherer.within(gatherer.registers.roles.holders(access.party)).await;
        let mut holders = holders.map_err(unavailable)?;
        if let Some(holders) = &mut holders {
            let suffices = |role: &Role| {
                rights.iter().any(|right| matches!(&right.grant, Grant::Role(wanted) if wanted == role))
            };
            holders.retain(|holder| suffices(&holder.held.role));
        }
        let obligations = policy.compiled().own_obligations(Effect::Permit, &request);
        let obligations = obligations.map_err(|status| DenialReason::Undecided {
            status: status.code(),
            message: status.message().to_owned(),
        })?;
        let levels = RequiredLevels::of(&obligations)?;
        let (required_level, required_level_of_org) = (levels.for_caller(false), levels.for_caller(true));
        Ok(WhoCan { rights, holders, required_level, required_level_of_org })
    }
}

//! From verified claims to the caller.

use altinn_core::{
    Actor, AuthenticationLevel, AuthenticationMethod, NationalIdentityNumber, OrganizationNumber, Party,
    PartyIdentifier, PartyKind, Subject, SyntheticNumbers,
};

use super::claims::{AuthorizationDetail, Claims};
use super::issuer::IssuerKind;
use super::{IssuerProfile, TokenError, level};
use crate::register::PartyRegister;

/// Finds out who a token's claims are about.
pub(super) struct ActorReader<'a> {
    pub(super) profile: &'a IssuerProfile,
    pub(super) parties: &'a dyn PartyRegister,
    pub(super) synthetic: SyntheticNumbers,
}

const SYSTEM_USER: &str = "urn:altinn:systemuser";
const SERVICE_OWNER_SCOPE: &str = "altinn:serviceowner";

impl ActorReader<'_> {
    pub(super) async fn actor(&self, claims: &Claims) -> Result<Actor, TokenError> {
        let actor = match self.profile.kind {
            IssuerKind::IdPorten => self.of_id_porten(claims).await?,
            IssuerKind::Maskinporten => self.of_maskinporten(claims)?,
            IssuerKind::Altinn => self.of_altinn(claims).await?,
        };
        Ok(actor.with_scopes(claims.scopes()))
    }

    async fn of_id_porten(&self, claims: &Claims) -> Result<Actor, TokenError> {
        let acr = claims.acr.as_deref().ok_or(TokenError::Claim { claim: "acr" })?;
        let level = level::of_acr(acr, &self.profile.levels).ok_or(TokenError::Level)?;
        let pid = claims.pid.as_deref().ok_or(TokenError::Claim { claim: "pid" })?;
        let number = NationalIdentityNumber::parse(pid, self.synthetic)
            .map_err(|_| TokenError::Claim { claim: "pid" })?;
        let party = self.parties.party_by_identifier(&PartyIdentifier::from(number.clone())).await?;
        let party = party.filter(|party| !party.deleted).ok_or(TokenError::UnknownParty)?;
        let subject = Subject::Person { party: party.id, uuid: party.uuid, number: Some(number) };
        Ok(Actor::new(subject, level))
    }

    /// A token that is restricted to a person (`pid`) is no login of that person, and is the organization's.
    fn of_maskinporten(&self, claims: &Claims) -> Result<Actor, TokenError> {
        let invalid = TokenError::Claim { claim: "consumer" };
        let number = claims.consumer.as_ref().and_then(|consumer| consumer.organization_number());
        let number = self.organization(number.ok_or(invalid)?, "consumer")?;
        let subject = match self.system_user(claims)? {
            Some(system_user) => system_user,
            None => {
                self.service_owner(number, claims).unwrap_or(Subject::Organization { number, party: None })
            }
        };
        let actor = Actor::new(subject, AuthenticationLevel::Sensitive);
        Ok(actor.with_method(AuthenticationMethod::Maskinporten))
    }

    async fn of_altinn(&self, claims: &Claims) -> Result<Actor, TokenError> {
        let level = altinn_level(claims)?;
        let method = claims.method.as_deref().and_then(|method| method.parse().ok());
        let subject = self.altinn_subject(claims).await?;
        let actor = Actor::new(subject, level);
        Ok(match method {
            Some(method) => actor.with_method(method),
            None => actor,
        })
    }

    async fn altinn_subject(&self, claims: &Claims) -> Result<Subject, TokenError> {
        if let Some(system_user) = self.system_user(claims)? {
            return Ok(system_user);
        }
        let number = claims.org_number.as_ref().map(|number| self.organization(&number.text(), ORG_NUMBER));
        let number = number.transpose()?;
        if let Some(org) = &claims.org {
            return Ok(Subject::ServiceOwner { org: org.clone(), number });
        }
        if let Some(party) = &claims.party_id {
            let id = party.text().parse().map_err(|_| TokenError::Claim { claim: "urn:altinn:partyid" })?;
            let party = self.parties.party(id).await?.filter(|party| !party.deleted);
            return self.person(party.ok_or(TokenError::UnknownParty)?);
        }
        number
            .map(|number| Subject::Organization { number, party: None })
            .ok_or(TokenError::Claim { claim: "urn:altinn:partyid" })
    }

    fn person(&self, party: Party) -> Result<Subject, TokenError> {
        let (id, uuid) = (party.id, party.uuid);
        match (party.kind, party.identifier) {
            (PartyKind::Person, PartyIdentifier::Person(number)) => {
                Ok(Subject::Person { party: id, uuid, number: number.check(self.synthetic).ok() })
            }
            (PartyKind::SelfIdentified, PartyIdentifier::SelfIdentified(name)) => {
                Ok(Subject::SelfIdentified { party: id, uuid, name })
            }
            _ => Err(TokenError::UnknownParty),
        }
    }

    /// The system user of the token; more than one cannot call at once.
    fn system_user(&self, claims: &Claims) -> Result<Option<Subject>, TokenError> {
        let invalid = || TokenError::Claim { claim: "authorization_details" };
        let details = claims.authorization_details.iter().flatten();
        let mut details = details.filter(|detail| detail.kind == SYSTEM_USER);
        let Some(detail) = details.next() else { return Ok(None) };
        let AuthorizationDetail { systemuser_id, systemuser_org, system_id, .. } = detail;
        let (Some([id]), Some(owner), Some(system), None) =
            (systemuser_id.as_deref(), systemuser_org, system_id, details.next())
        else {
            return Err(invalid());
        };
        let owner = owner.organization_number().ok_or_else(invalid)?;
        Ok(Some(Subject::SystemUser {
            id: id.parse().map_err(|_| invalid())?,
            owner: self.organization(owner, "authorization_details")?,
            system: system.clone(),
        }))
    }

    fn service_owner(&self, number: OrganizationNumber, claims: &Claims) -> Option<Subject> {
        let is_owners = |scope: &str| {
            scope
                .strip_prefix(SERVICE_OWNER_SCOPE)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        claims.scopes().iter().find(|scope| is_owners(scope))?;
        let (_, org) = self.profile.service_owners.iter().find(|(owner, _)| *owner == number)?;
        Some(Subject::ServiceOwner { org: org.clone(), number: Some(number) })
    }

    fn organization(&self, number: &str, claim: &'static str) -> Result<OrganizationNumber, TokenError> {
        OrganizationNumber::parse(number, self.synthetic).map_err(|_| TokenError::Claim { claim })
    }
}

const ORG_NUMBER: &str = "urn:altinn:orgNumber";

fn altinn_level(claims: &Claims) -> Result<AuthenticationLevel, TokenError> {
    let level = claims.level.as_ref().ok_or(TokenError::Claim { claim: "urn:altinn:authlevel" })?;
    let number: u8 = level.text().parse().map_err(|_| TokenError::Level)?;
    AuthenticationLevel::try_from(number).map_err(|_| TokenError::Level)
}

//! From verified claims to what they mean, by issuer.

use altinn_core::{
    AuthenticationLevel, AuthenticationMethod, NationalIdentityNumber, OrganizationNumber, SyntheticNumbers,
};

use super::claims::{AuthorizationDetail, Claims, Identifier};
use super::issuer::IssuerKind;
use super::verified::IdTokenClaims;
use super::{IssuerProfile, TokenError, TokenSubject, VerifiedToken, level, method};

/// Finds out what a token's claims say.
pub(super) struct ClaimsReader<'a> {
    pub(super) profile: &'a IssuerProfile,
    pub(super) synthetic: SyntheticNumbers,
}

/// Whom, how surely, and how.
type Identity = (TokenSubject, AuthenticationLevel, Option<AuthenticationMethod>);

const SYSTEM_USER: &str = "urn:altinn:systemuser";
const SERVICE_OWNER_SCOPE: &str = "altinn:serviceowner";
const PARTY_ID: &str = "urn:altinn:partyid";
const PERSON: &str = "urn:altinn:person:identifier-no";
const ORG_NUMBER: &str = "urn:altinn:orgNumber";

impl ClaimsReader<'_> {
    pub(super) fn read(&self, claims: Claims) -> Result<VerifiedToken, TokenError> {
        let (not_before, expires) = (claims.not_before()?, claims.expires()?);
        let (subject, level, method) = match self.profile.kind {
            IssuerKind::IdPorten | IssuerKind::Ansattporten => self.of_login(&claims)?,
            IssuerKind::Maskinporten => self.of_maskinporten(&claims)?,
            IssuerKind::Altinn => self.of_altinn(&claims)?,
        };
        let named = |identifier: &Option<Identifier>, claim| {
            identifier.as_ref().map(|identifier| self.identified(identifier, claim)).transpose()
        };
        Ok(VerifiedToken {
            subject,
            level,
            method,
            scopes: claims.scopes(),
            consumer: named(&claims.consumer, "consumer")?,
            supplier: named(&claims.supplier, "supplier")?,
            represents: self.represented(&claims)?,
            not_before,
            expires,
            id_token: IdTokenClaims {
                has_time_of_issue: claims.has_time_of_issue(),
                sub: claims.sub,
                nonce: claims.nonce,
                azp: claims.azp,
            },
            issuer: claims.iss,
            session: claims.sid,
        })
    }

    /// A person, at the level of `acr`. `amr` tells the method and never raises the level.
    fn of_login(&self, claims: &Claims) -> Result<Identity, TokenError> {
        let acr = claims.acr.as_deref().ok_or(TokenError::Claim { claim: "acr" })?;
        let level = level::of_acr(acr, self.profile).ok_or(TokenError::Level)?;
        let number = claims.pid.as_deref().map(|pid| self.person(pid, "pid")).transpose()?;
        let method = claims.methods().iter().find_map(|amr| method::of_amr(amr));
        Ok((TokenSubject::Person(number), level, method))
    }

    /// A token that is restricted to a person (`pid`) is no login of that person, and is the organization's.
    fn of_maskinporten(&self, claims: &Claims) -> Result<Identity, TokenError> {
        let consumer = claims.consumer.as_ref().ok_or(TokenError::Claim { claim: "consumer" })?;
        let number = self.identified(consumer, "consumer")?;
        let subject = match self.system_user(claims)? {
            Some(system_user) => system_user,
            None => self.service_owner(number, claims).unwrap_or(TokenSubject::Organization(number)),
        };
        Ok((subject, AuthenticationLevel::Sensitive, Some(AuthenticationMethod::Maskinporten)))
    }

    fn of_altinn(&self, claims: &Claims) -> Result<Identity, TokenError> {
        let level = claims.level.as_ref().ok_or(TokenError::Claim { claim: "urn:altinn:authlevel" })?;
        let level: u8 = level.text().parse().map_err(|_| TokenError::Level)?;
        let level = AuthenticationLevel::try_from(level).map_err(|_| TokenError::Level)?;
        let method = claims.method.as_deref().and_then(|method| method.parse().ok());
        Ok((self.altinn_subject(claims)?, level, method))
    }

    fn altinn_subject(&self, claims: &Claims) -> Result<TokenSubject, TokenError> {
        if let Some(system_user) = self.system_user(claims)? {
            return Ok(system_user);
        }
        let number = claims.org_number.as_ref().map(|number| self.organization(&number.text(), ORG_NUMBER));
        let number = number.transpose()?;
        if let Some(org) = &claims.org {
            return Ok(TokenSubject::ServiceOwner { org: org.clone(), number });
        }
        if let Some(party) = &claims.party_id {
            let id = party.text().parse().map_err(|_| TokenError::Claim { claim: PARTY_ID })?;
            return Ok(TokenSubject::Party(id));
        }
        if let Some(person) = &claims.person {
            return Ok(TokenSubject::Person(Some(self.person(person, PERSON)?)));
        }
        number.map(TokenSubject::Organization).ok_or(TokenError::Claim { claim: PARTY_ID })
    }

    /// The system user of the token; more than one cannot call at once.
    fn system_user(&self, claims: &Claims) -> Result<Option<TokenSubject>, TokenError> {
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
        Ok(Some(TokenSubject::SystemUser {
            id: id.parse().map_err(|_| invalid())?,
            owner: self.identified(owner, "authorization_details")?,
            system: system.clone(),
        }))
    }

    fn represented(&self, claims: &Claims) -> Result<Vec<OrganizationNumber>, TokenError> {
        if !matches!(self.profile.kind, IssuerKind::Ansattporten | IssuerKind::Altinn) {
            return Ok(Vec::new());
        }
        let details = claims.authorization_details.iter().flatten();
        let mut numbers = Vec::new();
        for identifier in details.flat_map(AuthorizationDetail::represented) {
            let number = self.identified(identifier, "authorization_details")?;
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        Ok(numbers)
    }

    fn service_owner(&self, number: OrganizationNumber, claims: &Claims) -> Option<TokenSubject> {
        let is_owners = |scope: &str| {
            scope
                .strip_prefix(SERVICE_OWNER_SCOPE)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let mut scopes = claims.scope.as_deref().unwrap_or_default().split_ascii_whitespace();
        scopes.find(|scope| is_owners(scope))?;
        let (_, org) = self.profile.service_owners.iter().find(|(owner, _)| *owner == number)?;
        Some(TokenSubject::ServiceOwner { org: org.clone(), number: Some(number) })
    }

    fn identified(
        &self,
        identifier: &Identifier,
        claim: &'static str,
    ) -> Result<OrganizationNumber, TokenError> {
        self.organization(identifier.organization_number().ok_or(TokenError::Claim { claim })?, claim)
    }

    fn organization(&self, number: &str, claim: &'static str) -> Result<OrganizationNumber, TokenError> {
        OrganizationNumber::parse(number, self.synthetic).map_err(|_| TokenError::Claim { claim })
    }

    fn person(&self, number: &str, claim: &'static str) -> Result<NationalIdentityNumber, TokenError> {
        NationalIdentityNumber::parse(number, self.synthetic).map_err(|_| TokenError::Claim { claim })
    }
}

//! What a token says, once it is known to be its issuer's.

use std::fmt;

use altinn_core::{
    AuthenticationLevel, AuthenticationMethod, NationalIdentityNumber, OrganizationNumber, PartyId,
};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::TokenError;

/// What a token says, once its signature, issuer, audience and time are verified; nobody was asked who that is.
///
/// [`TokenVerifier::verify`](super::TokenVerifier::verify) goes on to the [`Actor`](altinn_core::Actor). `Debug` shows
/// neither whom it is about nor any claim.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedToken {
    pub(super) issuer: String,
    pub(super) subject: TokenSubject,
    pub(super) level: AuthenticationLevel,
    pub(super) method: Option<AuthenticationMethod>,
    pub(super) scopes: Vec<String>,
    pub(super) consumer: Option<OrganizationNumber>,
    pub(super) supplier: Option<OrganizationNumber>,
    pub(super) represents: Vec<OrganizationNumber>,
    pub(super) session: Option<String>,
    pub(super) not_before: Option<DateTime<Utc>>,
    pub(super) expires: DateTime<Utc>,
    pub(crate) id_token: IdTokenClaims,
}

/// What only a relying party asks of an ID token.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct IdTokenClaims {
    pub(crate) sub: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) azp: Option<String>,
    pub(crate) has_time_of_issue: bool,
}

/// Whom a token is about, as it says itself.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenSubject {
    /// A person who has logged in; without a number for a foreign identity and for those who registered themselves.
    Person(Option<NationalIdentityNumber>),
    /// A party of Altinn's, by its id.
    Party(PartyId),
    /// An organization's own system.
    Organization(OrganizationNumber),
    /// A service owner (tjenesteeier).
    ServiceOwner {
        /// The short name: `ttd`.
        org: String,
        /// The agency's number, where the token has it.
        number: Option<OrganizationNumber>,
    },
    /// A system user (systembruker).
    SystemUser {
        /// The system user's UUID.
        id: Uuid,
        /// The organization that it acts for.
        owner: OrganizationNumber,
        /// The system's id in the system register.
        system: String,
    },
}

impl VerifiedToken {
    /// The issuer.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whom it is about.
    pub fn subject(&self) -> &TokenSubject {
        &self.subject
    }

    /// How surely the subject is identified.
    pub fn level(&self) -> AuthenticationLevel {
        self.level
    }

    /// How the subject was identified, where it is known.
    pub fn method(&self) -> Option<AuthenticationMethod> {
        self.method
    }

    /// The scopes, in order.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// The organization that the token was given to (`consumer` of Maskinporten).
    pub fn consumer(&self) -> Option<OrganizationNumber> {
        self.consumer
    }

    /// The organization that fetched it on the consumer's behalf (`supplier` of Maskinporten).
    pub fn supplier(&self) -> Option<OrganizationNumber> {
        self.supplier
    }

    /// The organizations that a person chose to represent (Ansattporten).
    pub fn represents(&self) -> &[OrganizationNumber] {
        &self.represents
    }

    /// The issuer's id of the login session (`sid`), by which a logout is told.
    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    /// When it expires.
    pub fn expires(&self) -> DateTime<Utc> {
        self.expires
    }

    /// Refuses a token whose time is not now, where clocks may differ by so much.
    pub(super) fn check_time(&self, now: DateTime<Utc>, skew: TimeDelta) -> Result<(), TokenError> {
        if self.expires <= now - skew {
            return Err(TokenError::Expired);
        }
        if self.not_before.is_some_and(|not_before| not_before > now + skew) {
            return Err(TokenError::NotYetValid);
        }
        Ok(())
    }
}

impl fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedToken")
            .field("subject", &self.subject)
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TokenSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Person(_) => "Person(***)",
            Self::Party(_) => "Party",
            Self::Organization(_) => "Organization",
            Self::ServiceOwner { .. } => "ServiceOwner",
            Self::SystemUser { .. } => "SystemUser",
        })
    }
}

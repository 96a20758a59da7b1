//! What a hand-over says.

use altinn_core::{AuthenticationLevel, Language, ServiceId, UncheckedOrganizationNumber};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Somebody may use a service, and is sent on to a target.
///
/// Serialized as the claims of a token: seconds since 1970, and the registered names of RFC 7519 where there are such.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HandOver {
    /// Who has decided.
    #[serde(rename = "iss")]
    pub issuer: String,
    /// For which target.
    #[serde(rename = "aud")]
    pub audience: String,
    /// Its id; it can be used once.
    #[serde(rename = "jti")]
    pub id: Uuid,
    /// Who is sent on, by a pseudonym: always the same for this target, another one for every other.
    #[serde(rename = "sub")]
    pub subject: String,
    /// On whose behalf, by a pseudonym of the same kind; the subject's own where somebody acts for themselves.
    pub party: String,
    /// The organization on whose behalf, where the target is to know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<UncheckedOrganizationNumber>,
    /// Which service the decision is about.
    pub service: ServiceId,
    /// How surely the subject was identified.
    pub level: AuthenticationLevel,
    /// The language that the subject reads.
    #[serde(rename = "ui_locales")]
    pub language: Language,
    /// When it was made.
    #[serde(rename = "iat", with = "chrono::serde::ts_seconds")]
    pub issued_at: DateTime<Utc>,
    /// Until when it can be used.
    #[serde(rename = "exp", with = "chrono::serde::ts_seconds")]
    pub expires_at: DateTime<Utc>,
}

//! The claims of a token: those of every issuer, and those of ID-porten, Maskinporten and Altinn.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::TokenError;

/// What is read of a token's claims. Unknown claims are passed over; a known one that stands there twice is an error.
#[derive(Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    aud: Option<OneOrMany>,
    exp: Option<f64>,
    nbf: Option<f64>,
    iat: Option<f64>,
    pub(super) scope: Option<String>,

    pub(super) pid: Option<String>,
    pub(super) acr: Option<String>,

    pub(super) consumer: Option<Identifier>,
    pub(super) authorization_details: Option<Vec<AuthorizationDetail>>,

    #[serde(rename = "urn:altinn:partyid")]
    pub(super) party_id: Option<TextOrNumber>,
    #[serde(rename = "urn:altinn:authlevel")]
    pub(super) level: Option<TextOrNumber>,
    #[serde(rename = "urn:altinn:authenticatemethod")]
    pub(super) method: Option<String>,
    #[serde(rename = "urn:altinn:org")]
    pub(super) org: Option<String>,
    #[serde(rename = "urn:altinn:orgNumber")]
    pub(super) org_number: Option<TextOrNumber>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// A value that issuers write as a number or as text.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum TextOrNumber {
    Text(String),
    Number(u64),
}

impl TextOrNumber {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// An organization as Maskinporten names it: `{"authority": "iso6523-actorid-upis", "ID": "0192:991825827"}`.
#[derive(Deserialize)]
pub(super) struct Identifier {
    authority: String,
    #[serde(rename = "ID")]
    id: String,
}

impl Identifier {
    /// The organization number, when the identifier is one of the Norwegian business register's.
    pub(super) fn organization_number(&self) -> Option<&str> {
        let number = self.id.strip_prefix("0192:")?;
        (self.authority == "iso6523-actorid-upis").then_some(number)
    }
}

/// What a token was authorized for in detail (RFC 9396).
#[derive(Deserialize)]
pub(super) struct AuthorizationDetail {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) systemuser_id: Option<Vec<String>>,
    pub(super) systemuser_org: Option<Identifier>,
    pub(super) system_id: Option<String>,
}

impl Claims {
    /// Whether the token is for this audience.
    pub(super) fn is_for(&self, audience: &str) -> bool {
        match &self.aud {
            None => false,
            Some(OneOrMany::One(found)) => found == audience,
            Some(OneOrMany::Many(all)) => all.iter().any(|found| found == audience),
        }
    }

    /// Refuses a token whose time is not now: `exp` must be there, `nbf` and `iat` must have come if they are.
    pub(super) fn check_time(&self, now: DateTime<Utc>, skew: TimeDelta) -> Result<(), TokenError> {
        let expires = self.exp.ok_or(TokenError::Claim { claim: "exp" })?;
        if time(expires, "exp")? <= now - skew {
            return Err(TokenError::Expired);
        }
        for (seconds, claim) in [(self.nbf, "nbf"), (self.iat, "iat")] {
            if let Some(seconds) = seconds
                && time(seconds, claim)? > now + skew
            {
                return Err(TokenError::NotYetValid);
            }
        }
        Ok(())
    }

    /// The scopes, in order.
    pub(super) fn scopes(&self) -> Vec<String> {
        self.scope.iter().flat_map(|scope| scope.split_ascii_whitespace()).map(str::to_owned).collect()
    }
}

/// A time in seconds since 1970; fractions are allowed and cut off.
fn time(seconds: f64, claim: &'static str) -> Result<DateTime<Utc>, TokenError> {
    let in_range = (0.0..=253_402_300_799.0).contains(&seconds);
    #[allow(clippy::cast_possible_truncation, reason = "the range was checked, and fractions do not count")]
    let time = DateTime::from_timestamp(seconds as i64, 0);
    time.filter(|_| in_range).ok_or(TokenError::Claim { claim })
}

//! The claims of a token: those of every issuer, and those of ID-porten, Ansattporten, Maskinporten and Altinn.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::json::without_duplicates;
use super::{TokenError, TokenPart};

/// What is read of a token's claims. Unknown claims are passed over; none may stand there twice.
#[derive(Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    aud: Option<OneOrMany>,
    exp: Option<f64>,
    nbf: Option<f64>,
    iat: Option<f64>,
    pub(super) sub: Option<String>,
    pub(super) scope: Option<String>,

    pub(super) pid: Option<String>,
    pub(super) acr: Option<String>,
    amr: Option<OneOrMany>,
    pub(super) sid: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) azp: Option<String>,

    pub(super) consumer: Option<Identifier>,
    pub(super) supplier: Option<Identifier>,
    pub(super) authorization_details: Option<Vec<AuthorizationDetail>>,

    #[serde(rename = "urn:altinn:partyid")]
    pub(super) party_id: Option<TextOrNumber>,
    #[serde(rename = "urn:altinn:person:identifier-no")]
    pub(super) person: Option<String>,
    #[serde(rename = "urn:altinn:authlevel")]
    pub(super) level: Option<TextOrNumber>,
    #[serde(rename = "urn:altinn:authenticatemethod")]
    pub(super) method: Option<String>,
    #[serde(rename = "urn:altinn:org")]
    pub(super) org: Option<String>,
    #[serde(rename = "urn:altinn:orgNumber")]
    pub(super) org_number: Option<TextOrNumber>,
}

/// A text, or a list of texts.
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

// Written out, since `untagged` copies what it reads before it looks at it, and every token has an audience.
impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrManyVisitor)
    }
}

struct OneOrManyVisitor;

impl<'de> Visitor<'de> for OneOrManyVisitor {
    type Value = OneOrMany;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a list of texts")
    }

    fn visit_str<E>(self, one: &str) -> Result<OneOrMany, E> {
        Ok(OneOrMany::One(one.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, many: A) -> Result<OneOrMany, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(many)).map(OneOrMany::Many)
    }
}

impl OneOrMany {
    fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
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

/// An organization as Maskinporten names it: `{"authority": "iso6523-actorid-upis", "ID": "0192:991825827"}`. Ansattporten
/// writes `Authority`.
#[derive(Deserialize)]
pub(super) struct Identifier {
    #[serde(alias = "Authority")]
    authority: String,
    #[serde(rename = "ID")]
    id: String,
}

impl Identifier {
    /// The organization number, when the identifier is one of the Norwegian business register's (ISO 6523, `0192`); what
    /// may follow it names a part of the same organization.
    pub(super) fn organization_number(&self) -> Option<&str> {
        let mut parts = self.id.split(':');
        let (register, number) = (parts.next()?, parts.next()?);
        let is_norwegian = self.authority == "iso6523-actorid-upis" && register == "0192";
        (is_norwegian && parts.count() <= 2).then_some(number)
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
    reportees: Option<Vec<Identifier>>,
    authorized_parties: Option<Vec<AuthorizedParty>>,
}

#[derive(Deserialize)]
struct AuthorizedParty {
    orgno: Identifier,
}

impl AuthorizationDetail {
    /// The organizations that somebody chose to represent, in either form that Ansattporten has used.
    pub(super) fn represented(&self) -> impl Iterator<Item = &Identifier> {
        let parties = self.authorized_parties.iter().flatten().map(|party| &party.orgno);
        self.reportees.iter().flatten().chain(parties)
    }
}

impl Claims {
    pub(super) fn parse(json: &[u8]) -> Result<Self, TokenError> {
        without_duplicates(json)
            .then(|| serde_json::from_slice(json).ok())
            .flatten()
            .ok_or(TokenError::Malformed(TokenPart::Claims))
    }

    /// The audiences, in order.
    pub(super) fn audiences(&self) -> &[String] {
        self.aud.as_ref().map_or(&[], OneOrMany::as_slice)
    }

    /// The methods of authentication, in order.
    pub(super) fn methods(&self) -> &[String] {
        self.amr.as_ref().map_or(&[], OneOrMany::as_slice)
    }

    /// Whether it says when it was issued.
    pub(super) fn has_time_of_issue(&self) -> bool {
        self.iat.is_some()
    }

    /// From when it counts, where it says so: once both `nbf` and `iat` have come.
    pub(super) fn not_before(&self) -> Result<Option<DateTime<Utc>>, TokenError> {
        let times = [(self.nbf, "nbf"), (self.iat, "iat")];
        let times = times.into_iter().filter_map(|(seconds, claim)| Some(time(seconds?, claim)));
        times.reduce(|one, other| Ok(one?.max(other?))).transpose()
    }

    /// The time until which it counts: it must say so.
    pub(super) fn expires(&self) -> Result<DateTime<Utc>, TokenError> {
        time(self.exp.ok_or(TokenError::Claim { claim: "exp" })?, "exp")
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

//! The contact and reservation register (Kontakt- og reservasjonsregisteret, KRR) over HTTP.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use altinn_core::http::{Destinations, HttpClient, HttpError, HttpRequest, HttpResponse, StatusCode};
use altinn_core::{Language, NationalIdentityNumber};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

use super::{ContactError, ContactRegister, Dated, MAX_PERSONS, PersonContact, PersonStatus};

/// The most bytes of an answer: a thousand people with certificates.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// Gives access tokens of Maskinporten with the scope `krr:global/kontaktinformasjon.read`.
#[async_trait]
pub trait AccessTokens: fmt::Debug + Send + Sync {
    /// A token that is valid now.
    async fn access_token(&self) -> Result<String, ContactError>;
}

/// One token, for tests. `Debug` hides it.
#[derive(Clone)]
pub struct FixedToken(String);

/// The contact and reservation register over HTTP: `POST /rest/v2/personer`, up to 1,000 people a call.
///
/// Numbers stand in the body and never in an address. A person whom the answer leaves out is not known. An answer whose
/// parts cannot be read is an error as a whole: half an answer could hide a reservation. An address that cannot be one
/// is none.
#[derive(Debug)]
pub struct Krr {
    client: HttpClient,
    url: String,
    tokens: Box<dyn AccessTokens>,
}

#[derive(Deserialize)]
struct Answer {
    personer: Vec<Person>,
}

#[derive(Deserialize)]
struct Person {
    personidentifikator: String,
    reservasjon: Option<String>,
    status: Option<String>,
    varslingsstatus: Option<String>,
    kontaktinformasjon: Option<ContactInformation>,
    spraak: Option<String>,
}

#[derive(Deserialize, Default)]
struct ContactInformation {
    epostadresse: Option<String>,
    epostadresse_oppdatert: Option<String>,
    epostadresse_sist_verifisert: Option<String>,
    mobiltelefonnummer: Option<String>,
    mobiltelefonnummer_oppdatert: Option<String>,
    mobiltelefonnummer_sist_verifisert: Option<String>,
}

impl FixedToken {
    /// A token.
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }
}

#[async_trait]
impl AccessTokens for FixedToken {
    async fn access_token(&self) -> Result<String, ContactError> {
        Ok(self.0.clone())
    }
}

impl fmt::Debug for FixedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FixedToken(***)")
    }
}

impl Krr {
    /// The register at an address, as `https://kontaktregisteret.no`, with 10 seconds for each call.
    ///
    /// # Errors
    /// [`ContactError::Unavailable`] when no client can be made.
    pub fn new(base: &str, tokens: impl AccessTokens + 'static) -> Result<Self, ContactError> {
        let client = HttpClient::builder(Destinations::configured()).max_answer_bytes(MAX_ANSWER_BYTES);
        Ok(Self::with_client(base, tokens, client.build().map_err(unavailable)?))
    }

    /// The register at an address, by a client of the agency's own.
    pub fn with_client(base: &str, tokens: impl AccessTokens + 'static, client: HttpClient) -> Self {
        let url = format!("{}/rest/v2/personer", base.trim_end_matches('/'));
        Self { client, url, tokens: Box::new(tokens) }
    }

    async fn ask(&self, numbers: &[NationalIdentityNumber]) -> Result<HttpResponse, ContactError> {
        let token = self.tokens.access_token().await?;
        let numbers: Vec<_> = numbers.iter().map(NationalIdentityNumber::expose).collect();
        let request = HttpRequest::post(&self.url)
            .and_then(|request| request.json(&json!({ "personidentifikatorer": numbers })))
            .and_then(|request| request.bearer(&token))
            .map_err(unavailable)?;
        self.client.send(request.accept("application/json")).await.map_err(unavailable)
    }
}

#[async_trait]
impl ContactRegister for Krr {
    async fn persons(
        &self,
        numbers: &[NationalIdentityNumber],
    ) -> Result<Vec<Option<PersonContact>>, ContactError> {
        if numbers.len() > MAX_PERSONS {
            return Err(ContactError::TooMany { found: numbers.len(), limit: MAX_PERSONS });
        }
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let answer = self.ask(numbers).await?;
        match answer.status() {
            status if status.is_success() => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return Err(ContactError::Refused { reason: answer.status().to_string() });
            }
            status => return Err(ContactError::Unavailable { reason: status.to_string() }),
        }
        let answer: Answer = answer.json().map_err(|_| NOT_IN_ORDER)?;
        let mut known = HashMap::with_capacity(answer.personer.len());
        for person in answer.personer {
            known.insert(person.personidentifikator.clone(), contact_of(person)?);
        }
        Ok(numbers.iter().map(|number| known.remove(number.expose())).collect())
    }
}

const NOT_IN_ORDER: ContactError = ContactError::NotInOrder { what: "an answer" };

/// What is not said is read by its careful side: reserved unless it says no, unknown unless it says that it is active.
fn contact_of(person: Person) -> Result<PersonContact, ContactError> {
    let information = person.kontaktinformasjon.unwrap_or_default();
    Ok(PersonContact {
        status: match person.status.as_deref() {
            Some("AKTIV") => PersonStatus::Active,
            Some("SLETTET") => PersonStatus::Deleted,
            Some("IKKE_REGISTRERT") => PersonStatus::NotRegistered,
            _ => return Err(NOT_IN_ORDER),
        },
        is_reserved: match person.reservasjon.as_deref() {
            Some("JA") => true,
            Some("NEI") => false,
            // Nothing is said of those who are not in the register.
            None if person.status.as_deref() != Some("AKTIV") => false,
            _ => return Err(NOT_IN_ORDER),
        },
        can_be_notified: person.varslingsstatus.as_deref() == Some("KAN_VARSLES"),
        email: dated(
            information.epostadresse,
            information.epostadresse_oppdatert,
            information.epostadresse_sist_verifisert,
        )?,
        mobile: dated(
            information.mobiltelefonnummer,
            information.mobiltelefonnummer_oppdatert,
            information.mobiltelefonnummer_sist_verifisert,
        )?,
        language: person.spraak.and_then(|code| Language::from_str(&code).ok()),
    })
}

fn dated<A: FromStr>(
    address: Option<String>,
    updated: Option<String>,
    verified: Option<String>,
) -> Result<Option<Dated<A>>, ContactError> {
    let (updated, verified) = (time(updated)?, time(verified)?);
    Ok(address.and_then(|address| address.parse().ok()).map(|address| Dated::new(address, updated, verified)))
}

/// A time in either of the forms that the register writes: `2022-03-14T09:26:53+02` and `2022-03-14T07:26:53Z`, each
/// with or without parts of a second.
fn time(text: Option<String>) -> Result<Option<DateTime<Utc>>, ContactError> {
    let Some(text) = text else { return Ok(None) };
    let zoned = match text.rsplit_once(['+', '-']) {
        // An offset of hours alone is not in RFC 3339.
        Some((_, offset)) if offset.len() == 2 && text.contains('T') => format!("{text}:00"),
        _ => text,
    };
    let time = DateTime::parse_from_rfc3339(&zoned)
        .or_else(|_| DateTime::parse_from_str(&zoned, "%Y-%m-%dT%H:%M:%S%.f%z"));
    time.map(|time| Some(time.to_utc())).map_err(|_| NOT_IN_ORDER)
}

fn unavailable(error: HttpError) -> ContactError {
    ContactError::Unavailable { reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_time_are_read() {
        for (text, read) in [
            ("2022-03-14T09:26:53+02", "2022-03-14T07:26:53Z"),
            ("2022-03-14T09:26:53.123+02", "2022-03-14T07:26:53.123Z"),
            ("2022-03-14T09:26:53+02:00", "2022-03-14T07:26:53Z"),
            ("2022-03-14T09:26:53+0200", "2022-03-14T07:26:53Z"),
            ("2022-03-14T07:26:53Z", "2022-03-14T07:26:53Z"),
            ("2022-03-14T02:26:53-05", "2022-03-14T07:26:53Z"),
        ] {
            let time = time(Some(text.to_owned())).expect(text);
            assert_eq!(time, Some(read.parse().expect(read)), "{text}");
        }
        for text in ["", "2022-03-14", "yesterday", "2022-03-14T09:26:53", "2022-13-14T09:26:53+02"] {
            assert!(time(Some(text.to_owned())).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_not_said_clearly_is_an_error_and_never_a_yes() {
        for json in [
            r#"{"personidentifikator": "1", "status": "AKTIV"}"#,
            r#"{"personidentifikator": "1", "status": "AKTIV", "reservasjon": "KANSKJE"}"#,
            r#"{"personidentifikator": "1", "status": "NY", "reservasjon": "NEI"}"#,
            r#"{"personidentifikator": "1", "reservasjon": "NEI"}"#,
        ] {
            let person = serde_json::from_str(json).expect(json);
            assert!(contact_of(person).is_err(), "{json}");
        }
    }
}

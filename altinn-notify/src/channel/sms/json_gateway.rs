//! A gateway that takes a small JSON object.

use altinn_core::http::{HttpError, HttpRequest};
use serde::Deserialize;
use serde_json::json;

use super::{SmsGateway, SmsSegments};
use crate::Reason;
use crate::channel::{Outcome, Rejection, Sms};

/// A gateway that takes a POST of
/// `{"id": "...", "from": "Mattilsynet", "to": "+4799999999", "text": "...", "encoding": "Gsm7", "validUntil": "2026-..."}`
/// and answers with `{"reference": "..."}`, or with `{"error": "invalidRecipient" | "barred" | ..., "message": "..."}`.
///
/// | status | what it comes to |
/// |---|---|
/// | 2xx | taken over |
/// | 409 | taken over before, under the same id |
/// | 400, 422 | refused; `invalidRecipient` and `barred` by their own names |
/// | 413 | refused, too large |
/// | 401, 403, 404, 429, 503 | not taken over, tried again |
/// | anything else | nobody knows |
#[derive(Debug, Clone)]
pub struct JsonGateway {
    url: String,
    token: Option<Token>,
}

/// A bearer token. `Debug` hides it.
#[derive(Clone)]
struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(***)")
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Answer {
    reference: String,
    error: String,
    message: String,
}

impl JsonGateway {
    /// A gateway at an address.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), token: None }
    }

    /// The same gateway, asked with a bearer token.
    #[must_use]
    pub fn with_token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(Token(token.into()));
        self
    }
}

impl SmsGateway for JsonGateway {
    fn request(&self, sms: &Sms) -> Result<HttpRequest, HttpError> {
        let encoding = format!("{:?}", SmsSegments::of(&sms.text).encoding);
        let request = HttpRequest::post(&self.url)?.json(&json!({
            "id": sms.message_id,
            "from": sms.from.as_str(),
            "to": sms.to.expose(),
            "text": sms.text,
            "encoding": encoding,
            "validUntil": sms.expires_at,
        }))?;
        match &self.token {
            Some(token) => request.bearer(&token.0),
            None => Ok(request),
        }
    }

    fn outcome(&self, status: u16, body: &[u8]) -> Outcome {
        let answer: Answer = serde_json::from_slice(body).unwrap_or_default();
        let said = [answer.reference, answer.error.clone(), answer.message].join(" ");
        let reason = Reason::new(&format!("{status} {said}"));
        let rejected = |rejection| Outcome::Rejected { rejection, reason: reason.clone() };
        match (status, answer.error.as_str()) {
            (200..=299 | 409, _) => Outcome::Accepted { reference: reason },
            (400 | 422, "invalidRecipient") => rejected(Rejection::InvalidAddress),
            (400 | 422, "barred") => rejected(Rejection::Barred),
            (400 | 422, _) => rejected(Rejection::Refused),
            (413, _) => rejected(Rejection::TooLarge),
            (401 | 403 | 404 | 429 | 503, _) => Outcome::Transient { reason },
            _ => Outcome::Unknown { reason },
        }
    }
}

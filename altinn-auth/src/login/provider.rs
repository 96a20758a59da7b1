//! Calls to the issuer.

use altinn_core::http::{HttpClient, HttpRequest, HttpResponse, Url, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{ClientAuthentication, LoginError, LoginSettings};
use crate::token::{DiscoveryError, IssuerMetadata};

/// The issuer, as the client that the portal is there.
#[derive(Debug)]
pub(super) struct Provider {
    pub(super) http: HttpClient,
    pub(super) metadata: IssuerMetadata,
    authorization_endpoint: String,
}

#[derive(Deserialize)]
struct Pushed {
    request_uri: String,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// How long an assertion counts, in seconds.
const ASSERTION_SECONDS: i64 = 60;

impl Provider {
    pub(super) async fn discover(http: HttpClient, settings: &LoginSettings) -> Result<Self, LoginError> {
        let metadata = IssuerMetadata::discover(&http, &settings.well_known_url).await?;
        let endpoint = metadata.authorization_endpoint.clone().ok_or(DiscoveryError::Malformed)?;
        Ok(Self { http, metadata, authorization_endpoint: endpoint })
    }

    /// The address that the browser is sent to; where the issuer takes announcements, it tells nothing but their number.
    pub(super) async fn authorization_url(
        &self,
        settings: &LoginSettings,
        parameters: Vec<(&'static str, String)>,
        now: DateTime<Utc>,
    ) -> Result<String, LoginError> {
        let mut url = Url::parse(&self.authorization_endpoint).map_err(|_| DiscoveryError::Malformed)?;
        match &self.metadata.pushed_authorization_request_endpoint {
            Some(endpoint) => {
                let answer = self.post(endpoint, settings, parameters, now).await?;
                let pushed: Pushed = read(&answer, &[200, 201])?;
                url.query_pairs_mut()
                    .append_pair("client_id", &settings.client_id)
                    .append_pair("request_uri", &pushed.request_uri);
            }
            None => {
                url.query_pairs_mut().extend_pairs(parameters);
            }
        }
        Ok(url.into())
    }

    /// The ID token for a code.
    pub(super) async fn id_token(
        &self,
        settings: &LoginSettings,
        code: &str,
        verifier: String,
        now: DateTime<Utc>,
    ) -> Result<Zeroizing<String>, LoginError> {
        let fields = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.to_owned()),
            ("redirect_uri", settings.redirect_uri()),
            ("code_verifier", verifier),
        ];
        let answer = self.post(&self.metadata.token_endpoint, settings, fields, now).await?;
        let tokens: Tokens = read(&answer, &[200])?;
        Ok(Zeroizing::new(tokens.id_token))
    }

    /// Sends a form as the client.
    async fn post(
        &self,
        endpoint: &str,
        settings: &LoginSettings,
        mut fields: Vec<(&'static str, String)>,
        now: DateTime<Utc>,
    ) -> Result<HttpResponse, LoginError> {
        let mut request = HttpRequest::post(endpoint)?.accept("application/json");
        match &settings.authentication {
            ClientAuthentication::PrivateKeyJwt(signer) => {
                let assertion = signer.sign(&json!({
                    "iss": settings.client_id, "sub": settings.client_id, "aud": self.metadata.issuer,
                    "jti": Uuid::new_v4(), "iat": now.timestamp(), "exp": now.timestamp() + ASSERTION_SECONDS,
                }))?;
                if !fields.iter().any(|(name, _)| *name == "client_id") {
                    fields.push(("client_id", settings.client_id.clone()));
                }
                fields.push(("client_assertion_type", ASSERTION_TYPE.to_owned()));
                fields.push(("client_assertion", assertion));
            }
            ClientAuthentication::Secret(secret) => {
                request = request.header(header::AUTHORIZATION, &basic(&settings.client_id, secret))?;
            }
        }
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Ok(self.http.send(request.form(&fields)).await?)
    }
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Both halves are encoded as in a form before they are joined (RFC 6749, section 2.3.1).
fn basic(client_id: &str, secret: &str) -> Zeroizing<String> {
    let pair = Zeroizing::new(format!("{}:{}", form_encoded(client_id), form_encoded(secret)));
    Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())))
}

/// Text as a field of a form has it: letters and digits as they are, the rest by its bytes.
fn form_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}

/// Reads an answer with one of these statuses; of any other, the issuer's code is told where it has one.
fn read<T: for<'de> Deserialize<'de>>(answer: &HttpResponse, statuses: &[u16]) -> Result<T, LoginError> {
    let status = answer.status().as_u16();
    if statuses.contains(&status) {
        return answer.json().map_err(|_| LoginError::Malformed);
    }
    match answer.json::<Refusal>() {
        Ok(refusal) => Err(refused(&refusal.error)),
        Err(_) => Err(LoginError::IssuerStatus { status }),
    }
}

/// What the issuer says, where it is a code of the form that OAuth's have, so that nothing else can be put in its place.
pub(super) fn refused(error: &str) -> LoginError {
    let is_code = !error.is_empty()
        && error.len() <= 40
        && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    LoginError::Refused { error: if is_code { error.to_owned() } else { "unknown_error".to_owned() } }
}

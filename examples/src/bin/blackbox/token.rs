//! `jwt.verify` and `oidc.login`.

use std::sync::{Arc, Mutex, PoisonError};

use altinn_auth::login::{self, ClientAuthentication, Login, LoginSettings, Person};
use altinn_auth::register::{PartyRegister, RegisterError};
use altinn_auth::testing::{Loopback, TestBrowser, TestPage};
use altinn_auth::token::{
    IssuerProfile, KeySource, SignatureAlgorithm, StaticKeys, TokenSigner, TokenSubject, TokenVerifier,
    VerifiedToken,
};
use altinn_core::store::Store;
use altinn_core::{
    AuthenticationLevel, AuthenticationMethod, Clock, Party, PartyId, PartyIdentifier, PartyKind,
    SteppableClock, SyntheticNumbers, SystemClock,
};
use async_trait::async_trait;
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::answer::Failure;

#[derive(Deserialize)]
pub(crate) struct Verify {
    token: String,
    profile: String,
    issuer: String,
    audience: Option<String>,
    keys: Value,
    #[serde(default)]
    algorithms: Vec<String>,
    #[serde(default)]
    synthetic: bool,
    at: Option<DateTime<Utc>>,
}

/// Verifies a token by a profile and keys that are given, and tells what it says; a personal number is not repeated.
pub(crate) async fn verify(asked: Verify) -> Result<Value, Failure> {
    let keys = StaticKeys::from_jwks(asked.keys.to_string());
    let keys = Arc::new(keys.map_err(|error| Failure::new(error.code(), error))?);
    let clock: Arc<dyn Clock> = match asked.at {
        Some(at) => Arc::new(SteppableClock::at(at)),
        None => Arc::new(SystemClock),
    };
    let verifier = TokenVerifier::new(clock, Arc::new(Anybody::default()))
        .trusting(profile(&asked, keys)?)
        .with_synthetic_numbers(synthetic(asked.synthetic));
    let token = verifier.authenticate(&asked.token).await;
    token.map(|token| told(&token)).map_err(|error| Failure::new(error.code(), error))
}

fn profile(asked: &Verify, keys: Arc<dyn KeySource>) -> Result<IssuerProfile, Failure> {
    let (issuer, audience) = (asked.issuer.clone(), asked.audience.clone().unwrap_or_default());
    let profile = match asked.profile.as_str() {
        "id-porten" => IssuerProfile::id_porten(issuer, audience, keys),
        "ansattporten" => IssuerProfile::ansattporten(issuer, audience, keys),
        "maskinporten" => IssuerProfile::maskinporten(issuer, audience, keys),
        "altinn" => IssuerProfile::altinn(issuer, keys),
        _ => {
            return Err(Failure::bad_command(
                "`profile` is none of id-porten, ansattporten, maskinporten and altinn",
            ));
        }
    };
    let profile = if asked.audience.is_none() { profile.accepting_any_audience() } else { profile };
    if asked.algorithms.is_empty() {
        return Ok(profile);
    }
    let algorithms: Option<Vec<_>> =
        asked.algorithms.iter().map(|name| SignatureAlgorithm::from_name(name)).collect();
    let unknown = || Failure::bad_command("`algorithms` holds one that no token may be signed with");
    Ok(profile.allowing(algorithms.ok_or_else(unknown)?))
}

fn told(token: &VerifiedToken) -> Value {
    let subject = match token.subject() {
        TokenSubject::Person(number) => json!({"kind": "person", "numbered": number.is_some()}),
        TokenSubject::Party(party) => json!({"kind": "party", "party": party}),
        TokenSubject::Organization(number) => json!({"kind": "organization", "number": number.to_string()}),
        TokenSubject::ServiceOwner { org, .. } => json!({"kind": "service-owner", "org": org}),
        TokenSubject::SystemUser { id, owner, system } => {
            json!({"kind": "system-user", "id": id, "owner": owner.to_string(), "system": system})
        }
        _ => json!({"kind": "other"}),
    };
    let represents: Vec<_> = token.represents().iter().map(ToString::to_string).collect();
    json!({
        "subject": subject, "level": u8::from(token.level()), "method": token.method().map(AuthenticationMethod::name),
        "scopes": token.scopes(), "consumer": token.consumer().map(|number| number.to_string()),
        "supplier": token.supplier().map(|number| number.to_string()), "represents": represents,
        "expires": token.expires(),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogIn {
    issuer: String,
    client_id: String,
    client_secret: Option<String>,
    client_key: Option<Value>,
    level: Option<u8>,
    /// What somebody would fill in on the issuer's page.
    form: Option<Map<String, Value>>,
    #[serde(default)]
    synthetic: bool,
}

/// Logs somebody in at an issuer, as a portal and its browser would.
pub(crate) async fn log_in(asked: LogIn) -> Result<Value, Failure> {
    let port = Loopback::port().await.map_err(|error| Failure::new("BLACKBOX-NO-PORT", error))?;
    let settings = settings(&asked, port.url())?;
    let login = connect(settings, synthetic(asked.synthetic)).await?;
    let done = get(|person: Person| async move {
        let (level, method) = (u8::from(person.actor.level()), person.actor.method());
        Json(json!({"level": level, "method": method.map(AuthenticationMethod::name)}))
    });
    let portal = port.serve(Router::new().route("/", done).with_state(login.clone()).merge(login.router()));
    let unreachable = |error: altinn_core::http::HttpError| Failure::new(error.code(), error);
    let mut browser = TestBrowser::new().map_err(unreachable)?;
    let mut page = browser.get(&portal.at("/")).await.map_err(unreachable)?;
    if let Some(form) = asked.form.filter(|_| !page.url.starts_with(portal.url())) {
        let mut fields = hidden_fields(&page.text());
        fields.extend(form.iter().map(|(name, value)| (name.clone(), text(value))));
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        page = browser.submit(&page.url, &fields).await.map_err(unreachable)?;
    }
    outcome(&page, portal.url())
}

fn settings(asked: &LogIn, public_url: &str) -> Result<LoginSettings, Failure> {
    let authentication = match (&asked.client_secret, &asked.client_key) {
        (Some(secret), None) => ClientAuthentication::secret(secret.as_str()),
        (None, Some(key)) => {
            let signer = TokenSigner::from_jwk(&key.to_string());
            ClientAuthentication::private_key_jwt(signer.map_err(|error| Failure::new(error.code(), error))?)
        }
        _ => return Err(Failure::bad_command("one of `clientSecret` and `clientKey` is needed")),
    };
    let well_known = format!("{}/.well-known/openid-configuration", asked.issuer.trim_end_matches('/'));
    let settings = LoginSettings::id_porten(well_known, &asked.client_id, authentication, public_url)
        .map_err(|error| Failure::new(error.code(), error))?;
    let level = AuthenticationLevel::try_from(asked.level.unwrap_or(3));
    Ok(settings.at_level(level.map_err(|_| Failure::bad_command("`level` is none of 0 to 4"))?))
}

async fn connect(settings: LoginSettings, synthetic: SyntheticNumbers) -> Result<Login, Failure> {
    let store = Store::open("sqlite::memory:").await.map_err(|error| Failure::new(error.code(), error))?;
    store.migrate(&[login::MIGRATIONS]).await.map_err(|error| Failure::new(error.code(), error))?;
    let login = Login::builder(settings, store, Arc::new(Anybody::default()));
    let login = login.with_synthetic_numbers(synthetic).connect().await;
    login.map_err(|error| Failure::new(error.code(), error))
}

/// What the portal's last page says: who logged in, or why nobody did.
fn outcome(page: &TestPage, portal: &str) -> Result<Value, Failure> {
    if !page.url.starts_with(portal) {
        return Err(Failure::new(
            "BLACKBOX-LOGIN-PAGE",
            "the issuer's page leads no further; does it need `form`?",
        ));
    }
    let answer: Value = serde_json::from_slice(page.answer.body()).unwrap_or_default();
    if page.status().is_success() {
        return Ok(answer);
    }
    let field = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
    Err(Failure::new(field("code"), field("title")))
}

/// The fields that a page's form has already.
fn hidden_fields(html: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let value = tag.split_once(&format!("{name}=\""))?.1;
        Some(value.split('"').next()?.replace("&quot;", "\"").replace("&amp;", "&"))
    };
    html.split("<input ")
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
        .filter(|tag| tag.contains("type=\"hidden\""))
        .filter_map(|tag| attribute(tag, "name").zip(attribute(tag, "value")))
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn synthetic(accepted: bool) -> SyntheticNumbers {
    if accepted { SyntheticNumbers::Accepted } else { SyntheticNumbers::Refused }
}

/// A register that knows everybody who comes.
#[derive(Debug, Default)]
struct Anybody(Mutex<Option<Party>>);

impl Anybody {
    fn last(&self) -> Option<Party> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl PartyRegister for Anybody {
    async fn party(&self, _: PartyId) -> Result<Option<Party>, RegisterError> {
        Ok(self.last())
    }

    async fn party_by_uuid(&self, _: Uuid) -> Result<Option<Party>, RegisterError> {
        Ok(self.last())
    }

    async fn party_by_identifier(
        &self,
        identifier: &PartyIdentifier,
    ) -> Result<Option<Party>, RegisterError> {
        let party = Party {
            id: PartyId::new(50_000_001),
            uuid: Uuid::new_v4(),
            kind: PartyKind::Person,
            name: "Somebody".to_owned(),
            identifier: identifier.clone(),
            parent: None,
            deleted: false,
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(party.clone());
        Ok(Some(party))
    }
}

//! A Maskinporten for tests, over real HTTP.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use altinn_core::{Clock, OrganizationNumber, SystemClock};
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use uuid::Uuid;

use super::clients::Clients;
use super::fake_id_porten::rsa_signer;
use super::{FakeIssuer, FakeIssuerError, Kind, Loopback};
use crate::token::TokenSigner;

/// A Maskinporten for tests on a port of this machine: metadata, keys, and tokens for signed grants. It signs with RS256, and
/// refuses grants as the real one does: of another client, reused, too long, or not of now.
pub struct FakeMaskinporten {
    desk: Arc<Desk>,
    server: Loopback,
}

/// What the fake Maskinporten knows.
struct Desk {
    issuer: FakeIssuer,
    clients: Clients,
    known: Mutex<Known>,
    token_requests: AtomicUsize,
}

#[derive(Default)]
struct Known {
    organizations: HashMap<String, OrganizationNumber>,
    /// Who has delegated to whom.
    delegations: Vec<(OrganizationNumber, OrganizationNumber)>,
    system_users: Vec<(OrganizationNumber, Uuid, String)>,
    refuses: bool,
}

/// How long its tokens last, in seconds.
const TOKEN_SECONDS: i64 = 120;

impl FakeMaskinporten {
    /// Starts it.
    ///
    /// # Errors
    /// [`FakeIssuerError`].
    pub async fn start() -> Result<Self, FakeIssuerError> {
        Self::start_at(Arc::new(SystemClock)).await
    }

    /// Starts it by another clock than the machine's.
    ///
    /// # Errors
    /// [`FakeIssuerError`].
    pub async fn start_at(clock: Arc<dyn Clock>) -> Result<Self, FakeIssuerError> {
        let port = Loopback::port().await.map_err(|_| FakeIssuerError::Port)?;
        let name = format!("{}/", port.url());
        let issuer = FakeIssuer::named(Kind::Maskinporten, &name, rsa_signer("key-1")?, clock);
        let (clients, known, token_requests) = (Clients::default(), Mutex::default(), AtomicUsize::new(0));
        let desk = Arc::new(Desk { issuer, clients, known, token_requests });
        let router = Router::new()
            .route("/.well-known/oauth-authorization-server", get(metadata))
            .route("/jwk", get(async |State(desk): State<Arc<Desk>>| desk.issuer.jwks()))
            .route("/token", post(token))
            .with_state(Arc::clone(&desk));
        Ok(Self { desk, server: port.serve(router) })
    }

    /// The issuer's name; it ends in a slash, as the real one's.
    pub fn issuer(&self) -> &str {
        self.desk.issuer.issuer()
    }

    /// The address of its metadata.
    pub fn well_known_url(&self) -> String {
        self.server.at("/.well-known/oauth-authorization-server")
    }

    /// Registers a client of an organization, with its public key.
    pub fn register(&self, client_id: &str, organization: OrganizationNumber, signer: &TokenSigner) {
        self.desk.clients.register_key(client_id, signer);
        self.desk.known().organizations.insert(client_id.to_owned(), organization);
    }

    /// Lets an organization delegate its scopes to another, which may then ask on its behalf.
    pub fn delegate(&self, from: OrganizationNumber, to: OrganizationNumber) {
        self.desk.known().delegations.push((from, to));
    }

    /// Makes a system user of an organization for a system.
    pub fn add_system_user(&self, owner: OrganizationNumber, system: &str) -> Uuid {
        let id = Uuid::new_v4();
        self.desk.known().system_users.push((owner, id, system.to_owned()));
        id
    }

    /// Refuses every grant from now on, or no longer.
    pub fn refuse_all(&self, refuses: bool) {
        self.desk.known().refuses = refuses;
    }

    /// How often a token was asked for.
    pub fn token_requests(&self) -> usize {
        self.desk.token_requests.load(Ordering::SeqCst)
    }
}

impl Desk {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The claims of the token for a grant, or why there is none.
    fn claims(&self, form: &HashMap<String, String>) -> Result<Value, &'static str> {
        let is_grant = form.get("grant_type").is_some_and(|kind| kind.ends_with(":grant-type:jwt-bearer"));
        let assertion = form.get("assertion").filter(|_| is_grant).ok_or("unsupported_grant_type")?;
        let (client, grant) = self.clients.signed_by(assertion).ok_or("invalid_grant")?;
        self.check(&client, &grant).ok_or("invalid_grant")?;
        let known = self.known();
        let own = *known.organizations.get(&client).ok_or("invalid_client")?;
        let (consumer, supplier) = match grant.get("consumer_org").and_then(Value::as_str) {
            None => (own, None),
            Some(asked) => {
                let mut from = known.delegations.iter().filter(|(_, to)| *to == own).map(|(from, _)| *from);
                (from.find(|from| from.to_string() == asked).ok_or("access_denied")?, Some(own))
            }
        };
        let now = self.issuer.now().timestamp();
        let mut claims = json!({
            "iss": self.issuer.issuer(), "client_amr": "private_key_jwt", "token_type": "Bearer",
            "client_id": client, "scope": grant.get("scope"), "iat": now, "exp": now + TOKEN_SECONDS,
            "jti": Uuid::new_v4(), "consumer": identifier(consumer),
        });
        let mut put = |name: &str, value: Value| {
            claims.as_object_mut().and_then(|claims| claims.insert(name.to_owned(), value));
        };
        if let Some(supplier) = supplier {
            put("supplier", identifier(supplier));
            put("delegation_source", json!("https://altinn.test/"));
        }
        if let Some(resource) = grant.get("resource") {
            put("aud", resource.clone());
        }
        if let Some(person) = grant.get("pid") {
            put("pid", person.clone());
        }
        if let Some(details) = grant.get("authorization_details") {
            put("authorization_details", known.system_user(details).ok_or("invalid_grant")?);
        }
        Ok(claims)
    }

    /// Maskinporten's rules on a grant's issuer, audience and times.
    fn check(&self, client: &str, grant: &Value) -> Option<()> {
        let time = |name: &str| grant.get(name).and_then(Value::as_i64);
        let (issued, expires, now) = (time("iat")?, time("exp")?, self.issuer.now().timestamp());
        let is_in_order = grant.get("iss") == Some(&json!(client))
            && grant.get("aud") == Some(&json!(self.issuer.issuer()))
            && grant.get("scope").is_some_and(Value::is_string)
            && (issued - now).abs() <= 10
            && (0..=120).contains(&(expires - issued))
            && now < expires;
        is_in_order.then_some(())
    }
}

impl Known {
    /// The system user that is asked for, as the token tells it.
    fn system_user(&self, details: &Value) -> Option<Value> {
        let detail = details.get(0)?;
        let owner = detail.get("systemuser_org")?.get("ID")?.as_str()?.strip_prefix("0192:")?;
        let (owner, id, system) = self.system_users.iter().find(|(known, ..)| known.to_string() == owner)?;
        Some(json!([{
            "type": "urn:altinn:systemuser", "systemuser_id": [id], "systemuser_org": identifier(*owner),
            "system_id": system,
        }]))
    }
}

async fn metadata(State(desk): State<Arc<Desk>>) -> Json<Value> {
    let issuer = desk.issuer.issuer();
    Json(json!({
        "issuer": issuer, "token_endpoint": format!("{issuer}token"), "jwks_uri": format!("{issuer}jwk"),
        "grant_types_supported": ["urn:ietf:params:oauth:grant-type:jwt-bearer"],
    }))
}

async fn token(State(desk): State<Arc<Desk>>, Form(form): Form<HashMap<String, String>>) -> Response {
    desk.token_requests.fetch_add(1, Ordering::SeqCst);
    let refusal = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response();
    if desk.known().refuses {
        return refusal("invalid_client");
    }
    match desk.claims(&form).map(|claims| (desk.issuer.sign(&claims), claims)) {
        Ok((Ok(token), claims)) => Json(json!({
            "access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": claims.get("scope"),
        }))
        .into_response(),
        Ok((Err(_), _)) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Err(error) => refusal(error),
    }
}

fn identifier(number: OrganizationNumber) -> Value {
    json!({"authority": "iso6523-actorid-upis", "ID": format!("0192:{number}")})
}

impl fmt::Debug for FakeMaskinporten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeMaskinporten").field("issuer", &self.issuer()).finish_non_exhaustive()
    }
}

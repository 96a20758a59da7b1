//! The pages of the fake ID-porten.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use altinn_core::{Digest, Party, PartyIdentifier};
use axum::extract::{Form, Query, Request, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::choose_page;
use super::clients::Clients;
use super::form::{decoded, encoded};
use super::{FakeIssuer, FakeIssuerError};

type Fields = HashMap<String, String>;
type MakeIdToken = Box<dyn Fn(&FakeIssuer, Value) -> Result<String, FakeIssuerError> + Send + Sync>;

/// What the fake ID-porten knows.
pub(super) struct Pages {
    issuer: FakeIssuer,
    people: Vec<Party>,
    pub(super) clients: Clients,
    pub(super) key_fetches: AtomicUsize,
    pub(super) rotations: AtomicUsize,
    kept: Mutex<Kept>,
    id_token: Mutex<Option<MakeIdToken>>,
}

#[derive(Default)]
struct Kept {
    asked: Vec<String>,
    /// Logins that were announced or begun, by their number.
    requests: HashMap<String, Fields>,
    /// Logins that have a code.
    codes: HashMap<String, Granted>,
    session: Option<String>,
    request: Option<Fields>,
}

/// A login of somebody, until its code is used.
struct Granted {
    request: Fields,
    person: Party,
    acr: String,
    session: String,
}

impl Pages {
    pub(super) fn new(issuer: FakeIssuer, people: Vec<Party>) -> Self {
        Self {
            issuer,
            people,
            clients: Clients::default(),
            key_fetches: AtomicUsize::new(0),
            rotations: AtomicUsize::new(0),
            kept: Mutex::default(),
            id_token: Mutex::default(),
        }
    }

    pub(super) fn issuer(&self) -> &FakeIssuer {
        &self.issuer
    }

    pub(super) fn asked(&self) -> Vec<String> {
        self.kept().asked.clone()
    }

    pub(super) fn last_session(&self) -> Option<String> {
        self.kept().session.clone()
    }

    pub(super) fn last_request(&self) -> Option<Fields> {
        self.kept().request.clone()
    }

    pub(super) fn misbehave(&self, id_token: MakeIdToken) {
        *self.id_token.lock().unwrap_or_else(PoisonError::into_inner) = Some(id_token);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a login that has all that ID-porten asks for, and gives its number.
    fn keep_request(&self, fields: Fields) -> Result<String, &'static str> {
        let is = |name: &str, value: &str| fields.get(name).is_some_and(|found| found == value);
        let has = |name: &str| fields.get(name).is_some_and(|found| !found.is_empty());
        if !fields.get("client_id").is_some_and(|id| self.clients.knows(id)) {
            return Err("invalid_client");
        }
        let is_complete = is("response_type", "code")
            && is("code_challenge_method", "S256")
            && ["state", "nonce", "code_challenge", "redirect_uri", "acr_values"].into_iter().all(has)
            && fields.get("scope").is_some_and(|scope| scope.split(' ').any(|scope| scope == "openid"));
        if !is_complete {
            return Err("invalid_request");
        }
        let number = Uuid::new_v4().to_string();
        let mut kept = self.kept();
        kept.request = Some(fields.clone());
        kept.requests.insert(number.clone(), fields);
        Ok(number)
    }

    fn claims(&self, client: &str, granted: &Granted) -> Option<Value> {
        let PartyIdentifier::Person(number) = &granted.person.identifier else { return None };
        let now = self.issuer.now().timestamp();
        let sub = Digest::of(format!("{client} {}", granted.person.uuid).as_bytes());
        Some(json!({
            "iss": self.issuer.issuer(), "aud": client, "sub": URL_SAFE_NO_PAD.encode(sub.as_bytes()),
            "pid": number.expose(), "acr": granted.acr, "amr": ["TestID"], "auth_time": now, "iat": now,
            "exp": now + 120, "jti": Uuid::new_v4(), "locale": "nb", "sid": granted.session,
            "nonce": granted.request.get("nonce"),
        }))
    }

    fn id_token(&self, claims: Value) -> Result<String, FakeIssuerError> {
        match &*self.id_token.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(misbehaving) => misbehaving(&self.issuer, claims),
            None => self.issuer.sign(&claims),
        }
    }
}

pub(super) fn router(pages: Arc<Pages>) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(metadata))
        .route("/jwks", get(keys))
        .route("/par", post(announce))
        .route("/authorize", get(choose).post(chosen))
        .route("/token", post(token))
        .route("/logout", get(ended).post(ended))
        .layer(from_fn_with_state(Arc::clone(&pages), note))
        .with_state(pages)
}

async fn note(State(pages): State<Arc<Pages>>, request: Request, next: Next) -> Response {
    pages.kept().asked.push(request.uri().path().to_owned());
    next.run(request).await
}

async fn metadata(State(pages): State<Arc<Pages>>) -> Json<Value> {
    let issuer = pages.issuer.issuer();
    let at = |path: &str| format!("{issuer}{path}");
    Json(json!({
        "issuer": issuer, "jwks_uri": at("/jwks"), "token_endpoint": at("/token"),
        "authorization_endpoint": at("/authorize"), "end_session_endpoint": at("/logout"),
        "pushed_authorization_request_endpoint": at("/par"),
        "authorization_response_iss_parameter_supported": true,
        "acr_values_supported": ["idporten-loa-substantial", "idporten-loa-high"],
        "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic"],
        "id_token_signing_alg_values_supported": ["RS256"], "subject_types_supported": ["pairwise"],
        "ui_locales_supported": ["nb", "nn", "en", "se"], "frontchannel_logout_supported": true,
    }))
}

async fn keys(State(pages): State<Arc<Pages>>) -> String {
    pages.key_fetches.fetch_add(1, Ordering::SeqCst);
    pages.issuer.jwks()
}

fn refusal(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response()
}

const REQUEST_URN: &str = "urn:ietf:params:oauth:request_uri:";

async fn announce(State(pages): State<Arc<Pages>>, headers: HeaderMap, Form(form): Form<Fields>) -> Response {
    if pages.clients.authenticated(pages.issuer.issuer(), &headers, &form).is_none() {
        return refusal("invalid_client");
    }
    match pages.keep_request(form) {
        Ok(number) => {
            let answer = json!({"request_uri": format!("{REQUEST_URN}{number}"), "expires_in": 60});
            (StatusCode::CREATED, Json(answer)).into_response()
        }
        Err(error) => refusal(error),
    }
}

/// The page on which one picks a person and a level.
async fn choose(State(pages): State<Arc<Pages>>, Query(query): Query<Fields>) -> Response {
    let announced = query.get("request_uri").and_then(|uri| uri.strip_prefix(REQUEST_URN));
    let number = match announced {
        Some(number) => number.to_owned(),
        None => match pages.keep_request(query) {
            Ok(number) => number,
            Err(error) => return refusal(error),
        },
    };
    let kept = pages.kept();
    let Some(request) = kept.requests.get(&number) else { return refusal("invalid_request_uri") };
    Html(choose_page::html(&number, request, &pages.people)).into_response()
}

async fn chosen(State(pages): State<Arc<Pages>>, Form(form): Form<Fields>) -> Response {
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    let Some(request) = pages.kept().requests.remove(field("request")) else {
        return refusal("invalid_request");
    };
    let person = pages.people.iter().find(|person| person.uuid.to_string() == field("person")).cloned();
    let (code, session) = (Uuid::new_v4().to_string(), Uuid::new_v4().to_string());
    let redirect = request.get("redirect_uri").cloned().unwrap_or_default();
    let state = request.get("state").cloned().unwrap_or_default();
    let mut answer = vec![("state", state), ("iss", pages.issuer.issuer().to_owned())];
    let mut kept = pages.kept();
    match person {
        Some(person) => {
            answer.push(("code", code.clone()));
            let acr = field("acr").to_owned();
            kept.session = Some(session.clone());
            kept.codes.insert(code, Granted { request, person, acr, session });
        }
        None => answer.push(("error", "access_denied".to_owned())),
    }
    let query: Vec<_> = answer.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    (StatusCode::SEE_OTHER, [(LOCATION, format!("{redirect}?{}", query.join("&")))]).into_response()
}

async fn token(State(pages): State<Arc<Pages>>, headers: HeaderMap, Form(form): Form<Fields>) -> Response {
    let Some(client) = pages.clients.authenticated(pages.issuer.issuer(), &headers, &form) else {
        return refusal("invalid_client");
    };
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    let Some(granted) = pages.kept().codes.remove(field("code")) else { return refusal("invalid_grant") };
    let asked = |name: &str| granted.request.get(name).map_or("", String::as_str);
    let challenge = URL_SAFE_NO_PAD.encode(Digest::of(field("code_verifier").as_bytes()).as_bytes());
    let is_the_same = asked("client_id") == client
        && asked("redirect_uri") == field("redirect_uri")
        && asked("code_challenge") == challenge
        && field("grant_type") == "authorization_code";
    if !is_the_same {
        return refusal("invalid_grant");
    }
    let id_token = pages.claims(&client, &granted).map(|claims| pages.id_token(claims));
    match id_token {
        Some(Ok(id_token)) => Json(json!({
            "id_token": id_token, "access_token": Uuid::new_v4(), "token_type": "Bearer", "expires_in": 600,
            "scope": "openid profile",
        }))
        .into_response(),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Ends the session of an ID token that is ours, and sends the browser back.
async fn ended(State(pages): State<Arc<Pages>>, body: String) -> Response {
    let form: Fields = body
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), decoded(value)))
        .collect();
    let keys = crate::token::StaticKeys::from_jwks(pages.issuer.jwks()).ok();
    let claims =
        form.get("id_token_hint").zip(keys).and_then(|(hint, keys)| crate::token::signed_claims(hint, &keys));
    match (claims, form.get("post_logout_redirect_uri")) {
        (Some(_), Some(address)) => (StatusCode::SEE_OTHER, [(LOCATION, address.clone())]).into_response(),
        _ => Html("<!doctype html><title>Du er logget ut</title>").into_response(),
    }
}

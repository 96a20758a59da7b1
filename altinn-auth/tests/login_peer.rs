//! Login at a provider that this project did not write (`ALTINN_TEST_OIDC`: the address of `oidc-provider-mock`).
#![cfg(feature = "login")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::sync::Arc;

use altinn_auth::login::{self, ClientAuthentication, Login, LoginSettings, Person};
use altinn_auth::register::{self, RegisterKey, StoredRegister};
use altinn_auth::testing::{Loopback, TestBrowser};
use altinn_auth::token::{CachedKeys, IssuerProfile, TokenError, TokenSubject, TokenVerifier};
use altinn_core::http::{Destinations, HttpClient, HttpRequest, Method, StatusCode, Url, header};
use altinn_core::store::{Batch, Store};
use altinn_core::testing::{SyntheticPeople, report};
use altinn_core::{Party, PartyIdentifier, SyntheticNumbers, SystemClock};
use axum::{Router, routing::get};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

const VARIABLE: &str = "ALTINN_TEST_OIDC";

/// The provider's address; none, and why, when no provider is named.
fn provider(test: &str) -> Option<String> {
    let url = std::env::var(VARIABLE).ok();
    if url.is_none() {
        report(format_args!("{test}: skipped, {VARIABLE} names no provider"));
    }
    url
}

struct Scene {
    provider: String,
    http: HttpClient,
    store: Store,
    register: Arc<StoredRegister>,
    kari: Party,
    sub: String,
}

impl Scene {
    /// Kari is known to the register, and to the provider with her number and a level.
    async fn new(provider: String, seed: u64, acr: &str) -> Self {
        let http = HttpClient::builder(Destinations::configured()).build().unwrap();
        let store = Store::open("sqlite::memory:").await.unwrap();
        store.migrate(&[register::MIGRATIONS, login::MIGRATIONS]).await.unwrap();
        let register = Arc::new(StoredRegister::new(store.clone(), RegisterKey::from_bytes(&[7; 32])));
        let kari = SyntheticPeople::from_seed(seed).person();
        let mut batch = Batch::new();
        register.put_party(&mut batch, &kari).unwrap();
        store.commit(batch).await.unwrap();
        let PartyIdentifier::Person(number) = &kari.identifier else { unreachable!() };
        let sub = kari.uuid.to_string();
        let user = HttpRequest::new(Method::PUT, &format!("{provider}/users/{sub}")).unwrap();
        let claims = json!({"pid": number.expose(), "acr": acr, "amr": ["BankID"], "sid": "s-1"});
        let answer = http.send(user.json(&claims).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        Self { provider, http, store, register, kari, sub }
    }

    fn well_known(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.provider)
    }

    /// An ID token by the protocol alone, without our relying party.
    async fn id_token(&self, client: &str) -> String {
        let mut url = Url::parse(&format!("{}/oauth2/authorize", self.provider)).unwrap();
        let redirect = "http://127.0.0.1:9/callback";
        url.query_pairs_mut().extend_pairs([
            ("client_id", client),
            ("response_type", "code"),
            ("scope", "openid"),
            ("redirect_uri", redirect),
            ("state", "s"),
            ("nonce", "n"),
        ]);
        let chosen = HttpRequest::post(url.as_str()).unwrap().form(&[("sub", &self.sub)]);
        let answer = self.http.send(chosen).await.unwrap();
        let back = Url::parse(answer.header(&header::LOCATION).unwrap()).unwrap();
        let (_, code) = back.query_pairs().find(|(name, _)| name == "code").unwrap();
        let form = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", redirect)];
        let basic = format!("Basic {}", STANDARD.encode(format!("{client}:secret")));
        let request = HttpRequest::post(&format!("{}/oauth2/token", self.provider)).unwrap().form(&form);
        let request = request.header(header::AUTHORIZATION, &basic).unwrap();
        let tokens: Value = self.http.send(request).await.unwrap().json().unwrap();
        tokens["id_token"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn people_log_in_at_a_provider_of_others_and_out_again() {
    let Some(provider) = provider("login at a peer") else { return };
    let scene = Scene::new(provider, 21, "idporten-loa-high").await;
    let port = Loopback::port().await.unwrap();
    let secret = ClientAuthentication::secret("any secret");
    let settings = LoginSettings::id_porten(scene.well_known(), "portal", secret, port.url()).unwrap();
    let login = Login::builder(settings, scene.store.clone(), scene.register.clone())
        .with_synthetic_numbers(SyntheticNumbers::Accepted)
        .connect()
        .await
        .unwrap();
    let page = get(|person: Person| async move { format!("{} at {}", person.party, person.actor.level()) });
    let pages = Router::new().route("/", page).with_state(login.clone()).merge(login.router());
    let portal = port.serve(pages);

    let mut browser = TestBrowser::new().unwrap();
    let form = browser.get(&portal.at("/")).await.unwrap();
    let done = browser.submit(&form.url, &[("sub", &scene.sub)]).await.unwrap();
    assert_eq!((done.text(), done.url), (format!("{} at 4", scene.kari.id), portal.at("/")));

    let out = browser.submit(&portal.at("/oauth2/logout"), &[]).await.unwrap();
    assert!(out.text().contains(&format!(r#"action="{}/oauth2/end_session""#, scene.provider)));
    let url = portal.at("/");
    let again = browser.send(HttpRequest::get(&url).unwrap(), &url).await.unwrap();
    assert_eq!(again.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_login_at_a_level_that_is_too_low_is_refused_also_from_others() {
    let Some(provider) = provider("level of a peer") else { return };
    let scene = Scene::new(provider, 22, "idporten-loa-low").await;
    let port = Loopback::port().await.unwrap();
    let secret = ClientAuthentication::secret("any secret");
    let settings = LoginSettings::id_porten(scene.well_known(), "portal", secret, port.url()).unwrap();
    let login = Login::builder(settings, scene.store.clone(), scene.register.clone())
        .with_synthetic_numbers(SyntheticNumbers::Accepted)
        .connect()
        .await
        .unwrap();
    let portal = port.serve(login.router::<()>().with_state(()));
    let mut browser = TestBrowser::new().unwrap();
    let form = browser.get(&portal.at("/oauth2/login")).await.unwrap();
    let refused = browser.submit(&form.url, &[("sub", &scene.sub)]).await.unwrap();
    assert!(refused.text().contains("AUTH-LOGIN-LEVEL"), "{}", refused.text());
}

#[tokio::test]
async fn tokens_of_others_are_verified_by_the_keys_that_they_publish() {
    let Some(provider) = provider("token of a peer") else { return };
    let scene = Scene::new(provider.clone(), 23, "idporten-loa-substantial").await;
    let token = scene.id_token("portal").await;
    let verify = async |issuer: &str, audience: &str, token: &str| {
        let keys =
            CachedKeys::over_http(scene.http.clone(), format!("{provider}/jwks"), Arc::new(SystemClock));
        let profile =
            IssuerProfile::id_porten(issuer, audience, Arc::new(keys)).accepting_tokens_without_kid();
        let verifier = TokenVerifier::new(Arc::new(SystemClock), scene.register.clone())
            .trusting(profile)
            .with_synthetic_numbers(SyntheticNumbers::Accepted);
        verifier.authenticate(token).await
    };
    let told = verify(&provider, "portal", &token).await.unwrap();
    assert!(matches!(told.subject(), TokenSubject::Person(Some(_))));
    assert_eq!((u8::from(told.level()), told.session()), (3, Some("s-1")));
    assert_eq!(verify(&provider, "other", &token).await.unwrap_err(), TokenError::Audience);
    assert_eq!(verify("https://other.test", "portal", &token).await.unwrap_err(), TokenError::Issuer);
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (header, claims) = message.split_once('.').unwrap();
    let (first, rest) = claims.split_at(claims.len() - 8);
    let other = format!("{header}.{first}{}.{signature}", rest.chars().rev().collect::<String>());
    assert!(verify(&provider, "portal", &other).await.is_err());
}

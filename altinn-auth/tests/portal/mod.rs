//! A portal with a fake ID-porten, and somebody at a browser.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "not every test needs all of it; tests fail by panicking"
)]

use std::sync::Arc;

use altinn_auth::login::{
    self, AtLeast, Callers, ClientAuthentication, High, Login, LoginSettings, Organization, Person,
};
use altinn_auth::register::{self, RegisterKey, StoredRegister};
use altinn_auth::testing::{FakeIdPorten, FakeIssuer, Loopback, LoopbackPort, TestBrowser, TestPage};
use altinn_auth::token::{IssuerProfile, TokenVerifier};
use altinn_core::http::HttpRequest;
use altinn_core::store::{Batch, Store};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Party, SteppableClock, SyntheticNumbers};
use axum::Router;
use axum::routing::{get, post};
use serde_json::Value;

pub(crate) struct Portal {
    pub(crate) store: Store,
    pub(crate) clock: Arc<SteppableClock>,
    pub(crate) id_porten: FakeIdPorten,
    pub(crate) server: Loopback,
    pub(crate) kari: Party,
    pub(crate) ola: Party,
    /// Somebody whom the register does not know.
    pub(crate) stranger: Party,
    /// Gives tokens to systems, which the portal lets in too.
    pub(crate) systems: FakeIssuer,
}

impl Portal {
    pub(crate) async fn new() -> Self {
        Self::on(Store::open("sqlite::memory:").await.unwrap()).await
    }

    pub(crate) async fn on(store: Store) -> Self {
        Self::with(store, |settings| settings).await
    }

    pub(crate) async fn with(store: Store, change: impl FnOnce(LoginSettings) -> LoginSettings) -> Self {
        Self::as_client(store, |id_porten, url| change(id_porten.client(url).unwrap())).await
    }

    /// A portal that is registered with one secret and sends another.
    pub(crate) async fn by_secret(client: &'static str, secret: &'static str, sent: &'static str) -> Self {
        Self::as_client(Store::open("sqlite::memory:").await.unwrap(), |id_porten, url| {
            id_porten.register_secret(client, secret);
            let secret = ClientAuthentication::secret(sent);
            LoginSettings::id_porten(id_porten.well_known_url(), client, secret, url).unwrap()
        })
        .await
    }

    /// A portal that people log in to at Ansattporten, for a resource.
    pub(crate) async fn at_work(resource: &str) -> Self {
        Self::as_client(Store::open("sqlite::memory:").await.unwrap(), |id_porten, url| {
            id_porten.register_secret("at-work", "secret");
            let secret = ClientAuthentication::secret("secret");
            let settings = LoginSettings::ansattporten(id_porten.well_known_url(), "at-work", secret, url);
            settings.unwrap().representing_for(resource)
        })
        .await
    }

    async fn as_client(store: Store, settings: impl FnOnce(&FakeIdPorten, &str) -> LoginSettings) -> Self {
        store.migrate(&[register::MIGRATIONS, login::MIGRATIONS]).await.unwrap();
        let mut people = SyntheticPeople::from_seed(1);
        let (kari, ola, stranger) = (people.person(), people.person(), people.person());
        let clock = Arc::new(SteppableClock::at("2026-11-24T12:00:00Z".parse().unwrap()));
        let id_porten = FakeIdPorten::start_at([&kari, &ola, &stranger], clock.clone()).await.unwrap();
        let port = Loopback::port().await.unwrap();
        let settings = settings(&id_porten, port.url());
        let systems = FakeIssuer::maskinporten(clock.clone()).unwrap();
        let profile = systems.profile().unwrap();
        let server = serve(port, (settings, profile), &store, &clock, [&kari, &ola]).await;
        Self { store, clock, id_porten, server, kari, ola, stranger, systems }
    }

    pub(crate) fn browser(&self) -> TestBrowser {
        TestBrowser::new().unwrap()
    }

    /// Logs Kari in, and gives the page that came of it.
    pub(crate) async fn log_in(&self, browser: &mut TestBrowser) -> TestPage {
        browser.log_in(&self.server.at("/"), &self.kari).await.unwrap()
    }

    /// The code of the refusal when ID-porten's ID token is made in this way.
    pub(crate) async fn refusal_of(
        &self,
        id_token: impl Fn(&FakeIssuer, Value) -> String + Send + Sync + 'static,
    ) -> String {
        self.id_porten.misbehave(move |issuer, claims| Ok(id_token(issuer, claims)));
        let mut browser = self.browser();
        let page = self.log_in(&mut browser).await;
        let refused = code(&page);
        assert!(!self.is_logged_in(&mut browser).await, "{refused}");
        refused
    }

    /// The code of the refusal when the claims of the ID token are changed.
    pub(crate) async fn refusal_with(&self, change: impl Fn(&mut Value) + Send + Sync + 'static) -> String {
        self.refusal_of(move |issuer, mut claims| {
            change(&mut claims);
            issuer.sign(&claims).unwrap()
        })
        .await
    }

    pub(crate) async fn is_logged_in(&self, browser: &mut TestBrowser) -> bool {
        let url = self.server.at("/");
        let page = browser.send(HttpRequest::get(&url).unwrap(), &url).await.unwrap();
        page.status().is_success()
    }
}

async fn serve(
    port: LoopbackPort,
    (settings, systems): (LoginSettings, IssuerProfile),
    store: &Store,
    clock: &Arc<SteppableClock>,
    known: [&Party; 2],
) -> Loopback {
    let register = Arc::new(StoredRegister::new(store.clone(), RegisterKey::from_bytes(&[7; 32])));
    let mut batch = Batch::new();
    for party in known {
        register.put_party(&mut batch, party).unwrap();
    }
    store.commit(batch).await.unwrap();
    let tokens = TokenVerifier::new(clock.clone(), register.clone())
        .trusting(systems)
        .with_synthetic_numbers(SyntheticNumbers::Accepted);
    let login = Login::builder(settings, store.clone(), register)
        .clock(clock.clone())
        .with_synthetic_numbers(SyntheticNumbers::Accepted)
        .connect()
        .await
        .unwrap();
    port.serve(pages(&login, tokens))
}

fn pages(login: &Login, tokens: TokenVerifier) -> Router {
    let level = |AtLeast(actor, ..): AtLeast<High>| async move { format!("level {}", actor.level()) };
    Router::new()
        .route("/", get(|person: Person| async move { format!("party {}", person.party) }))
        .route("/change", post(|person: Person| async move { format!("changed by {}", person.party) }))
        .route("/business", get(|organization: Organization| async move { organization.number.to_string() }))
        .nest("/journal", Router::new().route("/{page}", get(level).post(level)))
        .with_state(Callers::by_login(login.clone()).and_token(tokens))
        .merge(login.router())
}

/// The code of a problem.
pub(crate) fn code(page: &TestPage) -> String {
    let problem: Value = serde_json::from_slice(page.answer.body()).unwrap_or_default();
    problem["code"].as_str().unwrap_or("none").to_owned()
}

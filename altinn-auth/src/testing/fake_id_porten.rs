//! An ID-porten for tests, over real HTTP.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use altinn_core::key::PrivateKey;
use altinn_core::{Clock, Party, SystemClock};
use serde_json::Value;

use super::id_porten_pages::{self, Pages};
use super::{FakeIssuer, FakeIssuerError, Loopback};
use crate::token::TokenSigner;

/// An ID-porten for tests on a port of this machine: metadata, keys, announced logins (PAR), a page on which one picks a
/// synthetic person and a level, ID tokens, logout. It signs with RS256 and checks its clients as the real one does.
///
/// ```
/// # #[cfg(all(feature = "login", feature = "sqlite"))]
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// # use std::sync::Arc;
/// # use altinn_auth::login::{self, Login, Person};
/// # use altinn_auth::register::{self, RegisterKey, StoredRegister};
/// # use altinn_auth::testing::{FakeIdPorten, Loopback, TestBrowser};
/// # use altinn_core::store::{Batch, Store};
/// # use altinn_core::{SyntheticNumbers, testing::SyntheticPeople};
/// # use axum::{Router, routing::get};
/// # let store = Store::open("sqlite::memory:").await?;
/// # store.migrate(&[register::MIGRATIONS, login::MIGRATIONS]).await?;
/// # let register = Arc::new(StoredRegister::new(store.clone(), RegisterKey::from_bytes(&[7; 32])));
/// # let kari = SyntheticPeople::from_seed(1).person();
/// # let mut batch = Batch::new();
/// # register.put_party(&mut batch, &kari)?;
/// # store.commit(batch).await?;
/// # let app = |login: Login| {
/// #     let page = |person: Person| async move { format!("party {}", person.party) };
/// #     Router::new().route("/", get(page)).with_state(login.clone()).merge(login.router())
/// # };
/// let (id_porten, port) = (FakeIdPorten::start([&kari]).await?, Loopback::port().await?);
/// let login = Login::builder(id_porten.client(port.url())?, store, register)
///     .with_synthetic_numbers(SyntheticNumbers::Accepted)
///     .connect()
///     .await?;
/// let portal = port.serve(app(login));
///
/// let page = TestBrowser::new()?.log_in(&portal.at("/"), &kari).await?;
/// assert_eq!(page.text(), format!("party {}", kari.id));
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct FakeIdPorten {
    pages: Arc<Pages>,
    server: Loopback,
}

/// The key that fakes sign RS256 with. It is in everybody's hands, and good for tests alone.
const RSA_TEST_KEY: &str = include_str!("rsa_test_key.pem");

/// A signer with the key for tests, under an id.
pub(super) fn rsa_signer(kid: &str) -> Result<TokenSigner, FakeIssuerError> {
    let key = PrivateKey::from_pem(RSA_TEST_KEY).map_err(|_| FakeIssuerError::Key)?;
    Ok(TokenSigner::new(key, kid))
}

impl FakeIdPorten {
    /// Starts it, with these people to pick from.
    ///
    /// # Errors
    /// [`FakeIssuerError`].
    pub async fn start(people: impl IntoIterator<Item = &Party>) -> Result<Self, FakeIssuerError> {
        Self::start_at(people, Arc::new(SystemClock)).await
    }

    /// Starts it by another clock than the machine's.
    ///
    /// # Errors
    /// [`FakeIssuerError`].
    pub async fn start_at(
        people: impl IntoIterator<Item = &Party>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, FakeIssuerError> {
        let port = Loopback::port().await.map_err(|_| FakeIssuerError::Port)?;
        let issuer = FakeIssuer::named(super::Kind::IdPorten, port.url(), rsa_signer("key-1")?, clock);
        let pages = Arc::new(Pages::new(issuer, people.into_iter().cloned().collect()));
        let server = port.serve(id_porten_pages::router(Arc::clone(&pages)));
        Ok(Self { pages, server })
    }

    /// The issuer's name, which is also its address.
    pub fn issuer(&self) -> &str {
        self.server.url()
    }

    /// The address of its metadata.
    pub fn well_known_url(&self) -> String {
        self.server.at("/.well-known/openid-configuration")
    }

    /// Registers a client with a new key, for a portal at an address, and gives its settings.
    ///
    /// # Errors
    /// [`FakeIssuerError`].
    #[cfg(feature = "login")]
    pub fn client(&self, public_url: &str) -> Result<crate::login::LoginSettings, FakeIssuerError> {
        use crate::login::{ClientAuthentication, LoginSettings};

        let signer = TokenSigner::generate().map_err(|_| FakeIssuerError::Key)?;
        self.pages.clients.register_key("test-portal", &signer);
        let key = ClientAuthentication::private_key_jwt(signer);
        LoginSettings::id_porten(self.well_known_url(), "test-portal", key, public_url)
            .map_err(|_| FakeIssuerError::Port)
    }

    /// Registers a client with a secret.
    pub fn register_secret(&self, client_id: &str, secret: &str) {
        self.pages.clients.register_secret(client_id, secret);
    }

    /// Changes the id of the key: tokens that were signed before are of a key that is no longer published.
    ///
    /// # Errors
    /// [`FakeIssuerError::Key`].
    pub fn rotate_keys(&self) -> Result<(), FakeIssuerError> {
        let rotations = self.pages.rotations.fetch_add(1, Ordering::SeqCst) + 2;
        self.pages.issuer().set_signer(rsa_signer(&format!("key-{rotations}"))?);
        Ok(())
    }

    /// How often its keys were fetched.
    pub fn key_fetches(&self) -> usize {
        self.pages.key_fetches.load(Ordering::SeqCst)
    }

    /// The paths that were asked for, in order.
    pub fn asked(&self) -> Vec<String> {
        self.pages.asked()
    }

    /// Misbehaves from now on: this makes the ID token of the claims that it should have.
    pub fn misbehave(
        &self,
        id_token: impl Fn(&FakeIssuer, Value) -> Result<String, FakeIssuerError> + Send + Sync + 'static,
    ) {
        self.pages.misbehave(Box::new(id_token));
    }

    /// Publishes another key beside the one that it signs with.
    ///
    /// # Errors
    /// [`FakeIssuerError::Key`].
    pub fn publish_another_key(&self) -> Result<(), FakeIssuerError> {
        let signer = TokenSigner::generate().map_err(|_| FakeIssuerError::Key)?;
        self.pages.issuer().publish_too(&signer);
        Ok(())
    }

    /// The parameters of the login that was begun last.
    pub fn last_request(&self) -> Option<std::collections::HashMap<String, String>> {
        self.pages.last_request()
    }

    /// The session (`sid`) of the login before.
    pub fn last_session(&self) -> Option<String> {
        self.pages.last_session()
    }
}

impl fmt::Debug for FakeIdPorten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeIdPorten").field("issuer", &self.issuer()).finish_non_exhaustive()
    }
}

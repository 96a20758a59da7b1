//! Opening the portal.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use altinn_archive::VerifierKey;
use altinn_auth::issuing::RotatingKeys;
use altinn_auth::login::{self, Login, LoginError};
use altinn_auth::register::RegisterError;
use altinn_auth::testing::{FakeIdPorten, FakeIssuerError};
use altinn_auth::token::{KeySourceError, TokenError, TokenSigner};
use altinn_core::key::KeyError;
use altinn_core::store::{Store, StoreError};
use altinn_core::{IdentifierError, Party, SyntheticNumbers};
use altinn_notify::channel::{ChannelKind, UnknownOutcome};
use altinn_notify::{EmailAddressError, PhoneNumberError, SealError};
use altinn_services::form_site::FormTokens;
use altinn_services::{Altinn, OpenError, PublishError};
use tempfile::TempDir;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::app::{App, Inner};
use super::outbox::Outbox;
use super::pages::Pages;
use super::services::Services;
use super::settings::Settings;
use super::target::Target;
use super::texts::Texts;
use super::world::World;

/// Where the portal's templates and texts are.
pub(super) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/portal");

/// Why the portal cannot be opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PortalError {
    /// The port is taken, or may not be used.
    #[error(
        "the port {port} cannot be used: {error}; set PORTAL_PORT to another one, or to 0 for any free one"
    )]
    Port {
        /// The port.
        port: u16,
        /// What the system said.
        error: std::io::Error,
    },
    /// A file or folder.
    #[error("a file of the portal cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// Everything that is kept.
    #[error("what is kept cannot be opened: {0}")]
    Open(#[from] OpenError),
    /// A service's folder is not in order.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The stand-in for ID-porten.
    #[error("the fake ID-porten does not start: {0}")]
    IdPorten(#[from] FakeIssuerError),
    /// The login.
    #[error("the login cannot be set up: {0}")]
    Login(#[from] LoginError),
    /// The texts.
    #[error("a file of texts is not in order: {0}")]
    Texts(#[from] serde_json::Error),
    /// A page's template.
    #[error("a template is not in order: {0}")]
    Template(#[from] minijinja::Error),
    /// A key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A token's key.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The keys that the target knows the portal by.
    #[error(transparent)]
    Keys(#[from] KeySourceError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The register.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// A synthetic number.
    #[error(transparent)]
    Number(#[from] IdentifierError),
    /// An address of somebody synthetic.
    #[error(transparent)]
    Email(#[from] EmailAddressError),
    /// A phone number of somebody synthetic.
    #[error(transparent)]
    Phone(#[from] PhoneNumberError),
    /// A contact cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The synthetic people are not as they should be.
    #[error("the synthetic people and businesses are not as they should be")]
    World,
}

/// A portal that is being served, with its workers, until it is dropped.
#[derive(Debug)]
pub struct Portal {
    app: App,
    address: String,
    folder: PathBuf,
    _stop: oneshot::Sender<()>,
    _id_porten: FakeIdPorten,
    _temporary: Option<TempDir>,
}

impl Portal {
    /// Opens the portal and serves it on this machine, where no other machine can reach it.
    ///
    /// # Errors
    /// A [`PortalError`] says what is wrong, and what to do about it where that is known.
    pub async fn open(settings: &Settings) -> Result<Self, PortalError> {
        let port = |error| PortalError::Port { port: settings.port, error };
        let listener = TcpListener::bind(("127.0.0.1", settings.port)).await.map_err(port)?;
        let address = format!("http://{}", listener.local_addr()?);
        let temporary = settings.folder.is_none().then(tempfile::tempdir).transpose()?;
        let folder = match (&settings.folder, &temporary) {
            (Some(folder), _) => folder.clone(),
            (None, Some(temporary)) => temporary.path().to_owned(),
            (None, None) => return Err(PortalError::World),
        };
        let world = World::new();
        let id_porten = FakeIdPorten::start(world.people()).await?;
        let app = open_app(settings, &folder, &address, world, &id_porten).await?;
        let (stop, stopped) = oneshot::channel::<()>();
        app.altinn.run_workers(async {
            let _ = stopped.await;
        });
        let router = app.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { app, address, folder, _stop: stop, _id_porten: id_porten, _temporary: temporary })
    }

    /// The address of the front page.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where everything is kept.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The synthetic people who can log in; the first leads a business.
    pub fn people(&self) -> impl Iterator<Item = &Party> {
        self.app.world.people().into_iter()
    }

    /// The key that verifies the receipts which the portal gives.
    pub fn verifier_key(&self) -> &VerifierKey {
        self.app.altinn.archive().verifier_key()
    }
}

async fn open_app(
    settings: &Settings,
    folder: &Path,
    address: &str,
    world: World,
    id_porten: &FakeIdPorten,
) -> Result<App, PortalError> {
    let outbox = Outbox::default();
    let (altinn, login) = open_altinn(folder, address, &outbox, id_porten).await?;
    world.enrol(&altinn).await?;
    let texts = Arc::new(Texts::read(Path::new(FOLDER))?);
    let jwks = altinn.hand_overs().map(|issuer| issuer.jwks().to_string()).unwrap_or_default();
    let target = Target::serve(address, &jwks, Arc::clone(&texts)).await?;
    let beside = folder.join("definitions");
    let services = Services::publish(&altinn, &world, target.address(), &beside, settings.app.as_ref())?;
    let form_tokens = FormTokens::new()?;
    let pages = Pages::read(Path::new(FOLDER), Arc::clone(&texts))?;
    let id_porten = id_porten.issuer().to_owned();
    let language = settings.language;
    Ok(App(Arc::new(Inner {
        altinn,
        login,
        pages,
        texts,
        services,
        outbox,
        world,
        target,
        form_tokens,
        id_porten,
        language,
    })))
}

async fn open_altinn(
    folder: &Path,
    address: &str,
    outbox: &Outbox,
    id_porten: &FakeIdPorten,
) -> Result<(Altinn, Login), PortalError> {
    let keys = RotatingKeys::new(TokenSigner::generate()?);
    let (sms, sender) = (outbox.clone(), "Mattilsynet".parse().map_err(|_| PortalError::World)?);
    let database = folder.join("altinn.db");
    std::fs::create_dir_all(folder)?;
    let altinn = Altinn::builder(format!("sqlite:{}", database.display()))
        .objects_in(&folder.join("objects"))?
        .keys_in(&folder.join("keys"), !database.exists())?
        .hand_overs(address, keys)
        .email("post@mattilsynet.example".parse()?, outbox.clone())
        .notifier(|notifier| {
            let notifier = notifier.with_sms_channel(sms).with_sms_sender(sender);
            notifier.with_unknown_outcome(ChannelKind::Email, UnknownOutcome::Park)
        })
        .build()
        .await?;
    let store: &Store = altinn.store();
    store.migrate(&[login::MIGRATIONS]).await?;
    let login =
        Login::builder(id_porten.client(address)?, store.clone(), Arc::new(altinn.register().clone()))
            .with_synthetic_numbers(SyntheticNumbers::Accepted)
            .connect()
            .await?;
    Ok((altinn, login))
}

//! What the operations work on.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use altinn_archive::Objects;
use altinn_auth::issuing::RotatingKeys;
use altinn_auth::token::TokenSigner;
use altinn_auth::xacml::PolicyIndex;
use altinn_core::http::{Destinations, HttpClient};
use altinn_notify::channel::{HttpSms, JsonGateway, Smtp, SmtpSettings, TlsMode};
use altinn_services::{Altinn, AltinnBuilder};
use tokio::sync::Mutex;

use crate::answer::Failure;
use crate::broker::Business;
use crate::clock::WallClock;
use crate::collaboration::Together;
use crate::correspondence::Mail;
use crate::link::Link;
use crate::lookup::Look;
use crate::service::Loaded;
use crate::settings::Settings;

/// What the issuer of hand-overs calls itself.
pub(crate) const HAND_OVERS: &str = "https://altinn.example.no";

/// What the operations work on.
pub(crate) struct World {
    pub(crate) altinn: Altinn,
    pub(crate) clock: Arc<WallClock>,
    /// The services that have been loaded, by id.
    pub(crate) services: Mutex<BTreeMap<String, Arc<Loaded>>>,
    /// The correspondence services that have been loaded, by id.
    pub(crate) correspondences: Mutex<BTreeMap<String, Arc<Mail>>>,
    /// The broker services that have been loaded, by id.
    pub(crate) brokers: Mutex<BTreeMap<String, Arc<Business>>>,
    /// The link services that have been loaded, by id.
    pub(crate) links: Mutex<BTreeMap<String, Arc<Link>>>,
    /// The lookup services that have been loaded, by id.
    pub(crate) lookups: Mutex<BTreeMap<String, Arc<Look>>>,
    /// The collaborations that have been loaded, by id.
    pub(crate) collaborations: Mutex<BTreeMap<String, Arc<Together>>>,
    /// The policies that have been loaded, by the name they were given.
    pub(crate) policies: Mutex<BTreeMap<String, Arc<PolicyIndex>>>,
}

impl World {
    /// Opens everything; keys are made where there is none yet.
    pub(crate) async fn open(settings: &Settings) -> Result<Self, Box<dyn Error>> {
        let clock = Arc::new(WallClock::default());
        if let Some(folder) = settings.store.strip_prefix("sqlite:").and_then(|path| Path::new(path).parent())
        {
            fs::create_dir_all(folder)?;
        }
        let mut builder: AltinnBuilder = Altinn::builder(&settings.store)
            .clock(Arc::clone(&clock) as _)
            .objects(Objects::open(&settings.objects, std::env::vars())?)
            .keys_in(&settings.keys, true)?;
        if let Some((host, port)) = &settings.smtp {
            let smtp = Smtp::new(SmtpSettings::new(host, *port, TlsMode::None))?;
            builder = builder.email("noreply@example.com".parse()?, smtp);
        }
        let sms_sender = "Altinn".parse()?;
        builder = builder.notifier(|notifier| notifier.with_sms_sender(sms_sender));
        if let Some(url) = &settings.sms {
            let sms = HttpSms::new(JsonGateway::new(url))?;
            builder = builder.notifier(|notifier| notifier.with_sms_channel(sms));
        }
        let endpoints = HttpClient::builder(Destinations::configured()).build()?;
        builder = builder.notifier(|notifier| notifier.with_condition_client(endpoints));
        let keys = RotatingKeys::new(TokenSigner::generate()?);
        let altinn = builder.hand_overs(HAND_OVERS, keys).build().await?;
        altinn.store().migrate(&[altinn_auth::hand_over::MIGRATIONS]).await?;
        Ok(Self {
            altinn,
            clock,
            services: Mutex::default(),
            correspondences: Mutex::default(),
            brokers: Mutex::default(),
            links: Mutex::default(),
            lookups: Mutex::default(),
            collaborations: Mutex::default(),
            policies: Mutex::default(),
        })
    }

    /// A service that has been loaded.
    pub(crate) async fn loaded(&self, service: &str) -> Result<Arc<Loaded>, Failure> {
        let unknown = || Failure::new("SUBMISSION-UNKNOWN-SERVICE", "no such service has been loaded");
        self.services.lock().await.get(service).cloned().ok_or_else(unknown)
    }
}

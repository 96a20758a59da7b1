//! How an [`Altinn`] is put together.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock, RwLock};

use altinn_archive::seal::{KeySealer, Sealer};
use altinn_archive::{Archive, ArchiveKeys, KeyFolder, KeyProvider, LogKey, Objects};
use altinn_auth::decision::{Authorizer, Policies, Registers};
use altinn_auth::delegation::{AccessManagement, StoredAccessPackages, StoredDelegations};
#[cfg(feature = "link")]
use altinn_auth::hand_over::HandOverIssuer;
#[cfg(feature = "link")]
use altinn_auth::issuing::RotatingKeys;
use altinn_auth::register::{RegisterKey, RoleRegister, StoredAccessLists, StoredRegister};
use altinn_auth::trail::Trail;
#[cfg(feature = "webhooks")]
use altinn_core::http::Destinations;
use altinn_core::key::{SecretKey, SigningKey};
use altinn_core::store::{Store, StoreError};
use altinn_core::{Clock, IdSource, RandomIds, ServiceId, SystemClock};
use altinn_notify::channel::Channel;
use altinn_notify::contact::ContactRegister;
use altinn_notify::{EmailAddress, Keyring, Notifier, Template};
use uuid::Uuid;

use crate::altinn::{Altinn, Parts};
#[cfg(feature = "collaboration")]
use crate::collaboration::CaseKeyring;
#[cfg(feature = "correspondence")]
use crate::correspondence::{FORWARDED_FILES, ForwardedFiles, STILL_UNREAD, StillUnread};
use crate::erased::GoneWithItsEntry;
use crate::error::OpenError;
use crate::event::EventFeed;
#[cfg(feature = "webhooks")]
use crate::event::{ByPolicy, WebhookKey, Webhooks};
use crate::inbox::InboxKey;
use crate::plug_ins::PlugIns;
use crate::process::Environment;
use crate::submission::{CallToSign, Payment, ServiceTask, SigneeProvider, StoredInstances, Submission};
use crate::{all_migrations, receipt_template};

/// The files of the keys in their folder.
const LOG_KEY: &str = "log.pem";
const REGISTER_KEY: &str = "register.key";
const ARCHIVE_KEYS: &str = "archive";

/// What the key that seals signatures is derived for, where the agency gives none.
const SEAL: &str = "altinn-services/signatures";

/// The name of the log of an archive in a local folder.
const LOCAL_LOG: &str = "altinn.local/log";

/// The store: where it is, or one that is open.
#[derive(Debug)]
enum StoreToUse {
    At(String),
    Open(Store),
}

/// Puts an [`Altinn`] together: the store, where large content goes, and the keys must be given; the rest has what a
/// single program wants.
#[derive(Debug)]
#[must_use]
pub struct AltinnBuilder {
    store: StoreToUse,
    objects: Option<Objects>,
    log_key: Option<LogKey>,
    archive_keys: Option<Arc<dyn KeyProvider>>,
    register_key: Option<SecretKey>,
    notify_keys: Option<Keyring>,
    #[cfg(feature = "collaboration")]
    case_keys: Option<CaseKeyring>,
    sealer: Option<Arc<dyn Sealer>>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    sender: Option<EmailAddress>,
    email: Option<Arc<dyn Channel>>,
    roles: Option<Arc<dyn RoleRegister>>,
    contacts: Option<Arc<dyn ContactRegister>>,
    notifier: Vec<NotifierSetting>,
    receipt_template: Option<Template>,
    #[cfg(feature = "webhooks")]
    webhooks: Option<(WebhookKey, Destinations)>,
    #[cfg(feature = "link")]
    hand_overs: Option<(String, RotatingKeys)>,
    plug_ins: PlugIns,
}

impl AltinnBuilder {
    pub(crate) fn new(address: impl Into<String>) -> Self {
        Self::with(StoreToUse::At(address.into()))
    }

    pub(crate) fn over(store: Store) -> Self {
        Self::with(StoreToUse::Open(store))
    }

    fn with(store: StoreToUse) -> Self {
        Self {
            store,
            objects: None,
            log_key: None,
            archive_keys: None,
            register_key: None,
            notify_keys: None,
            #[cfg(feature = "collaboration")]
            case_keys: None,
            sealer: None,
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            sender: None,
            email: None,
            roles: None,
            contacts: None,
            notifier: Vec::new(),
            receipt_template: None,
            #[cfg(feature = "webhooks")]
            webhooks: None,
            #[cfg(feature = "link")]
            hand_overs: None,
            plug_ins: PlugIns::default(),
        }
    }

    /// Everything in one folder; keys that are not there are made, unless there is a store that was made with others.
    pub fn local(folder: &Path) -> Result<Self, OpenError> {
        create_private_folder(folder)?;
        let database = folder.join("altinn.db");
        let builder =
            Self::new(format!("sqlite:{}", database.display())).objects_in(&folder.join("objects"))?;
        builder.keys_in(&folder.join("keys"), !database.exists())
    }

    /// Where large content goes: a local folder, made if it is not there.
    ///
    /// # Errors
    /// [`OpenError::Archive`] when the folder cannot be used.
    pub fn objects_in(mut self, folder: &Path) -> Result<Self, OpenError> {
        self.objects = Some(Objects::folder(folder).map_err(|error| OpenError::Archive(error.into()))?);
        Ok(self)
    }

    /// The keys in a folder: `log.pem`, which signs the archive's log, `register.key`, under which personal identifiers
    /// and notifications are kept, and the folder `archive` with the keys that wrap those of archived content. With
    /// `create`, a folder that is not there is made with new keys (mode 0600), whole or not at all; a key that is missing
    /// from a folder that is there is never replaced.
    ///
    /// # Errors
    /// [`OpenError::Key`] names the file and what is wrong with it.
    pub fn keys_in(mut self, folder: &Path, create: bool) -> Result<Self, OpenError> {
        if create && !folder.exists() {
            create_keys(folder)?;
        }
        self.register_key = Some(SecretKey::read_file(folder.join(REGISTER_KEY))?);
        self.archive_keys = Some(Arc::new(KeyFolder::open(folder.join(ARCHIVE_KEYS))?));
        self.log_key = Some(LogKey::new(LOCAL_LOG, SigningKey::read_file(folder.join(LOG_KEY))?)?);
        Ok(self)
    }

    /// Where large content goes.
    pub fn objects(mut self, objects: impl Into<Objects>) -> Self {
        self.objects = Some(objects.into());
        self
    }

    /// The key that signs the archive's log, and the log's name.
    pub fn log_key(mut self, key: LogKey) -> Self {
        self.log_key = Some(key);
        self
    }

    /// Who keeps the keys that wrap those of archived content: a [`KeyFolder`], or a KMS.
    pub fn archive_keys(mut self, keys: Arc<dyn KeyProvider>) -> Self {
        self.archive_keys = Some(keys);
        self
    }

    /// The secret under which the register keeps personal identifiers.
    pub fn register_key(mut self, key: SecretKey) -> Self {
        self.register_key = Some(key);
        self
    }

    /// The keys under which recipients and texts of notifications and stored contacts are kept, if not keys that follow from the register's.
    /// To rotate them, give a new key, and the register's as a former one.
    pub fn notify_keys(mut self, keyring: Keyring) -> Self {
        self.notify_keys = Some(keyring);
        self
    }

    /// The keys under which shared data of cases, and what is said in them, are kept, if not keys that follow from the
    /// register's. To rotate them, give a new key, and the register's as a former one.
    #[cfg(feature = "collaboration")]
    pub fn case_keys(mut self, keyring: CaseKeyring) -> Self {
        self.case_keys = Some(keyring);
        self
    }

    /// Who seals the evidence of signatures: the agency's own key, with its certificate, or a key service. Without one
    /// it is a key that is derived from the register's secret.
    pub fn sealer(mut self, sealer: impl Sealer + 'static) -> Self {
        self.sealer = Some(Arc::new(sealer));
        self
    }

    /// The clock, if not the machine's.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Where ids come from, if not from the machine's random numbers.
    pub fn ids(mut self, ids: Arc<dyn IdSource>) -> Self {
        self.ids = ids;
        self
    }

    /// How mail is sent, and its sender. Without it, mail is ordered and waits.
    pub fn email(mut self, sender: EmailAddress, channel: impl Channel + 'static) -> Self {
        self.sender = Some(sender);
        self.email = Some(Arc::new(channel));
        self
    }

    /// Who has which role for whom, if not as the store's register says.
    pub fn roles(mut self, roles: Arc<dyn RoleRegister>) -> Self {
        self.roles = Some(roles);
        self
    }

    /// Where people can be told something, if not as the store's register says.
    pub fn contacts(mut self, contacts: Arc<dyn ContactRegister>) -> Self {
        self.contacts = Some(contacts);
        self
    }

    /// Where the services run, if not for real: some settings of a process hold in one environment only.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.plug_ins.environment = environment;
        self
    }

    /// Who does the service tasks of a kind: `eFormidling`, `fiksArkiv`, or a name of the app's own.
    pub fn service_task(mut self, kind: impl Into<String>, task: impl ServiceTask + 'static) -> Self {
        self.plug_ins.service_tasks.insert(kind.into(), Arc::new(task));
        self
    }

    /// What the agency's own code adds to the forms of a service.
    pub fn submission(mut self, service: ServiceId, code: impl Submission + 'static) -> Self {
        self.plug_ins.submissions.insert(service, Arc::new(code));
        self
    }

    /// Who says what an instance costs, and takes payments.
    pub fn payment(mut self, payment: impl Payment + 'static) -> Self {
        self.plug_ins.payment = Some(Arc::new(payment));
        self
    }

    /// Sets more of the notifier: an SMS channel, registers, conditions, hours, keys. Called in the order given.
    ///
    /// People and organizations are found in the store's register unless this says otherwise.
    pub fn notifier(mut self, set: impl FnOnce(Notifier) -> Notifier + Send + 'static) -> Self {
        self.notifier.push(NotifierSetting(Box::new(set)));
        self
    }

    /// Who names the signees of the signing tasks with this `signeeProviderId`.
    pub fn signees(mut self, provider: impl Into<String>, signees: impl SigneeProvider + 'static) -> Self {
        self.plug_ins.signees.insert(provider.into(), Arc::new(signees));
        self
    }

    /// Who sends the correspondences that call for signatures, for the signing tasks with this `correspondenceResource`.
    pub fn call_to_sign(mut self, resource: impl Into<String>, calls: impl CallToSign + 'static) -> Self {
        self.plug_ins.calls_to_sign.insert(resource.into(), Arc::new(calls));
        self
    }

    /// The text of the mail that says a submission has come, if not the SDK's own. Its variables are `title` and
    /// `reference`.
    pub fn receipt_template(mut self, template: Template) -> Self {
        self.receipt_template = Some(template);
        self
    }

    /// Sends events to those who subscribe, signed with a key, to these destinations: [`Destinations::public`], unless
    /// the agency's subscribers stand inside its own network.
    #[cfg(feature = "webhooks")]
    pub fn webhooks(mut self, key: WebhookKey, destinations: Destinations) -> Self {
        self.webhooks = Some((key, destinations));
        self
    }

    /// Signs the hand-overs of link services with these keys, as an issuer of this name: the agency's own `https` address.
    #[cfg(feature = "link")]
    pub fn hand_overs(mut self, issuer: impl Into<String>, keys: RotatingKeys) -> Self {
        self.hand_overs = Some((issuer.into(), keys));
        self
    }

    /// Opens everything and brings the tables up to date. It starts nothing: see [`Altinn::run_workers`].
    ///
    /// # Errors
    /// An [`OpenError`] says which part is missing or cannot be opened, and why.
    pub async fn build(self) -> Result<Altinn, OpenError> {
        let log_key = self.log_key.ok_or(OpenError::Missing("log_key"))?;
        let archive_keys = self.archive_keys.ok_or(OpenError::Missing("archive_keys"))?;
        let objects = self.objects.ok_or(OpenError::Missing("objects"))?;
        let register_key = self.register_key.ok_or(OpenError::Missing("register_key"))?;
        let notify_keys = self.notify_keys.unwrap_or_else(|| Keyring::new(&register_key));
        let sealer = match self.sealer {
            Some(sealer) => sealer,
            None => Arc::new(KeySealer::derived_from(&register_key, SEAL)?),
        };
        let store = open_store(self.store).await?;
        let (clock, ids) = (self.clock, self.ids);
        let register = StoredRegister::new(store.clone(), RegisterKey::from_bytes(register_key.expose()))
            .with_clock(Arc::clone(&clock));
        register.claim().await?;
        #[cfg(feature = "collaboration")]
        let case_keys = self.case_keys.unwrap_or_else(|| CaseKeyring::new(&register_key));
        #[cfg(feature = "collaboration")]
        case_keys.claim(&store).await?;
        let policies = Arc::new(Policies::new());
        let roles: Arc<dyn RoleRegister> = self.roles.unwrap_or_else(|| Arc::new(register.clone()));
        let delegations = StoredDelegations::new(store.clone(), Arc::clone(&roles), Arc::clone(&clock));
        let parties = Arc::new(register.clone());
        let packages = StoredAccessPackages::new(
            store.clone(),
            Arc::clone(&parties) as _,
            Arc::clone(&roles),
            Arc::clone(&clock),
        );
        let lists = StoredAccessLists::new(store.clone(), Arc::clone(&parties) as _);
        let registers = Registers::new(parties, Arc::clone(&roles))
            .with_delegations(Arc::new(delegations))
            .with_access_packages(Arc::new(packages))
            .with_access_lists(Arc::new(lists))
            .with_instances(Arc::new(StoredInstances(store.clone())));
        let trail = Trail::with_clock(store.clone(), Arc::clone(&clock), Arc::clone(&ids));
        let authorizer = Authorizer::with_registers(Arc::clone(&policies) as _, registers)
            .with_clock(Arc::clone(&clock))
            .with_trail(trail.clone());
        let access = AccessManagement::new(store.clone(), authorizer.clone(), roles)
            .with_clock(Arc::clone(&clock), Arc::clone(&ids));
        let keys = ArchiveKeys::shared(log_key, archive_keys);
        let on_erasure = Some(Arc::new(GoneWithItsEntry) as _);
        let archive = Archive::open_with(store.clone(), objects, keys, on_erasure).await?;
        let archive = archive.with_clock(Arc::clone(&clock)).with_ids(Arc::clone(&ids));
        let sender = match self.sender {
            Some(sender) => sender,
            None => "noreply@altinn.local".parse()?,
        };
        let mut notifier = Notifier::new(store.clone(), notify_keys, sender, Arc::clone(&clock));
        let registers = Arc::new(notifier.stored_contacts());
        notifier = notifier
            .with_person_register(Arc::clone(&registers) as _)
            .with_organization_register(Arc::clone(&registers) as _);
        #[cfg(feature = "correspondence")]
        {
            notifier = notifier
                .with_condition(STILL_UNREAD, StillUnread::new(store.clone()))
                .with_attachments_under(FORWARDED_FILES, ForwardedFiles::new(store.clone(), archive.clone()));
        }
        if let Some(email) = self.email {
            notifier = notifier.with_email_channel(email);
        }
        for NotifierSetting(set) in self.notifier {
            notifier = set(notifier);
        }
        notifier.claim_keys().await?;
        let template = match self.receipt_template {
            Some(template) => template,
            None => receipt_template::default()?,
        };
        #[cfg(feature = "webhooks")]
        let webhooks = match self.webhooks {
            Some((key, destinations)) => {
                let with = (Arc::clone(&clock), Arc::clone(&ids));
                let webhooks = Webhooks::new(store.clone(), with, destinations, key)?;
                Some(webhooks.with_gate(Arc::new(ByPolicy(authorizer.clone()))))
            }
            None => None,
        };
        Ok(Altinn::from_parts(Parts {
            #[cfg(feature = "webhooks")]
            webhooks,
            #[cfg(feature = "link")]
            hand_overs: self
                .hand_overs
                .map(|(name, keys)| HandOverIssuer::new(name, keys, &register_key, Arc::clone(&clock))),
            authorizer,
            access,
            trail,
            contacts: self.contacts.unwrap_or(registers),
            events: EventFeed::new(store.clone()),
            receipt_template: Arc::new(template),
            plug_ins: RwLock::new(Arc::new(self.plug_ins)),
            services: RwLock::new(BTreeMap::new()),
            inbox_key: InboxKey::derived_from(&register_key),
            #[cfg(feature = "collaboration")]
            case_keys,
            first_service: OnceLock::new(),
            store,
            clock,
            ids,
            register,
            policies,
            archive,
            sealer,
            notifier,
        }))
    }
}

/// Something to set of the notifier.
struct NotifierSetting(Box<dyn FnOnce(Notifier) -> Notifier + Send>);

impl fmt::Debug for NotifierSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NotifierSetting")
    }
}

async fn open_store(store: StoreToUse) -> Result<Store, StoreError> {
    let store = match store {
        StoreToUse::At(address) => Store::open(&address).await?,
        StoreToUse::Open(store) => store,
    };
    store.migrate(&all_migrations()).await?;
    Ok(store)
}

/// Makes a folder that nobody but its owner can enter, unless it is there.
fn create_private_folder(folder: &Path) -> Result<(), OpenError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(OpenError::folder(folder))
}

/// Makes the keys in a folder beside it, which then gets its name.
fn create_keys(folder: &Path) -> Result<(), OpenError> {
    let unfinished = folder.with_file_name(format!(".keys-{}", Uuid::new_v4().simple()));
    create_private_folder(&unfinished)?;
    SigningKey::create_file(unfinished.join(LOG_KEY))?;
    SecretKey::create_file(unfinished.join(REGISTER_KEY))?;
    KeyFolder::create(unfinished.join(ARCHIVE_KEYS))?;
    fs::rename(&unfinished, folder).map_err(OpenError::folder(folder))
}

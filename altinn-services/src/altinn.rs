//! The whole of it in one value: what an agency's program opens at its start.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use altinn_archive::Archive;
use altinn_archive::seal::Sealer;
use altinn_auth::access_list::AccessListManagement;
use altinn_auth::decision::{Authorizer, Policies, PolicySourceError};
use altinn_auth::delegation::{AccessManagement, PackageCatalogue};
use altinn_auth::delegation_request::DelegationRequests;
#[cfg(feature = "link")]
use altinn_auth::hand_over::HandOverIssuer;
use altinn_auth::register::{StoredRegister, StoredResources};
use altinn_auth::system_user::SystemUsers;
use altinn_auth::trail::{Trail, TrailReader};
use altinn_core::store::Store;
use altinn_core::{Clock, IdSource, PartyId, ServiceId};
use altinn_notify::contact::{Contact, ContactRegister};
use altinn_notify::{Notifier, Template};
use chrono::{DateTime, Utc};
use tokio::task::JoinHandle;

#[cfg(feature = "broker")]
use crate::broker::{Broker, BrokerService};
use crate::builder::AltinnBuilder;
#[cfg(feature = "collaboration")]
use crate::collaboration::{CaseKeyring, CollaborationService, Collaborations, Members};
#[cfg(feature = "correspondence")]
use crate::correspondence::{CorrespondenceService, Correspondences};
use crate::definition::AppDefinition;
use crate::event::EventFeed;
#[cfg(feature = "webhooks")]
use crate::event::Webhooks;
use crate::expression::OwnerKind;
use crate::inbox::{Inbox, InboxKey};
#[cfg(feature = "link")]
use crate::link::{LinkService, Links};
#[cfg(feature = "lookup")]
use crate::lookup::{Lookup, LookupService, Lookups};
use crate::plug_ins::PlugIns;
use crate::submission::{
    CallToSign, Payment, Service, ServiceTask, SigneeProvider, Submission, SubmissionError, Submissions,
    Tools,
};
use crate::{OpenError, PublishError, workers};

/// Altinn services in an agency's own program. Cheap to clone; all clones are one.
///
/// ```
/// use altinn_services::Altinn;
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// # let folder = tempfile::tempdir()?;
/// let altinn = Altinn::local(folder.path()).await?; // altinn.db, objects/ and keys/ in a folder
/// let service = altinn.publish_app(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/apps/bakery-licence"))?;
/// println!("{} is open", service.id());
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Altinn(Arc<Parts>);

#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) register: StoredRegister,
    pub(crate) policies: Arc<Policies>,
    pub(crate) authorizer: Authorizer,
    pub(crate) access: AccessManagement,
    pub(crate) trail: Trail,
    pub(crate) archive: Archive,
    pub(crate) sealer: Arc<dyn Sealer>,
    pub(crate) notifier: Notifier,
    pub(crate) contacts: Arc<dyn ContactRegister>,
    pub(crate) receipt_template: Arc<Template>,
    pub(crate) events: EventFeed,
    #[cfg(feature = "webhooks")]
    pub(crate) webhooks: Option<Webhooks>,
    #[cfg(feature = "link")]
    pub(crate) hand_overs: Option<HandOverIssuer>,
    pub(crate) plug_ins: RwLock<Arc<PlugIns>>,
    pub(crate) services: RwLock<BTreeMap<ServiceId, Service>>,
    pub(crate) inbox_key: InboxKey,
    #[cfg(feature = "collaboration")]
    pub(crate) case_keys: CaseKeyring,
    /// The service that was published first.
    pub(crate) first_service: OnceLock<ServiceId>,
}

impl Altinn {
    /// Opens everything in one folder, made if it is not there: `altinn.db`, `objects/` and `keys/` (readable by the
    /// owner only). For a first run, for tests and for a single machine.
    ///
    /// # Errors
    /// An [`OpenError`](crate::OpenError) says which part cannot be opened, and why.
    pub async fn local(folder: impl AsRef<Path> + Send) -> Result<Self, OpenError> {
        AltinnBuilder::local(folder.as_ref())?.build().await
    }

    /// Opens over a store at an address: `sqlite:altinn.db`, or `postgres://...` on many nodes.
    pub fn builder(store: impl Into<String>) -> AltinnBuilder {
        AltinnBuilder::new(store)
    }

    /// Opens over a store that the agency has opened: with its own pool of connections, or beside its own tables.
    pub fn over(store: Store) -> AltinnBuilder {
        AltinnBuilder::over(store)
    }

    pub(crate) fn from_parts(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Publishes the service of an unmodified Altinn 3 app folder. Publishing it again replaces it.
    ///
    /// # Errors
    /// A [`PublishError`] says in which file, where and why the folder is not in order; nothing is published then.
    pub fn publish_app(&self, folder: impl AsRef<Path>) -> Result<Service, PublishError> {
        let app = AppDefinition::load(folder)?;
        let id = app.metadata().service_id()?;
        self.put_policy(&id, app.policy_xml())?;
        let service = Service::new(id.clone(), app);
        self.0.services.write().unwrap_or_else(PoisonError::into_inner).insert(id, service.clone());
        Ok(service)
    }

    /// Publishes the lookup service of a folder, which a register answers. Publishing it again replaces its policy.
    ///
    /// # Errors
    /// A [`PublishError`] says in which file, where and why the folder is not in order; nothing is published then.
    #[cfg(feature = "lookup")]
    pub fn publish_lookup(
        &self,
        folder: impl AsRef<Path>,
        register: impl Lookup + 'static,
    ) -> Result<LookupService, PublishError> {
        let (service, policy) = LookupService::load(folder.as_ref(), Arc::new(register))?;
        self.put_guarded(service.id(), policy)?;
        self.plug_in(|plug_ins| plug_ins.lookups.insert(service.id().clone(), service.clone()));
        Ok(service)
    }

    /// Publishes the broker service of a folder. Publishing it again replaces its policy.
    ///
    /// # Errors
    /// A [`PublishError`] says in which file, where and why the folder is not in order; nothing is published then.
    #[cfg(feature = "broker")]
    pub fn publish_broker(&self, folder: impl AsRef<Path>) -> Result<BrokerService, PublishError> {
        let (service, policy) = BrokerService::load(folder.as_ref())?;
        self.put_guarded(service.id(), policy)?;
        self.plug_in(|plug_ins| plug_ins.brokers.insert(service.id().clone(), service.clone()));
        Ok(service)
    }

    /// Publishes the link service of a folder. Publishing it again replaces its policy.
    ///
    /// # Errors
    /// A [`PublishError`] says in which file, where and why the folder is not in order; nothing is published then.
    #[cfg(feature = "link")]
    pub fn publish_link(&self, folder: impl AsRef<Path>) -> Result<LinkService, PublishError> {
        let (service, policy) = LinkService::load(folder.as_ref())?;
        self.put_guarded(service.id(), policy)?;
        self.plug_in(|plug_ins| plug_ins.links.insert(service.id().clone(), service.clone()));
        Ok(service)
    }

    /// Publishes the correspondence service of a folder. Publishing it again replaces its policy.
    ///
    /// # Errors
    /// A [`PublishError`] says in which file, where and why the folder is not in order; nothing is published then.
    #[cfg(feature = "correspondence")]
    pub fn publish_correspondence(
        &self,
        folder: impl AsRef<Path>,
    ) -> Result<CorrespondenceService, PublishError> {
        let (service, policy) = CorrespondenceService::load(folder.as_ref())?;
        self.put_guarded(service.id(), policy)?;
        self.plug_in(|plug_ins| plug_ins.correspondences.insert(service.id().clone(), service.clone()));
        Ok(service)
    }

    /// Publishes the collaboration of a folder; `members` answer for those of its members that are no submissions.
    /// Publishing it again replaces it.
    ///
    /// # Errors
    /// A [`PublishError`] says in which file, where and why the folder is not in order; nothing is published then.
    #[cfg(feature = "collaboration")]
    pub fn publish_collaboration(
        &self,
        folder: impl AsRef<Path>,
        members: Members,
    ) -> Result<CollaborationService, PublishError> {
        let (service, policy) = CollaborationService::load_with_policy(folder.as_ref(), members)?;
        self.put_guarded(service.id(), policy)?;
        self.plug_in(|plug_ins| plug_ins.collaborations.insert(service.id().clone(), service.clone()));
        Ok(service)
    }

    /// A published service.
    pub fn service(&self, id: &ServiceId) -> Option<Service> {
        self.0.services.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// All services that are published, by id.
    #[cfg(feature = "axum")]
    pub(crate) fn services(&self) -> Vec<Service> {
        self.0.services.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// The lookup service of this id that is published here.
    #[cfg(feature = "lookup")]
    pub fn lookup_service(&self, id: &ServiceId) -> Option<LookupService> {
        self.plug_ins().lookups.get(id).cloned()
    }

    /// The broker service of this id that is published here.
    #[cfg(feature = "broker")]
    pub fn broker_service(&self, id: &ServiceId) -> Option<BrokerService> {
        self.plug_ins().brokers.get(id).cloned()
    }

    /// The link service of this id that is published here.
    #[cfg(feature = "link")]
    pub fn link_service(&self, id: &ServiceId) -> Option<LinkService> {
        self.plug_ins().links.get(id).cloned()
    }

    /// The correspondence service of this id that is published here.
    #[cfg(feature = "correspondence")]
    pub fn correspondence_service(&self, id: &ServiceId) -> Option<CorrespondenceService> {
        self.plug_ins().correspondences.get(id).cloned()
    }

    /// The collaboration service of this id that is published here.
    #[cfg(feature = "collaboration")]
    pub fn collaboration_service(&self, id: &ServiceId) -> Option<CollaborationService> {
        self.plug_ins().collaborations.get(id).cloned()
    }

    /// Submissions: what people and businesses send in.
    pub fn submissions(&self) -> Submissions<'_> {
        Submissions::new(self)
    }

    /// Correspondences: what the agency writes to people and businesses.
    #[cfg(feature = "correspondence")]
    pub fn correspondences(&self) -> Correspondences<'_> {
        Correspondences::new(self)
    }

    /// Lookups: what registers hold, for those who may know it.
    #[cfg(feature = "lookup")]
    pub fn lookups(&self) -> Lookups<'_> {
        Lookups::new(self)
    }

    /// Broker: files from one organization to others.
    #[cfg(feature = "broker")]
    pub fn broker(&self) -> Broker<'_> {
        Broker::new(self)
    }

    /// Collaborations: several services as one case.
    #[cfg(feature = "collaboration")]
    pub fn collaborations(&self) -> Collaborations<'_> {
        Collaborations::new(self)
    }

    /// Links: those who may use another solution are sent on to it.
    #[cfg(feature = "link")]
    pub fn links(&self) -> Links<'_> {
        Links::new(self)
    }

    /// Who signs hand-overs; its [`jwks`](HandOverIssuer::jwks) are for the targets.
    #[cfg(feature = "link")]
    pub fn hand_overs(&self) -> Option<&HandOverIssuer> {
        self.0.hand_overs.as_ref()
    }

    /// Inboxes: all that a person may see, for themselves and those they represent.
    pub fn inbox(&self) -> Inbox<'_> {
        Inbox::new(self)
    }

    /// Requests for rights: somebody asks a party for them, and whoever manages the party's access answers.
    pub fn delegation_requests(&self) -> DelegationRequests {
        DelegationRequests::new(self.access_management().clone())
    }

    /// The system register, and the system users that organizations have.
    pub fn system_users(&self) -> SystemUsers {
        SystemUsers::new(self.0.access.clone())
    }

    /// The trail, for the parties that it tells of: every permit and every refusal, and what was done.
    pub fn trail(&self) -> TrailReader<'_> {
        TrailReader::new(&self.0.trail, &self.0.authorizer)
    }

    /// Access management: rights given to others, passed on and taken back, and who may represent whom.
    pub fn access_management(&self) -> &AccessManagement {
        &self.0.access
    }

    /// Access lists, for the service owners that keep them.
    pub fn access_lists(&self) -> AccessListManagement {
        AccessListManagement::new(self.0.access.clone(), Arc::new(self.0.register.clone()))
    }

    /// The catalogue of access packages.
    pub fn access_packages(&self) -> PackageCatalogue {
        PackageCatalogue::new(self.0.store.clone())
    }

    /// What service owners say of their resources: whether rights to them may be delegated, and whether only those on an
    /// access list get in.
    pub fn resources(&self) -> StoredResources {
        StoredResources::new(self.0.store.clone())
    }

    /// The feed of events for the agency's own systems.
    pub fn events(&self) -> &EventFeed {
        &self.0.events
    }

    /// Who is told of events, and what has become of it; none unless the builder was given a key to sign with.
    #[cfg(feature = "webhooks")]
    pub fn webhooks(&self) -> Option<&Webhooks> {
        self.0.webhooks.as_ref()
    }

    /// The archive.
    pub fn archive(&self) -> &Archive {
        &self.0.archive
    }

    /// Who seals the evidence of signatures; its public key is for those who verify it.
    pub fn sealer(&self) -> &dyn Sealer {
        &*self.0.sealer
    }

    /// Notifications.
    pub fn notifier(&self) -> &Notifier {
        &self.0.notifier
    }

    /// Parties and the roles they have given each other.
    pub fn register(&self) -> &StoredRegister {
        &self.0.register
    }

    /// Who may do what.
    pub fn authorizer(&self) -> &Authorizer {
        &self.0.authorizer
    }

    /// The store, for the agency's own tables and statements.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// Starts the work that follows from commits (integrating the archive, numbering events, service tasks, publishing
    /// correspondences, sending what is due), on the runtime that this is called on. It goes on until `shutdown` is ready and what is in hand is finished; the
    /// handle ends with it. Any number of nodes may run it.
    pub fn run_workers(&self, shutdown: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        tokio::spawn(workers::run(self.clone(), shutdown))
    }

    fn put_policy(&self, id: &ServiceId, policy: impl AsRef<[u8]>) -> Result<(), PolicySourceError> {
        self.0.policies.put(id.clone(), policy)?;
        self.0.first_service.get_or_init(|| id.clone());
        Ok(())
    }

    /// The same of a service that is no app: its owner's access lists apply to it.
    #[cfg(any(
        feature = "broker",
        feature = "collaboration",
        feature = "correspondence",
        feature = "link",
        feature = "lookup"
    ))]
    fn put_guarded(&self, id: &ServiceId, policy: impl AsRef<[u8]>) -> Result<(), PolicySourceError> {
        self.0.policies.put_guarded(id.clone(), policy)?;
        self.0.first_service.get_or_init(|| id.clone());
        Ok(())
    }

    /// Some service that is published here; none when there is none.
    pub(crate) fn a_service(&self) -> Option<ServiceId> {
        self.0.first_service.get().cloned()
    }

    pub(crate) fn inbox_key(&self) -> &InboxKey {
        &self.0.inbox_key
    }

    #[cfg(feature = "collaboration")]
    pub(crate) fn case_keys(&self) -> &CaseKeyring {
        &self.0.case_keys
    }

    pub(crate) fn kept_trail(&self) -> &Trail {
        &self.0.trail
    }

    pub(crate) fn ids(&self) -> &dyn IdSource {
        &*self.0.ids
    }

    /// Says who does the service tasks of a kind from now on, as [`AltinnBuilder::service_task`] does at the start.
    pub fn register_service_task(&self, kind: impl Into<String>, task: impl ServiceTask + 'static) {
        self.plug_in(|plug_ins| plug_ins.service_tasks.insert(kind.into(), Arc::new(task)));
    }

    /// Says what the agency's own code adds to the forms of a service from now on, as [`AltinnBuilder::submission`] does
    /// at the start.
    pub fn register_submission(&self, service: ServiceId, code: impl Submission + 'static) {
        self.plug_in(|plug_ins| plug_ins.submissions.insert(service, Arc::new(code)));
    }

    /// Says who takes payments from now on, as [`AltinnBuilder::payment`] does at the start.
    pub fn register_payment(&self, payment: impl Payment + 'static) {
        self.plug_in(|plug_ins| plug_ins.payment = Some(Arc::new(payment)));
    }

    /// Says who names the signees of the signing tasks with this `signeeProviderId` from now on.
    pub fn register_signees(&self, provider: impl Into<String>, signees: impl SigneeProvider + 'static) {
        self.plug_in(|plug_ins| plug_ins.signees.insert(provider.into(), Arc::new(signees)));
    }

    /// Says who sends the correspondences that call for signatures from now on, as [`AltinnBuilder::call_to_sign`] does
    /// at the start.
    pub fn register_call_to_sign(&self, resource: impl Into<String>, calls: impl CallToSign + 'static) {
        self.plug_in(|plug_ins| plug_ins.calls_to_sign.insert(resource.into(), Arc::new(calls)));
    }

    fn plug_in<T>(&self, with: impl FnOnce(&mut PlugIns) -> T) {
        with(Arc::make_mut(&mut self.0.plug_ins.write().unwrap_or_else(PoisonError::into_inner)));
    }

    pub(crate) fn plug_ins(&self) -> Arc<PlugIns> {
        Arc::clone(&self.0.plug_ins.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What a step of an instance is worked out with.
    pub(crate) fn tools(&self, now: DateTime<Utc>) -> Tools<'_> {
        Tools {
            ids: self.ids(),
            inbox: self.inbox_key(),
            plug_ins: self.plug_ins(),
            known: Arc::default(),
            given: Arc::default(),
            owner: OwnerKind::Unknown,
            now,
        }
    }

    pub(crate) fn receipt_template(&self) -> Arc<Template> {
        Arc::clone(&self.0.receipt_template)
    }

    /// Where a party can be told something, if anyone knows.
    pub(crate) async fn contact_of(
        &self,
        party: Option<PartyId>,
    ) -> Result<Option<Contact>, SubmissionError> {
        match party {
            Some(party) => Ok(self.0.contacts.contact(party).await?),
            None => Ok(None),
        }
    }
}

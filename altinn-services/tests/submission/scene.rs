//! The stage: the sample app, a bakery, those who act for it, and a stranger, on every back end.

use std::path::PathBuf;
use std::sync::Arc;

use altinn_archive::{LogKey, MemoryKeys};
use altinn_auth::register::{Role, RoleAssignment, RoleRegister};
use altinn_core::key::SecretKey;
#[cfg(feature = "postgres")]
use altinn_core::store::Postgres;
use altinn_core::store::{Backend, Batch, Dialect, Sqlite, Store, fresh, params};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Actor, AuthenticationLevel, InstanceId, Language, Party, Subject};
use altinn_notify::Recipient;
use altinn_notify::contact::Contact;
use altinn_services::form::{FormData, FormLimits};
use altinn_services::submission::{Instance, Service};
use altinn_services::{Altinn, AltinnBuilder};
use tempfile::TempDir;

/// The form of the sample app, and the task in which it is filled in.
pub(crate) const FORM: &str = "application";
pub(crate) const FILL_IN: &str = "Task_Application";
pub(crate) const SIGN: &str = "Task_Signing";

pub(crate) struct Scene {
    pub(crate) altinn: Altinn,
    pub(crate) service: Service,
    pub(crate) people: SyntheticPeople,
    pub(crate) bakery: Party,
    /// Daily leader of the bakery: may do everything.
    pub(crate) leader: Actor,
    /// Fills in for the bakery, and may not sign.
    pub(crate) filler: Actor,
    /// Has nothing to do with the bakery.
    pub(crate) stranger: Actor,
    _folder: TempDir,
}

/// What is stored about instances: rows of instances, history, events, data, archive entries and mail orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) instances: i64,
    pub(crate) versions: i64,
    pub(crate) history: i64,
    pub(crate) events: i64,
    pub(crate) data: i64,
    pub(crate) entries: i64,
    pub(crate) orders: i64,
}

/// Runs a test on every back end, each time on an empty store.
pub(crate) async fn everywhere(test: impl AsyncFn(Scene)) {
    everywhere_with(|_, builder| builder, test).await;
}

/// As [`everywhere`], with more said to the builder.
pub(crate) async fn everywhere_with(
    more: impl Fn(&Store, AltinnBuilder) -> AltinnBuilder,
    test: impl AsyncFn(Scene),
) {
    for (_, store) in fresh::all().await.unwrap() {
        let folder = TempDir::new().unwrap();
        let store = match store.dialect() {
            Dialect::Sqlite => {
                Store::open(&format!("sqlite:{}", folder.path().join("t.db").display())).await.unwrap()
            }
            _ => store,
        };
        let builder = builder_over(store.clone(), &folder);
        let altinn = more(&store, builder).build().await.unwrap();
        test(Scene::set(altinn, folder).await).await;
    }
}

/// Every back end there is, empty, under its name; the first in a file.
pub(crate) async fn every_backend() -> Vec<(&'static str, Arc<dyn Backend>, TempDir)> {
    let folder = TempDir::new().unwrap();
    let sqlite = Sqlite::open(folder.path().join("t.db")).await.unwrap();
    let mut backends: Vec<(_, Arc<dyn Backend>, _)> = vec![("SQLite", Arc::new(sqlite), folder)];
    #[cfg(feature = "postgres")]
    if let Some(url) = fresh::postgres_url().await.unwrap() {
        let postgres = Postgres::connect(&url).await.unwrap();
        backends.push(("PostgreSQL", Arc::new(postgres), TempDir::new().unwrap()));
    }
    backends
}

/// An `Altinn` over a store with keys that stay in a folder, so that another one can go on with them.
pub(crate) fn with_keys_of(folder: &TempDir, store: Store) -> AltinnBuilder {
    let builder = Altinn::over(store).objects_in(&folder.path().join("objects")).unwrap();
    builder.keys_in(&folder.path().join("keys"), true).unwrap()
}

fn builder_over(store: Store, folder: &TempDir) -> AltinnBuilder {
    Altinn::over(store)
        .objects_in(&folder.path().join("objects"))
        .unwrap()
        .log_key(LogKey::generate("example.com/log").unwrap())
        .archive_keys(Arc::new(MemoryKeys::generate().unwrap()))
        .register_key(SecretKey::from_bytes([7; 32]))
}

pub(crate) fn examples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

pub(crate) fn form(file: &str) -> FormData {
    let text = std::fs::read(examples().join("data").join(file)).unwrap();
    FormData::parse(&text, FormLimits::default()).unwrap()
}

pub(crate) fn valid() -> FormData {
    form("bakery-licence.json")
}

pub(crate) fn invalid() -> FormData {
    form("bakery-licence.invalid.json")
}

pub(crate) fn person(party: &Party, level: AuthenticationLevel) -> Actor {
    Actor::new(Subject::Person { party: party.id, uuid: party.uuid, number: None }, level)
}

impl AsRef<Altinn> for Scene {
    fn as_ref(&self) -> &Altinn {
        &self.altinn
    }
}

impl Scene {
    pub(crate) async fn set(altinn: Altinn, folder: TempDir) -> Self {
        let service = altinn.publish_app(examples().join("apps/bakery-licence")).unwrap();
        let mut people = SyntheticPeople::from_seed(11);
        let bakery = people.organization();
        let [leader, filler, stranger] = [people.person(), people.person(), people.person()];
        let mut batch = Batch::new();
        for party in [&bakery, &leader, &filler, &stranger] {
            altinn.register().put_party(&mut batch, party).unwrap();
        }
        for (role, holder) in [("DAGL", &leader), ("UTINN", &filler)] {
            let role = role.parse().unwrap();
            altinn.register().grant_role(&mut batch, &RoleAssignment { role, of: bakery.id, to: holder.id });
        }
        let address = Recipient::Email("leader@example.com".parse().unwrap());
        let contacts = altinn.notifier().stored_contacts();
        contacts.put(&mut batch, leader.id, &Contact::new(address, Language::Nb)).unwrap();
        altinn.store().commit(batch).await.unwrap();
        let actor = |party: &Party| person(party, AuthenticationLevel::VerySensitive);
        let (leader, filler, stranger) = (actor(&leader), actor(&filler), actor(&stranger));
        Self { altinn, service, people, bakery, leader, filler, stranger, _folder: folder }
    }

    /// An instance of the bakery's that has been started.
    pub(crate) async fn started(&self) -> Instance {
        self.altinn.submissions().start(&self.leader, &self.service, self.bakery.id).await.unwrap()
    }

    /// An instance of the bakery's whose form is filled in.
    pub(crate) async fn filled_in(&self) -> InstanceId {
        let id = *self.started().await.id();
        self.altinn.submissions().save(&self.filler, &id, FORM, &valid()).await.unwrap();
        id
    }

    /// An instance of the bakery's that waits to be signed.
    pub(crate) async fn to_be_signed(&self) -> InstanceId {
        let id = self.filled_in().await;
        self.altinn.submissions().next(&self.filler, &id, None).await.unwrap();
        id
    }

    /// A role that somebody has for the bakery.
    pub(crate) fn assignment(&self, role: &str, holder: &Actor) -> RoleAssignment {
        let role: Role = role.parse().unwrap();
        RoleAssignment { role, of: self.bakery.id, to: holder.party().unwrap() }
    }

    pub(crate) async fn rows(&self) -> Rows {
        let row = self
            .altinn
            .store()
            .query_one(
                "select (select count(*) from services_instance) as instances, \
                 (select cast(coalesce(sum(version), 0) as bigint) from services_instance) as versions, \
                 (select count(*) from services_history) as history, \
                 (select count(*) from services_event) as events, \
                 (select count(*) from services_data) as data, \
                 (select count(*) from archive_entry) as entries, \
                 (select count(*) from notify_order) as orders",
                params![],
            )
            .await
            .unwrap();
        let count = |column| row.get(column).unwrap();
        Rows {
            instances: count("instances"),
            versions: count("versions"),
            history: count("history"),
            events: count("events"),
            data: count("data"),
            entries: count("entries"),
            orders: count("orders"),
        }
    }

    /// The types of an instance's history entries, in their order.
    pub(crate) async fn history(&self, id: &InstanceId) -> Vec<String> {
        let sql = "select type from services_history where instance = $1 order by sequence";
        let rows = self.altinn.store().query(sql, params![id.guid]).await.unwrap();
        rows.iter().map(|row| row.get("type").unwrap()).collect()
    }

    /// The types of all events, in the order of the feed.
    pub(crate) async fn events(&self) -> Vec<String> {
        let page = self.altinn.events().read(0, 1_000).await.unwrap();
        page.events.iter().map(|event| event.event_type().to_owned()).collect()
    }
}

/// A register of roles that lets something happen between a decision and its commit, once.
#[derive(Debug)]
pub(crate) struct Interrupted {
    pub(crate) register: altinn_auth::register::StoredRegister,
    pub(crate) then: Arc<std::sync::Mutex<Option<(Store, Batch)>>>,
}

#[async_trait::async_trait]
impl RoleRegister for Interrupted {
    async fn roles(
        &self,
        holder: altinn_core::PartyId,
        party: altinn_core::PartyId,
    ) -> Result<altinn_auth::register::HeldRoles, altinn_auth::register::RegisterError> {
        let held = self.register.roles(holder, party).await?;
        let next = self.then.lock().unwrap().take();
        if let Some((store, batch)) = next {
            store.commit(batch).await.unwrap();
        }
        Ok(held)
    }
}

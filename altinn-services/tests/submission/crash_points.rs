//! A process that ends at any commit of the walk, before it or just after it, leaves a state from which the next one
//! goes on: nothing is lost, and nothing has effect twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use altinn_archive::{EntryId, ReceiptState};
use altinn_core::store::{Backend, Batch, Store, params};
use altinn_core::testing::report;
use altinn_services::Altinn;
use altinn_services::submission::{
    DataElement, Instance, Service, ServiceTask, ServiceTaskContext, ServiceTaskDone, ServiceTaskError,
    StartOptions, SubmissionError,
};
use altinn_services::testing::{StandIn, TestPayment};
use async_trait::async_trait;
use tempfile::TempDir;
use uuid::Uuid;

use crate::mortal::{Last, Mortal};
use crate::own_app::long_way::{HELD, TASKS, long_way};
use crate::scene::{Scene, every_backend, with_keys_of};

/// A register elsewhere: it makes one case for a key, however often it is asked, and outlives our processes.
#[derive(Debug, Clone, Default)]
struct CaseRegister(Arc<Mutex<BTreeMap<Uuid, u32>>>);

#[async_trait]
impl ServiceTask for CaseRegister {
    async fn run(&self, context: &ServiceTaskContext<'_>) -> Result<ServiceTaskDone, ServiceTaskError> {
        *self.0.lock().unwrap().entry(context.key()).or_default() += 1;
        Ok(ServiceTaskDone::new().with_element("case-number", "text/plain", context.key().to_string()))
    }
}

/// What outlives a process: the database, and what is elsewhere.
struct World {
    below: Arc<dyn Backend>,
    folder: TempDir,
    scene: Scene,
    cases: CaseRegister,
    payments: TestPayment,
}

impl World {
    async fn new(below: Arc<dyn Backend>, folder: TempDir) -> Self {
        let store = Store::new(Mortal::never(&below));
        let altinn = with_keys_of(&folder, store).build().await.unwrap();
        let scene = Scene::set(altinn, TempDir::new().unwrap()).await;
        Self { below, folder, scene, cases: CaseRegister::default(), payments: TestPayment::new() }
    }

    /// A process from its start on.
    async fn process(&self, store: Mortal) -> (Altinn, Service) {
        let altinn = with_keys_of(&self.folder, Store::new(store)).build().await.unwrap();
        altinn.register_service_task("register", self.cases.clone());
        altinn.register_service_task("eFormidling", StandIn::new());
        altinn.register_payment(self.payments.clone());
        let service = long_way().publish_in(&altinn);
        (altinn, service)
    }

    /// Goes as far as it comes: all the way from the start, or from where an earlier process was.
    async fn walk(
        &self,
        (altinn, service): &(Altinn, Service),
        key: &str,
    ) -> Result<(Instance, ReceiptState), SubmissionError> {
        let (submissions, leader) = (altinn.submissions(), &self.scene.leader);
        let options = StartOptions::idempotent(key);
        let mut instance = submissions.start_with(leader, service, self.scene.bakery.id, &options).await?;
        let id = *instance.id();
        while let Some(task) = instance.task().map(str::to_owned) {
            instance = match task.as_str() {
                "Tell" | "Send" => submissions.run_service_task(leader, &id).await?,
                "Pay" => {
                    submissions.pay(leader, &id).await?;
                    submissions.next_from(leader, &id, &task, None).await?
                }
                _ => submissions.next_from(leader, &id, &task, None).await?,
            };
        }
        let receipt = submissions.submit(leader, &id).await?;
        Ok((submissions.get(leader, &id).await?, receipt))
    }

    /// The leases of the processes that have ended are over: minutes later.
    async fn minutes_later(&self) {
        let mut batch = Batch::new();
        batch.execute("update services_task set lease_until = 0", params![]);
        self.scene.altinn.store().commit(batch).await.unwrap();
    }

    /// All that the walk comes to is there once.
    async fn check(&self, instance: &Instance) -> String {
        let mut held: Vec<_> = instance.elements().iter().map(DataElement::data_type).collect();
        held.sort_unstable();
        assert_eq!(held, HELD);
        let sql = "select element, type from services_history where instance = $1 and element is not null \
                   order by sequence";
        let rows = self.scene.altinn.store().query(sql, params![instance.id().guid]).await.unwrap();
        let started =
            |row: &&altinn_core::store::Row| row.get::<String>("type").unwrap() == "process_StartTask";
        let visited: Vec<String> =
            rows.iter().filter(started).map(|row| row.get("element").unwrap()).collect();
        assert_eq!(visited, TASKS);
        let sql = "select task, state from services_task where instance = $1 order by created_at, id";
        let rows = self.scene.altinn.store().query(sql, params![instance.id().guid]).await.unwrap();
        let work: Vec<(String, String)> =
            rows.iter().map(|row| (row.get("task").unwrap(), row.get("state").unwrap())).collect();
        assert_eq!(work, ["Tell", "Send"].map(|task| (task.to_owned(), "done".to_owned())));
        String::from_utf8(instance.element("case-number").unwrap().content().to_vec()).unwrap()
    }

    /// Walks, entries, payments, cases, mails and events are one to one.
    async fn check_the_whole(&self, walked: &BTreeSet<(String, EntryId)>) {
        let instances = walked.len();
        let audit = self.scene.altinn.archive().audit(None).await.unwrap();
        assert!(audit.is_sound());
        assert_eq!(audit.entries, instances as u64);
        assert_eq!(walked.iter().map(|(_, entry)| entry).collect::<BTreeSet<_>>().len(), instances);
        assert_eq!(self.payments.started().len(), instances);
        assert_eq!(self.cases.0.lock().unwrap().len(), instances);
        let rows = self.scene.rows().await;
        assert_eq!((rows.instances, rows.orders), (instances as i64, instances as i64));
        let mut told = BTreeMap::<String, usize>::new();
        let mut after = 0;
        loop {
            let page = self.scene.altinn.events().read(after, 1_000).await.unwrap();
            page.events.iter().for_each(|event| *told.entry(event.event_type().to_owned()).or_default() += 1);
            if page.next == after {
                break;
            }
            after = page.next;
        }
        let moved = TASKS.map(|task| format!("app.instance.process.movedTo.{}", task.to_lowercase()));
        // The receipt document is written within the step, which tells of its outcome only.
        for event_type in moved.into_iter().filter(|name| !name.ends_with("write")) {
            assert_eq!(told.get(&event_type), Some(&instances), "{event_type}: {told:?}");
        }
        assert_eq!(told.get("app.instance.process.completed"), Some(&instances));
    }
}

#[tokio::test]
async fn a_process_that_ends_at_any_commit_leaves_a_state_from_which_the_next_goes_on() {
    for (name, below, folder) in every_backend().await {
        let world = World::new(below, folder).await;
        let (mut walked, mut asked_again) = (BTreeSet::new(), 0);
        for last in [Last::Lost, Last::Kept] {
            for commit in 1.. {
                let key = format!("{last:?}-{commit}");
                let mortal = Mortal::never(&world.below);
                let process = world.process(mortal.clone()).await;
                mortal.ends_with(commit, last);
                let first = world.walk(&process, &key).await;
                let has_ended = mortal.has_ended();
                world.minutes_later().await;
                let next = world.process(Mortal::never(&world.below)).await;
                let (instance, receipt) = world.walk(&next, &key).await.unwrap();
                let receipt = receipt.proved().unwrap();
                receipt.verify(next.0.archive().verifier_key()).unwrap();
                if let Ok((_, ReceiptState::Proved(first))) = first {
                    assert_eq!(first, receipt);
                }
                let case: Uuid = world.check(&instance).await.parse().unwrap();
                asked_again += u32::from(world.cases.0.lock().unwrap()[&case] > 1);
                walked.insert((instance.id().to_string(), receipt.entry()));
                if !has_ended {
                    assert!(commit > 10, "a walk has only {commit} commits");
                    break;
                }
            }
        }
        world.check_the_whole(&walked).await;
        assert!(asked_again > 0, "no process ended between the work of a service task and its commit");
        report(format_args!("{name}: {} walks, each cut off at another commit", walked.len() - 2));
    }
}

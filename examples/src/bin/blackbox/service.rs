//! `app.load`, `submit` and `event.feed`.

use std::path::PathBuf;
use std::sync::Arc;

use altinn_archive::ReceiptState;
use altinn_examples::{Cast, CastError, form, stand_in};
use altinn_services::form::{FormData, FormLimits};
use altinn_services::process::TaskKind;
use altinn_services::submission::{Instance, Service, StartOptions, SubmissionError};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Failure;
use crate::world::World;

/// A service, and the synthetic people who use it.
pub(crate) struct Loaded {
    pub(crate) service: Service,
    pub(crate) cast: Cast,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Load {
    folder: PathBuf,
    /// Whether stand-ins do what the app needs the agency's code for.
    #[serde(default)]
    stand_ins: bool,
}

#[derive(Deserialize)]
pub(crate) struct Submit {
    /// The service's id, as `app.load` gave it.
    service: String,
    /// The form; a small valid one is made up if it is left out.
    data: Option<Value>,
    /// The same key twice is one submission.
    key: Option<String>,
    at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(crate) struct Feed {
    #[serde(default)]
    after: i64,
    #[serde(default = "page")]
    limit: u32,
}

fn page() -> u32 {
    100
}

/// Publishes the service of an app folder.
pub(crate) async fn load(world: &World, asked: Load) -> Result<Value, Failure> {
    let service =
        world.altinn.publish_app(&asked.folder).map_err(|error| Failure::new(error.code(), error))?;
    if asked.stand_ins {
        stand_in(&world.altinn, service.definition());
    }
    let cast = Cast::of(&world.altinn, &service).await.map_err(no_cast)?;
    let app = service.definition();
    let task = |task: &altinn_services::process::Task| json!({"id": task.id, "kind": task.kind.name()});
    let answer = json!({
        "service": service.id(),
        "party": cast.owner().id,
        "tasks": app.process().tasks().map(task).collect::<Vec<_>>(),
        "dataTypes": app.metadata().data_types().iter().map(|data_type| &data_type.id).collect::<Vec<_>>(),
        "remarks": app.remarks().iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    let id = service.id().to_string();
    world.services.lock().await.insert(id, Arc::new(Loaded { service, cast }));
    Ok(answer)
}

/// A service that has been loaded.
pub(crate) async fn loaded(world: &World, service: &str) -> Result<Arc<Loaded>, Failure> {
    let unknown = || Failure::new("SUBMISSION-UNKNOWN-SERVICE", "no such service has been loaded");
    world.services.lock().await.get(service).cloned().ok_or_else(unknown)
}

/// Starts, fills in and goes through all tasks, each by somebody who may; gives the receipt.
pub(crate) async fn submit(world: &World, asked: Submit) -> Result<Value, Failure> {
    let loaded = world.loaded(&asked.service).await?;
    world.clock.show(asked.at);
    let outcome = run(world, &loaded, asked).await;
    world.clock.show(None);
    outcome
}

async fn run(world: &World, loaded: &Loaded, asked: Submit) -> Result<Value, Failure> {
    let submissions = world.altinn.submissions();
    let (_, starter) = loaded.cast.starter().map_err(no_cast)?;
    let options = asked.key.map(StartOptions::idempotent).unwrap_or_default();
    let party = loaded.cast.owner().id;
    let mut instance =
        submissions.start_with(starter, &loaded.service, party, &options).await.map_err(refused)?;
    let mut data = asked.data.map(|data| parse(&data)).transpose()?;
    while let Some(task) = instance.task().and_then(|task| loaded.service.definition().process().task(task)) {
        if task.is_done_by_machine() {
            instance = submissions.run_service_task(starter, instance.id()).await.map_err(refused)?;
            continue;
        }
        let may = loaded.cast.who_may(&world.altinn, &loaded.service, task.action(None), &task.id).await;
        let (_, actor) = may.map_err(no_cast)?;
        fill_in(world, loaded, &instance, actor, &mut data).await?;
        if task.kind == TaskKind::Payment {
            let may = loaded.cast.who_may(&world.altinn, &loaded.service, "pay", &task.id).await;
            submissions.pay(&may.map_err(no_cast)?.1, instance.id()).await.map_err(refused)?;
        }
        instance = submissions.next(actor, instance.id(), None).await.map_err(refused)?;
    }
    match submissions.receipt(starter, instance.id()).await.map_err(refused)? {
        ReceiptState::Proved(receipt) => {
            Ok(json!({"instance": instance.id(), "entry": receipt.entry(), "receipt": receipt}))
        }
        ReceiptState::Promised(promise) => Ok(json!({"instance": instance.id(), "promise": promise})),
    }
}

/// Fills in the forms that the task at hand has made.
async fn fill_in(
    world: &World,
    loaded: &Loaded,
    instance: &Instance,
    actor: &altinn_core::Actor,
    data: &mut Option<FormData>,
) -> Result<(), Failure> {
    let task = instance.task().unwrap_or_default();
    for wanted in loaded.service.forms_of(task).filter(|form| instance.element(&form.id).is_some()) {
        let form = match data.take() {
            Some(data) => data,
            None => form::made_up(&loaded.service, wanted)
                .map_err(|error| Failure::new("BLACKBOX-NO-SAMPLE", error))?,
        };
        world.altinn.submissions().save(actor, instance.id(), &wanted.id, &form).await.map_err(refused)?;
    }
    Ok(())
}

pub(crate) fn parse(data: &Value) -> Result<FormData, Failure> {
    let text = data.to_string();
    FormData::parse(text.as_bytes(), FormLimits::default()).map_err(|error| Failure::new(error.code(), error))
}

/// The events after a place.
pub(crate) async fn events(world: &World, asked: Feed) -> Result<Value, Failure> {
    let page = world.altinn.events().read(asked.after, asked.limit).await;
    let page = page.map_err(|error| Failure::new(error.code(), error))?;
    Ok(json!({"events": page.events, "next": page.next}))
}

pub(crate) fn refused(error: SubmissionError) -> Failure {
    let failure = Failure::new(error.code(), &error);
    match error {
        SubmissionError::Invalid(issues) => failure.with_issues(json!(issues)),
        _ => failure,
    }
}

pub(crate) fn no_cast(error: CastError) -> Failure {
    Failure::new("BLACKBOX-NOBODY-MAY", error)
}

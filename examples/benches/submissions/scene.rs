//! The sample app over a store, those who use it, and its form.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use altinn_archive::ReceiptState;
use altinn_examples::{Cast, form};
use altinn_services::form::FormData;
use altinn_services::submission::Service;
use altinn_services::{Altinn, AltinnBuilder};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::Outcome;
use crate::recorder::LANE;

/// How many submissions are in the making at the same time.
const TASKS: usize = 64;

/// The sample app, with its workers at work.
pub(crate) struct Scene {
    pub(crate) altinn: Altinn,
    service: Service,
    cast: Arc<Cast>,
    form: Arc<FormData>,
    stop: oneshot::Sender<()>,
    workers: JoinHandle<()>,
}

impl Scene {
    pub(crate) async fn open(builder: AltinnBuilder) -> Outcome<Self> {
        let altinn = builder.build().await?;
        let service = altinn.publish_app(concat!(env!("CARGO_MANIFEST_DIR"), "/../apps/bakery-licence"))?;
        let cast = Arc::new(Cast::of(&altinn, &service).await?);
        let form = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/bakery-licence.json");
        let form = Arc::new(form::read(Path::new(form))?);
        let (stop, stopped) = oneshot::channel::<()>();
        let workers = altinn.run_workers(async {
            let _ = stopped.await;
        });
        Ok(Self { altinn, service, cast, form, stop, workers })
    }

    /// Makes `count` submissions; answers the seconds, and how many were proved at once.
    pub(crate) async fn submit(&self, count: usize) -> Outcome<(f64, usize)> {
        let next = Arc::new(AtomicUsize::new(0));
        let begun = Instant::now();
        let tasks: Vec<_> = (0..TASKS)
            .map(|lane| {
                let (altinn, service, next) = (self.altinn.clone(), self.service.clone(), Arc::clone(&next));
                let (cast, form) = (Arc::clone(&self.cast), Arc::clone(&self.form));
                tokio::spawn(LANE.scope(lane, async move {
                    let mut proved = 0;
                    while next.fetch_add(1, Ordering::Relaxed) < count {
                        proved += usize::from(submit(&altinn, &service, &cast, &form).await?);
                    }
                    Outcome::Ok(proved)
                }))
            })
            .collect();
        let mut proved = 0;
        for task in tasks {
            proved += task.await??;
        }
        Ok((begun.elapsed().as_secs_f64(), proved))
    }

    /// Ends the workers when they have finished what they have in hand.
    pub(crate) async fn end(self) -> Outcome<Altinn> {
        drop(self.stop);
        self.workers.await?;
        Ok(self.altinn)
    }
}

async fn submit(altinn: &Altinn, service: &Service, cast: &Cast, form: &FormData) -> Outcome<bool> {
    let (_, actor) = cast.starter()?;
    let draft = altinn.submissions().start(actor, service, cast.owner().id).await?;
    altinn.submissions().save(actor, draft.id(), "application", form).await?;
    let state = altinn.submissions().submit(actor, draft.id()).await?;
    Ok(matches!(state, ReceiptState::Proved(_)))
}

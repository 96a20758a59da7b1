//! The work that follows from commits.

use std::time::Duration;

use altinn_archive::ArchiveError;
use altinn_core::store::StoreError;
use futures_util::future::{Either, join, join5, select};
use tokio::sync::watch;

use crate::altinn::Altinn;
#[cfg(feature = "collaboration")]
use crate::collaboration::{COLLABORATION_WORK, CollaborationError};
#[cfg(feature = "correspondence")]
use crate::correspondence::MAILINGS;
use crate::event::EventFeed;
use crate::submission::{INSTANCE_SUBSCRIPTIONS, SERVICE_TASKS};

/// How often work is looked for that nobody woke a worker for: it was committed on another node.
const POLL: Duration = Duration::from_secs(1);

/// How often the archive is looked through for what is due to be erased or removed.
const TIDY: Duration = Duration::from_secs(60);

/// How many pieces of work of service tasks a worker takes up at once: one after the other is done within the lease.
const SERVICE_TASKS_AT_ONCE: u32 = 1;

/// How many subscriptions a worker takes up at once: all make their instances within the lease.
const SUBSCRIPTIONS_AT_ONCE: u32 = 8;

/// How many slices of mailings a worker does before it looks whether it is to stop.
#[cfg(feature = "correspondence")]
const SLICES_AT_ONCE: u32 = 8;

/// How many pieces of work in cases a worker takes up at once: all are done within the lease.
#[cfg(feature = "collaboration")]
const JOBS_AT_ONCE: u32 = 8;

/// How many file transfers a worker takes up at once.
#[cfg(feature = "broker")]
const TRANSFERS_AT_ONCE: u32 = 8;

/// Integrates, numbers, does service tasks, erases what is due, writes the trail and sends until `shutdown` is ready. What fails is tried again at the next look.
pub(crate) async fn run(altinn: Altinn, shutdown: impl Future<Output = ()> + Send) {
    let (stop, stopped) = watch::channel(false);
    let work = join(
        join5(
            integrate(&altinn, stopped.clone()),
            tell(&altinn, stopped.clone()),
            do_service_tasks(&altinn, stopped.clone()),
            tidy(&altinn, stopped.clone()),
            send(&altinn, stopped.clone()),
        ),
        join5(
            mail(&altinn, stopped.clone()),
            note(&altinn, stopped.clone()),
            broker(&altinn, stopped.clone()),
            collaborate(&altinn, stopped.clone()),
            make_subscribed(&altinn, stopped),
        ),
    );
    match select(std::pin::pin!(shutdown), std::pin::pin!(work)).await {
        Either::Left(((), work)) => {
            let _ = stop.send(true);
            work.await;
        }
        Either::Right(_) => {}
    }
}

async fn integrate(altinn: &Altinn, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(error) = altinn.archive().integrate().await {
            tracing::warn!(code = error.code(), %error, "the archive's log was not integrated");
        }
        wait(altinn.archive().staged(POLL), &mut stopped).await;
    }
}

/// Erases what no rule of retention keeps any longer, and removes objects that no entry names.
async fn tidy(altinn: &Altinn, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match tidy_once(altinn).await {
            Ok(0) => wait(tokio::time::sleep(TIDY), &mut stopped).await,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(code = error.code(), %error, "the archive was not tidied");
                wait(tokio::time::sleep(TIDY), &mut stopped).await;
            }
        }
    }
}

async fn tidy_once(altinn: &Altinn) -> Result<u64, ArchiveError> {
    Ok(altinn.archive().erase_due().await? + altinn.archive().remove_unnamed().await?)
}

/// Fails uploads that stand still, and purges files that have outlived their time.
#[cfg(feature = "broker")]
async fn broker(altinn: &Altinn, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match altinn.broker().run_due(TRANSFERS_AT_ONCE).await {
            Ok(done) if done > 0 => {}
            Ok(_) => wait(tokio::time::sleep(TIDY), &mut stopped).await,
            Err(error) => {
                tracing::warn!(code = error.code(), %error, "file transfers that were due were not dealt with");
                wait(tokio::time::sleep(TIDY), &mut stopped).await;
            }
        }
    }
}

#[cfg(not(feature = "broker"))]
async fn broker(_: &Altinn, _: watch::Receiver<bool>) {}

/// Follows what happens to members of cases, and does what is due in cases.
#[cfg(feature = "collaboration")]
async fn collaborate(altinn: &Altinn, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match collaborate_once(altinn).await {
            Ok(0) => wait(altinn.store().woken(COLLABORATION_WORK, POLL), &mut stopped).await,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(code = error.code(), %error, "cases did not go on");
                wait(tokio::time::sleep(POLL), &mut stopped).await;
            }
        }
    }
}

#[cfg(feature = "collaboration")]
async fn collaborate_once(altinn: &Altinn) -> Result<u64, CollaborationError> {
    Ok(altinn.collaborations().follow().await? + altinn.collaborations().run_due(JOBS_AT_ONCE).await?)
}

#[cfg(not(feature = "collaboration"))]
async fn collaborate(_: &Altinn, _: watch::Receiver<bool>) {}

async fn tell(altinn: &Altinn, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match tell_once(altinn).await {
            Ok(0) => wait(altinn.store().woken(EventFeed::TOPIC, POLL), &mut stopped).await,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(code = error.code(), %error, "events were not numbered or sent");
                wait(tokio::time::sleep(POLL), &mut stopped).await;
            }
        }
    }
}

/// Numbers the events that were committed, and sends them to those who subscribed, if anyone may.
async fn tell_once(altinn: &Altinn) -> Result<usize, StoreError> {
    #[cfg(feature = "webhooks")]
    if let Some(webhooks) = altinn.webhooks() {
        return webhooks.run_once().await;
    }
    altinn.events().number().await
}

async fn do_service_tasks(altinn: &Altinn, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match altinn.submissions().run_service_tasks(SERVICE_TASKS_AT_ONCE).await {
            Ok(report) if report.claimed > 0 => {}
            Ok(_) => wait(altinn.store().woken(SERVICE_TASKS, POLL), &mut stopped).await,
            Err(error) => {
                tracing::warn!(code = error.code(), %error, "service tasks were not done");
                wait(tokio::time::sleep(POLL), &mut stopped).await;
            }
        }
    }
}

/// Makes the instances of subscriptions that are due.
async fn make_subscribed(altinn: &Altinn, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match altinn.submissions().subscriptions().run_due(SUBSCRIPTIONS_AT_ONCE).await {
            Ok(report) if report.claimed > 0 => {}
            Ok(_) => wait(altinn.store().woken(INSTANCE_SUBSCRIPTIONS, POLL), &mut stopped).await,
            Err(error) => {
                tracing::warn!(code = error.code(), %error, "subscriptions made no instances");
                wait(tokio::time::sleep(POLL), &mut stopped).await;
            }
        }
    }
}

/// Expands mailings, publishes them and does what is due of them afterwards.
#[cfg(feature = "correspondence")]
async fn mail(altinn: &Altinn, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match altinn.correspondences().run_due(SLICES_AT_ONCE).await {
            Ok(0) => wait(altinn.store().woken(MAILINGS, POLL), &mut stopped).await,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(code = error.code(), %error, "mailings did not go on");
                wait(tokio::time::sleep(POLL), &mut stopped).await;
            }
        }
    }
}

#[cfg(not(feature = "correspondence"))]
async fn mail(_: &Altinn, _: watch::Receiver<bool>) {}

/// Writes the trail.
async fn note(altinn: &Altinn, mut stopped: watch::Receiver<bool>) {
    let stop = async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    altinn.kept_trail().run(stop).await;
}

async fn send(altinn: &Altinn, mut stopped: watch::Receiver<bool>) {
    let stop = async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    if let Err(error) = altinn.notifier().run(stop).await {
        tracing::error!(code = error.code(), %error, "notifications are not sent");
    }
}

/// Waits for either.
async fn wait(work: impl Future<Output = ()>, stopped: &mut watch::Receiver<bool>) {
    select(std::pin::pin!(work), std::pin::pin!(stopped.changed())).await;
}

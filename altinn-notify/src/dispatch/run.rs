//! Dispatching until it is told to stop.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::{Either, select};

use super::{DispatchError, DispatchReport};
use crate::Notifier;
use crate::table::WAKE_TOPIC;

/// How many notifications are dispatched before the next look at how it goes.
const ROUND: u32 = 1000;

impl Notifier {
    /// Dispatches what becomes due until `shutdown` is ready; then claims nothing more, brings to its end what is in
    /// flight, and answers.
    ///
    /// It is woken by orders that are committed in this program, and looks at every poll interval for all others. When
    /// the store fails, that is logged and tried again.
    ///
    /// # Errors
    /// [`DispatchError::NoChannel`] at once.
    pub async fn run(&self, shutdown: impl Future<Output = ()> + Send) -> Result<(), DispatchError> {
        let stopping = Arc::new(AtomicBool::new(false));
        let mut shutdown = pin!(shutdown);
        loop {
            let round = pin!(self.dispatch_until(ROUND, Arc::clone(&stopping)));
            let result = match select(shutdown.as_mut(), round).await {
                Either::Left(((), in_flight)) => {
                    stopping.store(true, Ordering::Relaxed);
                    return in_flight.await.map(drop);
                }
                Either::Right((result, _)) => result,
            };
            if may_rest(result)? {
                let woken = pin!(self.store().woken(WAKE_TOPIC, self.settings.poll_interval));
                if let Either::Left(_) = select(shutdown.as_mut(), woken).await {
                    return Ok(());
                }
            }
        }
    }
}

/// Whether there is nothing to do until something happens.
fn may_rest(result: Result<DispatchReport, DispatchError>) -> Result<bool, DispatchError> {
    match result {
        Ok(report) => Ok(report.claimed < ROUND && report.given_back == 0 && !report.has_more_orders),
        Err(DispatchError::NoChannel) => Err(DispatchError::NoChannel),
        Err(error) => {
            tracing::warn!(code = error.code(), %error, "dispatching failed, and is tried again");
            Ok(true)
        }
    }
}

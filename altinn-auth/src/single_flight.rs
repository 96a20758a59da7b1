//! Work that many wait for and that is done once.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

/// Work that many wait for and that is done once at a time.
///
/// Whoever waits drives it on. When the one that began gives up, the others go on with the same work, and the next one
/// to come does: giving up again and again cannot begin it again and again.
pub(crate) struct SingleFlight<T: Clone>(Mutex<Option<Shared<BoxFuture<'static, T>>>>);

impl<T: Clone + Send + Sync + 'static> SingleFlight<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Joins the work under way; where there is none, begins what `begin` gives, if it gives any.
    pub(crate) async fn join(&self, begin: impl FnOnce() -> Option<BoxFuture<'static, T>>) -> Option<T> {
        let flight = {
            let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match running.as_ref().filter(|flight| flight.peek().is_none()) {
                Some(flight) => flight.clone(),
                None => running.insert(begin()?.shared()).clone(),
            }
        };
        Some(flight.await)
    }
}

impl<T: Clone> fmt::Debug for SingleFlight<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SingleFlight")
    }
}

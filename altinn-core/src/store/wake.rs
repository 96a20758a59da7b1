//! Waking those who wait for work.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

/// Who waits for which topic, within this process. Work on other nodes is found by asking at intervals.
#[derive(Debug, Default)]
pub(super) struct Wakes {
    topics: Mutex<HashMap<&'static str, Arc<Notify>>>,
}

impl Wakes {
    fn topic(&self, topic: &'static str) -> Arc<Notify> {
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(topics.entry(topic).or_default())
    }

    /// Wakes one who waits for the topic, or else the next one who will.
    pub(super) fn wake(&self, topic: &'static str) {
        self.topic(topic).notify_one();
    }

    /// Waits until the topic is woken, at most so long.
    pub(super) async fn wait(&self, topic: &'static str, at_most: Duration) {
        let notify = self.topic(topic);
        let _ = tokio::time::timeout(at_most, notify.notified()).await;
    }
}

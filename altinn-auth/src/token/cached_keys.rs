//! Keys that are fetched from their issuer, kept, and fetched again when it has changed them.

use std::fmt::Debug;
use std::sync::{Arc, PoisonError, RwLock};

use altinn_core::Clock;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::{KeySource, KeySourceError, StaticKeys, VerificationKey};
use crate::single_flight::SingleFlight;

/// Fetches an issuer's key set.
#[async_trait]
pub trait KeySetFetch: Debug + Send + Sync + 'static {
    /// The JWK set, as the issuer publishes it.
    ///
    /// # Errors
    /// [`KeySourceError::Unavailable`].
    async fn fetch(&self) -> Result<Vec<u8>, KeySourceError>;
}

/// Keys that are fetched when they are first needed, kept, and fetched again when a token names one that is not known, or
/// after [`REFRESH_AFTER`](Self::REFRESH_AFTER): an issuer may change them at any time.
///
/// There is one fetch at a time, whoever asks. Tokens with made-up ids cause at most two fetches at once and then one in
/// [`FLOOR`](Self::FLOOR). While the issuer does not answer, the keys that are known count on for
/// [`USABLE_FOR`](Self::USABLE_FOR), and it is asked ever more seldom.
#[derive(Debug, Clone)]
pub struct CachedKeys(Arc<Cache>);

#[derive(Debug)]
struct Cache {
    fetch: Box<dyn KeySetFetch>,
    clock: Arc<dyn Clock>,
    kept: RwLock<Kept>,
    flight: SingleFlight<()>,
}

/// What is known, and when the issuer may be asked again.
#[derive(Debug, Default)]
struct Kept {
    keys: Option<(StaticKeys, DateTime<Utc>)>,
    /// The time up to which asking is paid for; it may lie ahead by one [`CachedKeys::FLOOR`].
    paid_until: DateTime<Utc>,
    not_before: DateTime<Utc>,
    failures: u32,
    error: Option<KeySourceError>,
}

impl CachedKeys {
    /// After so long the keys are fetched again though nothing asked for it: what an issuer withdrew stops counting.
    pub const REFRESH_AFTER: TimeDelta = TimeDelta::minutes(15);
    /// How long keys count on while the issuer does not answer.
    pub const USABLE_FOR: TimeDelta = TimeDelta::hours(6);
    /// How long one fetch must suffice, on average, whatever tokens say.
    pub const FLOOR: TimeDelta = TimeDelta::seconds(30);
    /// The longest pause after failures; the first is one second, and each is twice the one before.
    pub const LONGEST_PAUSE: TimeDelta = TimeDelta::seconds(60);

    /// Keys that are fetched in this way. Nothing is fetched yet.
    pub fn new(fetch: impl KeySetFetch, clock: Arc<dyn Clock>) -> Self {
        let (kept, flight) = (RwLock::default(), SingleFlight::new());
        Self(Arc::new(Cache { fetch: Box::new(fetch), clock, kept, flight }))
    }
}

#[async_trait]
impl KeySource for CachedKeys {
    async fn key(&self, kid: Option<&str>) -> Result<Option<VerificationKey>, KeySourceError> {
        if let Some(key) = self.0.read(|kept| kept.fresh(self.0.clock.now())?.get(kid)) {
            return Ok(Some(key));
        }
        self.0.flight.join(|| self.0.fetch_if_due()).await;
        self.0.read(|kept| kept.usable(self.0.clock.now()).map(|keys| keys.get(kid)))
    }
}

impl Cache {
    fn read<T>(&self, read: impl FnOnce(&Kept) -> T) -> T {
        read(&self.kept.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The next fetch, when the issuer may be asked.
    fn fetch_if_due(self: &Arc<Self>) -> Option<BoxFuture<'static, ()>> {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.pay(self.clock.now()).then(|| Arc::clone(self).fetch_now().boxed())
    }

    async fn fetch_now(self: Arc<Self>) {
        let fetched = self.fetch.fetch().await.and_then(StaticKeys::from_jwks);
        match &fetched {
            Ok(keys) => tracing::info!(keys = keys.len(), "fetched an issuer's keys"),
            Err(error) => tracing::warn!(%error, "an issuer's keys cannot be fetched"),
        }
        let now = self.clock.now();
        self.kept.write().unwrap_or_else(PoisonError::into_inner).end_of_fetch(fetched, now);
    }
}

impl Kept {
    fn fresh(&self, now: DateTime<Utc>) -> Option<&StaticKeys> {
        let (keys, fetched) = self.keys.as_ref()?;
        (now < *fetched + CachedKeys::REFRESH_AFTER).then_some(keys)
    }

    fn usable(&self, now: DateTime<Utc>) -> Result<&StaticKeys, KeySourceError> {
        let never = || KeySourceError::Unavailable { reason: "they were never fetched".to_owned() };
        match &self.keys {
            Some((keys, fetched)) if now < *fetched + CachedKeys::USABLE_FOR => Ok(keys),
            _ => Err(self.error.clone().unwrap_or_else(never)),
        }
    }

    /// Whether the issuer may be asked now; if so, that is paid for.
    fn pay(&mut self, now: DateTime<Utc>) -> bool {
        let may = now >= self.not_before && self.paid_until <= now + CachedKeys::FLOOR;
        if may {
            self.paid_until = self.paid_until.max(now) + CachedKeys::FLOOR;
        }
        may
    }

    fn end_of_fetch(&mut self, fetched: Result<StaticKeys, KeySourceError>, now: DateTime<Utc>) {
        match fetched {
            Ok(keys) => {
                self.keys = Some((keys, now));
                (self.failures, self.error) = (0, None);
            }
            Err(error) => {
                let pause = TimeDelta::seconds(1_i64 << self.failures.min(6)).min(CachedKeys::LONGEST_PAUSE);
                self.not_before = now + pause;
                // The pause alone limits what fails.
                self.paid_until = self.paid_until.min(now);
                self.failures += 1;
                self.error = Some(error);
            }
        }
    }
}

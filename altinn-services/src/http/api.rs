//! The state of every router.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use altinn_auth::login::Callers;
use altinn_core::SyntheticNumbers;
use axum::extract::FromRef;
use axum::http::HeaderValue;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::Limits;
use super::metrics::Metrics;
use super::rate::Rates;
use crate::Altinn;

/// The state of every router: what is served, and to whom. Cheap to clone.
#[derive(Clone)]
pub struct Api(Arc<Inner>);

struct Inner {
    altinn: Altinn,
    callers: Callers,
    limits: Limits,
    origins: Vec<HeaderValue>,
    synthetic_numbers: SyntheticNumbers,
    confirm_at: Option<String>,
    at_once: Semaphore,
    uploads: Semaphore,
    rates: Rates,
    metrics: Metrics,
    stopping: AtomicBool,
}

impl Api {
    /// An API over what is published, for those callers, with the limits that [`Limits`] begins with.
    pub fn new(altinn: Altinn, callers: Callers) -> Self {
        Self::builder(altinn, callers).build()
    }

    /// The same, with more to be said.
    pub fn builder(altinn: Altinn, callers: Callers) -> ApiBuilder {
        ApiBuilder {
            altinn,
            callers,
            limits: Limits::default(),
            origins: Vec::new(),
            synthetic_numbers: SyntheticNumbers::Refused,
            confirm_at: None,
        }
    }

    /// What is served.
    pub fn altinn(&self) -> &Altinn {
        &self.0.altinn
    }

    /// How much a caller may ask for.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(super) fn callers(&self) -> &Callers {
        &self.0.callers
    }

    pub(super) fn origins(&self) -> &[HeaderValue] {
        &self.0.origins
    }

    /// Whether bodies may name people and organizations that are made up.
    pub(super) fn synthetic_numbers(&self) -> SyntheticNumbers {
        self.0.synthetic_numbers
    }

    /// Where a customer answers what a vendor asks for.
    pub(super) fn confirm_url(&self, request: Uuid) -> Option<String> {
        self.0.confirm_at.as_ref().map(|address| format!("{address}{request}"))
    }

    /// A permit for each call that is worked on.
    pub(super) fn at_once(&self) -> &Semaphore {
        &self.0.at_once
    }

    /// A permit for each file that is taken.
    pub(super) fn uploads(&self) -> &Semaphore {
        &self.0.uploads
    }

    pub(super) fn rates(&self) -> &Rates {
        &self.0.rates
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// From now on it is not ready: whoever balances load sends new calls elsewhere.
    pub(super) fn stop(&self) {
        self.0.stopping.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.0.stopping.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("limits", &self.0.limits).finish_non_exhaustive()
    }
}

impl FromRef<Api> for Callers {
    fn from_ref(api: &Api) -> Self {
        api.callers().clone()
    }
}

/// What is said of an [`Api`] before it is there.
#[derive(Debug)]
#[must_use]
pub struct ApiBuilder {
    altinn: Altinn,
    callers: Callers,
    limits: Limits,
    origins: Vec<HeaderValue>,
    synthetic_numbers: SyntheticNumbers,
    confirm_at: Option<String>,
}

impl ApiBuilder {
    /// How much a caller may ask for.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// An origin (`https://portal.example.no`) whose pages may call with a token. Without one, no other origin may.
    pub fn origin(mut self, origin: HeaderValue) -> Self {
        self.origins.push(origin);
        self
    }

    /// Whether bodies may name people and organizations that are made up, as in tests. Without it they are refused.
    pub fn synthetic_numbers(mut self, synthetic: SyntheticNumbers) -> Self {
        self.synthetic_numbers = synthetic;
        self
    }

    /// Where customers answer what vendors ask them for: an address at whose end the request's id is put, as
    /// `https://portal.example.no/systemuser?id=`. Vendors are told it as `confirmUrl`.
    pub fn confirm_at(mut self, address: impl Into<String>) -> Self {
        self.confirm_at = Some(address.into());
        self
    }

    /// The API.
    pub fn build(self) -> Api {
        Api(Arc::new(Inner {
            at_once: permits(self.limits.at_once),
            uploads: permits(self.limits.uploads),
            rates: Rates::new(self.limits.rate, self.limits.burst),
            altinn: self.altinn,
            callers: self.callers,
            limits: self.limits,
            origins: self.origins,
            synthetic_numbers: self.synthetic_numbers,
            confirm_at: self.confirm_at,
            metrics: Metrics::default(),
            stopping: AtomicBool::new(false),
        }))
    }
}

fn permits(count: usize) -> Semaphore {
    Semaphore::new(count.min(Semaphore::MAX_PERMITS))
}

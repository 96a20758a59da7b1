//! A channel as the dispatcher uses it: with its rate limit and its breaker.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use super::{Breaker, BreakerSettings, Channel, ChannelKind, Outcome, RateLimit, Tokens, UnknownOutcome};

/// A channel with its rate limit and its breaker, which all clones of a notifier share.
#[derive(Debug, Clone)]
pub(crate) struct Lane {
    pub(crate) kind: ChannelKind,
    /// None: nothing can be sent, but what a test key simulates.
    pub(crate) channel: Option<Arc<dyn Channel>>,
    pub(crate) unknown_outcome: UnknownOutcome,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    tokens: Option<Tokens>,
    breaker: Breaker,
}

impl Lane {
    pub(crate) fn new(kind: ChannelKind) -> Self {
        let unknown_outcome = match kind {
            ChannelKind::Sms => UnknownOutcome::Park,
            ChannelKind::Email | ChannelKind::Print => UnknownOutcome::SendAgain,
        };
        let state = State { tokens: None, breaker: Breaker::new(BreakerSettings::default()) };
        Self { kind, channel: None, unknown_outcome, state: Arc::new(Mutex::new(state)) }
    }

    pub(crate) fn set_rate_limit(&mut self, limit: RateLimit) {
        self.state().tokens = Some(Tokens::full(limit));
    }

    pub(crate) fn set_breaker(&mut self, settings: BreakerSettings) {
        self.state().breaker = Breaker::new(settings);
    }

    /// How many messages of `wanted` may be claimed now; what is not used of it is to be [given back](Self::give_back).
    pub(crate) fn allows(&self, wanted: u32, now: DateTime<Utc>) -> u32 {
        let mut state = self.state();
        let passing = state.breaker.lets_pass(wanted, now);
        state.tokens.as_mut().map_or(passing, |tokens| tokens.take(passing, now))
    }

    pub(crate) fn give_back(&self, unused: u32) {
        if let Some(tokens) = &mut self.state().tokens {
            tokens.give_back(unused);
        }
    }

    /// Tells the breaker how an attempt ended: what is refused was refused by a channel that works.
    pub(crate) fn learn(&self, outcome: &Outcome, now: DateTime<Utc>) {
        match outcome {
            Outcome::Accepted { .. } | Outcome::Rejected { .. } => self.state().breaker.succeeded(),
            Outcome::Transient { .. } | Outcome::Unknown { .. } => self.state().breaker.failed(now),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

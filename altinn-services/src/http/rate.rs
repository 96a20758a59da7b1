//! How often a caller calls an endpoint.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use altinn_core::{Actor, Subject};
use axum::http::Method;
use chrono::{DateTime, TimeDelta, Utc};

/// How many parts the callers are kept in, so that calls do not wait for each other.
const PARTS: usize = 16;

/// How many callers a part keeps before it forgets those who have not called lately.
const MOST: usize = 8_192;

/// How often each caller calls each endpoint: a generic cell rate (ITU-T I.371), one number for each pair.
#[derive(Debug)]
pub(super) struct Rates {
    parts: Vec<Mutex<HashMap<u64, DateTime<Utc>>>>,
    hasher: RandomState,
    interval: TimeDelta,
    tolerance: TimeDelta,
}

impl Rates {
    /// So many calls a second in the long run, and so many together.
    pub(super) fn new(rate: u32, burst: u32) -> Self {
        let interval = TimeDelta::nanoseconds(1_000_000_000 / i64::from(rate.max(1)));
        let tolerance = interval * i32::try_from(burst.max(1) - 1).unwrap_or(i32::MAX);
        let parts = (0..PARTS).map(|_| Mutex::default()).collect();
        Self { parts, hasher: RandomState::new(), interval, tolerance }
    }

    /// Counts a call, or says how long to wait before the next.
    pub(super) fn count(
        &self,
        caller: &Actor,
        endpoint: (&Method, &str),
        now: DateTime<Utc>,
    ) -> Result<(), TimeDelta> {
        let key = self.hasher.hash_one((who(caller), endpoint));
        let index = usize::try_from(key % PARTS as u64).unwrap_or_default();
        let Some(part) = self.parts.get(index) else { return Ok(()) };
        let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
        if part.len() >= MOST {
            part.retain(|_, due| *due > now);
        }
        let due = part.get(&key).copied().unwrap_or(now).max(now);
        let wait = due - now - self.tolerance;
        if wait > TimeDelta::zero() {
            return Err(wait);
        }
        part.insert(key, due + self.interval);
        Ok(())
    }
}

/// Whose calls count together: an organisation's, whichever of its systems makes them, or a person's.
fn who(caller: &Actor) -> String {
    match caller.subject() {
        Subject::SystemUser { owner, .. } => owner.to_string(),
        Subject::Organization { number, .. } => number.to_string(),
        _ => match caller.consumer() {
            Some(consumer) => consumer.to_string(),
            None => caller.reference(),
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use altinn_core::AuthenticationLevel;

    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate_holds_for_each_caller_and_endpoint() {
        let agency = |org: &str| {
            let subject = Subject::ServiceOwner { org: org.to_owned(), number: None };
            Actor::new(subject, AuthenticationLevel::Sensitive)
        };
        let (rates, now) = (Rates::new(10, 3), DateTime::UNIX_EPOCH);
        for _ in 0..3 {
            rates.count(&agency("ttd"), (&Method::GET, "/a"), now).unwrap();
        }
        assert_eq!(rates.count(&agency("ttd"), (&Method::GET, "/a"), now), Err(TimeDelta::milliseconds(100)));
        rates.count(&agency("ttd"), (&Method::GET, "/b"), now).unwrap();
        rates.count(&agency("skd"), (&Method::GET, "/a"), now).unwrap();
        let later = now + TimeDelta::milliseconds(100);
        rates.count(&agency("ttd"), (&Method::GET, "/a"), later).unwrap();
        assert!(rates.count(&agency("ttd"), (&Method::GET, "/a"), later).is_err());
    }
}

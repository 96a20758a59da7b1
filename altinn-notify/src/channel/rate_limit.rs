//! How many messages a channel is given.

use chrono::{DateTime, TimeDelta, Utc};

/// How many messages a channel of one program is given: so many in so long, and at most so many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    messages: u32,
    per: TimeDelta,
}

impl RateLimit {
    /// At most so many messages, at least 1, in each span of time of this length, at least a millisecond.
    pub fn new(messages: u32, per: TimeDelta) -> Self {
        Self { messages: messages.max(1), per: per.max(TimeDelta::milliseconds(1)) }
    }

    /// At most so many messages a second.
    pub fn per_second(messages: u32) -> Self {
        Self::new(messages, TimeDelta::seconds(1))
    }
}

/// What is left of a rate limit: a bucket of tokens that fills with time. A pure value; the time is passed in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tokens {
    limit: RateLimit,
    left: f64,
    seen: Option<DateTime<Utc>>,
}

impl Tokens {
    pub(crate) fn full(limit: RateLimit) -> Self {
        Self { limit, left: limit.messages.into(), seen: None }
    }

    /// Takes at most `wanted` tokens, and says how many.
    pub(crate) fn take(&mut self, wanted: u32, now: DateTime<Utc>) -> u32 {
        self.refill(now);
        let taken = (self.left as u32).min(wanted);
        self.left -= f64::from(taken);
        taken
    }

    /// Gives tokens back that were not used.
    pub(crate) fn give_back(&mut self, count: u32) {
        self.left = (self.left + f64::from(count)).min(self.limit.messages.into());
    }

    fn refill(&mut self, now: DateTime<Utc>) {
        let passed = self.seen.map_or(TimeDelta::zero(), |seen| now - seen);
        let share = passed.num_microseconds().unwrap_or(i64::MAX) as f64
            / self.limit.per.num_microseconds().unwrap_or(i64::MAX) as f64;
        // A clock that was set back fills nothing, and empties nothing either.
        let filled = self.left + share.max(0.0) * f64::from(self.limit.messages);
        self.left = filled.min(self.limit.messages.into());
        self.seen = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_span_of_time_holds_more_than_the_limit_and_what_was_full_before(
            messages in 1_u32..50, takes in proptest::collection::vec((0_i64..3000, 0_u32..100), 1..40),
        ) {
            let mut tokens = Tokens::full(RateLimit::per_second(messages));
            let start = DateTime::<Utc>::UNIX_EPOCH;
            let (mut now, mut taken) = (start, 0_u64);
            for (pause, wanted) in takes {
                now += TimeDelta::milliseconds(pause);
                taken += u64::from(tokens.take(wanted, now));
                let most = f64::from(messages) * (1.0 + (now - start).num_milliseconds() as f64 / 1000.0);
                prop_assert!(taken as f64 <= most + 1e-6, "{taken} {most}");
            }
        }
    }

    #[test]
    fn a_waiting_bucket_fills_to_its_limit_and_no_further() {
        let (mut tokens, start) = (Tokens::full(RateLimit::per_second(10)), DateTime::<Utc>::UNIX_EPOCH);
        assert_eq!(tokens.take(100, start), 10);
        assert_eq!(tokens.take(100, start + TimeDelta::milliseconds(500)), 5);
        assert_eq!(tokens.take(100, start + TimeDelta::hours(1)), 10);
        tokens.give_back(3);
        assert_eq!(tokens.take(100, start + TimeDelta::hours(1)), 3);
    }
}

//! How long to wait before the next attempt.

use chrono::TimeDelta;
use ring::digest;
use uuid::Uuid;

/// The wait after the first attempt.
const FIRST: TimeDelta = TimeDelta::seconds(10);
/// The longest wait.
const LONGEST: TimeDelta = TimeDelta::hours(1);

/// The wait before the attempt that follows `attempts` others: it doubles each time up to an hour, less up to half of
/// it by `jitter` (from 0 to 999), so that what failed together is not tried together.
pub(super) fn delay(attempts: u32, jitter: u16) -> TimeDelta {
    let doublings = attempts.saturating_sub(1).min(20);
    let whole = (FIRST * (1 << doublings)).min(LONGEST);
    whole - TimeDelta::milliseconds(whole.num_milliseconds() / 2 * i64::from(jitter.min(999)) / 1000)
}

/// A number from 0 to 999, as if by chance. It follows from the work and the attempt alone, so it is the same on every
/// node and in every test.
pub(super) fn jitter(work: Uuid, attempts: u32) -> u16 {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(work.as_bytes());
    context.update(&attempts.to_be_bytes());
    let sum = context.finish().as_ref().iter().take(4).fold(0_u64, |sum, byte| sum * 256 + u64::from(*byte));
    u16::try_from(sum % 1000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_failed_together_is_not_tried_together() {
        let wait = |id| delay(5, jitter(Uuid::from_u128(id), 5)).num_milliseconds() / 1000;
        let waits: std::collections::BTreeSet<_> = (0..100).map(wait).collect();
        assert!(waits.len() > 40, "{waits:?}");
    }

    proptest! {
        #[test]
        fn a_wait_doubles_up_to_an_hour_less_at_most_half(jitter in any::<u16>(), attempts in 1_u32..) {
            let whole = if attempts < 10 { (FIRST * (1 << (attempts - 1))).min(LONGEST) } else { LONGEST };
            let wait = delay(attempts, jitter);
            prop_assert!(whole / 2 <= wait && wait <= whole, "{wait}");
        }
    }
}

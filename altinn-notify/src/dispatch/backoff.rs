//! How long to wait before the next attempt.

use chrono::TimeDelta;
use ring::digest;
use uuid::Uuid;

/// The wait after the first attempt.
const FIRST: TimeDelta = TimeDelta::seconds(10);
/// The longest wait.
const LONGEST: TimeDelta = TimeDelta::hours(1);
/// How much of a wait is spread, in thousandths.
const SPREAD: i64 = 500;

/// The wait before the attempt that follows `attempts` others: it doubles each time up to an hour, less up to half of
/// it, so that mails that failed together are not tried together.
///
/// The spread follows from the notification and the attempt alone, so it is the same on every node and in every test.
pub(super) fn delay(notification: Uuid, attempts: u32) -> TimeDelta {
    let doublings = attempts.saturating_sub(1).min(20);
    let whole = (FIRST * (1 << doublings)).min(LONGEST);
    whole
        - TimeDelta::milliseconds(
            whole.num_milliseconds() * SPREAD / 1000 * spread(notification, attempts) / 1000,
        )
}

/// A number from 0 to 999, as if by chance.
fn spread(notification: Uuid, attempts: u32) -> i64 {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(notification.as_bytes());
    context.update(&attempts.to_be_bytes());
    let sum = context.finish().as_ref().iter().take(4).fold(0_i64, |sum, byte| sum * 256 + i64::from(*byte));
    sum % 1000
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn mails_that_failed_together_are_not_tried_together() {
        let waits: std::collections::BTreeSet<_> =
            (0..100).map(|id| delay(Uuid::from_u128(id), 5).num_milliseconds() / 1000).collect();
        assert!(waits.len() > 40, "{waits:?}");
    }

    proptest! {
        #[test]
        fn a_wait_doubles_up_to_an_hour_less_at_most_half(id in any::<u128>(), attempts in 1_u32..) {
            let whole = if attempts < 10 { (FIRST * (1 << (attempts - 1))).min(LONGEST) } else { LONGEST };
            let wait = delay(Uuid::from_u128(id), attempts);
            prop_assert!(whole / 2 <= wait && wait <= whole, "{wait}");
        }
    }
}

//! When a delivery is tried again.

use std::time::Duration;

/// Altinn's pauses between the attempts of a delivery, in seconds: 10 s, 30 s, 1, 5, 10 and 30 minutes, 1, 3, 6, 12 and
/// 12 hours.
const PAUSES: [u64; 11] = [10, 30, 60, 300, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 43_200];

/// How long to wait after an attempt, the first of which is 1; none when it was the last.
pub(super) fn after(attempt: i64) -> Option<Duration> {
    let index = usize::try_from(attempt).ok()?.checked_sub(1)?;
    PAUSES.get(index).copied().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_attempts_are_made_within_a_day_and_a_half() {
        let pauses: Vec<_> = (1..).map_while(after).collect();
        assert_eq!(pauses.len(), 11);
        assert_eq!(pauses.first(), Some(&Duration::from_secs(10)));
        assert_eq!(
            pauses.iter().sum::<Duration>(),
            Duration::from_secs(10 + 30 + 60 + 300 + 600 + 1_800 + 34 * 3_600)
        );
        assert_eq!((after(0), after(-1), after(12)), (None, None, None));
    }
}

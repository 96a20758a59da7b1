//! The 18-month rule.

use chrono::{DateTime, Months, Utc};

/// How long contact information may be used after it was updated or verified.
const MONTHS: Months = Months::new(18);

/// Whether contact information may be used: it was updated or verified at most 18 months ago
/// (eForvaltningsforskriften § 32). Information without any date may not.
///
/// Mail address and mobile number are counted apart, each by its own dates.
///
/// ```
/// use altinn_notify::rules::is_fresh;
///
/// let (updated, verified) = ("2024-01-01T00:00:00Z".parse()?, "2025-06-01T12:00:00Z".parse()?);
/// let at = |text: &str| text.parse().unwrap();
/// assert!(is_fresh(Some(updated), Some(verified), at("2026-12-01T12:00:00Z")));
/// assert!(!is_fresh(Some(updated), Some(verified), at("2026-12-01T12:00:01Z")));
/// assert!(!is_fresh(None, None, at("2026-12-01T12:00:00Z")));
/// # Ok::<(), chrono::ParseError>(())
/// ```
pub fn is_fresh(updated: Option<DateTime<Utc>>, verified: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    let limit = updated.max(verified).and_then(|last| last.checked_add_months(MONTHS));
    limit.is_some_and(|limit| now <= limit)
}

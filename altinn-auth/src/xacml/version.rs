//! Versions of policies (XACML 3.0, 5.12 and 5.13).

use super::model::PolicyReference;

/// The numbers of a version, for comparison.
pub(crate) fn numbers(version: &str) -> Vec<u64> {
    version.split('.').map(|number| number.parse().unwrap_or(u64::MAX)).collect()
}

/// Whether a version is one that a reference asks for.
pub(crate) fn fits(version: &str, reference: &PolicyReference) -> bool {
    let found = numbers(version);
    let is_exact = reference.version.as_deref().is_none_or(|pattern| matches(&found, pattern));
    let at_least = reference
        .earliest
        .as_deref()
        .is_none_or(|pattern| matches(&found, pattern) || found >= bound(pattern));
    let at_most =
        reference.latest.as_deref().is_none_or(|pattern| matches(&found, pattern) || found <= bound(pattern));
    is_exact && at_least && at_most
}

fn matches(version: &[u64], pattern: &str) -> bool {
    let mut numbers = version.iter();
    for part in pattern.split('.') {
        match (part, numbers.next()) {
            ("+", Some(_)) => return true,
            ("*", Some(_)) => {}
            (part, Some(number)) if part.parse() == Ok(*number) => {}
            _ => return false,
        }
    }
    numbers.next().is_none()
}

/// The numbers of a pattern before its first wild card.
fn bound(pattern: &str) -> Vec<u64> {
    pattern.split('.').map_while(|part| part.parse().ok()).collect()
}

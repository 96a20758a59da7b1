//! Check digits by modulus 11.

/// The digits of a text that consists of exactly `N` ASCII digits.
pub(crate) fn digits<const N: usize>(text: &str) -> Option<[u8; N]> {
    let bytes = <[u8; N]>::try_from(text.as_bytes()).ok()?;
    bytes.iter().all(u8::is_ascii_digit).then(|| bytes.map(|byte| byte - b'0'))
}

/// The remainder that the weighted sum of the digits leaves; digits without a weight do not count.
pub(super) fn remainder(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| u32::from(*digit) * weight).sum::<u32>() % 11
}

/// The digit that brings a remainder to nought, where there is one: no digit does for a remainder of 1.
#[cfg(feature = "testing")]
pub(super) fn complement(remainder: u32) -> Option<u8> {
    u8::try_from((11 - remainder) % 11).ok().filter(|digit| *digit < 10)
}

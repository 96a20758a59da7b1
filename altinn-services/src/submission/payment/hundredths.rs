//! Amounts and rates with two decimals.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A number with two decimals, exactly: an amount in kroner (its øre are whole), or a rate in per cent.
///
/// In JSON it is a number, as Altinn writes it.
///
/// ```
/// use altinn_services::submission::Hundredths;
///
/// let price = Hundredths::new(19_950);
/// assert_eq!(price.to_string(), "199.50");
/// assert_eq!(serde_json::to_string(&price)?, "199.5");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hundredths(i64);

impl Hundredths {
    /// So many hundredths.
    pub const fn new(hundredths: i64) -> Self {
        Self(hundredths)
    }

    /// A whole number.
    pub const fn whole(number: i32) -> Self {
        Self(number as i64 * 100)
    }

    /// How many hundredths it is.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum; at the end of the range, the end of the range.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// So many times it.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self(self.0.saturating_mul(i64::from(count)))
    }

    /// So many per cent of it, rounded half away from zero to whole hundredths.
    #[must_use]
    pub fn percent(self, rate: Self) -> Self {
        let product = i128::from(self.0) * i128::from(rate.0);
        let half = if product < 0 { -5_000 } else { 5_000 };
        Self(i64::try_from((product + half) / 10_000).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Hundredths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }
}

impl Serialize for Hundredths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[allow(clippy::cast_precision_loss, reason = "amounts of money stay far below 2^53 hundredths")]
        let number = self.0 as f64 / 100.0;
        serializer.serialize_f64(number)
    }
}

impl<'de> Deserialize<'de> for Hundredths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = (f64::deserialize(deserializer)? * 100.0).round();
        if number.abs() > 9_007_199_254_740_992.0 {
            return Err(D::Error::custom("expected a number with two decimals below 90 million millions"));
        }
        #[allow(clippy::cast_possible_truncation, reason = "it is whole and within 2^53")]
        let hundredths = number as i64;
        Ok(Self(hundredths))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_share_is_rounded_half_away_from_zero() {
        assert_eq!(Hundredths::new(10).percent(Hundredths::whole(25)), Hundredths::new(3));
        assert_eq!(Hundredths::new(-10).percent(Hundredths::whole(25)), Hundredths::new(-3));
        assert_eq!(Hundredths::whole(1_000).percent(Hundredths::new(1_111)), Hundredths::new(11_110));
    }

    proptest! {
        #[test]
        fn an_amount_survives_json(hundredths in -1_000_000_000_000_i64..1_000_000_000_000) {
            let text = serde_json::to_string(&Hundredths::new(hundredths)).unwrap();
            prop_assert_eq!(serde_json::from_str::<Hundredths>(&text).unwrap(), Hundredths::new(hundredths));
        }
    }
}

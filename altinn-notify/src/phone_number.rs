//! Mobile numbers.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A number that an SMS can go to, in international form (E.164): `+4799999999`.
///
/// Eight digits that begin with 4 or 9 are a Norwegian mobile number and get `+47`; `00` at the beginning becomes `+`.
/// A Norwegian number must be one of a mobile; of others the length is checked. Spaces are not taken.
///
/// It is personal data: `Debug` hides it, there is no `Display`, and [`expose`](Self::expose) is the way out.
///
/// ```
/// use altinn_notify::PhoneNumber;
///
/// let number: PhoneNumber = "99999999".parse()?;
/// assert_eq!(number.expose(), "+4799999999");
/// assert_eq!(format!("{number:?}"), "PhoneNumber(***)");
/// assert!("+4722222222".parse::<PhoneNumber>().is_err());
/// # Ok::<(), altinn_notify::PhoneNumberError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

/// Why a text is not a [`PhoneNumber`]. The text itself is personal data and is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PhoneNumberError {
    /// There is nothing.
    #[error("the mobile number is empty")]
    Empty,
    /// It holds something else than digits behind a `+`.
    #[error("the mobile number holds something else than digits")]
    NotDigits,
    /// It has no country, and is not a Norwegian mobile number.
    #[error("the mobile number has no country code")]
    NoCountry,
    /// It has fewer or more digits than a number can have.
    #[error("the mobile number has {found} digits, at least 7 and at most 15")]
    Length {
        /// How many digits there are.
        found: usize,
    },
    /// It is a Norwegian number that no mobile has.
    #[error("the number is Norwegian, and not a mobile's")]
    NotMobile,
}

impl PhoneNumberError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "NOTIFY-MOBILE-EMPTY",
            Self::NotDigits => "NOTIFY-MOBILE-NOT-DIGITS",
            Self::NoCountry => "NOTIFY-MOBILE-NO-COUNTRY",
            Self::Length { .. } => "NOTIFY-MOBILE-LENGTH",
            Self::NotMobile => "NOTIFY-MOBILE-NOT-MOBILE",
        }
    }
}

impl PhoneNumber {
    /// The number in clear, with its `+`.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(***)")
    }
}

impl FromStr for PhoneNumber {
    type Err = PhoneNumberError;

    fn from_str(text: &str) -> Result<Self, PhoneNumberError> {
        if text.is_empty() {
            return Err(PhoneNumberError::Empty);
        }
        let (digits, has_country) = match text.strip_prefix('+').or_else(|| text.strip_prefix("00")) {
            Some(digits) => (digits, true),
            None => (text, false),
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PhoneNumberError::NotDigits);
        }
        match (has_country, digits.strip_prefix("47")) {
            (true, Some(national)) if is_norwegian_mobile(national) => Ok(Self(format!("+{digits}"))),
            (true, Some(_)) => Err(PhoneNumberError::NotMobile),
            (true, None) if digits.starts_with('0') => Err(PhoneNumberError::NoCountry),
            (true, None) if !(7..=15).contains(&digits.len()) => {
                Err(PhoneNumberError::Length { found: digits.len() })
            }
            (true, None) => Ok(Self(format!("+{digits}"))),
            (false, _) if is_norwegian_mobile(digits) => Ok(Self(format!("+47{digits}"))),
            (false, _) => Err(PhoneNumberError::NoCountry),
        }
    }
}

/// Eight digits from 4 or 9 (Nkom's numbering plan).
fn is_norwegian_mobile(national: &str) -> bool {
    national.len() == 8 && national.starts_with(['4', '9'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_forms_that_people_and_registers_write_are_one_number() {
        for text in ["99999999", "+4799999999", "004799999999"] {
            assert_eq!(text.parse::<PhoneNumber>().expect(text).expose(), "+4799999999");
        }
        assert_eq!("+46701234567".parse::<PhoneNumber>().expect("Swedish").expose(), "+46701234567");
    }

    #[test]
    fn every_fault_has_its_own_reason() {
        for (text, reason) in [
            ("", PhoneNumberError::Empty),
            ("+", PhoneNumberError::NotDigits),
            ("+47 99999999", PhoneNumberError::NotDigits),
            ("+47९९999999", PhoneNumberError::NotDigits),
            ("99999999\r\n", PhoneNumberError::NotDigits),
            ("22222222", PhoneNumberError::NoCountry),
            ("4799999999", PhoneNumberError::NoCountry),
            ("+0123456789", PhoneNumberError::NoCountry),
            ("+4722222222", PhoneNumberError::NotMobile),
            ("+47999999999", PhoneNumberError::NotMobile),
            ("+46123", PhoneNumberError::Length { found: 5 }),
            ("+1234567890123456", PhoneNumberError::Length { found: 16 }),
        ] {
            assert_eq!(text.parse::<PhoneNumber>(), Err(reason), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_taken_is_a_plus_and_digits(text in "\\PC{0,20}|[+0-9]{0,18}") {
            if let Ok(number) = text.parse::<PhoneNumber>() {
                let digits = number.expose().strip_prefix('+').expect("a plus");
                prop_assert!((7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
                prop_assert_eq!(number.expose().parse::<PhoneNumber>(), Ok(number.clone()));
            }
        }
    }
}

//! National identity numbers (fødselsnummer, D-nummer).

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;

#[cfg(feature = "testing")]
use super::modulus_11::complement;
use super::modulus_11::remainder;
use super::{IdentifierError, SyntheticNumbers, UncheckedNationalIdentityNumber};

/// A national identity number (fødselsnummer or D-nummer): a date of birth, an individual number and two check
/// digits, eleven digits in all.
///
/// - The first check digit may leave a remainder of 0, or, in numbers handed out from 2032, also of 1, 2 or 3.
/// - A D-number has 40 added to the day; a synthetic number has 80 (Tenor) or 40 (Dolly, and the help numbers of
///   hospitals) added to the month. Those are taken only by [`NationalIdentityNumber::parse`], when it is told to.
/// - Gender cannot be read from it: numbers from 2032 do not hold it, and the register says it.
///
/// A number is a secret: `Debug` hides it, there is no `Display` and no serde, the memory is wiped, and
/// [`expose`](Self::expose) is the only way out, so that a search for that word lists every use.
///
/// Sources: folkeregisterforskriften chapter 2; Skatteetaten, new national identity numbers from 2032.
///
/// ```
/// use altinn_core::{NationalIdentityNumber, SyntheticNumbers};
///
/// let number = NationalIdentityNumber::parse("10915596784", SyntheticNumbers::Accepted)?;
/// assert_eq!(format!("{number:?}"), "NationalIdentityNumber(***)");
/// assert_eq!(number.birth_date(), chrono::NaiveDate::from_ymd_opt(1955, 11, 10));
///
/// let from_2032: NationalIdentityNumber = "30108299939".parse()?;
/// assert_eq!(from_2032.birth_date(), None);
/// # Ok::<(), altinn_core::IdentifierError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NationalIdentityNumber(UncheckedNationalIdentityNumber);

/// Whom a national identity number is handed out to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberKind {
    /// Somebody born or settled in Norway (fødselsnummer).
    BirthNumber,
    /// Somebody who is not settled, but has duties or rights in Norway (D-nummer): 40 is added to the day.
    DNumber,
}

/// Where a national identity number comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberSeries {
    /// The population register (Folkeregisteret).
    Population,
    /// Synthetic people of Tenor, Skatteetaten's test data: 80 is added to the month.
    Tenor,
    /// Synthetic people of Dolly, Nav's test data, and the help numbers (H-nummer) that a hospital makes for itself:
    /// 40 is added to the month. The two cannot be told apart, and neither identifies anyone outside.
    Help,
}

/// What each digit counts in the first sum; the first check digit counts once.
const FIRST_WEIGHTS: [u32; 10] = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1];
/// What each digit counts in the second sum; the second check digit counts once.
const SECOND_WEIGHTS: [u32; 11] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];

impl NationalIdentityNumber {
    pub(super) const NAME: &'static str = "national identity number";

    /// Reads a number.
    ///
    /// # Errors
    /// [`IdentifierError`] says what is wrong, without the number.
    pub fn parse(text: &str, synthetic: SyntheticNumbers) -> Result<Self, IdentifierError> {
        Self::check(text.parse()?, synthetic)
    }

    /// The eleven digits. Never for logs, addresses, errors or keys of objects.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Whom it is handed out to.
    pub fn kind(&self) -> NumberKind {
        Parts::of(&self.0).kind()
    }

    /// Where it comes from.
    pub fn series(&self) -> NumberSeries {
        Parts::of(&self.0).series()
    }

    /// Whether it is not of the population register, and was let through by [`SyntheticNumbers::Accepted`].
    pub fn is_synthetic(&self) -> bool {
        self.series() != NumberSeries::Population
    }

    /// The date of birth, where the number tells the century.
    ///
    /// It does by the individual number, in numbers that follow the rule from before 2032. Numbers that only the rule
    /// from 2032 allows tell day, month and two digits of the year, and nothing is guessed. The register's own field is
    /// the authority in either case.
    pub fn birth_date(&self) -> Option<NaiveDate> {
        let parts = Parts::of(&self.0);
        let century = (parts.first_remainder == 0).then(|| parts.century())??;
        NaiveDate::from_ymd_opt(century + i32::from(parts.year), parts.calendar_month(), parts.calendar_day())
    }

    pub(super) fn check(
        number: UncheckedNationalIdentityNumber,
        synthetic: SyntheticNumbers,
    ) -> Result<Self, IdentifierError> {
        let identifier = Self::NAME;
        let parts = Parts::of(&number);
        if !parts.names_a_day() {
            return Err(IdentifierError::Date { identifier });
        }
        if parts.first_remainder > 3 || parts.second_remainder != 0 {
            return Err(IdentifierError::CheckDigit { identifier });
        }
        if parts.series() != NumberSeries::Population && synthetic == SyntheticNumbers::Refused {
            return Err(IdentifierError::Synthetic { identifier });
        }
        Ok(Self(number))
    }
}

impl FromStr for NationalIdentityNumber {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        Self::parse(text, SyntheticNumbers::Refused)
    }
}

impl From<NationalIdentityNumber> for UncheckedNationalIdentityNumber {
    fn from(number: NationalIdentityNumber) -> Self {
        number.0
    }
}

impl fmt::Debug for NationalIdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NationalIdentityNumber(***)")
    }
}

/// A number taken apart.
struct Parts {
    day: u8,
    month: u8,
    year: u8,
    individual: u16,
    first_remainder: u32,
    second_remainder: u32,
}

impl Parts {
    fn of(number: &UncheckedNationalIdentityNumber) -> Self {
        let digits = number.digits();
        let [d1, d2, m1, m2, y1, y2, i1, i2, i3, ..] = digits;
        Self {
            day: d1 * 10 + d2,
            month: m1 * 10 + m2,
            year: y1 * 10 + y2,
            individual: u16::from(i1) * 100 + u16::from(i2) * 10 + u16::from(i3),
            first_remainder: remainder(&digits, &FIRST_WEIGHTS),
            second_remainder: remainder(&digits, &SECOND_WEIGHTS),
        }
    }

    fn kind(&self) -> NumberKind {
        if self.day > 40 { NumberKind::DNumber } else { NumberKind::BirthNumber }
    }

    fn series(&self) -> NumberSeries {
        match self.month {
            81.. => NumberSeries::Tenor,
            41.. => NumberSeries::Help,
            _ => NumberSeries::Population,
        }
    }

    fn calendar_day(&self) -> u32 {
        let added = if self.kind() == NumberKind::DNumber { 40 } else { 0 };
        u32::from(self.day - added)
    }

    fn calendar_month(&self) -> u32 {
        let added = match self.series() {
            NumberSeries::Tenor => 80,
            NumberSeries::Help => 40,
            NumberSeries::Population => 0,
        };
        u32::from(self.month - added)
    }

    /// Whether the day exists in some century: every two-digit year is one of 2000 to 2099 too, and 2000 has a
    /// 29 February.
    fn names_a_day(&self) -> bool {
        let year = 2000 + i32::from(self.year);
        NaiveDate::from_ymd_opt(year, self.calendar_month(), self.calendar_day()).is_some()
    }

    /// The century that the individual number stands for.
    fn century(&self) -> Option<i32> {
        match (self.individual, self.year) {
            (0..=499, _) => Some(1900),
            (500..=749, 54..) => Some(1800),
            (500..=999, ..=39) => Some(2000),
            (900..=999, 40..) => Some(1900),
            _ => None,
        }
    }
}

/// The two check digits of nine digits by the rule from before 2032, if they have any.
#[cfg(feature = "testing")]
pub(crate) fn check_digits(digits: [u8; 9]) -> Option<[u8; 2]> {
    let first = complement(remainder(&digits, &FIRST_WEIGHTS))?;
    let [a, b, c, d, e, f, g, h, i] = digits;
    let second = complement(remainder(&[a, b, c, d, e, f, g, h, i, first], &SECOND_WEIGHTS))?;
    Some([first, second])
}

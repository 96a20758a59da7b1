//! Organization numbers (organisasjonsnummer).

use std::fmt;
use std::str::FromStr;

#[cfg(feature = "testing")]
use super::modulus_11::complement;
use super::modulus_11::remainder;
use super::{IdentifierError, SyntheticNumbers, UncheckedOrganizationNumber, serialize_as_text};

/// An organization number (organisasjonsnummer) of the Central Coordinating Register for Legal Entities
/// (Enhetsregisteret): nine digits, of which the last is a check digit by modulus 11.
///
/// - Numbers begin with 8 or 9.
/// - Those of synthetic organizations (Tenor) begin with 2 or 3: [`OrganizationNumber::parse`] takes them when it is
///   told to, `FromStr` never does.
/// - Nothing else is let through: no spaces, no country, no `MVA`.
///
/// It can be serialized, not deserialized: which numbers are right is a setting. What a document holds is read as
/// an [`UncheckedOrganizationNumber`], and checked.
///
/// Source: the Brønnøysund Register Centre, on the composition of the organization number.
///
/// ```
/// use altinn_core::{OrganizationNumber, SyntheticNumbers};
///
/// let number: OrganizationNumber = "991825827".parse()?;
/// assert_eq!(number.to_string(), "991825827");
///
/// assert!("310000000".parse::<OrganizationNumber>().is_err());
/// assert!(OrganizationNumber::parse("310000000", SyntheticNumbers::Accepted)?.is_synthetic());
/// # Ok::<(), altinn_core::IdentifierError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganizationNumber(UncheckedOrganizationNumber);

serialize_as_text!(OrganizationNumber);

/// What each digit counts in the sum; the check digit counts once.
const WEIGHTS: [u32; 9] = [3, 2, 7, 6, 5, 4, 3, 2, 1];

impl OrganizationNumber {
    pub(super) const NAME: &'static str = "organization number";

    /// Reads a number.
    ///
    /// # Errors
    /// [`IdentifierError`] says what is wrong.
    pub fn parse(text: &str, synthetic: SyntheticNumbers) -> Result<Self, IdentifierError> {
        text.parse::<UncheckedOrganizationNumber>()?.check(synthetic)
    }

    /// Whether it belongs to a synthetic organization.
    pub fn is_synthetic(self) -> bool {
        matches!(self.0.digits(), [2 | 3, ..])
    }

    pub(super) fn check(
        number: UncheckedOrganizationNumber,
        synthetic: SyntheticNumbers,
    ) -> Result<Self, IdentifierError> {
        let identifier = Self::NAME;
        if !matches!(number.digits(), [2 | 3 | 8 | 9, ..]) {
            return Err(IdentifierError::Series { identifier });
        }
        if remainder(&number.digits(), &WEIGHTS) != 0 {
            return Err(IdentifierError::CheckDigit { identifier });
        }
        let checked = Self(number);
        if checked.is_synthetic() && synthetic == SyntheticNumbers::Refused {
            return Err(IdentifierError::Synthetic { identifier });
        }
        Ok(checked)
    }
}

impl FromStr for OrganizationNumber {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        Self::parse(text, SyntheticNumbers::Refused)
    }
}

impl From<OrganizationNumber> for UncheckedOrganizationNumber {
    fn from(number: OrganizationNumber) -> Self {
        number.0
    }
}

impl fmt::Display for OrganizationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The check digit of eight digits, if they have one.
#[cfg(feature = "testing")]
pub(crate) fn check_digit(digits: &[u8]) -> Option<u8> {
    complement(remainder(digits, &WEIGHTS))
}

//! Organization numbers as registers of test data hold them.

use std::fmt;
use std::str::FromStr;

use super::modulus_11::digits;
use super::{IdentifierError, OrganizationNumber, SyntheticNumbers, text_form};

/// Nine digits that stand where an organization number should, whether or not it is right.
///
/// Registers of test data hold numbers with wrong check digits; what comes from a person is an
/// [`OrganizationNumber`].
///
/// ```
/// use altinn_core::{SyntheticNumbers, UncheckedOrganizationNumber};
///
/// let number: UncheckedOrganizationNumber = "897069651".parse()?;
/// assert_eq!(number.to_string(), "897069651");
/// assert!(number.check(SyntheticNumbers::Accepted).is_err());
/// # Ok::<(), altinn_core::IdentifierError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UncheckedOrganizationNumber([u8; 9]);

text_form!(UncheckedOrganizationNumber);

impl UncheckedOrganizationNumber {
    /// The number, if it is right.
    ///
    /// # Errors
    /// [`IdentifierError`] says what is wrong.
    pub fn check(self, synthetic: SyntheticNumbers) -> Result<OrganizationNumber, IdentifierError> {
        OrganizationNumber::check(self, synthetic)
    }

    pub(super) fn digits(self) -> [u8; 9] {
        self.0
    }
}

impl FromStr for UncheckedOrganizationNumber {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        digits(text)
            .map(Self)
            .ok_or(IdentifierError::Form { identifier: OrganizationNumber::NAME, expected: "nine digits" })
    }
}

impl fmt::Display for UncheckedOrganizationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|digit| write!(f, "{digit}"))
    }
}

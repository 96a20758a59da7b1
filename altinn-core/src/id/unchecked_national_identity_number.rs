//! National identity numbers as registers of test data hold them.

use std::fmt;
use std::str::FromStr;

use zeroize::Zeroize;

use super::modulus_11::digits;
use super::{IdentifierError, NationalIdentityNumber, SyntheticNumbers};

/// Eleven digits that stand where a national identity number should, whether or not it is right.
///
/// As secret as a [`NationalIdentityNumber`]: `Debug` hides it, there is no `Display` and no serde, and
/// [`expose`](Self::expose) is the only way out. Registers of test data hold numbers with wrong check digits; what
/// comes from a person is a [`NationalIdentityNumber`].
///
/// ```
/// use altinn_core::{SyntheticNumbers, UncheckedNationalIdentityNumber};
///
/// let number: UncheckedNationalIdentityNumber = "01039012345".parse()?;
/// assert_eq!(format!("{number:?}"), "UncheckedNationalIdentityNumber(***)");
/// assert_eq!(number.expose(), "01039012345");
/// assert!(number.check(SyntheticNumbers::Accepted).is_err());
/// # Ok::<(), altinn_core::IdentifierError>(())
/// ```
// Equality and hash are derived: a register looks people up by number. A number is no credential, so nothing is
// won by timing the comparison.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UncheckedNationalIdentityNumber([u8; 11]);

impl UncheckedNationalIdentityNumber {
    /// The eleven digits. Never for logs, addresses, errors or keys of objects.
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The number, if it is right.
    ///
    /// # Errors
    /// [`IdentifierError`] says what is wrong.
    pub fn check(&self, synthetic: SyntheticNumbers) -> Result<NationalIdentityNumber, IdentifierError> {
        NationalIdentityNumber::check(self.clone(), synthetic)
    }

    pub(super) fn digits(&self) -> [u8; 11] {
        self.0.map(|byte| byte - b'0')
    }
}

impl FromStr for UncheckedNationalIdentityNumber {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        digits::<11>(text).map(|digits| Self(digits.map(|digit| digit + b'0'))).ok_or(IdentifierError::Form {
            identifier: NationalIdentityNumber::NAME,
            expected: "eleven digits",
        })
    }
}

impl fmt::Debug for UncheckedNationalIdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UncheckedNationalIdentityNumber(***)")
    }
}

impl Drop for UncheckedNationalIdentityNumber {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

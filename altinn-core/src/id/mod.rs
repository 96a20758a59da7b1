//! Identifiers: each is checked once, when it is read, so that a value in hand is always well formed.

mod instance_id;
mod modulus_11;
mod national_identity_number;
mod organization_number;
mod party_id;
mod resource_id;
mod service_id;
mod synthetic_numbers;
mod text_form;
mod unchecked_national_identity_number;
mod unchecked_organization_number;

use thiserror::Error;

pub use instance_id::InstanceId;
pub use national_identity_number::{NationalIdentityNumber, NumberKind, NumberSeries};
pub use organization_number::OrganizationNumber;
pub use party_id::PartyId;
pub use resource_id::ResourceId;
pub use service_id::ServiceId;
pub use synthetic_numbers::SyntheticNumbers;
pub use unchecked_national_identity_number::UncheckedNationalIdentityNumber;
pub use unchecked_organization_number::UncheckedOrganizationNumber;

pub(crate) use text_form::{serialize_as_text, text_form};

#[cfg(feature = "testing")]
pub(crate) use modulus_11::digits;
#[cfg(feature = "testing")]
pub(crate) use {national_identity_number::check_digits, organization_number::check_digit};

/// Why a text is not the identifier that it was read as.
///
/// The text itself never appears: whatever stands where an identifier was expected may be a personal number.
///
/// ```
/// use altinn_core::{IdentifierError, OrganizationNumber};
///
/// let error = "991825826".parse::<OrganizationNumber>().unwrap_err();
/// assert_eq!(error, IdentifierError::CheckDigit { identifier: "organization number" });
/// assert_eq!(error.code(), "ID-CHECK-DIGIT");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IdentifierError {
    /// It is too short or too long, or has characters that do not belong there.
    #[error("{identifier} is not {expected}")]
    Form {
        /// Which identifier was expected.
        identifier: &'static str,
        /// What it consists of.
        expected: &'static str,
    },
    /// A check digit does not fit the other digits.
    #[error("{identifier} has a wrong check digit")]
    CheckDigit {
        /// Which identifier was expected.
        identifier: &'static str,
    },
    /// The digits that hold a date of birth name no day.
    #[error("{identifier} does not begin with a date of birth")]
    Date {
        /// Which identifier was expected.
        identifier: &'static str,
    },
    /// The number belongs to a series that is not handed out.
    #[error("{identifier} belongs to a series that is not in use")]
    Series {
        /// Which identifier was expected.
        identifier: &'static str,
    },
    /// The number belongs to a synthetic person or organization, and those are refused here.
    #[error("{identifier} is synthetic, and synthetic numbers are not accepted here")]
    Synthetic {
        /// Which identifier was expected.
        identifier: &'static str,
    },
}

impl IdentifierError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Form { .. } => "ID-FORM",
            Self::CheckDigit { .. } => "ID-CHECK-DIGIT",
            Self::Date { .. } => "ID-DATE",
            Self::Series { .. } => "ID-SERIES",
            Self::Synthetic { .. } => "ID-SYNTHETIC",
        }
    }
}

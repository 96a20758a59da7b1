//! Party ids.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::IdentifierError;

/// The number of a party: a person, an organization or somebody self-identified, as in Altinn's paths.
///
/// It says nothing about whom it belongs to, and may stand in addresses and logs. Serialized as a number; what is read
/// from text, JSON or a row is refused unless it is a whole number from 1.
///
/// ```
/// use altinn_core::PartyId;
///
/// assert_eq!("50001".parse(), Ok(PartyId::new(50001)));
/// assert_eq!(PartyId::new(50001).to_string(), "50001");
/// assert!("-1".parse::<PartyId>().is_err());
/// assert!(serde_json::from_str::<PartyId>("-1").is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "i64", try_from = "i64")]
pub struct PartyId(i64);

impl PartyId {
    const FORM: IdentifierError =
        IdentifierError::Form { identifier: "party id", expected: "a whole number from 1" };

    /// The party with this number, which the program knows to be one from 1.
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl FromStr for PartyId {
    type Err = IdentifierError;

    /// Reads digits, without sign or leading nought: a party has one path.
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        let number: i64 = text.parse().ok().filter(|_| canonical).ok_or(Self::FORM)?;
        Self::try_from(number)
    }
}

impl TryFrom<i64> for PartyId {
    type Error = IdentifierError;

    fn try_from(number: i64) -> Result<Self, IdentifierError> {
        if number > 0 { Ok(Self(number)) } else { Err(Self::FORM) }
    }
}

impl From<PartyId> for i64 {
    fn from(party: PartyId) -> Self {
        party.0
    }
}

impl fmt::Display for PartyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for PartyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartyId({self})")
    }
}

impl From<PartyId> for crate::store::Value {
    fn from(party: PartyId) -> Self {
        Self::Int(party.0)
    }
}

impl crate::store::FromValue for PartyId {
    const NAME: &'static str = "a party id";

    fn from_value(value: &crate::store::Value) -> Option<Self> {
        i64::from_value(value)?.try_into().ok()
    }
}

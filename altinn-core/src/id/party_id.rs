//! Party ids.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::IdentifierError;

/// The number of a party: a person, an organization or somebody self-identified, as in Altinn's paths.
///
/// It says nothing about whom it belongs to, and may stand in addresses and logs. Serialized as a number.
///
/// ```
/// use altinn_core::PartyId;
///
/// assert_eq!("50001".parse(), Ok(PartyId::new(50001)));
/// assert_eq!(PartyId::new(50001).to_string(), "50001");
/// assert!("-1".parse::<PartyId>().is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PartyId(i64);

impl PartyId {
    /// The party with this number.
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
        text.parse()
            .ok()
            .filter(|_| canonical)
            .map(Self)
            .ok_or(IdentifierError::Form { identifier: "party id", expected: "a whole number from 1" })
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
        i64::from_value(value).map(Self)
    }
}

//! A field of an entry, opened or only committed to.

use std::fmt;

use altinn_core::{Digest, canonical_json_array};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::salt::Salt;

/// A field that is shown: what it says, and the salt with which the log has committed to that.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Opening {
    pub(crate) name: String,
    pub(crate) salt: Salt,
    pub(crate) value: Value,
}

impl Opening {
    /// The commitment: the SHA-256 of the canonical JSON array of salt, name and value.
    pub(crate) fn commitment(&self) -> Digest {
        let (salt, name) = (Value::String(self.salt.into()), Value::from(self.name.as_str()));
        Digest::of(&canonical_json_array([&salt, &name, &self.value]))
    }
}

impl fmt::Debug for Opening {
    /// Names the field, never what it says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opening({})", self.name)
    }
}

/// A field in a document that is given out: opened, or only the commitment to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Field {
    Open(Opening),
    Hidden(Hidden),
}

/// The commitment to a field that is not shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hidden {
    pub(crate) commitment: Digest,
}

impl Field {
    /// The same field without what it says.
    pub(crate) fn hide(opening: &Opening) -> Self {
        Self::Hidden(Hidden { commitment: opening.commitment() })
    }

    pub(crate) fn commitment(&self) -> Digest {
        match self {
            Self::Open(opening) => opening.commitment(),
            Self::Hidden(hidden) => hidden.commitment,
        }
    }
}

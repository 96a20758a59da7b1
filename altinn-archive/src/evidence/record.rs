//! What a user has signed, and how it came about.

use std::fmt;

use altinn_core::{AuthenticationLevel, Text};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Digest, Participant};

/// What a user has signed: which data, who, for whom, how surely they were who they said, by what right, when, and the
/// text that they were shown.
///
/// Personal data: its `Debug` shows neither participants nor text.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignatureRecord {
    /// What the signature belongs to, such as an instance with its task: `50001/3f0b9f0c-…/Task_Signing`.
    pub subject: String,
    /// The data that was signed.
    pub elements: Vec<SignedElement>,
    /// Who signed.
    pub signer: Participant,
    /// For whom.
    pub party: Participant,
    /// How surely the signer was who they said.
    pub level: AuthenticationLevel,
    /// How they logged in, as the token said it.
    pub method: String,
    /// By what right they signed.
    pub authority: Authority,
    /// When.
    pub time: DateTime<Utc>,
    /// What they were shown when they signed.
    pub text: Text,
}

/// A data element that was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignedElement {
    /// The element's name.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// The number of its bytes.
    pub size: u64,
    /// The SHA-256 of its bytes.
    pub sha256: Digest,
}

/// By what right somebody signs for a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[non_exhaustive]
pub enum Authority {
    /// For themselves.
    Own,
    /// By a role in the party, such as `DAGL`.
    Role {
        /// The role's code.
        code: String,
    },
    /// By an access package.
    AccessPackage {
        /// Its URN.
        urn: String,
    },
    /// By a delegation that was in force.
    Delegation {
        /// Its id.
        id: String,
    },
}

impl SignedElement {
    /// The element of this name and these bytes.
    pub fn of(name: impl Into<String>, content_type: impl Into<String>, bytes: &[u8]) -> Self {
        Self {
            name: name.into(),
            content_type: content_type.into(),
            size: bytes.len() as u64,
            sha256: Digest::of(bytes),
        }
    }
}

impl fmt::Debug for SignatureRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureRecord")
            .field("level", &self.level)
            .field("time", &self.time)
            .field("elements", &self.elements.len())
            .finish_non_exhaustive()
    }
}

//! What can be wrong with events.

use thiserror::Error;

/// Why something is not an event of CloudEvents 1.0.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EventError {
    /// An attribute that every event has is not there.
    #[error("the event has no `{0}`")]
    Missing(&'static str),
    /// An attribute's name has other characters than `a` to `z` and `0` to `9`.
    #[error("an attribute cannot be called `{0}`")]
    Name(String),
    /// An attribute cannot hold what it holds.
    #[error("the attribute `{name}` cannot be so: {why}")]
    Attribute {
        /// The attribute.
        name: String,
        /// What is wrong with its value, which is not repeated.
        why: &'static str,
    },
    /// It has `data` and `data_base64`.
    #[error("the event has both `data` and `data_base64`")]
    TwoKindsOfData,
    /// It is longer than an event may be.
    #[error("the event has {bytes} bytes, more than {limit}")]
    TooLong {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        limit: usize,
    },
}

impl EventError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "EVENT-MISSING",
            Self::Name(_) => "EVENT-NAME",
            Self::Attribute { .. } => "EVENT-ATTRIBUTE",
            Self::TwoKindsOfData => "EVENT-TWO-KINDS-OF-DATA",
            Self::TooLong { .. } => "EVENT-TOO-LONG",
        }
    }
}

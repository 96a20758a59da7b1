//! Why an order is refused.

use thiserror::Error;

use crate::TemplateError;

/// Why an order is refused; nothing of it is in the batch. What was to be told, and to whom, never appears in it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OrderError {
    /// A field that must say something is empty.
    #[error("the order's {field} is empty")]
    Empty {
        /// `idempotency id`, `subject` or `body`.
        field: &'static str,
    },
    /// A field is larger than it may be.
    #[error("the order's {field} has {found} bytes, at most {limit}")]
    TooLarge {
        /// `idempotency id`, `sender's reference`, `subject`, `body` or `variables`.
        field: &'static str,
        /// How many bytes there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A field holds a control character: in a subject a line break could begin another header.
    #[error("the order's {field} holds the control character U+{found:04X}")]
    ControlCharacter {
        /// `idempotency id`, `sender's reference`, `subject` or `body`.
        field: &'static str,
        /// The character's number.
        found: u32,
    },
    /// The requested time is further away than a store of microseconds can hold.
    #[error("the order's requested send time is out of range")]
    SendTimeOutOfRange,
    /// The template cannot be filled in.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

impl OrderError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "NOTIFY-ORDER-EMPTY",
            Self::TooLarge { .. } => "NOTIFY-ORDER-TOO-LARGE",
            Self::ControlCharacter { .. } => "NOTIFY-ORDER-CONTROL-CHARACTER",
            Self::SendTimeOutOfRange => "NOTIFY-ORDER-SEND-TIME",
            Self::Template(error) => error.code(),
        }
    }
}

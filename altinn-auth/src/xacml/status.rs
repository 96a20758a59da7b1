//! Why a decision could not be reached.

use std::fmt;

use super::DataType;

/// The standard's status codes (XACML 3.0, B.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatusCode {
    /// Success.
    Ok,
    /// An attribute that must be present was not.
    MissingAttribute,
    /// A value was not in the lexical space of its data type.
    SyntaxError,
    /// Something went wrong while the policy was evaluated, such as a division by zero.
    ProcessingError,
}

impl StatusCode {
    const ALL: [Self; 4] = [Self::Ok, Self::MissingAttribute, Self::SyntaxError, Self::ProcessingError];

    /// The URN of the code.
    pub fn urn(self) -> &'static str {
        match self {
            Self::Ok => "urn:oasis:names:tc:xacml:1.0:status:ok",
            Self::MissingAttribute => "urn:oasis:names:tc:xacml:1.0:status:missing-attribute",
            Self::SyntaxError => "urn:oasis:names:tc:xacml:1.0:status:syntax-error",
            Self::ProcessingError => "urn:oasis:names:tc:xacml:1.0:status:processing-error",
        }
    }

    /// The code of a URN.
    pub fn from_urn(urn: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.urn() == urn)
    }
}

/// The state of an evaluation: well, or why it could not be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    pub(crate) code: StatusCode,
    pub(crate) message: String,
    pub(crate) missing: Option<MissingAttribute>,
}

/// The attribute that was missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingAttribute {
    /// The category it is looked for in.
    pub category: String,
    /// Its id.
    pub id: String,
    /// The data type it must have.
    pub data_type: DataType,
}

/// All is well.
pub(crate) static OK: Status = Status { code: StatusCode::Ok, message: String::new(), missing: None };

impl Status {
    /// A code alone.
    pub fn of(code: StatusCode) -> Self {
        Self { code, message: String::new(), missing: None }
    }

    /// The status code.
    pub fn code(&self) -> StatusCode {
        self.code
    }

    /// What happened, in English; empty when all is well. It names attributes, never their values.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The attribute that was missing, if that is what happened.
    pub fn missing(&self) -> Option<&MissingAttribute> {
        self.missing.as_ref()
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code.urn())?;
        if self.message.is_empty() { Ok(()) } else { write!(f, ": {}", self.message) }
    }
}

/// An evaluation that came to no value. Boxed, since it is rare and every value passes through the same `Result`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault(Box<Status>);

impl Fault {
    pub(crate) fn processing(message: impl Into<String>) -> Self {
        Self::new(StatusCode::ProcessingError, message, None)
    }

    pub(crate) fn syntax(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SyntaxError, message, None)
    }

    pub(crate) fn missing(attribute: MissingAttribute) -> Self {
        let message = format!("attribute `{}` of category `{}` is missing", attribute.id, attribute.category);
        Self::new(StatusCode::MissingAttribute, message, Some(attribute))
    }

    pub(crate) fn status(&self) -> &Status {
        &self.0
    }

    pub(crate) fn into_status(self) -> Status {
        *self.0
    }

    fn new(code: StatusCode, message: impl Into<String>, missing: Option<MissingAttribute>) -> Self {
        Self(Box::new(Status { code, message: message.into(), missing }))
    }
}

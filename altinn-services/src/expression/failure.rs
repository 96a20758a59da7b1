//! Why an expression has no value.

use std::fmt;

use thiserror::Error;

/// Why an expression has no value.
///
/// `Display` and `Debug` say what kind of thing went wrong and never repeat a value of the form, since it may be
/// personal; [`message`](Self::message) does, in the words that Altinn's own evaluator uses, for whoever develops
/// the app.
#[derive(Clone, PartialEq, Eq, Error)]
#[error("{kind}")]
pub struct Failure {
    kind: FailureKind,
    message: String,
}

/// The kinds of failures, each with a stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum FailureKind {
    /// A value can not be read as true or false.
    #[error("a value is neither true nor false")]
    ExpectedBoolean,
    /// A value can not be read as a number.
    #[error("a value is no number")]
    ExpectedNumber,
    /// A value can not be read as text.
    #[error("a value is no text")]
    ExpectedText,
    /// A value is no list.
    #[error("a value is no list")]
    ExpectedList,
    /// A text is no date that the language knows.
    #[error("a value is no date")]
    Date,
    /// Two times can not be compared, since their zones do not fit.
    #[error("two times can not be compared")]
    TimeZones,
    /// A lookup was given nothing to look up, or a key that is not there.
    #[error("a lookup was given a key that is not there")]
    Lookup,
    /// There is no such component.
    #[error("there is no such component")]
    UnknownComponent,
    /// There is no data of that type.
    #[error("there is no data of that type")]
    UnknownDataType,
    /// The second number of a division is 0.
    #[error("a number is divided by 0")]
    DivisionByZero,
    /// A number is beyond what the function takes or gives.
    #[error("a number is out of range")]
    OutOfRange,
    /// Keys and values do not make an object.
    #[error("keys and values make no object")]
    Object,
    /// A JMESPath query can not be read, or has no answer.
    #[error("a query has no answer")]
    Query,
    /// Whether a component is hidden depends on itself.
    #[error("whether a component is hidden depends on itself")]
    Circular,
    /// Evaluation takes more steps, memory or nesting than the limits allow.
    #[error("an expression takes more than the limits allow")]
    TooMuch,
}

impl FailureKind {
    /// The stable code, for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::ExpectedBoolean => "EXPRESSION-EXPECTED-BOOLEAN",
            Self::ExpectedNumber => "EXPRESSION-EXPECTED-NUMBER",
            Self::ExpectedText => "EXPRESSION-EXPECTED-TEXT",
            Self::ExpectedList => "EXPRESSION-EXPECTED-LIST",
            Self::Date => "EXPRESSION-DATE",
            Self::TimeZones => "EXPRESSION-TIME-ZONES",
            Self::Lookup => "EXPRESSION-LOOKUP",
            Self::UnknownComponent => "EXPRESSION-UNKNOWN-COMPONENT",
            Self::UnknownDataType => "EXPRESSION-UNKNOWN-DATA-TYPE",
            Self::DivisionByZero => "EXPRESSION-DIVISION-BY-ZERO",
            Self::OutOfRange => "EXPRESSION-OUT-OF-RANGE",
            Self::Object => "EXPRESSION-OBJECT",
            Self::Query => "EXPRESSION-QUERY",
            Self::Circular => "EXPRESSION-CIRCULAR",
            Self::TooMuch => "EXPRESSION-TOO-MUCH",
        }
    }
}

impl Failure {
    pub(crate) fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    pub(super) fn too_much(what: &str) -> Self {
        Self::new(FailureKind::TooMuch, format!("Expression {what}"))
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    /// The stable code of its kind.
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// What went wrong, in full: it may repeat a value of the form.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure").field("kind", &self.kind).finish_non_exhaustive()
    }
}

//! What is wrong with form data: where and why.

use std::fmt;

use altinn_core::Text;
use serde::{Serialize, Serializer};

use crate::definition::Position;

/// One thing that is wrong, in words that the person who filled in the form understands. Values of the form are
/// never repeated in it, since they may be personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Issue {
    /// What kind of thing it is.
    pub code: IssueCode,
    /// Whether it stands in the way of submitting.
    pub severity: Severity,
    /// The field, as a JSON pointer (RFC 6901) into the form data; empty for the form as a whole.
    pub path: String,
    /// What is wrong, in bokmål, nynorsk and English.
    pub detail: Text,
    /// The place in the text that was sent in, where one was.
    #[serde(flatten)]
    pub position: Option<Position>,
}

impl Issue {
    /// An error.
    pub fn error(code: IssueCode, path: impl Into<String>, detail: Text) -> Self {
        Self { code, severity: Severity::Error, path: path.into(), detail, position: None }
    }
}

/// Whether an issue stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// It says that all is well.
    Success,
    /// It is good to know.
    Info,
    /// It is only said.
    Warning,
    /// It must be put right before the form is submitted.
    Error,
}

impl Severity {
    /// The severity of a name, as an app's rules spell it.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "success" => Some(Self::Success),
            "info" | "information" | "informational" => Some(Self::Info),
            "warning" => Some(Self::Warning),
            "error" => Some(Self::Error),
            _ => None,
        }
    }

    /// The name, as an app's rules spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// The kinds of issues, each with a stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum IssueCode {
    /// A field that must be filled in is not there.
    Required,
    /// A field is of another type than the form says.
    Type,
    /// A field that the form does not have.
    UnknownField,
    /// A text does not follow the pattern.
    Pattern,
    /// A text is no date, e-mail address or the like.
    Format,
    /// A value is not one of those that can be chosen.
    NotAChoice,
    /// A text is too short.
    TooShort,
    /// A text is too long.
    TooLong,
    /// A number is too small.
    TooSmall,
    /// A number is too large.
    TooLarge,
    /// A date or a time of day is too early.
    TooEarly,
    /// A date or a time of day is too late.
    TooLate,
    /// A number is not a multiple of what it must be.
    NotAMultiple,
    /// A list has too few items, or an object too few fields.
    TooFew,
    /// A list has too many items, or an object too many fields.
    TooMany,
    /// A list holds one item twice.
    NotUnique,
    /// None of the alternatives that the form allows fits, or more than one.
    NoAlternative,
    /// Something is there that may not be there.
    NotAllowed,
    /// A rule of the form could not be checked.
    NotChecked,
    /// A rule of the form that is an expression is not kept.
    Expression,
    /// Too few elements of a data type.
    ElementMissing,
    /// Too many elements of a data type.
    ElementTooMany,
    /// An element is larger than its data type allows.
    ElementTooLarge,
    /// An element is of a content type that its data type does not allow.
    ElementContentType,
    /// An element holds something else than its content type says.
    ElementContentDiffers,
    /// Malware was found in an element.
    ElementInfected,
    /// An element has not been scanned for malware yet.
    ElementScanPending,
    /// An element is of a data type that the app does not have.
    ElementUnknownType,
    /// A form that the caller may not read is not in order.
    ElementNotInOrder,
}

impl IssueCode {
    /// The stable code, for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "FORM-REQUIRED",
            Self::Type => "FORM-TYPE",
            Self::UnknownField => "FORM-UNKNOWN-FIELD",
            Self::Pattern => "FORM-PATTERN",
            Self::Format => "FORM-FORMAT",
            Self::NotAChoice => "FORM-NOT-A-CHOICE",
            Self::TooShort => "FORM-TOO-SHORT",
            Self::TooLong => "FORM-TOO-LONG",
            Self::TooSmall => "FORM-TOO-SMALL",
            Self::TooLarge => "FORM-TOO-LARGE",
            Self::TooEarly => "FORM-TOO-EARLY",
            Self::TooLate => "FORM-TOO-LATE",
            Self::NotAMultiple => "FORM-NOT-A-MULTIPLE",
            Self::TooFew => "FORM-TOO-FEW",
            Self::TooMany => "FORM-TOO-MANY",
            Self::NotUnique => "FORM-NOT-UNIQUE",
            Self::NoAlternative => "FORM-NO-ALTERNATIVE",
            Self::NotAllowed => "FORM-NOT-ALLOWED",
            Self::NotChecked => "FORM-NOT-CHECKED",
            Self::Expression => "FORM-EXPRESSION",
            Self::ElementMissing => "ELEMENT-MISSING",
            Self::ElementTooMany => "ELEMENT-TOO-MANY",
            Self::ElementTooLarge => "ELEMENT-TOO-LARGE",
            Self::ElementContentType => "ELEMENT-CONTENT-TYPE",
            Self::ElementContentDiffers => "ELEMENT-CONTENT-DIFFERS",
            Self::ElementInfected => "ELEMENT-INFECTED",
            Self::ElementScanPending => "ELEMENT-SCAN-PENDING",
            Self::ElementUnknownType => "ELEMENT-UNKNOWN-TYPE",
            Self::ElementNotInOrder => "ELEMENT-NOT-IN-ORDER",
        }
    }
}

impl fmt::Display for IssueCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for IssueCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

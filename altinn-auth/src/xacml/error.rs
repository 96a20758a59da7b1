//! Why a policy or a request cannot be read.

use std::fmt;

use thiserror::Error;

use super::StatusCode;

/// A place in a file: line and column, both from 1; the column counts bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in bytes.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why a policy or a request cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{position}: {fault}")]
pub struct XacmlError {
    pub(crate) position: Position,
    pub(crate) fault: XacmlFault,
}

impl XacmlError {
    /// Where in the file.
    pub fn position(&self) -> Position {
        self.position
    }

    /// What is wrong there.
    pub fn fault(&self) -> &XacmlFault {
        &self.fault
    }

    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        self.fault.code()
    }
}

/// What is wrong with a policy or a request.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum XacmlFault {
    /// The file is larger than is read.
    #[error("the file has {found} bytes, at most {limit} are read")]
    TooLarge {
        /// How many bytes it has.
        found: usize,
        /// How many it may have.
        limit: usize,
    },
    /// The file is not in UTF-8.
    #[error("the file is not in UTF-8")]
    NotUtf8,
    /// The file is not well-formed XML, or has a document type definition, which is not read.
    #[error("not well-formed XML: {0}")]
    NotXml(String),
    /// The file is not well-formed JSON.
    #[error("not well-formed JSON: {0}")]
    NotJson(String),
    /// The elements are nested deeper than is read.
    #[error("elements are nested more than {limit} deep")]
    TooDeep {
        /// How deep they may be.
        limit: usize,
    },
    /// A request asks for more decisions than are made at once.
    #[error("a request may ask for at most {limit} decisions")]
    TooManyDecisions {
        /// How many it may ask for.
        limit: usize,
    },
    /// The decisions that a request asks for have more values than are held at once.
    #[error("the decisions of a request have {found} values in all, at most {limit} are held")]
    TooManyValues {
        /// How many values they have, each counted where it is used.
        found: usize,
        /// How many they may have.
        limit: usize,
    },
    /// Another element was expected.
    #[error("found `{found}`, expected {expected}")]
    UnexpectedElement {
        /// The element that is there.
        found: String,
        /// What may stand there.
        expected: &'static str,
    },
    /// An element lacks a part.
    #[error("`{element}` has no {missing}")]
    Missing {
        /// The element.
        element: &'static str,
        /// What it lacks.
        missing: &'static str,
    },
    /// A value is not what its place or its data type asks for.
    #[error("`{found}` is not {expected}")]
    InvalidValue {
        /// The value, shortened.
        found: String,
        /// What it must be.
        expected: String,
    },
    /// The standard has no such function.
    #[error("function `{0}` is unknown")]
    UnknownFunction(String),
    /// The standard has no such data type.
    #[error("data type `{0}` is unknown")]
    UnknownDataType(String),
    /// The standard has no such combining algorithm for this place.
    #[error("combining algorithm `{0}` is unknown")]
    UnknownCombiningAlgorithm(String),
    /// A function got arguments that it does not take.
    #[error("`{function}` does not take ({found})")]
    WrongArguments {
        /// The function's URN.
        function: String,
        /// The types of the arguments.
        found: String,
    },
    /// A function is applied to values for which it can never give anything.
    #[error("`{function}` can never be computed here: {reason}")]
    NeverComputable {
        /// The function's URN.
        function: String,
        /// Why not.
        reason: String,
    },
    /// An expression gives another type than its place asks for.
    #[error("an expression gives {found}, expected {expected}")]
    WrongType {
        /// What it gives.
        found: String,
        /// What is needed.
        expected: &'static str,
    },
    /// Two rules of a policy, two variables, or two policies have the same id.
    #[error("{what} `{id}` is there twice")]
    Duplicate {
        /// What it is the id of.
        what: &'static str,
        /// The id.
        id: String,
    },
    /// A variable is referred to that is not defined.
    #[error("variable `{0}` is not defined")]
    UndefinedVariable(String),
    /// A variable is defined by itself.
    #[error("variable `{0}` is defined by itself")]
    VariableCycle(String),
    /// A policy is referred to that is not there in a version that fits.
    #[error("no {what} `{id}` in a version that fits is loaded")]
    UnresolvedReference {
        /// `policy` or `policy set`.
        what: &'static str,
        /// The id.
        id: String,
    },
    /// A policy set contains itself.
    #[error("policy set `{0}` contains itself")]
    ReferenceCycle(String),
    /// A rule of a resource's policy is not for that resource.
    #[error("rule `{rule}` is not for the resource `{resource}`")]
    OtherResource {
        /// The rule's id.
        rule: String,
        /// The resource.
        resource: String,
    },
    /// A part of the standard that is not evaluated here.
    #[error("{0} is not supported")]
    Unsupported(&'static str),
}

impl XacmlFault {
    /// The standard's status of a decision that a request or policy with this fault would have made
    /// (XACML 3.0, 7.18 and B.8).
    pub fn status_code(&self) -> StatusCode {
        match self {
            Self::UnknownFunction(_)
            | Self::WrongArguments { .. }
            | Self::NeverComputable { .. }
            | Self::WrongType { .. }
            | Self::UnresolvedReference { .. }
            | Self::ReferenceCycle(_)
            | Self::VariableCycle(_)
            | Self::Unsupported(_) => StatusCode::ProcessingError,
            _ => StatusCode::SyntaxError,
        }
    }

    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "AUTH-XACML-TOO-LARGE",
            Self::NotUtf8 => "AUTH-XACML-NOT-UTF8",
            Self::NotXml(_) => "AUTH-XACML-NOT-XML",
            Self::NotJson(_) => "AUTH-XACML-NOT-JSON",
            Self::TooDeep { .. } => "AUTH-XACML-TOO-DEEP",
            Self::TooManyDecisions { .. } => "AUTH-XACML-TOO-MANY-DECISIONS",
            Self::TooManyValues { .. } => "AUTH-XACML-TOO-MANY-VALUES",
            Self::UnexpectedElement { .. } => "AUTH-XACML-UNEXPECTED-ELEMENT",
            Self::Missing { .. } => "AUTH-XACML-MISSING",
            Self::InvalidValue { .. } => "AUTH-XACML-INVALID-VALUE",
            Self::UnknownFunction(_) => "AUTH-XACML-UNKNOWN-FUNCTION",
            Self::UnknownDataType(_) => "AUTH-XACML-UNKNOWN-DATA-TYPE",
            Self::UnknownCombiningAlgorithm(_) => "AUTH-XACML-UNKNOWN-COMBINING-ALGORITHM",
            Self::WrongArguments { .. } => "AUTH-XACML-WRONG-ARGUMENTS",
            Self::NeverComputable { .. } => "AUTH-XACML-NEVER-COMPUTABLE",
            Self::WrongType { .. } => "AUTH-XACML-WRONG-TYPE",
            Self::Duplicate { .. } => "AUTH-XACML-DUPLICATE",
            Self::UndefinedVariable(_) => "AUTH-XACML-UNDEFINED-VARIABLE",
            Self::VariableCycle(_) => "AUTH-XACML-VARIABLE-CYCLE",
            Self::UnresolvedReference { .. } => "AUTH-XACML-UNRESOLVED-REFERENCE",
            Self::ReferenceCycle(_) => "AUTH-XACML-REFERENCE-CYCLE",
            Self::OtherResource { .. } => "AUTH-XACML-OTHER-RESOURCE",
            Self::Unsupported(_) => "AUTH-XACML-UNSUPPORTED",
        }
    }
}

/// A fault at a byte of the file; the line and column are found only when there is one to report.
#[derive(Debug)]
pub(crate) struct Located {
    pub(crate) offset: u32,
    pub(crate) fault: XacmlFault,
}

impl Located {
    pub(crate) fn new(offset: u32, fault: XacmlFault) -> Self {
        Self { offset, fault }
    }
}

/// Where the lines of a file begin.
#[derive(Debug, Clone)]
pub(crate) struct Lines(Vec<u32>);

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        let after = |(at, _): (usize, &str)| u32::try_from(at + 1).unwrap_or(u32::MAX);
        let after_breaks = text.match_indices('\n').map(after);
        Self(std::iter::once(0).chain(after_breaks).collect())
    }

    pub(crate) fn position(&self, offset: u32) -> Position {
        let line = self.0.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|line| self.0.get(line)).copied().unwrap_or(0);
        Position { line: u32::try_from(line).unwrap_or(u32::MAX), column: offset - start + 1 }
    }

    pub(crate) fn locate(&self, error: Located) -> XacmlError {
        XacmlError { position: self.position(error.offset), fault: error.fault }
    }
}

//! Why XML and form data do not become each other.

use thiserror::Error;

use crate::definition::Position;

/// Why a file does not say how a form is written as XML.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum XmlModelError {
    /// The XSD is no XML.
    #[error("not XML at {at}: {problem}")]
    NotXml {
        /// Where.
        at: Position,
        /// What the reader found.
        problem: String,
    },
    /// The schema is no JSON.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// There is no element that a document could begin with.
    #[error("there is no root element")]
    NoRoot,
    /// Something is referred to that is not there.
    #[error("`{0}` is referred to, and not there")]
    Unresolved(String),
    /// There are more types than the limit, or they are nested too deep.
    #[error("there are more than {limit} types")]
    TooMany {
        /// The limit.
        limit: usize,
    },
}

/// Why XML is no data of the form, or data can not be written as XML. No value is repeated, since it may be personal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum XmlDataError {
    /// It is larger than the limit.
    #[error("the XML is {size} bytes; at most {limit} are accepted")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// It is not well-formed, or has more elements than the limit.
    #[error("the form data is not XML at {at}: {problem}")]
    NotXml {
        /// Where.
        at: Position,
        /// What the reader found.
        problem: String,
    },
    /// It is nested deeper than the limit.
    #[error("the XML is nested deeper than {limit} at {at}")]
    TooDeep {
        /// Where.
        at: Position,
        /// The limit.
        limit: usize,
    },
    /// The root element is another than the form's.
    #[error("the root element at {at} is not `{expected}`")]
    Root {
        /// Where.
        at: Position,
        /// The form's.
        expected: String,
    },
    /// An element or attribute that the form does not have.
    #[error("`{name}` at {at} is no field of the form")]
    UnknownField {
        /// Where.
        at: Position,
        /// Its name.
        name: String,
    },
    /// A field that may be there once is there again.
    #[error("`{name}` at {at} is there twice")]
    Twice {
        /// Where.
        at: Position,
        /// Its name.
        name: String,
    },
    /// A value is not of the type that the form says.
    #[error("`{name}` at {at} is not {expected}")]
    Type {
        /// Where.
        at: Position,
        /// Its name.
        name: String,
        /// What it must be.
        expected: &'static str,
    },
    /// A field of the data has no place in the XML, or holds another kind of value than the form says.
    #[error("the field `{path}` can not be written as XML")]
    NotWritable {
        /// The field, as a JSON pointer.
        path: String,
    },
}

impl XmlDataError {
    /// The stable code of this kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "FORM-XML-TOO-LARGE",
            Self::NotXml { .. } => "FORM-XML-NOT-XML",
            Self::TooDeep { .. } => "FORM-XML-TOO-DEEP",
            Self::Root { .. } => "FORM-XML-ROOT",
            Self::UnknownField { .. } => "FORM-XML-UNKNOWN-FIELD",
            Self::Twice { .. } => "FORM-XML-TWICE",
            Self::Type { .. } => "FORM-XML-TYPE",
            Self::NotWritable { .. } => "FORM-XML-NOT-WRITABLE",
        }
    }

    /// Where in the XML, for what has a place.
    pub fn position(&self) -> Option<Position> {
        match self {
            Self::NotXml { at, .. }
            | Self::TooDeep { at, .. }
            | Self::Root { at, .. }
            | Self::UnknownField { at, .. }
            | Self::Twice { at, .. }
            | Self::Type { at, .. } => Some(*at),
            Self::TooLarge { .. } | Self::NotWritable { .. } => None,
        }
    }
}

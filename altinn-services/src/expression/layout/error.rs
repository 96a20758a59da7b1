//! Why layouts can not be used.

use thiserror::Error;

use crate::expression::parse::ParseError;

/// Why layouts can not be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LayoutError {
    /// A page is not what a layout file holds.
    #[error("page `{page}` has no list `data.layout`")]
    NotALayout {
        /// The page.
        page: String,
    },
    /// A component has no id or no type.
    #[error("component {index} of page `{page}` has no `{field}`")]
    FieldMissing {
        /// The page.
        page: String,
        /// Which component of the page, from 0.
        index: usize,
        /// What is missing.
        field: &'static str,
    },
    /// Two components have one id.
    #[error("two components have the id `{id}`; the second is on page `{page}`")]
    SameId {
        /// The page of the second.
        page: String,
        /// The id.
        id: String,
    },
    /// A component names a child that is not on its page.
    #[error("component `{component}` of page `{page}` has a child `{child}` that is not on the page")]
    ChildMissing {
        /// The page.
        page: String,
        /// The component.
        component: String,
        /// The child.
        child: String,
    },
    /// Two components name one child.
    #[error("`{child}` of page `{page}` is a child of `{first}` and of `{second}`")]
    ChildOfTwo {
        /// The page.
        page: String,
        /// The child.
        child: String,
        /// One parent.
        first: String,
        /// The other.
        second: String,
    },
    /// A component is inside itself, or components are nested deeper than the limit.
    #[error("component `{component}` of page `{page}` is inside itself, or nested too deep")]
    Nesting {
        /// The page.
        page: String,
        /// The component.
        component: String,
    },
    /// An expression can not be read.
    #[error("`{property}` of `{element}` on page `{page}` is no expression: {source}")]
    Expression {
        /// The page.
        page: String,
        /// The component, or the page.
        element: String,
        /// The property.
        property: &'static str,
        /// What is wrong with it.
        source: Box<ParseError>,
    },
    /// There are more components than the limit.
    #[error("there are more than {limit} components")]
    TooMany {
        /// The limit.
        limit: usize,
    },
}

impl LayoutError {
    /// The stable code of this kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotALayout { .. } => "LAYOUT-NOT-A-LAYOUT",
            Self::FieldMissing { .. } => "LAYOUT-FIELD-MISSING",
            Self::SameId { .. } => "LAYOUT-SAME-ID",
            Self::ChildMissing { .. } => "LAYOUT-CHILD-MISSING",
            Self::ChildOfTwo { .. } => "LAYOUT-CHILD-OF-TWO",
            Self::Nesting { .. } => "LAYOUT-NESTING",
            Self::Expression { .. } => "LAYOUT-EXPRESSION",
            Self::TooMany { .. } => "LAYOUT-TOO-MANY",
        }
    }
}

//! What an attribute of a request is called, apart from its values.

use std::borrow::Cow;
use std::sync::Arc;

/// An attribute's category and id, and what goes with them.
///
/// Most programs know their attributes beforehand: those take no memory of their own. One that was read from a request
/// is shared by its values, and by all the decisions that the request asks for.
#[derive(Debug, Clone)]
pub(crate) enum AttributeName {
    Constant { category: &'static str, id: &'static str },
    Read(Arc<ReadName>),
}

/// An attribute as a request has it.
#[derive(Debug)]
pub(crate) struct ReadName {
    pub(crate) category: Cow<'static, str>,
    pub(crate) id: Cow<'static, str>,
    /// Who vouches for it.
    pub(crate) issuer: Option<String>,
    /// Whether it is to stand in the answer.
    pub(crate) include_in_result: bool,
}

impl AttributeName {
    #[inline]
    pub(crate) fn new(category: Cow<'static, str>, id: Cow<'static, str>) -> Self {
        match (category, id) {
            (Cow::Borrowed(category), Cow::Borrowed(id)) => Self::Constant { category, id },
            (category, id) => ReadName { category, id, issuer: None, include_in_result: false }.into(),
        }
    }

    #[inline]
    pub(crate) fn category(&self) -> &str {
        match self {
            Self::Constant { category, .. } => category,
            Self::Read(read) => &read.category,
        }
    }

    #[inline]
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Constant { id, .. } => id,
            Self::Read(read) => &read.id,
        }
    }

    pub(crate) fn issuer(&self) -> Option<&str> {
        match self {
            Self::Constant { .. } => None,
            Self::Read(read) => read.issuer.as_deref(),
        }
    }

    #[inline]
    pub(crate) fn is_included(&self) -> bool {
        matches!(self, Self::Read(read) if read.include_in_result)
    }
}

impl From<ReadName> for AttributeName {
    fn from(read: ReadName) -> Self {
        Self::Read(Arc::new(read))
    }
}

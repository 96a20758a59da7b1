//! Paths into the XML content of a request, as values.

use std::sync::Arc;

/// A path into the XML content of one category (XACML 3.0, A.3.15), with the prefixes it is written with.
///
/// Two are equal when they have the same text and category; whether they lead to the same nodes, only a request
/// can tell.
#[derive(Debug, Clone)]
pub struct XPathExpression {
    path: String,
    category: String,
    namespaces: Arc<[(String, String)]>,
}

impl XPathExpression {
    /// A path, the category whose content it leads into, and the namespaces of its prefixes.
    pub fn new<'n>(
        path: &str,
        category: &str,
        namespaces: impl IntoIterator<Item = (&'n str, &'n str)>,
    ) -> Self {
        let namespaces = namespaces.into_iter().map(|(prefix, uri)| (prefix.to_owned(), uri.to_owned()));
        Self { path: path.trim().to_owned(), category: category.to_owned(), namespaces: namespaces.collect() }
    }

    /// The path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The category whose content it leads into.
    pub fn category(&self) -> &str {
        &self.category
    }

    /// The prefixes that the path may use, and their namespaces.
    pub fn namespaces(&self) -> impl Iterator<Item = (&str, &str)> {
        self.namespaces.iter().map(|(prefix, uri)| (prefix.as_str(), uri.as_str()))
    }
}

impl PartialEq for XPathExpression {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path && self.category == other.category
    }
}

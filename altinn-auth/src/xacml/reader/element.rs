//! An element of the XML tree, asked for what must be there.

use std::borrow::Cow;

use roxmltree::Node;

use super::super::error::{Located, XacmlFault};
use super::super::name::NAMESPACE;
use super::Read;

/// An element of the XML tree.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a, 'input>(Node<'a, 'input>);

impl<'a, 'input> Element<'a, 'input> {
    pub(crate) fn new(node: Node<'a, 'input>) -> Self {
        Self(node)
    }

    /// The name in the XACML namespace; empty for a foreign element.
    pub(crate) fn name(self) -> &'a str {
        let name = self.0.tag_name();
        if name.namespace() == Some(NAMESPACE) { name.name() } else { "" }
    }

    pub(crate) fn offset(self) -> u32 {
        u32::try_from(self.0.range().start).unwrap_or(u32::MAX)
    }

    pub(crate) fn error(self, fault: XacmlFault) -> Located {
        Located::new(self.offset(), fault)
    }

    /// This element stands where others are expected.
    pub(crate) fn unexpected(self, expected: &'static str) -> Located {
        let name = self.0.tag_name();
        let found = match name.namespace() {
            Some(NAMESPACE) | None => shortened(name.name()),
            Some(namespace) => shortened(&format!("{{{namespace}}}{}", name.name())),
        };
        self.error(XacmlFault::UnexpectedElement { found, expected })
    }

    pub(crate) fn invalid(self, found: &str, expected: impl Into<String>) -> Located {
        self.error(XacmlFault::InvalidValue { found: shortened(found), expected: expected.into() })
    }

    pub(crate) fn attribute(self, name: &str) -> Option<&'a str> {
        self.0.attribute(name)
    }

    pub(crate) fn xml_id(self) -> Option<&'a str> {
        self.0.attribute(("http://www.w3.org/XML/1998/namespace", "id"))
    }

    pub(crate) fn required(self, element: &'static str, name: &'static str) -> Read<&'a str> {
        self.attribute(name).ok_or_else(|| self.error(XacmlFault::Missing { element, missing: name }))
    }

    pub(crate) fn boolean(self, name: &str) -> Read<Option<bool>> {
        match self.attribute(name).map(str::trim) {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(other) => Err(self.invalid(other, "true or false")),
        }
    }

    /// The prefixes in scope and the namespaces they stand for; the default namespace has the prefix ``.
    pub(crate) fn namespaces(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.namespaces().map(|namespace| (namespace.name().unwrap_or(""), namespace.uri()))
    }

    /// What is in the element as a document of its own, below a root of the prefixes in scope.
    pub(crate) fn standalone(self) -> String {
        let mut xml = String::from("<Content");
        for (prefix, uri) in self.namespaces().filter(|(prefix, _)| *prefix != "xml") {
            let name = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
            let uri = uri.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
            xml += &format!(" {name}=\"{uri}\"");
        }
        xml.push('>');
        for child in self.0.children() {
            xml += self.0.document().input_text().get(child.range()).unwrap_or("");
        }
        xml += "</Content>";
        xml
    }

    pub(crate) fn children(self) -> impl Iterator<Item = Self> {
        self.0.children().filter(Node::is_element).map(Self)
    }

    /// The text in it; comments within are passed over, elements are not expected.
    pub(crate) fn text(self) -> Read<Cow<'a, str>> {
        let mut text = Cow::Borrowed("");
        for node in self.0.children() {
            if node.is_element() {
                return Err(Self(node).unexpected("text only"));
            }
            if node.is_text() {
                text += node.text().unwrap_or("");
            }
        }
        Ok(text)
    }
}

/// Enough of a text to know it again in an error.
pub(crate) fn shortened(text: &str) -> String {
    const LONGEST: usize = 80;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

//! Nodes of a content, attributes included.

use roxmltree::{Node, NodeType};

use super::parser::NodeTest;

/// A node of the XML tree, or an attribute by its element and position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::xacml) enum PathNode<'a, 'i> {
    Node(Node<'a, 'i>),
    Attribute(Node<'a, 'i>, usize),
}

impl<'a, 'i> PathNode<'a, 'i> {
    /// Its place in document order; an attribute comes after its element.
    pub(super) fn order(self) -> (u32, usize) {
        match self {
            Self::Node(node) => (node.id().get(), 0),
            Self::Attribute(owner, index) => (owner.id().get(), index + 1),
        }
    }

    /// Its text: of an element, all the text below it.
    pub(in crate::xacml) fn text(self) -> String {
        match self {
            Self::Attribute(..) => self.attribute().map_or("", |attribute| attribute.value()).to_owned(),
            Self::Node(node) => match node.node_type() {
                NodeType::Element | NodeType::Root => {
                    node.descendants().filter(Node::is_text).filter_map(|text| text.text()).collect()
                }
                NodeType::Text | NodeType::Comment => node.text().unwrap_or("").to_owned(),
                NodeType::PI => node.pi().and_then(|pi| pi.value).unwrap_or("").to_owned(),
            },
        }
    }

    /// Its namespace and local name.
    pub(super) fn name(self) -> Option<(Option<&'a str>, &'a str)> {
        match self {
            Self::Attribute(..) => {
                self.attribute().map(|attribute| (attribute.namespace(), attribute.name()))
            }
            Self::Node(node) if node.is_element() => {
                Some((node.tag_name().namespace(), node.tag_name().name()))
            }
            Self::Node(node) => node.pi().map(|pi| (None, pi.target)),
        }
    }

    fn attribute(self) -> Option<roxmltree::Attribute<'a, 'i>> {
        match self {
            Self::Attribute(owner, index) => owner.attributes().nth(index),
            Self::Node(_) => None,
        }
    }

    /// Whether a step's test takes the node; the content's root is no element to it.
    pub(super) fn passes(self, test: &NodeTest, root: Node<'a, 'i>) -> bool {
        let is_named = match self {
            Self::Attribute(..) => true,
            Self::Node(node) => node.is_element() && node != root,
        };
        let name = self.name();
        match (test, self) {
            (NodeTest::Node, _) => true,
            (NodeTest::AnyName, _) => is_named,
            (NodeTest::AnyNameOf(uri), _) => is_named && name.is_some_and(|(ns, _)| ns == Some(uri)),
            (NodeTest::Name(uri, local), _) => is_named && name == Some((uri.as_deref(), local)),
            (NodeTest::Text, Self::Node(node)) => node.is_text(),
            (NodeTest::Comment, Self::Node(node)) => node.is_comment(),
            (NodeTest::ProcessingInstruction(target), Self::Node(node)) => {
                node.pi().is_some_and(|pi| target.as_deref().is_none_or(|target| target == pi.target))
            }
            _ => false,
        }
    }
}

/// Whether a node lies below another one or is that.
pub(in crate::xacml) fn is_within(node: PathNode<'_, '_>, other: PathNode<'_, '_>) -> bool {
    let owner = match node {
        PathNode::Node(node) | PathNode::Attribute(node, _) => node,
    };
    node == other || matches!(other, PathNode::Node(above) if owner.ancestors().any(|node| node == above))
}

//! The levels of authentication that a policy asks for, as they are written.

use roxmltree::{Document, Node};

const OF_PEOPLE: &str = "urn:altinn:minimum-authenticationlevel";
const OF_AGENCIES: &str = "urn:altinn:minimum-authenticationlevel-org";

/// A level that a policy asks for (`urn:altinn:minimum-authenticationlevel`), as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StatedLevel {
    /// Whether it is asked of agencies alone.
    pub(crate) is_of_agencies: bool,
    /// What is written: a number, where it is in order.
    pub(crate) value: String,
    /// Where, in bytes from the beginning.
    pub(crate) at: usize,
}

impl StatedLevel {
    /// All that a policy asks for, in their order; none of a text that is no XML.
    pub(crate) fn all(policy: &str) -> Vec<Self> {
        let Ok(document) = Document::parse(policy) else { return Vec::new() };
        let assigned = document.descendants().filter(|node| is_named(node, "AttributeAssignmentExpression"));
        let stated = assigned.filter_map(|node| {
            let is_of_agencies = match node.attribute("Category")? {
                OF_PEOPLE => false,
                OF_AGENCIES => true,
                _ => return None,
            };
            Some(Self { is_of_agencies, value: value_in(node).to_owned(), at: node.range().start })
        });
        stated.collect()
    }
}

fn value_in<'a>(node: Node<'a, '_>) -> &'a str {
    let value = node.descendants().find(|node| is_named(node, "AttributeValue"));
    value.and_then(|value| value.text()).unwrap_or_default().trim()
}

/// Whether an element has a name, whatever its namespace.
fn is_named(node: &Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

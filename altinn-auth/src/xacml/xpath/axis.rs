//! The directions of steps (XPath 1.0, 2.2).

use roxmltree::Node;

use super::node::PathNode;

/// A direction of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    Child,
    Descendant,
    DescendantOrSelf,
    Itself,
    Parent,
    Ancestor,
    AncestorOrSelf,
    FollowingSibling,
    PrecedingSibling,
    Following,
    Preceding,
    Attribute,
}

impl Axis {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "child" => Self::Child,
            "descendant" => Self::Descendant,
            "descendant-or-self" => Self::DescendantOrSelf,
            "self" => Self::Itself,
            "parent" => Self::Parent,
            "ancestor" => Self::Ancestor,
            "ancestor-or-self" => Self::AncestorOrSelf,
            "following-sibling" => Self::FollowingSibling,
            "preceding-sibling" => Self::PrecedingSibling,
            "following" => Self::Following,
            "preceding" => Self::Preceding,
            "attribute" => Self::Attribute,
            _ => return None,
        })
    }

    /// The nodes in this direction, the nearest first; nothing lies above the content's root.
    pub(super) fn nodes<'a, 'i>(self, from: PathNode<'a, 'i>, root: Node<'a, 'i>) -> Vec<PathNode<'a, 'i>> {
        let node = match from {
            PathNode::Node(node) => node,
            PathNode::Attribute(owner, _) => return self.of_attribute(from, owner, root),
        };
        let all = |nodes: &mut dyn Iterator<Item = Node<'a, 'i>>| nodes.map(PathNode::Node).collect();
        let mut above = node.ancestors().skip(1).take_while(|_| node != root);
        match self {
            Self::Child => all(&mut node.children()),
            Self::Descendant => all(&mut node.descendants().skip(1)),
            Self::DescendantOrSelf => all(&mut node.descendants()),
            Self::Itself => vec![from],
            Self::Parent => all(&mut above.take(1)),
            Self::Ancestor => up_to(root, &mut above),
            Self::AncestorOrSelf => [vec![from], up_to(root, &mut above)].concat(),
            _ if node == root => Vec::new(),
            Self::FollowingSibling => all(&mut node.next_siblings().skip(1)),
            Self::PrecedingSibling => all(&mut node.prev_siblings().skip(1)),
            Self::Following => {
                let last = node.descendants().next_back().map_or(node.id(), |last| last.id()).get();
                all(&mut root.descendants().filter(|other| other.id().get() > last))
            }
            Self::Preceding => {
                let is_before = |other: &Node<'a, 'i>| {
                    other.id().get() < node.id().get()
                        && *other != root
                        && node.ancestors().all(|above| above != *other)
                };
                let mut before: Vec<_> = root.descendants().filter(is_before).map(PathNode::Node).collect();
                before.reverse();
                before
            }
            Self::Attribute => {
                (0..node.attributes().len()).map(|index| PathNode::Attribute(node, index)).collect()
            }
        }
    }

    fn of_attribute<'a, 'i>(
        self,
        from: PathNode<'a, 'i>,
        owner: Node<'a, 'i>,
        root: Node<'a, 'i>,
    ) -> Vec<PathNode<'a, 'i>> {
        match self {
            Self::Itself | Self::DescendantOrSelf => vec![from],
            Self::Parent => vec![PathNode::Node(owner)],
            Self::Ancestor => up_to(root, &mut owner.ancestors()),
            Self::AncestorOrSelf => [vec![from], up_to(root, &mut owner.ancestors())].concat(),
            _ => Vec::new(),
        }
    }
}

fn up_to<'a, 'i>(root: Node<'a, 'i>, above: &mut dyn Iterator<Item = Node<'a, 'i>>) -> Vec<PathNode<'a, 'i>> {
    let mut found = Vec::new();
    for node in above {
        found.push(PathNode::Node(node));
        if node == root {
            break;
        }
    }
    found
}

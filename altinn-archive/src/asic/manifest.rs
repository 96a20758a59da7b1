//! The manifest of signed files: `ASiCManifest` (ETSI EN 319 162-1, annex A.4; ETSI TS 102 918).

use roxmltree::Node;

use super::xml::{Reference, parse, reference};

/// The namespaces of `ASiCManifest`: of TS 102 918, and as some programs write it.
const NAMESPACES: [&str; 2] = ["http://uri.etsi.org/02918/v1.2.1#", "http://uri.etsi.org/2918/v1.2.1#"];

/// The manifest that a signature or timestamp is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Manifest {
    /// The signature or timestamp, as the URI has it.
    pub(super) signature: String,
    pub(super) references: Vec<Reference>,
}

impl Manifest {
    /// Reads a manifest, or says what is wrong with it.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let document = parse(bytes)?;
        let root = document.root_element();
        if !is(root, "ASiCManifest") {
            return Err(format!("its root element is `{}` and not `ASiCManifest`", root.tag_name().name()));
        }
        let named = |name: &'static str| root.children().filter(move |node| is(*node, name));
        let signatures: Vec<_> = named("SigReference").filter_map(|node| node.attribute("URI")).collect();
        let [signature] = signatures.as_slice() else {
            return Err(format!("it names {} signatures where it must name one", signatures.len()));
        };
        let references = named("DataObjectReference").map(reference).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { signature: (*signature).to_owned(), references })
    }
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    let tag = node.tag_name();
    tag.name() == name && tag.namespace().is_some_and(|namespace| NAMESPACES.contains(&namespace))
}

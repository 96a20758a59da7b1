//! The manifest of OpenDocument, which lists a container's files with their media types: `META-INF/manifest.xml`.

use super::xml::parse;

const NAMESPACE: &str = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0";

/// A file as the manifest lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) path: String,
    pub(super) media_type: String,
}

/// Reads what the manifest lists, without the container itself, or says what is wrong with it.
pub(super) fn parse_open_document(bytes: &[u8]) -> Result<Vec<Listed>, String> {
    let document = parse(bytes)?;
    let root = document.root_element();
    if !root.has_tag_name((NAMESPACE, "manifest")) {
        return Err(format!("its root element is `{}` and not `manifest`", root.tag_name().name()));
    }
    let entries = root.children().filter(|node| node.has_tag_name((NAMESPACE, "file-entry")));
    let listed = entries.map(|entry| {
        let attribute = |name: &str| entry.attribute((NAMESPACE, name)).unwrap_or_default().to_owned();
        Listed { path: attribute("full-path"), media_type: attribute("media-type") }
    });
    Ok(listed.filter(|listed| !listed.path.ends_with('/')).collect())
}

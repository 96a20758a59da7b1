//! Links of the documentation.

use crate::pages::Page;

#[test]
fn every_link_to_a_file_leads_to_one() {
    let mut dead = Vec::new();
    for page in Page::all() {
        for link in page.links() {
            let file = link.split('#').next().unwrap();
            if file.is_empty() || file.contains("://") || file.starts_with("mailto:") {
                continue;
            }
            if !page.folder().join(file).exists() {
                dead.push(format!("{}: {link}", page.path));
            }
        }
    }
    assert!(dead.is_empty(), "these lead nowhere:\n{}", dead.join("\n"));
}

/// Whoever reads the front page, or that of the how-tos, finds every page from there.
#[test]
fn every_page_can_be_found() {
    let linked: Vec<_> = ["README.md", "docs/how-to/README.md"]
        .iter()
        .flat_map(|path| {
            let page = Page::read(path);
            let folder = page.folder();
            page.links().into_iter().filter_map(move |link| folder.join(link).canonicalize().ok())
        })
        .collect();
    for page in Page::all().iter().filter(|page| page.path.starts_with("docs/")) {
        let path = crate::pages::root().join(&page.path).canonicalize().unwrap();
        assert!(linked.contains(&path), "nothing leads to {}", page.path);
    }
}

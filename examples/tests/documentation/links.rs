//! Links of the documentation.

use std::fs;

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

/// What a heading is called in an address: its words in small letters, with hyphens between them.
fn anchor(heading: &str) -> String {
    let words = heading.to_lowercase().replace(' ', "-");
    words.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_')).collect()
}

#[test]
fn every_link_to_a_heading_leads_to_one() {
    let mut dead = Vec::new();
    for page in Page::all() {
        for link in page.links() {
            let Some((file, wanted)) = link.split_once('#') else { continue };
            let target =
                if file.is_empty() { page.folder().join(page.name()) } else { page.folder().join(file) };
            if file.contains("://") || target.extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            let text = fs::read_to_string(&target).unwrap_or_default();
            let mut headings = text.lines().filter_map(|line| line.strip_prefix('#'));
            let leads = headings.any(|line| anchor(line.trim_start_matches('#').trim()) == wanted);
            if !leads {
                dead.push(format!("{}: {link}", page.path));
            }
        }
    }
    assert!(dead.is_empty(), "these lead to no heading:\n{}", dead.join("\n"));
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

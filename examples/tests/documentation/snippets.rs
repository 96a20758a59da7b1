//! Snippets of the tutorial and the how-tos.

use std::fs;
use std::path::PathBuf;

use crate::pages::{Block, Page, root};

/// The languages whose blocks must stand in a file that is compiled, run or read by a test.
const TESTED: [&str; 4] = ["rust", "toml", "json", "xml"];

/// How many lines the first snippet of a how-to may have, without imports, comments and blank lines.
const TARGETS: [(&str, usize); 9] = [
    ("inbox", 10),
    ("log-in", 8),
    ("app-folder", 3),
    ("system-user", 6),
    ("letter", 7),
    ("large-file", 5),
    ("test-offline", 12),
    ("delegate", 4),
    ("archive-and-events", 5),
];

fn how_tos() -> Vec<Page> {
    let pages = Page::all().into_iter();
    pages.filter(|page| page.path.starts_with("docs/how-to/") || page.path == "docs/tutorial.md").collect()
}

fn stem(page: &Page) -> &str {
    page.name().strip_suffix(".md").unwrap()
}

/// The files that a page's snippets come from: the test that has its name, and files of the examples that it links to.
fn sources(page: &Page) -> Vec<String> {
    let own = format!("examples/tests/documentation/how_to/{}.rs", stem(page).replace('-', "_"));
    let linked = page.links().into_iter().map(|link| page.folder().join(link));
    let all: Vec<PathBuf> =
        [root().join(own)].into_iter().chain(linked).filter(|path| path.is_file()).collect();
    let examples = root().join("examples").canonicalize().unwrap();
    let of_examples = all.iter().filter(|path| path.canonicalize().unwrap().starts_with(&examples));
    of_examples.map(|path| fs::read_to_string(path).unwrap()).collect()
}

fn lines(text: &str) -> Vec<String> {
    // A project of one's own is beside the crates, not within them.
    let text = text.replace("\"../altinn-sdk/", "\"../../");
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

fn stands_in(block: &Block, source: &str) -> bool {
    let (wanted, source) = (lines(&block.text), lines(source));
    source.windows(wanted.len()).any(|window| window == wanted)
}

#[test]
fn every_snippet_stands_in_a_program_that_is_run() {
    for page in how_tos() {
        let sources = sources(&page);
        for block in page.blocks().iter().filter(|block| TESTED.contains(&&*block.language)) {
            let stands = sources.iter().any(|source| stands_in(block, source));
            assert!(stands, "{}: no file that a test runs has\n{}", page.path, block.text);
        }
    }
}

#[test]
fn the_first_snippet_of_a_how_to_is_as_short_as_it_should_be() {
    let pages = how_tos();
    for (name, target) in TARGETS {
        let page = pages.iter().find(|page| stem(page) == name).unwrap();
        let block = page.blocks().into_iter().find(|block| block.language == "rust").unwrap();
        let counts = |line: &&String| !line.starts_with("use ") && !line.starts_with("//");
        let count = lines(&block.text).iter().filter(counts).count();
        assert!(count <= target, "{}: {count} lines, at most {target}", page.path);
    }
}

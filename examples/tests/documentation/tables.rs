//! Tables of the documentation name what the code has, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::pages::{Page, root};

const CRATES: [&str; 5] =
    ["altinn-core", "altinn-auth", "altinn-archive", "altinn-notify", "altinn-services"];
const BEGINNINGS: [&str; 4] = ["ALTINN_", "IDPORTEN_", "MASKINPORTEN_", "PORTAL_"];
/// What nobody sets: what a program tells itself, and a misspelling in a test.
const NO_SETTINGS: [&str; 2] = ["ALTINN_PASSING_FOLDER", "PORTAL_PROT"];

/// The rows of the table below a heading of a page, cell by cell.
fn rows(page: &str, heading: &str) -> Vec<Vec<String>> {
    let page = Page::read(page);
    let part = page.text.split(&format!("## {heading}\n")).nth(1).unwrap().split("\n## ").next().unwrap();
    let lines = part.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")).skip(1);
    lines
        .map(|line| line.split(" | ").map(|cell| cell.trim_matches([' ', '|']).to_owned()).collect())
        .collect()
}

/// What stands between backquotes.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn programs(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            programs(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The variables that Rust files below folders name.
fn variables(folders: impl IntoIterator<Item = PathBuf>) -> BTreeSet<String> {
    let (mut files, mut named) = (Vec::new(), BTreeSet::new());
    folders.into_iter().for_each(|folder| programs(&folder, &mut files));
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let is_of_name =
            |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
        let words = text.split(|letter| !is_of_name(letter));
        named.extend(words.filter(|word| is_variable(word)).map(str::to_owned));
    }
    named
}

/// The variables in the first cells of a table.
fn told(page: &str, heading: &str) -> BTreeSet<String> {
    let rows = rows(page, heading);
    let names = rows.iter().flat_map(|row| quoted(&row[0]));
    names.filter(|name| is_variable(name)).map(str::to_owned).collect()
}

fn is_variable(word: &str) -> bool {
    BEGINNINGS.iter().any(|start| word.len() > start.len() && word.starts_with(start))
        && !NO_SETTINGS.contains(&word)
}

/// Whether a variable is read by tests and benchmarks alone.
fn is_of_tests(name: &str) -> bool {
    name == "ALTINN_CORPORA" || name.starts_with("ALTINN_TEST_") && name != "ALTINN_TEST_"
}

#[test]
fn every_variable_that_is_read_is_a_setting_of_the_front_page_and_no_other() {
    let folders = CRATES.iter().chain(&["examples"]).map(|folder| root().join(folder).join("src"));
    let read: BTreeSet<_> = variables(folders).into_iter().filter(|name| !is_of_tests(name)).collect();
    assert_eq!(told("README.md", "Settings"), read);
}

#[test]
fn every_variable_that_tests_read_is_told_to_those_who_contribute() {
    let folders = CRATES.iter().chain(&["examples"]).map(|folder| root().join(folder));
    let read: BTreeSet<_> = variables(folders).into_iter().filter(|name| is_of_tests(name)).collect();
    assert_eq!(told("CONTRIBUTING.md", "Build and test"), read);
}

#[test]
fn every_feature_is_on_the_front_page_with_its_crates_and_whether_it_is_a_default() {
    let (mut has, mut defaults) = (BTreeMap::<_, BTreeSet<_>>::new(), BTreeSet::new());
    for name in CRATES {
        let manifest = fs::read_to_string(root().join(name).join("Cargo.toml")).unwrap();
        let part = manifest.split("[features]\n").nth(1).unwrap().split("\n[").next().unwrap();
        for (feature, brings) in part.lines().filter_map(|line| line.split_once(" = ")) {
            if feature == "default" {
                defaults.extend(brings.split('"').skip(1).step_by(2).map(str::to_owned));
            } else {
                let short = name.trim_start_matches("altinn-").to_owned();
                has.entry(feature.to_owned()).or_default().insert(short);
            }
        }
    }
    let (mut told, mut told_defaults) = (BTreeMap::<_, BTreeSet<_>>::new(), BTreeSet::new());
    for row in rows("README.md", "Features") {
        let of: BTreeSet<_> = match row[1].as_str() {
            "all" => CRATES.iter().map(|name| name.trim_start_matches("altinn-").to_owned()).collect(),
            some => some.split(", ").map(str::to_owned).collect(),
        };
        for feature in quoted(&row[0]) {
            told.insert(feature.to_owned(), of.clone());
            if row[2] == "yes" {
                told_defaults.insert(feature.to_owned());
            }
        }
    }
    assert_eq!((told, told_defaults), (has, defaults));
}

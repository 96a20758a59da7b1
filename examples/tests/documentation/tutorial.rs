//! The tutorial's project as its reader makes it: beside the crates, in no workspace of theirs.

use std::fs;
use std::path::Path;
use std::process::Command;

use altinn_core::testing::report;
use tempfile::TempDir;

use crate::pages::{Page, root};

/// What `cargo new dog-portal` writes, with the dependencies as the page has them.
fn manifest() -> String {
    let page = Page::read("docs/tutorial.md");
    let dependencies = page.blocks().into_iter().find(|block| block.language == "toml").unwrap().text;
    format!("[package]\nname = \"dog-portal\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n{dependencies}")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
#[cfg(unix)]
fn the_readers_own_project_finds_the_crates_and_every_feature_that_it_names() {
    let folder = TempDir::new().unwrap();
    let project = folder.path().join("dog-portal");
    copy(&root().join("examples/tutorial"), &project);
    std::os::unix::fs::symlink(root(), folder.path().join("altinn-sdk")).unwrap();
    fs::write(project.join("Cargo.toml"), manifest()).unwrap();
    // The versions that are here already.
    fs::copy(root().join("Cargo.lock"), project.join("Cargo.lock")).unwrap();
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&project).args(arguments).env_remove("CARGO_TARGET_DIR");
        let output = command.output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "cargo {arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap()
    };
    let tree = cargo(&["tree", "--offline", "--depth", "1", "--edges", "normal,dev"]);
    for found in ["dog-portal v0.1.0", "── altinn-services v", "── altinn-archive v", "── axum v"]
    {
        assert!(tree.contains(found), "no `{found}` in {tree}");
    }
    if std::env::var_os("ALTINN_TEST_LONG").is_some() {
        cargo(&["test", "--offline"]);
    } else {
        report(format_args!("skipped: building the tutorial by itself takes ALTINN_TEST_LONG=1"));
    }
}

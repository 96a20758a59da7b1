//! Containers that others made, if they are there.

use std::fs::File;
use std::path::{Path, PathBuf};

use altinn_archive::asic::{AsicReport, Container, Limits, SignatureForm, Verdict};
use altinn_core::testing::report;

/// The containers of the corpus by file name.
fn containers() -> Vec<(String, PathBuf)> {
    let corpora = std::env::var_os("ALTINN_CORPORA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora"), PathBuf::from);
    let Ok(files) = std::fs::read_dir(corpora.join("asic")) else {
        report(format_args!("skipped: there are no containers in `{}`", corpora.display()));
        return Vec::new();
    };
    let paths = files.map(|file| file.unwrap().path());
    let named = |path: PathBuf| (path.file_name().unwrap().to_string_lossy().into_owned(), path);
    let containers: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|it| it == "asice")).map(named).collect();
    assert!(!containers.is_empty(), "the folder holds no container");
    containers
}

fn check(path: &Path) -> AsicReport {
    Container::open(File::open(path).unwrap(), Limits::default()).unwrap().check().unwrap()
}

#[test]
fn a_container_is_judged_as_its_name_says() {
    let containers = containers();
    for (name, path) in &containers {
        let found = check(path);
        let is_xades = found.signatures.iter().any(|signature| signature.form == SignatureForm::Xades);
        let expected = match name {
            name if name.contains("invalid") => Verdict::Invalid,
            _ if is_xades => Verdict::Unsupported,
            _ => Verdict::Valid,
        };
        assert_eq!(found.verdict(), expected, "{name}: {:#?}", found.faults);
        let named = |part: &str| {
            found.faults.iter().any(|fault| fault.part().is_some_and(|it| it.to_lowercase().contains(part)))
        };
        assert!(!name.contains("invalid-manifest") || named("manifest"), "{name}: {:#?}", found.faults);
        assert!(!name.contains("invalid-signature") || named("signature"), "{name}: {:#?}", found.faults);
    }
    report(format_args!("asic: {} containers", containers.len()));
}

#[test]
fn an_xml_signature_is_never_said_to_be_valid() {
    for (name, path) in containers() {
        for signature in check(&path).signatures {
            assert!(signature.form != SignatureForm::Xades || signature.verdict != Verdict::Valid, "{name}");
        }
    }
}

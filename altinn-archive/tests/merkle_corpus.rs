//! Proof cases that others wrote, if they are there: each must be accepted or refused as it says.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests fail by panicking and report counts"
)]

use altinn_core::testing::report;
use std::path::{Path, PathBuf};

use altinn_archive::Digest;
use altinn_archive::log::{
    verify_consistency, verify_inclusion, verify_subtree_consistency, verify_subtree_inclusion,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

struct Case(Value);

impl Case {
    fn number(&self, name: &str) -> u64 {
        self.0[name].as_u64().unwrap_or_else(|| panic!("no number `{name}`"))
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        decode(&self.0[name])
    }

    fn digest(&self, name: &str) -> Option<Digest> {
        digest(self.bytes(name))
    }

    fn proof(&self) -> Option<Vec<Digest>> {
        let hashes = self.0["proof"].as_array().map_or(&[][..], Vec::as_slice);
        hashes.iter().map(|hash| digest(decode(hash))).collect()
    }

    /// Whether the proof is accepted; a hash of another length than 32 bytes is refused where it is read.
    fn accepted(&self, kind: &str) -> Option<bool> {
        let proof = self.proof()?;
        Some(match kind {
            "inclusion" => {
                let (leaf, root) = (self.digest("leafHash")?, self.digest("root")?);
                verify_inclusion(&leaf, self.number("leafIdx"), self.number("treeSize"), &proof, &root)
                    .is_ok()
            }
            "subtreeinclusion" => {
                let (leaf, root) = (self.digest("leafHash")?, self.digest("root")?);
                let subtree = self.number("start")..self.number("end");
                verify_subtree_inclusion(&leaf, self.number("leafIdx"), subtree, &proof, &root).is_ok()
            }
            "consistency" => {
                let (first, second) = (self.bytes("root1"), self.bytes("root2"));
                verify_consistency(self.number("size1"), self.number("size2"), &proof, &first, &second)
                    .is_ok()
            }
            "subtreeconsistency" => {
                let (first, second) = (self.bytes("root1"), self.bytes("root2"));
                let subtree = self.number("start")..self.number("end");
                verify_subtree_consistency(subtree, self.number("size"), &proof, &first, &second).is_ok()
            }
            other => panic!("unknown kind of case `{other}`"),
        })
    }
}

fn decode(text: &Value) -> Vec<u8> {
    STANDARD.decode(text.as_str().unwrap_or("")).unwrap()
}

fn digest(bytes: Vec<u8>) -> Option<Digest> {
    bytes.try_into().map(Digest::from_bytes).ok()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
}

#[test]
fn every_case_is_accepted_or_refused_as_it_says() {
    let corpora = std::env::var_os("ALTINN_CORPORA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora"), PathBuf::from);
    let folder = corpora.join("merkle/testdata");
    if !folder.is_dir() {
        report(format_args!("skipped: there are no cases in `{}`", folder.display()));
        return;
    }
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    let (mut accepted, mut refused, mut wrong) = (0, 0, Vec::new());
    for path in &paths {
        let kind = path.strip_prefix(&folder).unwrap().iter().next().unwrap().to_str().unwrap().to_owned();
        let case = Case(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap());
        let found = case.accepted(&kind).unwrap_or(false);
        *(if found { &mut accepted } else { &mut refused }) += 1;
        if found == case.0["wantErr"].as_bool().unwrap() {
            wrong.push(path);
        }
    }
    report(format_args!("merkle: {} cases, {accepted} accepted, {refused} refused", paths.len()));
    assert!(!paths.is_empty(), "the folder holds no case");
    assert!(wrong.is_empty(), "{} of {} cases are wrong: {wrong:#?}", wrong.len(), paths.len());
}

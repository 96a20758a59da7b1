//! A proof case: what is claimed, and whether the claim is to be accepted.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use altinn_archive::Digest;
use altinn_archive::log::{
    ProofError, verify_consistency, verify_inclusion, verify_subtree_consistency, verify_subtree_inclusion,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use thiserror::Error;

/// What a case claims; the folder that it is in says which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Inclusion,
    Consistency,
    SubtreeInclusion,
    SubtreeConsistency,
}

/// A case as its file holds it.
pub(crate) struct Case {
    pub(crate) kind: Kind,
    /// Whether the proof is to be accepted.
    pub(crate) sound: bool,
    claim: serde_json::Value,
}

/// Why a file is no case.
#[derive(Debug, Error)]
pub(crate) enum NoCase {
    #[error("it is in no folder that is named after a kind of proof")]
    Kind,
    #[error("it cannot be read: {0}")]
    File(#[from] io::Error),
    #[error("it is not JSON with `wantErr`: {0}")]
    Json(#[from] serde_json::Error),
}

/// Why a proof is refused.
#[derive(Debug, Error)]
pub(crate) enum Refused {
    #[error("a field is not of the right form: {0}")]
    Field(#[from] serde_json::Error),
    #[error("a hash is not base64")]
    Base64(#[from] base64::DecodeError),
    #[error("a hash has {0} bytes where it must have 32")]
    HashLength(usize),
    #[error(transparent)]
    Proof(#[from] ProofError),
}

#[derive(Deserialize)]
struct Expectation {
    #[serde(rename = "wantErr")]
    want_err: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inclusion {
    leaf_idx: u64,
    tree_size: u64,
    leaf_hash: String,
    root: String,
    proof: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Consistency {
    size1: u64,
    size2: u64,
    root1: String,
    root2: String,
    proof: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SubtreeInclusion {
    leaf_idx: u64,
    start: u64,
    end: u64,
    leaf_hash: String,
    root: String,
    proof: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct SubtreeConsistency {
    start: u64,
    end: u64,
    size: u64,
    root1: String,
    root2: String,
    proof: Option<Vec<String>>,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] =
        [Self::Inclusion, Self::Consistency, Self::SubtreeInclusion, Self::SubtreeConsistency];

    /// The name of the folder.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Inclusion => "inclusion",
            Self::Consistency => "consistency",
            Self::SubtreeInclusion => "subtreeinclusion",
            Self::SubtreeConsistency => "subtreeconsistency",
        }
    }

    /// The kind after which the nearest folder above a file is named.
    fn of(path: &Path) -> Option<Self> {
        let folders = path.parent()?.iter().rev();
        folders.filter_map(|folder| Self::ALL.into_iter().find(|kind| folder == kind.name())).next()
    }
}

impl Case {
    pub(crate) fn read(path: &Path) -> Result<Self, NoCase> {
        let kind = Kind::of(path).ok_or(NoCase::Kind)?;
        let claim: serde_json::Value = serde_json::from_slice(&fs::read(path)?)?;
        let Expectation { want_err } = Expectation::deserialize(&claim)?;
        Ok(Self { kind, sound: !want_err, claim })
    }

    /// Checks the proof.
    pub(crate) fn check(&self) -> Result<(), Refused> {
        match self.kind {
            Kind::Inclusion => {
                let claim = Inclusion::deserialize(&self.claim)?;
                let (leaf, root) = (digest(&claim.leaf_hash)?, digest(&claim.root)?);
                verify_inclusion(&leaf, claim.leaf_idx, claim.tree_size, &digests(claim.proof)?, &root)?;
            }
            Kind::Consistency => {
                let claim = Consistency::deserialize(&self.claim)?;
                let (first, second) = (STANDARD.decode(claim.root1)?, STANDARD.decode(claim.root2)?);
                verify_consistency(claim.size1, claim.size2, &digests(claim.proof)?, &first, &second)?;
            }
            Kind::SubtreeInclusion => {
                let claim = SubtreeInclusion::deserialize(&self.claim)?;
                let (leaf, root) = (digest(&claim.leaf_hash)?, digest(&claim.root)?);
                let (subtree, proof) = (claim.start..claim.end, digests(claim.proof)?);
                verify_subtree_inclusion(&leaf, claim.leaf_idx, subtree, &proof, &root)?;
            }
            Kind::SubtreeConsistency => {
                let claim = SubtreeConsistency::deserialize(&self.claim)?;
                let (first, second) = (STANDARD.decode(claim.root1)?, STANDARD.decode(claim.root2)?);
                let (subtree, proof) = (claim.start..claim.end, digests(claim.proof)?);
                verify_subtree_consistency(subtree, claim.size, &proof, &first, &second)?;
            }
        }
        Ok(())
    }
}

/// The JSON files in a folder and those below it, in the order of their names.
pub(crate) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn digest(text: &str) -> Result<Digest, Refused> {
    let bytes = STANDARD.decode(text)?;
    bytes.try_into().map(Digest::from_bytes).map_err(|bytes: Vec<u8>| Refused::HashLength(bytes.len()))
}

fn digests(proof: Option<Vec<String>>) -> Result<Vec<Digest>, Refused> {
    proof.unwrap_or_default().iter().map(|hash| digest(hash)).collect()
}

//! Comparing a container's files with what was claimed of them.

use std::collections::{BTreeMap, BTreeSet};

use altinn_core::Digest;

use super::claims::Claim;
use super::digest_algorithm::DigestAlgorithm;
use super::name::Role;
use super::open_document::parse_open_document;
use super::report::{Fault, FileReport, Remark};
use super::signature::Findings;
use super::xml::{Reference, file_of};

/// A file as it was unpacked.
pub(super) struct Unpacked {
    pub(super) size: u64,
    pub(super) sha256: Digest,
    pub(super) digests: BTreeMap<DigestAlgorithm, Vec<u8>>,
}

/// A container's files beside what was claimed of them.
pub(super) struct Comparison<'a> {
    names: &'a [String],
    unpacked: &'a BTreeMap<String, Unpacked>,
    files: BTreeMap<&'a str, FileReport>,
    findings: &'a mut Findings,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(
        names: &'a [String],
        unpacked: &'a BTreeMap<String, Unpacked>,
        findings: &'a mut Findings,
    ) -> Self {
        let data = names.iter().filter(|name| Role::of(name) == Role::Data);
        let report = |name: &'a String| {
            let Unpacked { size, sha256, .. } = unpacked.get(name)?;
            let (size, sha256, covered_by) = (*size, *sha256, Vec::new());
            let report = FileReport { name: name.clone(), media_type: None, size, sha256, covered_by };
            Some((name.as_str(), report))
        };
        Self { names, unpacked, files: data.filter_map(report).collect(), findings }
    }

    /// Compares all digests of a manifest or signature.
    pub(super) fn claim(&mut self, claim: &Claim) {
        claim.references.iter().for_each(|reference| self.reference(claim, reference));
        let is_weak = |reference: &Reference| {
            reference.digest.as_ref().is_ok_and(|(algorithm, _)| *algorithm == DigestAlgorithm::Sha1)
        };
        if claim.references.iter().any(is_weak) {
            self.findings.remarks.push(Remark::WeakDigest { part: claim.by.clone() });
        }
    }

    fn reference(&mut self, claim: &Claim, reference: &Reference) {
        let by = claim.by.clone();
        let found =
            file_of(&reference.uri, self.names).and_then(|name| Some((name, self.unpacked.get(name)?)));
        let Some((name, file)) = found else {
            let part = reference.uri.chars().take(255).collect();
            return self.findings.faults.push(Fault::Missing { part, by });
        };
        if let Some(report) = self.files.get_mut(name) {
            if !report.covered_by.contains(&claim.signature) {
                report.covered_by.push(claim.signature.clone());
            }
            report.media_type = report.media_type.take().or_else(|| reference.media_type.clone());
        }
        let part = name.to_owned();
        match &reference.digest {
            Ok((algorithm, digest)) if file.digests.get(algorithm) == Some(digest) => {}
            Ok(_) => self.findings.faults.push(Fault::Digest { part, by }),
            Err(why) => self.findings.remarks.push(Remark::NotCompared { part, by, why: why.clone() }),
        }
    }

    /// Compares with the list of files of OpenDocument.
    pub(super) fn open_document(&mut self, by: &str, bytes: &[u8]) {
        let listed = match parse_open_document(bytes) {
            Ok(listed) => listed,
            Err(what) => {
                return self.findings.faults.push(Fault::Manifest { part: by.to_owned(), what });
            }
        };
        let mut unlisted: BTreeSet<&str> = self.files.keys().copied().collect();
        for listed in listed {
            unlisted.remove(listed.path.as_str());
            if let Some(file) = self.files.get_mut(listed.path.as_str()) {
                let media_type = Some(listed.media_type).filter(|media_type| !media_type.is_empty());
                file.media_type = file.media_type.take().or(media_type);
            } else if !self.names.contains(&listed.path) {
                self.findings.faults.push(Fault::Missing { part: listed.path, by: by.to_owned() });
            }
        }
        let unlisted = unlisted.into_iter().map(|name| Remark::Unlisted { part: name.to_owned() });
        self.findings.remarks.extend(unlisted);
    }

    /// What is known of the files, in their order in the container; those that no signature covers are faults.
    pub(super) fn finish(mut self) -> Vec<FileReport> {
        let uncovered = self.files.values().filter(|file| file.covered_by.is_empty());
        self.findings.faults.extend(uncovered.map(|file| Fault::Uncovered { part: file.name.clone() }));
        self.names.iter().filter_map(|name| self.files.remove(name.as_str())).collect()
    }
}

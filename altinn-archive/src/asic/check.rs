//! Checking a container: its form, its digests and its signatures.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};

use altinn_core::Sha256;
use ring::digest::Context;

use super::claims::{Claim, Controls};
use super::compare::{Comparison, Unpacked};
use super::container::Container;
use super::digest_algorithm::DigestAlgorithm;
use super::error::AsicError;
use super::name::Role;
use super::report::AsicReport;
use super::signature::Findings;
use super::xml::file_of;

/// How many control files of the largest size may be there.
const CONTROL_FILES: u64 = 4;

impl<R: Read + Seek> Container<R> {
    /// Checks the whole container: that `mimetype` is as it must be, that every file is as its manifest or signature
    /// says, that every signature verifies, and that all files are covered. Memory is bounded by the control files.
    ///
    /// What is wrong with what the container says stands in the report, with the part that it concerns.
    ///
    /// # Errors
    /// [`AsicError::TooLarge`] and [`AsicError::Damaged`] when a file cannot be unpacked.
    pub fn check(&mut self) -> Result<AsicReport, AsicError> {
        let mut findings = Findings::default();
        let controls = self.controls()?;
        controls.check_mimetype(self.begins_with_mimetype(), &mut findings);
        let names = self.names().to_vec();
        let data: Vec<_> = names.iter().filter(|name| Role::of(name) == Role::Data).collect();
        let content = match data.as_slice() {
            [file] if controls.is_simple() => self.small_content(file)?,
            _ => None,
        };
        let claims = controls.claims(&data, content.as_deref(), &mut findings);
        let unpacked = self.unpack_all(&names, &claims)?;
        let mut comparison = Comparison::new(&names, &unpacked, &mut findings);
        claims.iter().for_each(|claim| comparison.claim(claim));
        if let Some((name, bytes)) = controls.open_document() {
            comparison.open_document(name, bytes);
        }
        let files = comparison.finish();
        let Findings { signatures, faults, remarks } = findings;
        Ok(AsicReport { files, signatures, faults, remarks })
    }

    /// All manifests and signatures.
    fn controls(&mut self) -> Result<Controls, AsicError> {
        let names: Vec<_> = self.names().iter().filter(|name| Role::of(name).is_control()).cloned().collect();
        let limit = self.limits.control_file_bytes;
        let mut left = limit.saturating_mul(CONTROL_FILES);
        let mut read = |name: String| {
            let mut bytes = Vec::new();
            left -= self.unpack_at_most(&name, limit.min(left), |piece| bytes.extend_from_slice(piece))?;
            Ok((name, bytes))
        };
        Ok(Controls(names.into_iter().map(&mut read).collect::<Result<_, AsicError>>()?))
    }

    /// The bytes of a file, when they are no more than those of a control file.
    fn small_content(&mut self, name: &str) -> Result<Option<Vec<u8>>, AsicError> {
        match self.bytes(name) {
            Err(AsicError::TooLarge { .. }) => Ok(None),
            outcome => outcome.map(Some),
        }
    }

    /// The digests of every file that counts, each unpacked once.
    fn unpack_all(
        &mut self,
        names: &[String],
        claims: &[Claim],
    ) -> Result<BTreeMap<String, Unpacked>, AsicError> {
        let mut wanted: BTreeMap<&str, BTreeSet<DigestAlgorithm>> = BTreeMap::new();
        for name in names.iter().filter(|name| Role::of(name) == Role::Data) {
            wanted.entry(name).or_default();
        }
        for reference in claims.iter().flat_map(|claim| &claim.references) {
            if let Some(name) = file_of(&reference.uri, names) {
                let algorithm = reference.digest.as_ref().ok().map(|(algorithm, _)| *algorithm);
                wanted.entry(name).or_default().extend(algorithm);
            }
        }
        let mut left = self.unpacked_limit();
        let mut unpack = |(name, algorithms): (&str, BTreeSet<DigestAlgorithm>)| {
            let unpacked = self.digest(name, left, algorithms)?;
            left -= unpacked.size;
            Ok((name.to_owned(), unpacked))
        };
        wanted.into_iter().map(&mut unpack).collect()
    }

    fn digest(
        &mut self,
        name: &str,
        limit: u64,
        algorithms: BTreeSet<DigestAlgorithm>,
    ) -> Result<Unpacked, AsicError> {
        let mut sha256 = Sha256::new();
        let mut contexts: Vec<(DigestAlgorithm, Context)> =
            algorithms.into_iter().map(|algorithm| (algorithm, algorithm.context())).collect();
        let size = self.unpack_at_most(name, limit, |piece| {
            sha256.update(piece);
            contexts.iter_mut().for_each(|(_, context)| context.update(piece));
        })?;
        let finish = |(algorithm, context): (_, Context)| (algorithm, context.finish().as_ref().to_vec());
        let digests = contexts.into_iter().map(finish).collect();
        Ok(Unpacked { size, sha256: sha256.finish(), digests })
    }
}

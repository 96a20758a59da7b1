//! The signatures of a container, each on its own.

use chrono::{DateTime, Utc};

use super::cms::{
    self, Certificate, DATA, SIGNATURE_TIMESTAMP, SignatureError, SignedData, SignerInfo, Verified, to_der,
    verify_timestamp,
};
use super::digest_algorithm::DigestAlgorithm;
use super::report::{Fault, Remark, SignatureForm, SignatureReport, Verdict};
use super::xades::XmlSignature;

/// What is found out about a container, bit by bit.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) signatures: Vec<SignatureReport>,
    pub(super) faults: Vec<Fault>,
    pub(super) remarks: Vec<Remark>,
}

impl Findings {
    /// Verifies the signatures in a file over a manifest.
    pub(super) fn cades(&mut self, file: &str, bytes: &[u8], manifest: &[u8]) {
        if let Err(error) = self.signers(file, bytes, manifest) {
            self.not_verified(file, SignatureForm::Cades, error);
        }
    }

    /// A signature or timestamp that does not verify: wrong, or of an algorithm that is not verified here.
    fn not_verified(&mut self, file: &str, form: SignatureForm, error: SignatureError) {
        let part = file.to_owned();
        let unsupported = matches!(error, SignatureError::Algorithm { .. });
        let verdict = if unsupported { Verdict::Unsupported } else { Verdict::Invalid };
        self.signatures.push(SignatureReport::new(file, form, verdict));
        match form {
            _ if unsupported => self.remarks.push(Remark::NotVerified { part, why: error.to_string() }),
            SignatureForm::Timestamp => self.faults.push(Fault::Timestamp { part, error }),
            _ => self.faults.push(Fault::Signature { part, error }),
        }
    }

    fn signers(&mut self, file: &str, bytes: &[u8], manifest: &[u8]) -> Result<(), SignatureError> {
        let der = to_der(bytes).ok_or(SignatureError::Form)?;
        let message = SignedData::parse(&der).ok_or(SignatureError::Form)?;
        if message.content.is_some() {
            return Err(SignatureError::Content);
        }
        if message.signers.is_empty() {
            return Err(SignatureError::NoSignature);
        }
        for signer in &message.signers {
            match cms::verify(&message, signer, DATA, manifest) {
                Ok(verified) => self.verified(file, signer, &verified),
                Err(error) => self.not_verified(file, SignatureForm::Cades, error),
            }
        }
        Ok(())
    }

    fn verified(&mut self, file: &str, signer: &SignerInfo<'_>, verified: &Verified) {
        let mut report = SignatureReport::new(file, SignatureForm::Cades, Verdict::Valid);
        report.signing_time = verified.signing_time;
        self.certificate(&mut report, verified, verified.signing_time);
        if !verified.binds_certificate {
            self.remarks.push(Remark::CertificateNotBound { part: file.to_owned() });
        }
        for token in signer.unsigned_attributes(SIGNATURE_TIMESTAMP) {
            match verify_timestamp(token.whole, signer.signature) {
                Ok(stamped) => report.timestamps.push(stamped.time),
                Err(SignatureError::Algorithm { .. }) => report.unverified_timestamps += 1,
                Err(error) => self.faults.push(Fault::Timestamp { part: file.to_owned(), error }),
            }
        }
        self.signatures.push(report);
    }

    /// Verifies a timestamp over a manifest.
    pub(super) fn timestamp(&mut self, file: &str, bytes: &[u8], manifest: &[u8]) {
        let token = to_der(bytes).ok_or(SignatureError::Form);
        match token.and_then(|token| verify_timestamp(&token, manifest)) {
            Ok(stamped) => {
                let mut report = SignatureReport::new(file, SignatureForm::Timestamp, Verdict::Valid);
                report.signing_time = Some(stamped.time);
                self.certificate(&mut report, &stamped.signature, Some(stamped.time));
                self.signatures.push(report);
            }
            Err(error) => self.not_verified(file, SignatureForm::Timestamp, error),
        }
    }

    fn certificate(&mut self, report: &mut SignatureReport, verified: &Verified, at: Option<DateTime<Utc>>) {
        let certificate = verified.certificate.info();
        let part = || report.file.clone();
        if verified.digest == DigestAlgorithm::Sha1 {
            self.remarks.push(Remark::WeakDigest { part: part() });
        }
        if at.is_some_and(|at| at < certificate.not_before || at > certificate.not_after) {
            self.remarks.push(Remark::OutsideValidity { part: part() });
        }
        report.certificate = Some(certificate);
    }

    /// Says that a signature or timestamp stands over a file that is too large to be verified here.
    pub(super) fn too_large(&mut self, file: &str, form: SignatureForm) {
        let why = "what it is over is too large".to_owned();
        self.signatures.push(SignatureReport::new(file, form, Verdict::Unsupported));
        self.remarks.push(Remark::NotVerified { part: file.to_owned(), why });
    }

    /// Says what can be said of an XML signature without verifying it.
    pub(super) fn xades(&mut self, file: &str, signature: &XmlSignature) {
        let mut report = SignatureReport::new(file, SignatureForm::Xades, Verdict::Unsupported);
        let time = signature.signing_time.as_deref().and_then(|time| DateTime::parse_from_rfc3339(time).ok());
        report.signing_time = time.map(|time| time.to_utc());
        let certificate = signature.certificate.as_deref().and_then(Certificate::parse);
        report.certificate = certificate.map(|certificate| certificate.info());
        report.unverified_timestamps = signature.timestamps;
        self.signatures.push(report);
    }
}

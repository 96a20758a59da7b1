//! ASiC containers: a zip file with documents, and signatures over them (ETSI EN 319 162-1, ETSI TS 102 918).
//!
//! [`Container`] reads one from anywhere, with limits, and checks it: CAdES signatures are verified with the certificate
//! in them; of XAdES signatures the digests of the files are checked, and the signature itself is reported as
//! unsupported. [`ContainerWriter`] writes and seals ASiC-E. Whether a certificate is to be trusted is not decided here.

mod check;
mod claims;
mod cms;
mod compare;
mod container;
mod digest_algorithm;
mod error;
mod limits;
mod manifest;
mod name;
mod open_document;
mod report;
mod signature;
mod writer;
mod xades;
mod xml;

pub use cms::{CertificateInfo, SignatureError};
pub use container::Container;
pub use error::AsicError;
pub use limits::Limits;
pub use report::{AsicReport, Fault, FileReport, Remark, SignatureForm, SignatureReport, Verdict};
pub use writer::{ContainerWriter, WriteError};

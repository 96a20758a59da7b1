//! Evidence of what users have signed: canonical records, sealed by the agency.

mod error;
mod record;
mod sealed;
mod signatures;

pub use error::EvidenceError;
pub use record::{Authority, SignatureRecord, SignedElement};
pub use sealed::SealedSignature;
pub use signatures::Signatures;

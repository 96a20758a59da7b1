//! Seals: what an agency signs with its own key, so that others can see that it comes from the agency.

mod certificates;
mod error;
mod key_sealer;

use std::fmt::Debug;

use altinn_core::key::{PublicKey, SignatureAlgorithm};
use async_trait::async_trait;

pub use error::SealError;
pub use key_sealer::KeySealer;

/// The key with which an agency seals. [`KeySealer`] holds one in memory; an implementation of one's own can ask a
/// hardware module or a key service instead.
#[async_trait]
pub trait Sealer: Debug + Send + Sync {
    /// The algorithm that it signs with.
    fn algorithm(&self) -> SignatureAlgorithm;

    /// The public half of the key.
    fn public_key(&self) -> PublicKey;

    /// The certificates of the key in DER, its own first; none when it has no certificate.
    fn certificates(&self) -> &[Vec<u8>];

    /// Signs a message with the algorithm. Signatures on curves are two numbers of fixed length (RFC 7518, section 3.4).
    ///
    /// # Errors
    /// [`SealError::Unavailable`], which says why there is no signature now.
    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SealError>;
}

//! Correspondences that call for signatures: what the agency plugs in.

use altinn_core::Text;
use altinn_core::store::Batch;
use async_trait::async_trait;
use thiserror::Error;
use uuid::Uuid;

use super::{Signee, SigningReceipt};
use crate::Altinn;
use crate::process::Task;
use crate::submission::{Instance, Service};

/// Sends the correspondences that call for signatures and those that are their receipts, for the signing tasks whose drawing names its
/// `correspondenceResource`. [`CorrespondenceCall`](super::CorrespondenceCall) sends them as a correspondence service of
/// this program.
#[async_trait]
pub trait CallToSign: std::fmt::Debug + Send + Sync {
    /// Sends one, and gives its id. It is called again with the same [key](Call::key) when an earlier call failed or was
    /// cut off: it must have effect once for a key.
    ///
    /// # Errors
    /// A [`CallToSignError`] says why it was not sent; it is tried again.
    async fn send(&self, call: &Call<'_>) -> Result<Uuid, CallToSignError>;

    /// Adds the receipt of a signature to the batch that stores it, so that there is one for each signature, and none for what
    /// is not stored. None is sent if this is not overridden.
    ///
    /// # Errors
    /// A [`CallToSignError`] says why it is not sent; it is logged, and the signature stands without it. Nothing may have
    /// been added to the batch then.
    async fn receipt(
        &self,
        _receipt: &SigningReceipt<'_>,
        _batch: &mut Batch,
    ) -> Result<(), CallToSignError> {
        Ok(())
    }
}

/// A call for one signature.
#[derive(Debug)]
#[non_exhaustive]
pub struct Call<'a> {
    /// The program that the service runs in.
    pub altinn: &'a Altinn,
    /// The service.
    pub service: &'a Service,
    /// The instance, as it stands in the task.
    pub instance: &'a Instance,
    /// The signing task.
    pub task: &'a Task,
    /// Who is called.
    pub signee: &'a Signee,
    /// The idempotency key: the same for every attempt.
    pub key: String,
    /// The title, in all languages.
    pub title: Text,
    /// The summary; it may be empty.
    pub summary: Text,
    /// The body, in Markdown.
    pub body: Text,
}

/// Why a correspondence was not sent. The reason is shown with the signee: nothing personal stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the correspondence was not sent: {reason}")]
pub struct CallToSignError {
    /// Why.
    pub reason: String,
}

impl CallToSignError {
    /// An error with this reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

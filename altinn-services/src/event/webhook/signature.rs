//! What is sent is signed, so that the end point can tell who sent it, when, and that nobody changed it.

use altinn_core::key::{SigningKey, VerifyingKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

/// The mark of an Ed25519 signature in the header.
const ED25519: &str = "v1a";

/// The key that deliveries are signed with.
#[derive(Debug)]
pub struct WebhookKey(SigningKey);

impl WebhookKey {
    /// Signs with a key that is for nothing else.
    pub fn new(key: SigningKey) -> Self {
        Self(key)
    }

    /// What the end points need to verify deliveries.
    pub fn verifier(&self) -> WebhookVerifier {
        WebhookVerifier::new(self.0.verifying_key())
    }

    /// The header `webhook-signature` of a delivery.
    pub(super) fn sign(&self, id: &str, time: DateTime<Utc>, body: &str) -> String {
        let signature = self.0.sign(signed(id, &time.timestamp().to_string(), body).as_bytes());
        format!("{ED25519},{}", STANDARD.encode(signature))
    }
}

/// Verifies deliveries at the end point, by the public key. The headers are those of the Standard Webhooks
/// specification (`webhook-id`, `webhook-timestamp`, `webhook-signature` with `v1a`), so that its libraries do it too.
#[derive(Debug, Clone, Copy)]
pub struct WebhookVerifier {
    key: VerifyingKey,
    tolerance: TimeDelta,
}

/// Why a delivery is not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidWebhook {
    /// The time of sending is no number of seconds, or too far from now.
    #[error("the delivery was not sent just now")]
    Time,
    /// No signature is this sender's over this id, time and body.
    #[error("the signature does not verify")]
    Signature,
}

impl WebhookVerifier {
    /// Verifies by the sender's public key; deliveries may be 5 minutes old or early.
    pub const fn new(key: VerifyingKey) -> Self {
        Self { key, tolerance: TimeDelta::minutes(5) }
    }

    /// Verifies a delivery by its three headers and its body as it came. That it has not come before is for the end
    /// point to see by the id, which stays the same when a delivery is sent again.
    ///
    /// # Errors
    /// [`InvalidWebhook`].
    pub fn verify(
        &self,
        (id, timestamp, signatures): (&str, &str, &str),
        body: &str,
        now: DateTime<Utc>,
    ) -> Result<(), InvalidWebhook> {
        let seconds = timestamp.parse().map_err(|_| InvalidWebhook::Time)?;
        let sent = DateTime::from_timestamp(seconds, 0).ok_or(InvalidWebhook::Time)?;
        if (now - sent).abs() > self.tolerance {
            return Err(InvalidWebhook::Time);
        }
        let message = signed(id, timestamp, body);
        let ours =
            signatures.split(' ').filter_map(|signature| signature.strip_prefix(ED25519)?.strip_prefix(','));
        let verifies = |signature: &str| {
            STANDARD.decode(signature).is_ok_and(|bytes| self.key.verify(message.as_bytes(), &bytes).is_ok())
        };
        if ours.into_iter().any(verifies) { Ok(()) } else { Err(InvalidWebhook::Signature) }
    }
}

/// What a signature is over.
fn signed(id: &str, timestamp: &str, body: &str) -> String {
    format!("{id}.{timestamp}.{body}")
}

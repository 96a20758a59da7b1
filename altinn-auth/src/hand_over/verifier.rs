//! The side that takes over.

use std::sync::Arc;

use altinn_core::Clock;
use altinn_core::key::SignatureAlgorithm;
use chrono::{DateTime, Utc};

use super::{HandOver, HandOverError, LIFETIME, ReplayStore, TYPE};
use crate::token::{KeySource, MAX_SKEW, TokenError, TokenPart, signed_by, without_duplicates};

/// What a hand-over may be signed with.
const ALGORITHMS: &[SignatureAlgorithm] =
    &[SignatureAlgorithm::Es256, SignatureAlgorithm::EdDsa, SignatureAlgorithm::Rs256];

/// Takes hand-overs from one issuer, for one target, each once. Cheap to clone.
#[derive(Debug, Clone)]
pub struct HandOverVerifier {
    issuer: String,
    audience: String,
    keys: Arc<dyn KeySource>,
    replays: Arc<dyn ReplayStore>,
    clock: Arc<dyn Clock>,
}

impl HandOverVerifier {
    /// Takes hand-overs from the issuer of this name to the target of this name, both to the letter.
    pub fn new(
        issuer: impl Into<String>,
        audience: impl Into<String>,
        keys: Arc<dyn KeySource>,
        replays: Arc<dyn ReplayStore>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { issuer: issuer.into(), audience: audience.into(), keys, replays, clock }
    }

    /// Takes a hand-over; afterwards it is used.
    ///
    /// # Errors
    /// [`HandOverError`], which says why not; nothing is used up then.
    #[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
    pub async fn verify(&self, token: &str) -> Result<HandOver, HandOverError> {
        let claims = signed_by(token, TYPE, &*self.keys, ALGORITHMS).await?;
        let hand_over = self.check(&claims)?;
        let until = hand_over.expires_at + MAX_SKEW;
        if self.replays.is_first_use(hand_over.id, until).await? {
            Ok(hand_over)
        } else {
            Err(HandOverError::UsedAlready)
        }
    }

    fn check(&self, claims: &[u8]) -> Result<HandOver, TokenError> {
        let read = || serde_json::from_slice(claims).ok();
        let hand_over: Option<HandOver> = without_duplicates(claims).then(read).flatten();
        let hand_over = hand_over.ok_or(TokenError::Malformed(TokenPart::Claims))?;
        if hand_over.issuer != self.issuer {
            return Err(TokenError::Issuer);
        }
        if hand_over.audience != self.audience {
            return Err(TokenError::Audience);
        }
        check_time(&hand_over, self.clock.now())?;
        Ok(hand_over)
    }
}

/// An issuer's clock may differ by [`MAX_SKEW`], and no hand-over lasts longer than [`LIFETIME`].
fn check_time(hand_over: &HandOver, now: DateTime<Utc>) -> Result<(), TokenError> {
    let HandOver { issued_at, expires_at, .. } = hand_over;
    if *issued_at > now + MAX_SKEW {
        Err(TokenError::NotYetValid)
    } else if *expires_at <= now - MAX_SKEW {
        Err(TokenError::Expired)
    } else if *expires_at - *issued_at > LIFETIME {
        Err(TokenError::Claim { claim: "exp" })
    } else {
        Ok(())
    }
}

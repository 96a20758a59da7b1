//! Keys that take turns.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::token::TokenSigner;

/// Keys that take turns: each signs from its own time on until the next one does.
///
/// A key is published from the moment that it is added, so that everybody knows it before it signs, and for as long after its
/// turn as its tokens last. All nodes of an agency are given the same keys at the same times; add the next one an hour
/// ahead, so that those who keep key sets for a while have seen it.
#[derive(Debug)]
pub struct RotatingKeys(RwLock<Vec<(DateTime<Utc>, Arc<TokenSigner>)>>);

impl RotatingKeys {
    /// A first key, which signs at once.
    pub fn new(first: TokenSigner) -> Self {
        Self(RwLock::new(vec![(DateTime::<Utc>::MIN_UTC, Arc::new(first))]))
    }

    /// Adds a key that signs from a time on.
    pub fn add(&self, signer: TokenSigner, from: DateTime<Utc>) {
        let mut keys = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let at = keys.partition_point(|(earlier, _)| *earlier <= from);
        keys.insert(at, (from, Arc::new(signer)));
    }

    /// The key whose turn it is.
    pub(crate) fn at(&self, now: DateTime<Utc>) -> Option<Arc<TokenSigner>> {
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let turn = keys.iter().rev().find(|(from, _)| *from <= now);
        turn.map(|(_, signer)| Arc::clone(signer))
    }

    /// The public halves of all keys whose tokens may still count, and of those to come. What is over is forgotten.
    pub(crate) fn published(&self, now: DateTime<Utc>, lifetime: TimeDelta) -> Vec<Value> {
        let mut keys = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let is_over = |next: &(DateTime<Utc>, Arc<TokenSigner>)| next.0 + lifetime <= now;
        let over = keys.iter().skip(1).take_while(|next| is_over(next)).count();
        keys.drain(..over);
        keys.iter().map(|(_, signer)| signer.public_jwk()).collect()
    }
}

//! Signatures that a key was found to have made.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use altinn_core::{Digest, Sha256};

use super::SignatureAlgorithm;

/// How many signatures a key remembers at the least, once it has made so many.
const REMEMBERED: usize = 4_096;

/// The signatures that one key was found to have made: a token comes with every call of a client, and to verify its
/// signature costs more than all the rest of it.
///
/// That a key has signed these bytes stays true for ever, and is all that is remembered, as a digest. Whether the key is
/// still its issuer's, whether the token is for us and whether its time is over is found out each time.
#[derive(Default)]
pub(super) struct KnownSignatures(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    newest: HashSet<Digest>,
    /// Those before them, which are forgotten when the newest are as many as are remembered.
    before: HashSet<Digest>,
}

impl KnownSignatures {
    /// Whether a signature is known, or else is found to be right.
    pub(super) fn knows_or(
        &self,
        algorithm: SignatureAlgorithm,
        (message, signature): (&[u8], &[u8]),
        verify: impl FnOnce() -> bool,
    ) -> bool {
        let digest = digest(algorithm, message, signature);
        if self.with(|kept| kept.newest.contains(&digest) || kept.before.contains(&digest)) {
            return true;
        }
        let is_right = verify();
        if is_right {
            self.with(|kept| kept.put(digest));
        }
        is_right
    }

    fn with<T>(&self, does: impl FnOnce(&mut Kept) -> T) -> T {
        does(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Kept {
    fn put(&mut self, digest: Digest) {
        if self.newest.len() == REMEMBERED {
            self.before = std::mem::take(&mut self.newest);
        }
        self.newest.insert(digest);
    }
}

impl fmt::Debug for KnownSignatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownSignatures")
    }
}

/// The digest of all that is verified; no two of these can be read as one another.
fn digest(algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> Digest {
    let mut digest = Sha256::new();
    digest.update(algorithm.name().as_bytes());
    for part in [message, signature] {
        digest.update(&(part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ES256: SignatureAlgorithm = SignatureAlgorithm::Es256;

    #[test]
    fn a_right_signature_is_verified_once_and_a_wrong_one_each_time() {
        let known = KnownSignatures::default();
        assert!(!known.knows_or(ES256, (b"message", b"wrong"), || false));
        assert!(!known.knows_or(ES256, (b"message", b"wrong"), || false));
        assert!(known.knows_or(ES256, (b"message", b"right"), || true));
        assert!(known.knows_or(ES256, (b"message", b"right"), || unreachable!("it is known")));
    }

    #[test]
    fn what_is_moved_from_one_part_to_another_is_another_signature() {
        let known = KnownSignatures::default();
        assert!(known.knows_or(ES256, (b"message", b"signature"), || true));
        for other in [(&b"messages"[..], &b"ignature"[..]), (b"message", b""), (b"", b"signature")] {
            assert!(!known.knows_or(ES256, other, || false));
        }
        assert!(!known.knows_or(SignatureAlgorithm::EdDsa, (b"message", b"signature"), || false));
    }

    #[test]
    fn the_newest_are_remembered_and_no_more_than_twice_as_many() {
        let known = KnownSignatures::default();
        let message = |n: usize| n.to_be_bytes();
        for n in 0..=3 * REMEMBERED {
            assert!(known.knows_or(ES256, (&message(n), b"s"), || true));
        }
        for n in 2 * REMEMBERED + 1..=3 * REMEMBERED {
            assert!(known.knows_or(ES256, (&message(n), b"s"), || false), "{n} is forgotten");
        }
        assert!(!known.knows_or(ES256, (&message(0), b"s"), || false));
        let kept = known.0.lock().unwrap();
        assert!(kept.newest.len() + kept.before.len() <= 2 * REMEMBERED);
    }
}

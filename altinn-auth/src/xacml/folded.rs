//! Texts by a hash that does not see case.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A table by hashes that were made by [`folded_hash`].
pub(crate) type ByHash<T> = HashMap<u64, T, BuildHasherDefault<AsItIs>>;

/// Takes a hash for itself.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = mixed(self.0, u64::from(*byte));
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Sets the bit that tells capital letters of ASCII from small ones, in eight bytes.
const SMALL: u64 = 0x2020_2020_2020_2020;

/// A hash of a text that is the same for all texts that differ in the case of ASCII letters only. The tables it is
/// used for are filled from policies alone, so nobody who asks can make them slow.
pub(crate) fn folded_hash(text: &str, seed: u64) -> u64 {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let length = u64::try_from(text.len()).unwrap_or(0);
    let mut hash =
        words.iter().fold(mixed(seed, length), |hash, word| mixed(hash, u64::from_le_bytes(*word) | SMALL));
    if !rest.is_empty() {
        let last = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        hash = mixed(hash, last | SMALL);
    }
    hash ^ hash >> 29
}

/// Calls `found` with the hashes under which a text is to be looked for: one with other letters than those of ASCII
/// may, in small letters, be one of ASCII.
pub(crate) fn each_folded_hash(text: &str, seed: u64, mut found: impl FnMut(u64)) {
    found(folded_hash(text, seed));
    if !text.is_ascii() {
        found(folded_hash(&text.to_lowercase(), seed));
    }
}

fn mixed(hash: u64, word: u64) -> u64 {
    let product = (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    product ^ product >> 32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::folded_hash;

    proptest! {
        #[test]
        fn texts_that_differ_in_case_only_have_one_hash(text in "[ -~]{0,40}", seed in any::<u64>()) {
            prop_assert_eq!(folded_hash(&text, seed), folded_hash(&text.to_ascii_uppercase(), seed));
        }

        #[test]
        fn other_texts_have_other_hashes(a in "[a-z0-9:]{0,40}", b in "[a-z0-9:]{0,40}") {
            prop_assume!(a != b);
            prop_assert_ne!(folded_hash(&a, 0), folded_hash(&b, 0));
        }
    }
}

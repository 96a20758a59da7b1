//! Digests: one form in text, and none but that is read.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_core::{Digest, InvalidDigest, Sha256};
use proptest::prelude::*;

#[test]
fn nothing_but_64_small_hexadecimal_digits_is_a_digest() {
    let right = Digest::of(b"").to_string();
    for wrong in ["", &right[1..], &format!("{right}0"), &right.to_uppercase(), &right.replacen('e', "g", 1)]
    {
        assert_eq!(wrong.parse::<Digest>(), Err(InvalidDigest), "{wrong}");
    }
}

#[test]
fn a_digest_is_serialized_as_its_text() {
    let digest = Digest::of(b"abc");
    let json = serde_json::to_string(&digest).unwrap();
    assert_eq!(json, format!("\"{digest}\""));
    assert_eq!(serde_json::from_str::<Digest>(&json).unwrap(), digest);
}

proptest! {
    #[test]
    fn pieces_give_the_digest_of_the_whole(pieces: Vec<Vec<u8>>) {
        let mut sha256 = Sha256::new();
        pieces.iter().for_each(|piece| sha256.update(piece));
        prop_assert_eq!(sha256.finish(), Digest::of(&pieces.concat()));
    }

    #[test]
    fn what_a_digest_displays_can_be_read_back(bytes: [u8; 32]) {
        let digest = Digest::from_bytes(bytes);
        prop_assert_eq!(digest.to_string().parse(), Ok(digest));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in prop_oneof![any::<String>(), "[0-9a-zA-Zæ]{60,66}"]) {
        let _ = text.parse::<Digest>();
    }
}

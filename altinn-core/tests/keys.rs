//! Keys: what they sign, how they are kept, and what never shows.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::Path;

use altinn_core::key::{KeyError, SigningKey, VerifyingKey};
use proptest::prelude::*;

fn hex<const N: usize>(digits: &str) -> [u8; N] {
    let bytes: Vec<u8> =
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect();
    bytes.try_into().unwrap()
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn the_first_two_tests_of_rfc_8032_give_their_keys_and_signatures() {
    let cases: [(&str, &str, &[u8], &str); 2] = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            b"",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            b"\x72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ];
    for (seed, public, message, signature) in cases {
        let key = SigningKey::from_seed(&hex(seed)).unwrap();
        assert_eq!(key.verifying_key(), VerifyingKey::from_bytes(hex(public)));
        assert_eq!(key.sign(message), hex(signature));
    }
}

#[test]
fn a_key_survives_pkcs8() {
    let key = SigningKey::generate().unwrap();
    let same = SigningKey::from_pkcs8(key.expose_pkcs8()).unwrap();
    assert_eq!(same.verifying_key(), key.verifying_key());
}

#[test]
fn debug_shows_the_public_half_only() {
    let key = SigningKey::from_seed(&[7; 32]).unwrap();
    assert_eq!(format!("{key:?}"), format!("SigningKey(*** of {})", key.verifying_key()));
}

#[test]
fn a_new_key_file_can_be_read_back_and_only_by_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.pem");
    let key = SigningKey::create_file(&path).unwrap();
    assert_eq!(SigningKey::read_file(&path).unwrap().verifying_key(), key.verifying_key());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing else stays behind");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    }
}

#[test]
fn a_key_file_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.pem");
    let first = SigningKey::create_file(&path).unwrap();
    assert!(matches!(SigningKey::create_file(&path), Err(KeyError::Exists { .. })));
    assert_eq!(SigningKey::read_file(&path).unwrap().verifying_key(), first.verifying_key());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_can_read_or_change_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.pem");
    SigningKey::create_file(&path).unwrap();
    for mode in [0o640, 0o604, 0o620, 0o602, 0o644] {
        set_mode(&path, mode);
        let error = SigningKey::read_file(&path).unwrap_err();
        assert_eq!(error.code(), "KEY-OPEN-TO-OTHERS", "{mode:o}");
    }
    set_mode(&path, 0o400);
    assert!(SigningKey::read_file(&path).is_ok());
}

#[cfg(unix)]
#[test]
fn a_file_that_holds_no_key_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        set_mode(&path, 0o600);
        SigningKey::read_file(&path).unwrap_err().code()
    };
    assert_eq!(SigningKey::read_file(folder.path().join("none.pem")).unwrap_err().code(), "KEY-MISSING");
    assert_eq!(read("empty.pem", b""), "KEY-NOT-PEM");
    assert_eq!(read("bytes.pem", &[0xff, 0xfe]), "KEY-NOT-PEM");
    assert_eq!(read("large.pem", &[b'A'; 100_000]), "KEY-NOT-PEM");
    assert_eq!(
        read("other.pem", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
        "KEY-NOT-ED25519"
    );
}

proptest! {
    #[test]
    fn a_signature_verifies_for_its_message_and_key_alone(message: Vec<u8>, seed: [u8; 32], bit in 0..512_usize) {
        let key = SigningKey::from_seed(&seed).unwrap();
        let mut signature = key.sign(&message);
        prop_assert!(key.verifying_key().verify(&message, &signature).is_ok());
        let longer = [message.as_slice(), b"."].concat();
        prop_assert!(key.verifying_key().verify(&longer, &signature).is_err());
        signature[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(key.verifying_key().verify(&message, &signature).is_err());
    }

    #[test]
    fn no_bytes_make_reading_a_key_panic(bytes: Vec<u8>, public: [u8; 32]) {
        let _ = SigningKey::from_pkcs8(&bytes);
        prop_assert!(VerifyingKey::from_bytes(public).verify(&bytes, &bytes).is_err());
    }

    #[test]
    fn a_key_with_one_byte_changed_is_refused_or_another_key_without_panic(place in 0..48_usize, by in 1..=255_u8) {
        let key = SigningKey::from_seed(&[7; 32]).unwrap();
        let mut der = key.expose_pkcs8().to_vec();
        der[place] ^= by;
        if let Ok(other) = SigningKey::from_pkcs8(&der) {
            prop_assert_ne!(other.verifying_key(), key.verifying_key());
        }
    }
}

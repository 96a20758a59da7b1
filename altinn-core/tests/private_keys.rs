//! Keys from elsewhere: made by OpenSSL, read in every form, held against OpenSSL's own verdict where it is there.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::path::Path;
use std::process::Command;

use altinn_core::key::{KeyError, PrivateKey, PublicKey, SignatureAlgorithm, SigningKey};
use serde_json::json;

/// Runs OpenSSL in a folder; every machine that builds this has it or is told.
fn openssl(folder: &Path, arguments: &str) -> bool {
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output();
    output.unwrap_or_else(|error| panic!("this test needs the program `openssl`: {error}")).status.success()
}

const KINDS: [(&str, &[SignatureAlgorithm]); 4] = [
    (
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem",
        &[
            SignatureAlgorithm::Rs256,
            SignatureAlgorithm::Rs384,
            SignatureAlgorithm::Rs512,
            SignatureAlgorithm::Ps256,
            SignatureAlgorithm::Ps384,
            SignatureAlgorithm::Ps512,
        ],
    ),
    ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem", &[SignatureAlgorithm::Es256]),
    ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key.pem", &[SignatureAlgorithm::Es384]),
    ("genpkey -algorithm ed25519 -out key.pem", &[SignatureAlgorithm::EdDsa]),
];

#[test]
fn every_kind_of_key_signs_with_its_own_algorithms_and_no_other() {
    for (make, algorithms) in KINDS {
        let folder = tempfile::tempdir().unwrap();
        assert!(openssl(folder.path(), make), "{make}");
        let key = PrivateKey::read_file(folder.path().join("key.pem")).unwrap();
        assert_eq!(key.algorithms(), algorithms);
        for algorithm in SignatureAlgorithm::ALL {
            let signed = key.sign(algorithm, b"a grant");
            if !algorithms.contains(&algorithm) {
                assert_eq!(signed.unwrap_err().code(), "KEY-NOT-FOR-ALGORITHM");
                continue;
            }
            let mut signature = signed.unwrap();
            let public = key.public_key();
            assert!(public.verify(algorithm, b"a grant", &signature).is_ok(), "{algorithm:?}");
            assert!(public.verify(algorithm, b"another", &signature).is_err());
            *signature.last_mut().unwrap() ^= 1;
            assert!(public.verify(algorithm, b"a grant", &signature).is_err());
        }
    }
}

#[test]
fn openssl_accepts_what_an_rsa_key_signs() {
    let folder = tempfile::tempdir().unwrap();
    assert!(openssl(folder.path(), KINDS[0].0));
    let key = PrivateKey::read_file(folder.path().join("key.pem")).unwrap();
    std::fs::write(folder.path().join("message"), b"a grant").unwrap();
    std::fs::write(folder.path().join("signature"), key.sign(SignatureAlgorithm::Rs256, b"a grant").unwrap())
        .unwrap();
    assert!(openssl(folder.path(), "pkey -in key.pem -pubout -out public.pem"));
    let verify = "dgst -sha256 -verify public.pem -signature signature message";
    assert!(openssl(folder.path(), verify));
    std::fs::write(folder.path().join("message"), b"another").unwrap();
    assert!(!openssl(folder.path(), verify));
}

#[test]
fn a_key_of_the_older_form_is_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    assert!(openssl(folder.path(), KINDS[0].0));
    assert!(openssl(folder.path(), "rsa -in key.pem -traditional -out old.pem"));
    let old = std::fs::read_to_string(folder.path().join("old.pem")).unwrap();
    let new = std::fs::read_to_string(folder.path().join("key.pem")).unwrap();
    assert!(old.contains("BEGIN RSA PRIVATE KEY"));
    let keys = [old, new].map(|pem| PrivateKey::from_pem(&pem).unwrap().public_key());
    assert_eq!(keys[0], keys[1]);
}

#[test]
fn a_jwk_with_its_private_half_is_a_key_and_one_without_is_none() {
    // RFC 8037, appendix A.1.
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let key = PrivateKey::from_jwk(&jwk).unwrap();
    assert_eq!(key.public_key().thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"); // appendix A.3
    let mut public_only = key.public_key().to_jwk();
    assert_eq!(PrivateKey::from_jwk(&public_only).unwrap_err().code(), "KEY-UNSUPPORTED");
    public_only["d"] = json!("AAAA");
    assert_eq!(PrivateKey::from_jwk(&public_only).unwrap_err().code(), "KEY-UNSUPPORTED");
    for jwk in [json!({}), json!([]), json!({"kty": "oct", "k": "AAAA"}), json!({"kty": "RSA", "n": "AQAB"})]
    {
        assert_eq!(PrivateKey::from_jwk(&jwk).unwrap_err().code(), "KEY-UNSUPPORTED");
    }
}

#[test]
fn a_key_that_is_too_short_or_of_another_kind_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for make in [
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out key.pem",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out key.pem",
        "genpkey -algorithm X25519 -out key.pem",
    ] {
        assert!(openssl(folder.path(), make), "{make}");
        let pem = std::fs::read_to_string(folder.path().join("key.pem")).unwrap();
        assert_eq!(PrivateKey::from_pem(&pem).unwrap_err().code(), "KEY-UNSUPPORTED", "{make}");
    }
    for pem in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"] {
        assert!(matches!(PrivateKey::from_pem(pem), Err(KeyError::Unsupported)));
    }
}

#[test]
fn nothing_shows_a_private_key() {
    let key = PrivateKey::from_pkcs8(SigningKey::from_seed(&[7; 32]).unwrap().expose_pkcs8()).unwrap();
    assert_eq!(format!("{key:?}"), "PrivateKey(*** Ed25519)");
}

#[test]
fn keys_that_are_no_keys_verify_nothing() {
    let keys = [
        PublicKey::rsa(vec![], vec![]),
        PublicKey::rsa(vec![0xff; 64], vec![1, 0, 1]),
        PublicKey::p256(vec![4; 65]),
        PublicKey::p384(vec![]),
        PublicKey::ed25519(vec![1, 2]),
    ];
    for key in keys {
        for algorithm in SignatureAlgorithm::ALL {
            assert!(key.verify(algorithm, b"", &[0; 64]).is_err());
        }
        key.to_jwk();
    }
}

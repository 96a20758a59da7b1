//! The cryptography that a host program may install for `jsonwebtoken`.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_auth::token::RING;
use altinn_core::key::SigningKey;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};

#[test]
fn a_host_signs_and_verifies_by_it_and_shares_no_secrets() {
    RING.install_default().unwrap();
    let rsa = || EncodingKey::from_rsa_pem(include_bytes!("../src/testing/rsa_test_key.pem")).unwrap();
    let ec = |curve| {
        EncodingKey::from_ec_der(EcdsaKeyPair::generate_pkcs8(curve, &SystemRandom::new()).unwrap().as_ref())
    };
    let claims = json!({"sub": "host", "exp": 4_000_000_000_u64});
    for (algorithm, key) in [
        (Algorithm::RS256, rsa()),
        (Algorithm::RS384, rsa()),
        (Algorithm::RS512, rsa()),
        (Algorithm::PS256, rsa()),
        (Algorithm::PS384, rsa()),
        (Algorithm::PS512, rsa()),
        (Algorithm::ES256, ec(&ECDSA_P256_SHA256_FIXED_SIGNING)),
        (Algorithm::ES384, ec(&ECDSA_P384_SHA384_FIXED_SIGNING)),
        (Algorithm::EdDSA, EncodingKey::from_ed_der(SigningKey::generate().unwrap().expose_pkcs8())),
    ] {
        let token = encode(&Header::new(algorithm), &claims, &key).unwrap();
        let public = DecodingKey::from_jwk(&Jwk::from_encoding_key(&key, algorithm).unwrap()).unwrap();
        let verify = |token: &str| decode::<Value>(token, &public, &Validation::new(algorithm));
        assert_eq!(verify(&token).unwrap().claims, claims, "{algorithm:?}");
        let (message, signature) = token.rsplit_once('.').unwrap();
        let turned: String = signature.chars().rev().collect();
        assert!(verify(&format!("{message}.{turned}")).is_err(), "{algorithm:?}");
    }
    let secret = EncodingKey::from_secret(b"secret");
    assert!(encode(&Header::new(Algorithm::HS256), &claims, &secret).is_err());
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjQwMDAwMDAwMDB9.AAAA";
    let shared = DecodingKey::from_secret(b"secret");
    assert!(decode::<Value>(token, &shared, &Validation::new(Algorithm::HS256)).is_err());
}

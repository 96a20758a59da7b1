//! Detached signatures are accepted as they were made, and in no other way.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::sync::LazyLock;

use altinn_core::jws::{DetachedJws, JwsError, JwsHeader};
use altinn_core::key::{PrivateKey, SignatureAlgorithm, SigningKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;

const EDDSA: [SignatureAlgorithm; 1] = [SignatureAlgorithm::EdDsa];
const PAYLOAD: &[u8] = b"{\"a\":1}.\xff";

static KEY: LazyLock<PrivateKey> = LazyLock::new(|| {
    PrivateKey::from_pkcs8(SigningKey::from_seed(&[3; 32]).unwrap().expose_pkcs8()).unwrap()
});

fn sign(header: &str, payload: &[u8]) -> String {
    let header = URL_SAFE_NO_PAD.encode(header);
    let input = [header.as_bytes(), b".", payload].concat();
    let signature = KEY.sign(SignatureAlgorithm::EdDsa, &input).unwrap();
    format!("{header}..{}", URL_SAFE_NO_PAD.encode(signature))
}

fn verify(jws: &str) -> Result<(), JwsError> {
    jws.parse::<DetachedJws>()?.verify(PAYLOAD, &KEY.public_key(), &EDDSA)
}

fn sealed() -> String {
    let header = JwsHeader::unencoded(SignatureAlgorithm::EdDsa, KEY.public_key().thumbprint());
    let signature = KEY.sign(SignatureAlgorithm::EdDsa, &header.signing_input(PAYLOAD)).unwrap();
    header.with_signature(&signature).to_string()
}

#[test]
fn the_payload_is_signed_as_it_is_or_encoded_as_the_header_says() {
    verify(&sealed()).unwrap();
    verify(&sign(r#"{"alg":"EdDSA","b64":false,"crit":["b64"]}"#, PAYLOAD)).unwrap();
    let encoded = URL_SAFE_NO_PAD.encode(PAYLOAD);
    verify(&sign(r#"{"alg":"EdDSA"}"#, encoded.as_bytes())).unwrap();
    verify(&sign(r#"{"alg":"EdDSA","b64":true,"crit":["b64"]}"#, encoded.as_bytes())).unwrap();
    assert_eq!(verify(&sign(r#"{"alg":"EdDSA"}"#, PAYLOAD)), Err(JwsError::Signature));
    let jws: DetachedJws = sealed().parse().unwrap();
    assert_eq!(jws.header().key_id(), Some(KEY.public_key().thumbprint().as_str()));
}

#[test]
fn a_header_that_is_not_understood_is_refused() {
    let code = |header: &str| verify(&sign(header, PAYLOAD)).unwrap_err().code();
    for header in [
        r#"{"alg":"EdDSA","b64":false}"#,
        r#"{"alg":"EdDSA","b64":false,"crit":[]}"#,
        r#"{"alg":"EdDSA","crit":["b64"]}"#,
        r#"{"alg":"EdDSA","b64":false,"crit":["b64","b64"]}"#,
        r#"{"alg":"EdDSA","b64":false,"crit":["b64","exp"],"exp":1}"#,
        r#"{"alg":"EdDSA","crit":["exp"],"exp":1}"#,
    ] {
        assert_eq!(code(header), "JWS-CRITICAL", "{header}");
    }
    for header in [
        "",
        "[]",
        "{}",
        r#"{"alg":1}"#,
        r#"{"alg":"EdDSA","alg":"EdDSA"}"#,
        r#"{"alg":"EdDSA","b64":"false","crit":["b64"]}"#,
        r#"{"alg":"EdDSA"} x"#,
    ] {
        assert_eq!(code(header), "JWS-HEADER", "{header}");
    }
}

#[test]
fn only_algorithms_that_are_allowed_are_accepted() {
    for name in ["none", "None", "", "HS256", "eddsa", "EdDSA ", "ES256K", "ES512"] {
        let jws = sign(&format!(r#"{{"alg":"{name}","b64":false,"crit":["b64"]}}"#), PAYLOAD);
        assert_eq!(verify(&jws).unwrap_err().code(), "JWS-ALGORITHM", "{name}");
    }
    let jws: DetachedJws = sealed().parse().unwrap();
    let key = KEY.public_key();
    for allowed in [[].as_slice(), &[SignatureAlgorithm::Es256, SignatureAlgorithm::Rs256]] {
        assert_eq!(jws.verify(PAYLOAD, &key, allowed).unwrap_err().code(), "JWS-ALGORITHM");
    }
    let named_otherwise = sign(r#"{"alg":"ES256","b64":false,"crit":["b64"]}"#, PAYLOAD);
    let found =
        named_otherwise.parse::<DetachedJws>().unwrap().verify(PAYLOAD, &key, &SignatureAlgorithm::ALL);
    assert_eq!(found, Err(JwsError::Signature));
}

#[test]
fn a_text_that_is_none_is_refused() {
    let jws = sealed();
    let attached = jws.replace("..", &format!(".{}.", URL_SAFE_NO_PAD.encode(PAYLOAD)));
    let long = format!("{jws}{}", "A".repeat(DetachedJws::MAX_LENGTH));
    for text in [
        "",
        "..",
        "a..b..c",
        &attached,
        &long,
        &format!("{jws}="),
        &format!("{jws} "),
        &jws.replace("..", "."),
    ] {
        assert!(verify(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn a_signature_with_any_character_changed_is_refused(place in any::<prop::sample::Index>(), to in "[A-Za-z0-9_.=-]") {
        let jws = sealed();
        let place = place.index(jws.len());
        prop_assume!(jws[place..=place] != to);
        let mut changed = jws;
        changed.replace_range(place..=place, &to);
        prop_assert!(verify(&changed).is_err(), "{}", changed);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "(?s).{0,200}", jws in "[A-Za-z0-9_.-]{0,200}") {
        let _ = (text.parse::<DetachedJws>(), jws.parse::<DetachedJws>());
    }
}

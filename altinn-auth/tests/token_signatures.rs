//! Signatures that another program made: by OpenSSL, with keys that are kept nowhere.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;

use altinn_auth::token::{IssuerProfile, SignatureAlgorithm, StaticKeys, TokenError, TokenVerifier};
use altinn_core::SystemClock;
use world::World;

mod world;

const KEYS: &str = r#"{"keys": [{"kty": "RSA", "kid": "rsa", "use": "sig", "n": "r2rLob0d0i-E-gGPPInAAsqr3J8oLq0grVVKrJ2yOdPKpMpvBxEHMoDpuDePKsg3xA1RL1Oe4HYRQqErsf8SzxW1yJNDpa-I89Hn4yG0rAUdBvK-Vh0LeVmiq6AY5zlyPhIR4BL17ZlWVu8uzpUZGVCZ9dk5TuljtTnr9SW-UytzCf6Vg_lAiFbxOAFBdCZkbVKNUcFRSb4YyOdhrV0VXvn5vD2HMK1RXUhhBIFmOmcaGP0nvVOvulI1gkPXtREKJtMh0aaD1tkbKtRycb0GP2cMiLptwTcJusyQ43fMISYvz3g9Xf2L3VKpEaJegQ58d7eTfJ5dLiqOw9nHQgbX_w", "e": "AQAB"}, {"kty": "OKP", "crv": "Ed25519", "kid": "ed", "use": "sig", "x": "aTf6w19Lilxin3DEYzXPWYF91vzsBqMnnkqD4z-co-4"}]}"#;

const TOKENS: [(SignatureAlgorithm, &str); 4] = [
    (
        SignatureAlgorithm::Rs256,
        "eyJhbGciOiAiUlMyNTYiLCAia2lkIjogInJzYSJ9.eyJpc3MiOiAiaHR0cHM6Ly9wbGF0Zm9ybS5hbHRpbm4udGVzdCIsICJleHA\
     iOiA0MDAwMDAwMDAwLCAidXJuOmFsdGlubjpvcmciOiAidHRkIiwgInVybjphbHRpbm46YXV0aGxldmVsIjogIjMifQ.YAo3dUg6\
     sFSMq_rurBf3a1pogy8TrLKFgoxkBNJwpDrJba0p0HDrykdNVj295zt-zaDttCF_Nn6veiS1E_FFnDCEXG-Sf5LeGTfkNf8EwU9l\
     KoHRckk1V-e1FBXByLTbzjH6mek-ZVv2ItVp16njHzqUMgzt9ACVODxfnQPkEkl__oz2uT8qMdCIfZxzv0Vezy819tNIPOS_hUyq\
     OFn0BOt7te5hKQG2FgN_T2U64L5PpCYuMBioul-YvuUuntM8Y7vL7Q8vmuRsLWuNOcyKnZ3ut67NwRGIRi_eTMOubhwiZ6t5lJO9\
     dUFc6JNWLsr4eOfbT1gJZjiJP8PCuG2Ybg",
    ),
    (
        SignatureAlgorithm::Rs512,
        "eyJhbGciOiAiUlM1MTIiLCAia2lkIjogInJzYSJ9.eyJpc3MiOiAiaHR0cHM6Ly9wbGF0Zm9ybS5hbHRpbm4udGVzdCIsICJleHA\
     iOiA0MDAwMDAwMDAwLCAidXJuOmFsdGlubjpvcmciOiAidHRkIiwgInVybjphbHRpbm46YXV0aGxldmVsIjogIjMifQ.FfjkZx3_\
     s9Q6beXNrInuke-xF0hYe9DQ3NN6l1FnIPLvHowIBBSoiPZid7zifqvUBf8lp3oBD6Lb1yv-R-Z1t_jSF_LnUA3W1BvjDMrJsiSb\
     5LQpL6sS6Fx_Ez-LrhhNlQ6MEvLEEv1uDfZWhpqT1sPxjx7DKy45BVcSqC1_lMo1BvJqzC7XHD1KHZc2Dn69G8hMiKQQAQoblTaB\
     1imToQdQOla2-UcX9E3SfWFHlr4z3uNFbGrQlBpPQ3x5B9L6rl7FSIdTVRdiEeVYoUHsObmD-Qq8G6vWdZk0TwJ6VTIL4G4A1Xdr\
     nKfNl-XBdBuIKhpy0MTb5xI1_jfKgkR4UA",
    ),
    (
        SignatureAlgorithm::Ps256,
        "eyJhbGciOiAiUFMyNTYiLCAia2lkIjogInJzYSJ9.eyJpc3MiOiAiaHR0cHM6Ly9wbGF0Zm9ybS5hbHRpbm4udGVzdCIsICJleHA\
     iOiA0MDAwMDAwMDAwLCAidXJuOmFsdGlubjpvcmciOiAidHRkIiwgInVybjphbHRpbm46YXV0aGxldmVsIjogIjMifQ.onBT_rc-\
     OFqv5L57Xw3-NvjBjCKo5b-pqaTGlXEuqHiFp-cX1fAh6Kwd5rYwskYJvtDPnwhisO3lI3ZjqGI0WGFZPohwpZFE2m1mVxoI0Nal\
     1_PpvRAw9JdsBd1sSeSL75Yio9T4FvzaSERj-YIYDXjln6xoYqA15fjY1ACCT24ZZr6FtQRo1aoKQZ6LTHf9uuzp6x5lFJHNJYDk\
     xG0UCdMqrg9jde3in91RVCzG88k7mlKM8178-iTvnlEtS1yvkln-aFz0v934zIKAPNFygLARZSuZigyDj6JPi0fb5SC8qvjQ_eSu\
     Fji0KbZCYh3W4JYwViHBSpCXbkheWF7zuQ",
    ),
    (
        SignatureAlgorithm::EdDsa,
        "eyJhbGciOiAiRWREU0EiLCAia2lkIjogImVkIn0.eyJpc3MiOiAiaHR0cHM6Ly9wbGF0Zm9ybS5hbHRpbm4udGVzdCIsICJleHAi\
     OiA0MDAwMDAwMDAwLCAidXJuOmFsdGlubjpvcmciOiAidHRkIiwgInVybjphbHRpbm46YXV0aGxldmVsIjogIjMifQ.6cCrbclc3\
     lyB-Te9MhViQIEMP9U44Z8ZjjFTwxjv79IAPJaO0QdiUMK8c-TPbUIfQj3EGirYBwfe2U6db4-oBw",
    ),
];

/// A right signature of an RSA key of 1024 bits, which nobody may trust any more.
const SMALL_KEY: &str = r#"{"keys": [{"kty": "RSA", "kid": "small", "n": "vvYz5EYZFhnfu0Nn8aylY3FwEYM_gNhQwwqCe9VKSIgj_2xB9iMOL8TmRmTeTRPBgkkP9ujSf09QCPGnRfWkUdj8OIl2MwDTXnc-ZTF1p41mYFbRuLrdmsQd3pYAjikxCMMNMPOXKl_hiFa77Zp3QbrFN8W-mLZo2yJHmWsX5Xc", "e": "AQAB"}]}"#;
const SIGNED_BY_IT: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InNtYWxsIn0.eyJpc3MiOiJodHRwczovL3BsYXRmb3JtLmFsdGlubi50ZXN0IiwiZXhwIjo0\
     MDAwMDAwMDAwLCJ1cm46YWx0aW5uOm9yZyI6InR0ZCIsInVybjphbHRpbm46YXV0aGxldmVsIjoiMyJ9.QWymV2uTA61dSTB4kh1\
     1T8QVqLchRxlYM7C-Rr7q_cD8BC7gqboAvfexOEWrgBNAeC01FiH58KfbKCaJW4ui5RoQt_yWVIOt0rGs9Uzmy7sYu-k2beYt1A6M\
     8wRFFoXlU9tQKSlsryC6-XMxzsCAqJZIaBOaukbefEB55X7lmqg";

#[tokio::test]
async fn a_key_that_is_too_small_verifies_nothing_though_the_signature_is_right() {
    let refused = verify_by(SMALL_KEY, SignatureAlgorithm::Rs256, SIGNED_BY_IT).await;
    assert_eq!(refused, Err(TokenError::Signature));
}

#[tokio::test]
async fn signatures_of_every_family_that_another_program_made_are_right() {
    for (algorithm, token) in TOKENS {
        assert!(verify(algorithm, token).await.is_ok(), "{algorithm:?}");
    }
}

#[tokio::test]
async fn the_same_signatures_are_wrong_for_another_message_or_algorithm() {
    for (algorithm, token) in TOKENS {
        let other = token.replacen("eyJpc3", "eyJJc3", 1);
        assert!(verify(algorithm, &other).await.is_err(), "{algorithm:?}");
        for wrong in SignatureAlgorithm::ALL.into_iter().filter(|wrong| *wrong != algorithm) {
            assert_eq!(verify(wrong, token).await, Err(TokenError::Algorithm), "{algorithm:?} as {wrong:?}");
        }
    }
}

async fn verify(algorithm: SignatureAlgorithm, token: &str) -> Result<(), TokenError> {
    verify_by(KEYS, algorithm, token).await
}

async fn verify_by(keys: &str, algorithm: SignatureAlgorithm, token: &str) -> Result<(), TokenError> {
    let world = World::new().await;
    let keys = Arc::new(StaticKeys::from_jwks(keys).unwrap());
    let profile = IssuerProfile::altinn("https://platform.altinn.test", keys).allowing([algorithm]);
    let verifier = TokenVerifier::new(Arc::new(SystemClock), world.register.clone()).trusting(profile);
    verifier.verify(token).await.map(|_| ())
}

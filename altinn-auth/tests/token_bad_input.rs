//! Tokens and key sets that are wrong in every way that somebody has thought of.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::sync::Arc;

use altinn_auth::testing::FakeIssuer;
use altinn_auth::token::{
    IssuerProfile, KeySourceError, SignatureAlgorithm, StaticKeys, TokenError, TokenVerifier,
};
use altinn_core::{SteppableClock, SyntheticNumbers};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::{Value, json};
use world::World;

mod world;

struct Scene {
    world: World,
    clock: Arc<SteppableClock>,
    issuer: FakeIssuer,
}

impl Scene {
    async fn new() -> Self {
        let clock = Arc::new(SteppableClock::at("2026-11-24T12:00:00Z".parse().unwrap()));
        let issuer = FakeIssuer::id_porten(clock.clone()).unwrap();
        Self { world: World::new().await, clock, issuer }
    }

    fn verifier_of(&self, keys: StaticKeys, algorithms: &[SignatureAlgorithm]) -> TokenVerifier {
        let profile = IssuerProfile::id_porten(self.issuer.issuer(), FakeIssuer::AUDIENCE, Arc::new(keys));
        TokenVerifier::new(self.clock.clone(), self.world.register.clone())
            .trusting(profile.allowing(algorithms.iter().copied()))
            .with_synthetic_numbers(SyntheticNumbers::Accepted)
    }

    fn verifier(&self) -> TokenVerifier {
        let keys = StaticKeys::from_jwks(self.issuer.jwks()).unwrap();
        self.verifier_of(keys, &[SignatureAlgorithm::Es256])
    }

    async fn refusal(&self, token: &str) -> TokenError {
        self.verifier().verify(token).await.unwrap_err()
    }

    fn login(&self) -> String {
        self.issuer.log_in(&self.world.kari).unwrap()
    }

    fn claims(&self) -> Value {
        let login = self.login();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(login.split('.').nth(1).unwrap()).unwrap()).unwrap()
    }

    /// The issuer's key as it is published, to be changed.
    fn jwk(&self) -> Value {
        serde_json::from_str::<Value>(&self.issuer.jwks()).unwrap()["keys"][0].clone()
    }
}

fn set(keys: &[Value]) -> String {
    json!({"keys": keys}).to_string()
}

#[tokio::test]
async fn alg_none_in_every_spelling_is_refused_with_and_without_a_signature() {
    let scene = Scene::new().await;
    let login = scene.login();
    let claims = login.split('.').nth(1).unwrap();
    for alg in ["none", "None", "NONE", "nOnE", "none ", "\u{0}none", "null", ""] {
        let header = URL_SAFE_NO_PAD.encode(json!({"alg": alg, "kid": scene.issuer.kid()}).to_string());
        for signature in ["", "AAAA", login.rsplit('.').next().unwrap()] {
            let refusal = scene.refusal(&format!("{header}.{claims}.{signature}")).await;
            assert_eq!(refusal, TokenError::Algorithm, "{alg:?}");
        }
    }
}

#[tokio::test]
async fn a_public_key_used_as_a_shared_secret_is_refused() {
    let scene = Scene::new().await;
    let point = |member: &str| URL_SAFE_NO_PAD.decode(scene.jwk()[member].as_str().unwrap()).unwrap();
    let secrets = [[vec![4], point("x"), point("y")].concat(), scene.issuer.jwks().into_bytes()];
    for alg in ["HS256", "HS384", "HS512"] {
        for secret in &secrets {
            let header = json!({"alg": alg, "kid": scene.issuer.kid()});
            let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
            let message = format!("{}.{}", part(&header), part(&scene.claims()));
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
            let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()));
            assert_eq!(scene.refusal(&token).await, TokenError::Algorithm);
        }
    }
}

#[tokio::test]
async fn a_key_id_is_compared_and_never_followed() {
    let scene = Scene::new().await;
    for kid in [
        "../../../dev/null",
        "/dev/null",
        "' OR '1'='1",
        "x'; drop table auth_party; --",
        "https://evil.test/jwks",
        "",
        "\u{0}",
        "%2e%2e%2f",
    ] {
        let header = json!({"alg": "ES256", "kid": kid});
        let token = scene.issuer.sign_with_header(&header, &scene.claims()).unwrap();
        assert_eq!(scene.refusal(&token).await, TokenError::UnknownKey, "{kid}");
    }
    for kid in [json!(["a"]), json!(7), json!({"a": 1})] {
        let token =
            scene.issuer.sign_with_header(&json!({"alg": "ES256", "kid": kid}), &scene.claims()).unwrap();
        assert_eq!(scene.refusal(&token).await.code(), "AUTH-TOKEN-MALFORMED", "{kid}");
    }
}

#[tokio::test]
async fn a_key_that_the_token_brings_is_refused_though_its_signature_is_right() {
    let scene = Scene::new().await;
    let attacker = FakeIssuer::id_porten(scene.clock.clone()).unwrap();
    let own: Value = serde_json::from_str(&attacker.jwks()).unwrap();
    for (parameter, value) in [
        ("jwk", own["keys"][0].clone()),
        ("jku", json!("https://evil.test/jwks")),
        ("x5u", json!("https://evil.test/chain.pem")),
    ] {
        let header = json!({"alg": "ES256", "kid": attacker.kid(), parameter: value});
        let token = attacker.sign_with_header(&header, &scene.claims()).unwrap();
        assert_eq!(scene.refusal(&token).await, TokenError::Header { parameter }, "{parameter}");
    }
    let header = json!({"alg": "ES256", "kid": attacker.kid(), "x5c": ["AAAA"], "x5t": "AAAA"});
    let token = attacker.sign_with_header(&header, &scene.claims()).unwrap();
    assert_eq!(scene.refusal(&token).await, TokenError::UnknownKey);
}

#[tokio::test]
async fn an_issue_in_the_far_future_is_refused() {
    let scene = Scene::new().await;
    for iat in [json!(4_102_444_800_u64), json!(253_402_300_800_u64), json!(1e18)] {
        let mut claims = scene.claims();
        claims["iat"] = iat.clone();
        claims["exp"] = json!(4_102_444_900_u64);
        let refusal = scene.refusal(&scene.issuer.sign(&claims).unwrap()).await;
        let expected = [TokenError::NotYetValid, TokenError::Claim { claim: "iat" }];
        assert!(expected.contains(&refusal), "{iat}: {refusal:?}");
    }
}

#[tokio::test]
async fn a_claim_or_parameter_that_stands_there_twice_is_refused_whatever_it_is() {
    let scene = Scene::new().await;
    let sign = |header: &str, claims: &str| scene.issuer.sign_text(header, claims).unwrap();
    let header = json!({"alg": "ES256", "kid": scene.issuer.kid()}).to_string();
    let claims = scene.claims().to_string();
    assert!(scene.verifier().verify(&sign(&header, &claims)).await.is_ok());
    for twice in
        [r#""iss":"https://evil.test""#, r#""pid":"1""#, r#""\u0061ud":"x""#, r#""other":1,"other":2"#]
    {
        let claims = format!("{{{twice},{}", &claims[1..]);
        assert_eq!(scene.refusal(&sign(&header, &claims)).await.code(), "AUTH-TOKEN-MALFORMED", "{twice}");
    }
    for twice in [r#""alg":"none""#, r#""kid":"other""#, r#""x":1,"x":2"#] {
        let header = format!("{{{twice},{}", &header[1..]);
        assert_eq!(scene.refusal(&sign(&header, &claims)).await.code(), "AUTH-TOKEN-MALFORMED", "{twice}");
    }
}

#[tokio::test]
async fn base64_with_padding_spaces_or_bits_that_do_not_count_is_refused() {
    let scene = Scene::new().await;
    let login = scene.login();
    let (message, signature) = login.rsplit_once('.').unwrap();
    let (header, claims) = message.split_once('.').unwrap();
    // 64 bytes are 86 characters, the last of which has four bits that do not count.
    let last = signature.chars().last().unwrap();
    let other = char::from(u8::try_from(last).unwrap() + 1);
    for token in [
        format!("{header}=.{claims}.{signature}"),
        format!("{header}.{claims}==.{signature}"),
        format!("{header}.{claims}.{signature}=="),
        format!("{header}.{claims}.{signature}\n"),
        format!(" {header}.{claims}.{signature}"),
        format!("{header}.{claims}.{}{other}", &signature[..signature.len() - 1]),
        format!("{header}.{claims}.{}+/", &signature[..signature.len() - 2]),
    ] {
        assert_eq!(scene.refusal(&token).await.code(), "AUTH-TOKEN-MALFORMED", "{token}");
    }
}

#[tokio::test]
async fn a_truncated_lengthened_or_modified_signature_is_refused() {
    let scene = Scene::new().await;
    let login = scene.login();
    let (message, signature) = login.rsplit_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let (r, s) = bytes.split_at(32);
    let mut wrong: Vec<Vec<u8>> = (0..bytes.len()).map(|length| bytes[..length].to_vec()).collect();
    wrong.extend((0..bytes.len()).map(|at| {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        changed
    }));
    wrong.extend([[&bytes[..], &[0]].concat(), [s, r].concat(), vec![0; 64], [r, &[0; 32]].concat()]);
    for signature in wrong {
        let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(&signature));
        assert_eq!(scene.refusal(&token).await, TokenError::Signature, "{signature:?}");
    }
}

#[tokio::test]
async fn tokens_that_were_let_in_let_in_none_that_is_put_together_from_their_parts() {
    let scene = Scene::new().await;
    let verifier = scene.verifier();
    let of_kari = scene.login();
    let of_ola = scene.issuer.log_in_at(&scene.world.ola, "idporten-loa-substantial").unwrap();
    for _ in 0..2 {
        assert_eq!(verifier.verify(&of_kari).await.unwrap().party(), Some(scene.world.kari.id));
        assert_eq!(verifier.verify(&of_ola).await.unwrap().party(), Some(scene.world.ola.id));
    }
    let (kari, kari_signature) = of_kari.rsplit_once('.').unwrap();
    let (ola, ola_signature) = of_ola.rsplit_once('.').unwrap();
    let mut claims = scene.claims();
    claims["acr"] = json!("idporten-loa-high");
    claims["sub"] = json!("another");
    let raised =
        format!("{}.{}", kari.split('.').next().unwrap(), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let header = json!({"alg": "ES256", "kid": scene.issuer.kid(), "typ": "JWT", "cty": "x"});
    let other_header =
        format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), kari.split('.').nth(1).unwrap());
    for (message, signature) in [
        (kari, ola_signature),
        (ola, kari_signature),
        (&raised, kari_signature),
        (&other_header, kari_signature),
        (kari, ""),
    ] {
        assert_eq!(verifier.verify(&format!("{message}.{signature}")).await, Err(TokenError::Signature));
    }
    let signature = URL_SAFE_NO_PAD.decode(kari_signature).unwrap();
    for at in 0..signature.len() {
        let mut changed = signature.clone();
        changed[at] ^= 1;
        let token = format!("{kari}.{}", URL_SAFE_NO_PAD.encode(&changed));
        assert_eq!(verifier.verify(&token).await, Err(TokenError::Signature), "byte {at}");
    }
}

#[tokio::test]
async fn a_key_of_the_wrong_type_use_or_size_verifies_nothing() {
    let scene = Scene::new().await;
    let changed = |member: &str, value: Value| {
        let mut jwk = scene.jwk();
        jwk[member] = value;
        jwk
    };
    let kid = &scene.issuer.kid();
    let small_modulus = URL_SAFE_NO_PAD.encode([0xC1; 128]);
    for key in [
        changed("use", json!("enc")),
        changed("key_ops", json!(["sign"])),
        changed("alg", json!("ES384")),
        changed("alg", json!("RS256")),
        changed("crv", json!("P-384")),
        changed("crv", json!("secp256k1")),
        changed("x", json!(URL_SAFE_NO_PAD.encode([1; 31]))),
        changed("y", json!(URL_SAFE_NO_PAD.encode([1; 32]))),
        json!({"kty": "RSA", "kid": kid, "n": small_modulus, "e": "AQAB"}),
        json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": "AAAA"}),
        json!({"kty": "oct", "kid": kid, "k": "c2VjcmV0"}),
    ] {
        let Ok(keys) = StaticKeys::from_jwks(set(std::slice::from_ref(&key))) else { continue };
        for algorithm in SignatureAlgorithm::ALL {
            let header = json!({"alg": algorithm.name(), "kid": kid});
            let token = scene.issuer.sign_with_header(&header, &scene.claims()).unwrap();
            let refusal = scene.verifier_of(keys.clone(), &[algorithm]).verify(&token).await.unwrap_err();
            assert!(matches!(refusal, TokenError::UnknownKey | TokenError::Signature), "{key}: {refusal:?}");
        }
    }
}

#[tokio::test]
async fn of_a_mixed_key_set_only_the_keys_that_can_verify_count() {
    let scene = Scene::new().await;
    let kid = &scene.issuer.kid();
    let mixed = set(&[
        json!({"kty": "oct", "kid": "a", "k": "c2VjcmV0"}),
        json!({"kty": "RSA", "kid": "b", "use": "enc", "n": "AQAB", "e": "AQAB"}),
        json!({"kty": "AKP", "kid": "c", "alg": "ML-DSA-44", "pub": "AQAB"}),
        json!({"kty": "OKP", "kid": "d", "crv": "X25519", "x": "AQAB"}),
        json!({"kty": "EC", "kid": 7, "crv": "P-256", "x": "AQAB", "y": []}),
        json!({"kid": "e", "use": ["sig"]}),
        json!("no key"),
        scene.jwk(),
    ]);
    let keys = StaticKeys::from_jwks(mixed).unwrap();
    let verifier = scene.verifier_of(keys, &[SignatureAlgorithm::Es256, SignatureAlgorithm::Rs256]);
    assert!(verifier.verify(&scene.login()).await.is_ok());
    for (alg, kid) in [("RS256", kid.as_str()), ("ES256", "a"), ("RS256", "b")] {
        let header = json!({"alg": alg, "kid": kid});
        let token = scene.issuer.sign_with_header(&header, &scene.claims()).unwrap();
        assert_eq!(verifier.verify(&token).await, Err(TokenError::UnknownKey), "{alg} by {kid}");
    }
    let twice = set(&[scene.jwk(), scene.jwk()]);
    assert!(matches!(StaticKeys::from_jwks(twice), Err(KeySourceError::DuplicateKey { .. })));
}

#[tokio::test]
async fn a_token_without_a_key_id_is_verified_only_where_that_is_allowed_and_the_key_is_the_only_one() {
    let scene = Scene::new().await;
    let token = scene.issuer.sign_with_header(&json!({"alg": "ES256"}), &scene.claims()).unwrap();
    assert_eq!(scene.refusal(&token).await, TokenError::UnknownKey);
    let other: Value =
        serde_json::from_str(&FakeIssuer::id_porten(scene.clock.clone()).unwrap().jwks()).unwrap();
    for (keys, expected) in [
        (set(&[scene.jwk()]), Ok(())),
        (set(&[scene.jwk(), other["keys"][0].clone()]), Err(TokenError::UnknownKey)),
    ] {
        let keys = Arc::new(StaticKeys::from_jwks(keys).unwrap());
        let profile = IssuerProfile::id_porten(scene.issuer.issuer(), FakeIssuer::AUDIENCE, keys)
            .allowing([SignatureAlgorithm::Es256])
            .accepting_tokens_without_kid();
        let verifier = TokenVerifier::new(scene.clock.clone(), scene.world.register.clone())
            .trusting(profile)
            .with_synthetic_numbers(SyntheticNumbers::Accepted);
        assert_eq!(verifier.verify(&token).await.map(|_| ()), expected);
    }
}

#[tokio::test]
async fn a_megabyte_or_ten_thousand_brackets_are_refused() {
    let scene = Scene::new().await;
    let verifier = scene.verifier();
    let header = URL_SAFE_NO_PAD.encode(json!({"alg": "ES256", "kid": scene.issuer.kid()}).to_string());
    let deep = |open: &str| URL_SAFE_NO_PAD.encode(format!(r#"{{"iss":{}"#, open.repeat(5_000)));
    let many: Vec<String> = (0..1_000).map(|n| format!(r#""c{n}":1"#)).collect();
    let many = URL_SAFE_NO_PAD.encode(format!("{{{}}}", many.join(",")));
    let tokens = [
        "a".repeat(1024 * 1024),
        ".".repeat(1024 * 1024),
        format!("{header}.{}.AAAA", "A".repeat(1024 * 1024)),
        format!("{header}.{}.AAAA", deep("[")),
        format!("{header}.{}.AAAA", deep(r#"{"a":"#)),
        format!("{}.e30.AAAA", deep("[")),
        format!("{header}.{many}.AAAA"),
        "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00iLCJ6aXAiOiJERUYifQ.AAAA.AAAA.AAAA.AAAA".to_owned(),
    ];
    for token in tokens {
        let code = verifier.verify(&token).await.unwrap_err().code();
        assert!(["AUTH-TOKEN-TOO-LARGE", "AUTH-TOKEN-MALFORMED"].contains(&code), "{code}");
    }
}

#[tokio::test]
async fn times_that_are_no_times_are_refused() {
    let scene = Scene::new().await;
    for (claim, value) in [
        ("exp", json!("1795521600")),
        ("exp", json!(null)),
        ("exp", json!([1])),
        ("exp", json!(-1)),
        ("iat", json!("now")),
        ("nbf", json!({})),
    ] {
        let mut claims = scene.claims();
        claims[claim] = value.clone();
        let code = scene.refusal(&scene.issuer.sign(&claims).unwrap()).await.code();
        assert!(["AUTH-TOKEN-MALFORMED", "AUTH-TOKEN-CLAIM"].contains(&code), "{claim} {value}: {code}");
    }
}

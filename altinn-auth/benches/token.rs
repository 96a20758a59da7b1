//! What a token costs beyond its signature.
//!
//! `cargo bench -p altinn-auth --all-features --bench token -- ROUNDS` verifies tokens of Maskinporten to the finished
//! `Actor`, and those of a login too, where the register answers from memory; beside each, bare ring verifies the same
//! bytes with the same key: once where the key sees the tokens for the first time, once where it has seen them before. It
//! signs grants and ring signs the same bytes, and counts what a rotation of keys causes when 1,000 tokens come at once. Figures and what they rest on: `BENCHMARKS.md`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark fails by panicking and prints its figures"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use altinn_auth::maskinporten::TokenRequest;
use altinn_auth::register::{PartyRegister, RegisterError};
use altinn_auth::token::{
    CachedKeys, IssuerProfile, KeySetFetch, KeySourceError, SignatureAlgorithm, StaticKeys, TokenSigner,
    TokenVerifier,
};
use altinn_core::key::{PrivateKey, SigningKey};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Party, PartyId, PartyIdentifier, SyntheticNumbers, SystemClock};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use futures_util::FutureExt;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
    UnparsedPublicKey,
};
use serde_json::{Value, json};
use uuid::Uuid;

const ISSUER: &str = "https://maskinporten.no/";
const AUDIENCE: &str = "https://api.example.no";
const RSA_KEY: &str = include_str!("../src/testing/rsa_test_key.pem");

/// How many tokens are verified or signed between two looks at the clock.
const AT_ONCE: usize = 200;

fn main() {
    let rounds = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(15);
    for signer in [rsa(), TokenSigner::generate().unwrap(), ed25519()] {
        let name = signer.algorithm().name();
        verification(&format!("{name}, Maskinporten"), &signer, &maskinporten_claims(), rounds);
        verification(&format!("{name}, ID-porten"), &signer, &id_porten_claims(), rounds);
    }
    grant(rounds);
    rotation();
}

fn rsa() -> TokenSigner {
    TokenSigner::new(PrivateKey::from_pem(RSA_KEY).unwrap(), "rsa")
}

fn ed25519() -> TokenSigner {
    let key = SigningKey::generate().unwrap();
    TokenSigner::new(PrivateKey::from_pkcs8(key.expose_pkcs8()).unwrap(), "ed")
}

/// The claims of a token as Maskinporten gives them.
fn maskinporten_claims() -> Value {
    let number = SyntheticPeople::from_seed(9).organization_number();
    let consumer = json!({"authority": "iso6523-actorid-upis", "ID": format!("0192:{number}")});
    json!({
        "aud": AUDIENCE, "iss": ISSUER, "scope": "altinn:instances.read altinn:instances.write",
        "client_amr": "private_key_jwt", "token_type": "Bearer", "client_id": "0c9d0b1e-6c9f-4b60-9b6b-0d7b6a1f9d5a",
        "iat": Utc::now().timestamp(), "exp": Utc::now().timestamp() + 3_600, "consumer": consumer,
        "jti": "RkXvzzvnjYGTQbCbRrJpKVGVVzFcTzS7zzgNpCyk1Vw",
    })
}

/// The claims of a login as ID-porten gives them.
fn id_porten_claims() -> Value {
    let kari = kari();
    let PartyIdentifier::Person(number) = &kari.identifier else { unreachable!() };
    json!({
        "sub": "SNJXqjXcrFnXoiEJDqlWwbMmdHYTgnxoTVUSvsyUVyM", "amr": ["BankID"], "iss": ISSUER, "pid": number.expose(),
        "locale": "nb", "nonce": "min_fine_nonce_verdi", "sid": "H8fqLnZ2Hx7oVvqrNaxDI1nqCHuG3YkcLn4x8AzI3WY",
        "aud": AUDIENCE, "acr": "idporten-loa-high", "auth_time": Utc::now().timestamp(),
        "exp": Utc::now().timestamp() + 3_600, "iat": Utc::now().timestamp(), "jti": "Of1nYMjeLFRlMs94sTTdi3JDnFc",
    })
}

fn kari() -> Party {
    SyntheticPeople::from_seed(1).person()
}

/// A register that answers from memory: what a store costs is another question.
#[derive(Debug)]
struct InMemory(Party);

#[async_trait]
impl PartyRegister for InMemory {
    async fn party(&self, _: PartyId) -> Result<Option<Party>, RegisterError> {
        Ok(Some(self.0.clone()))
    }

    async fn party_by_uuid(&self, _: Uuid) -> Result<Option<Party>, RegisterError> {
        Ok(Some(self.0.clone()))
    }

    async fn party_by_identifier(&self, _: &PartyIdentifier) -> Result<Option<Party>, RegisterError> {
        Ok(Some(self.0.clone()))
    }
}

fn verification(name: &str, signer: &TokenSigner, claims: &Value, rounds: usize) {
    let jwks = json!({"keys": [signer.public_jwk()]}).to_string();
    // Its key has seen no token.
    let verifier = || {
        let keys = StaticKeys::from_jwks(&jwks).unwrap();
        let profile =
            if claims.get("pid").is_some() { IssuerProfile::id_porten } else { IssuerProfile::maskinporten };
        let profile = profile(ISSUER, AUDIENCE, Arc::new(keys)).allowing([signer.algorithm()]);
        TokenVerifier::new(Arc::new(SystemClock), Arc::new(InMemory(kari())))
            .trusting(profile)
            .with_synthetic_numbers(SyntheticNumbers::Accepted)
    };
    let tokens: Vec<Token> = (0..AT_ONCE).map(|number| Token::signed(signer, claims, number)).collect();
    let bare = bare_verifier(signer);
    let verify = |verifier: &TokenVerifier, number: usize| {
        let token = black_box(tokens[number].text.as_str());
        drop(black_box(verifier.verify(token).now_or_never().unwrap().unwrap()));
    };
    let by_ring = |number: usize| {
        let Token { text, message, signature } = &tokens[number];
        assert!(bare(black_box(&text.as_bytes()[..*message]), black_box(signature)));
    };
    ratio(&format!("verify {name}"), rounds, verifier, verify, by_ring);
    let known = verifier();
    ratio(&format!("verify {name}, again"), rounds, || known.clone(), verify, by_ring);
}

/// A token like no other.
struct Token {
    text: String,
    /// How much of it was signed.
    message: usize,
    signature: Vec<u8>,
}

impl Token {
    fn signed(signer: &TokenSigner, claims: &Value, number: usize) -> Self {
        let mut claims = claims.clone();
        claims["jti"] = format!("{number:043}").into();
        let text = signer.sign(&claims).unwrap();
        let message = text.rfind('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(&text[message + 1..]).unwrap();
        Self { text, message, signature }
    }
}

/// Whether a signature of a message is right.
type BareVerifier = Box<dyn Fn(&[u8], &[u8]) -> bool>;

/// Verification by ring alone, with the public half of a signer's key.
fn bare_verifier(signer: &TokenSigner) -> BareVerifier {
    let jwk = signer.public_jwk();
    let member = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    match signer.algorithm() {
        SignatureAlgorithm::Rs256 => {
            let key = PublicKeyComponents { n: member("n"), e: member("e") };
            Box::new(move |message, signature| {
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            })
        }
        SignatureAlgorithm::Es256 => {
            let key = UnparsedPublicKey::new(
                &ECDSA_P256_SHA256_FIXED,
                [vec![4], member("x"), member("y")].concat(),
            );
            Box::new(move |message, signature| key.verify(message, signature).is_ok())
        }
        _ => {
            let key = UnparsedPublicKey::new(&ED25519, member("x"));
            Box::new(move |message, signature| key.verify(message, signature).is_ok())
        }
    }
}

fn grant(rounds: usize) {
    let signer = rsa();
    let request =
        TokenRequest::new(["altinn:instances.read", "altinn:instances.write"]).for_resource(AUDIENCE);
    let message = signer.sign(&request.grant("client", ISSUER, Utc::now())).unwrap();
    let message = message.rsplit_once('.').unwrap().0.to_owned();
    let der: String = RSA_KEY.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64::engine::general_purpose::STANDARD.decode(der).unwrap();
    let (pair, random) = (RsaKeyPair::from_pkcs8(&der).unwrap(), SystemRandom::new());
    let mut signature = vec![0; pair.public().modulus_len()];
    ratio(
        "sign a grant, RS256",
        rounds,
        || (),
        |&(), _| drop(black_box(signer.sign(&request.grant("client", ISSUER, Utc::now())).unwrap())),
        |_| pair.sign(&RSA_PKCS1_SHA256, &random, black_box(message.as_bytes()), &mut signature).unwrap(),
    );
}

/// Runs both sides by turns, ours each time with what is prepared for it beforehand, and prints the time of one and the
/// median, smallest and largest ratio of the rounds.
fn ratio<T>(
    name: &str,
    rounds: usize,
    prepare: impl Fn() -> T,
    ours: impl Fn(&T, usize),
    mut bare: impl FnMut(usize),
) {
    let mut measured: Vec<(f64, Duration)> = (0..=rounds)
        .map(|_| {
            let prepared = prepare();
            let began = Instant::now();
            (0..AT_ONCE).for_each(|number| ours(&prepared, number));
            let first = began.elapsed();
            let began = Instant::now();
            (0..AT_ONCE).for_each(&mut bare);
            let second = began.elapsed();
            (first.as_secs_f64() / second.as_secs_f64(), first)
        })
        // The first one warms.
        .skip(1)
        .collect();
    measured.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (median, took) = measured[measured.len() / 2];
    let each = took.as_secs_f64() * 1e6 / AT_ONCE as f64;
    let (smallest, largest) = (measured[0].0, measured[measured.len() - 1].0);
    println!("{name}: {each:.1} us, {median:.3} times ring alone ({smallest:.3} to {largest:.3})");
}

/// A key set that changes once, and counts how often it is asked for.
#[derive(Debug, Clone)]
struct Rotating(Arc<[String; 2]>, Arc<AtomicUsize>);

#[async_trait]
impl KeySetFetch for Rotating {
    async fn fetch(&self) -> Result<Vec<u8>, KeySourceError> {
        let asked = self.1.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(self.0[asked.min(1)].clone().into_bytes())
    }
}

fn rotation() {
    let (before, after) = (TokenSigner::generate().unwrap(), TokenSigner::generate().unwrap());
    let set = |signer: &TokenSigner| json!({"keys": [signer.public_jwk()]}).to_string();
    let published = Rotating(Arc::new([set(&before), set(&after)]), Arc::default());
    let keys = Arc::new(CachedKeys::new(published.clone(), Arc::new(SystemClock)));
    let profile = IssuerProfile::maskinporten(ISSUER, AUDIENCE, keys).allowing([SignatureAlgorithm::Es256]);
    let verifier = TokenVerifier::new(Arc::new(SystemClock), Arc::new(InMemory(kari())))
        .trusting(profile)
        .with_synthetic_numbers(SyntheticNumbers::Accepted);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        verifier.verify(&before.sign(&maskinporten_claims()).unwrap()).await.unwrap();
        let token = after.sign(&maskinporten_claims()).unwrap();
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..1_000 {
            let (verifier, token) = (verifier.clone(), token.clone());
            all.spawn(async move { verifier.verify(&token).await.unwrap() });
        }
        assert_eq!(all.join_all().await.len(), 1_000);
    });
    let fetches = published.1.load(Ordering::SeqCst) - 1;
    println!("1,000 verifications during a rotation: {fetches} fetch");
    assert_eq!(fetches, 1);
}

//! Tokens from Maskinporten: asked for once, kept, renewed in time.
#![cfg(feature = "http")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::sync::Arc;
use std::time::Duration;

use altinn_auth::maskinporten::{Maskinporten, MaskinportenError, TokenRequest};
use altinn_auth::testing::FakeMaskinporten;
use altinn_auth::token::{CachedKeys, IssuerProfile, StaticKeys, TokenSigner, TokenVerifier};
use altinn_core::http::{Destinations, HttpClient};
use altinn_core::key::{PrivateKey, SignatureAlgorithm, SigningKey};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Actor, OrganizationNumber, SteppableClock, Subject, SyntheticNumbers};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use world::World;

mod world;

struct Scene {
    world: World,
    clock: Arc<SteppableClock>,
    fake: FakeMaskinporten,
    vendor: OrganizationNumber,
    bakery: OrganizationNumber,
    client: Maskinporten,
}

const RESOURCE: &str = "https://api.example.no";

impl Scene {
    async fn new() -> Self {
        let clock = Arc::new(SteppableClock::at("2026-11-24T12:00:00Z".parse().unwrap()));
        let fake = FakeMaskinporten::start_at(clock.clone()).await.unwrap();
        let mut people = SyntheticPeople::from_seed(9);
        let (vendor, bakery) = (people.organization_number(), people.organization_number());
        let signer = TokenSigner::generate().unwrap();
        fake.register("payroll-client", vendor, &signer);
        let client = Maskinporten::builder("payroll-client", signer).clock(clock.clone());
        let client = client.connect(&fake.well_known_url()).await.unwrap();
        Self { world: World::new().await, clock, fake, vendor, bakery, client }
    }

    /// Who a service takes the holder of a token for.
    async fn actor(&self, request: TokenRequest) -> Result<Actor, MaskinportenError> {
        let token = self.client.token(&request.for_resource(RESOURCE)).await?;
        let http = HttpClient::builder(Destinations::configured()).build().unwrap();
        let keys = CachedKeys::over_http(http, format!("{}jwk", self.fake.issuer()), self.clock.clone());
        let profile = IssuerProfile::maskinporten(self.fake.issuer(), RESOURCE, Arc::new(keys));
        let verifier = TokenVerifier::new(self.clock.clone(), self.world.register.clone())
            .trusting(profile)
            .with_synthetic_numbers(SyntheticNumbers::Accepted);
        Ok(verifier.verify(token.expose()).await.unwrap())
    }
}

fn scope() -> TokenRequest {
    TokenRequest::new(["altinn:instances.read", "altinn:instances.write"])
}

#[tokio::test]
async fn a_service_takes_the_token_for_the_clients_organization() {
    let scene = Scene::new().await;
    let actor = scene.actor(scope()).await.unwrap();
    assert_eq!(actor.subject(), &Subject::Organization { number: scene.vendor, party: None });
    assert!(actor.has_scope("altinn:instances.write"));
}

#[tokio::test]
async fn on_behalf_of_another_only_what_that_one_has_delegated() {
    let scene = Scene::new().await;
    let refused = scene.actor(scope().on_behalf_of(scene.bakery)).await.unwrap_err();
    assert_eq!(refused, MaskinportenError::Refused { error: "access_denied".to_owned() });
    scene.fake.delegate(scene.bakery, scene.vendor);
    let actor = scene.actor(scope().on_behalf_of(scene.bakery)).await.unwrap();
    assert_eq!((actor.consumer(), actor.supplier()), (Some(scene.bakery), Some(scene.vendor)));
}

#[tokio::test]
async fn a_system_user_is_asked_for_by_its_owner() {
    let scene = Scene::new().await;
    let request = || scope().as_system_user(scene.bakery, "our-ref");
    assert!(scene.actor(request()).await.is_err());
    let id = scene.fake.add_system_user(scene.bakery, "payroll");
    let actor = scene.actor(request()).await.unwrap();
    let expected = Subject::SystemUser { id, owner: scene.bakery, system: "payroll".to_owned() };
    assert_eq!(actor.subject(), &expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_cause_one_request() {
    let scene = Scene::new().await;
    let mut all = JoinSet::new();
    for _ in 0..200 {
        let client = scene.client.clone();
        all.spawn(async move { client.token(&scope()).await.unwrap().expose().to_owned() });
    }
    let mut tokens = all.join_all().await;
    tokens.dedup();
    assert_eq!((tokens.len(), scene.fake.token_requests()), (1, 1));
    scene.client.token(&scope().for_resource("https://other")).await.unwrap();
    assert_eq!(scene.fake.token_requests(), 2, "another request has a token of its own");
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires() {
    let scene = Scene::new().await;
    let first = scene.client.token(&scope()).await.unwrap();
    scene.clock.step(Duration::from_secs(89));
    assert_eq!(scene.client.token(&scope()).await.unwrap().expose(), first.expose());
    scene.clock.step(Duration::from_secs(1));
    let second = scene.client.token(&scope()).await.unwrap();
    assert_ne!(second.expose(), first.expose());
    assert_eq!(scene.fake.token_requests(), 2);
}

#[tokio::test]
async fn while_maskinporten_refuses_the_token_that_still_counts_is_used_to_its_end() {
    let scene = Scene::new().await;
    let first = scene.client.token(&scope()).await.unwrap();
    scene.fake.refuse_all(true);
    scene.clock.step(Duration::from_secs(119));
    assert_eq!(scene.client.token(&scope()).await.unwrap().expose(), first.expose());
    scene.clock.step(Duration::from_secs(1));
    let refused = scene.client.token(&scope()).await.unwrap_err();
    assert_eq!(refused, MaskinportenError::Refused { error: "invalid_client".to_owned() });
    scene.fake.refuse_all(false);
    assert!(scene.client.token(&scope()).await.is_ok());
}

#[tokio::test]
async fn a_client_that_is_not_registered_or_has_another_key_is_refused() {
    let scene = Scene::new().await;
    for (id, signer) in
        [("payroll-client", TokenSigner::generate().unwrap()), ("another", TokenSigner::generate().unwrap())]
    {
        let client = Maskinporten::builder(id, signer).clock(scene.clock.clone());
        let client = client.connect(&scene.fake.well_known_url()).await.unwrap();
        let refused = client.token(&scope()).await.unwrap_err();
        assert_eq!(refused, MaskinportenError::Refused { error: "invalid_grant".to_owned() }, "{id}");
    }
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_refused() {
    let scene = Scene::new().await;
    let signer = TokenSigner::generate().unwrap();
    scene.fake.register("late", scene.vendor, &signer);
    let late = Arc::new(SteppableClock::at("2026-11-24T11:59:40Z".parse().unwrap()));
    let client = Maskinporten::builder("late", signer).clock(late);
    let client = client.connect(&scene.fake.well_known_url()).await.unwrap();
    assert!(client.token(&scope()).await.is_err());
}

const CHAIN: &str = include_str!("certificates/chain.pem");
const ROOT: &str = include_str!("certificates/root.pem");

fn rsa_key() -> PrivateKey {
    PrivateKey::from_pem(include_str!("../src/testing/rsa_test_key.pem")).unwrap()
}

#[test]
fn a_grant_by_an_enterprise_certificate_carries_its_chain_and_no_key_id() {
    let signer = TokenSigner::with_certificates(rsa_key(), CHAIN).unwrap();
    let grant = signer.by(SignatureAlgorithm::Rs512).unwrap().sign(&json!({"iss": "client"})).unwrap();
    let header = URL_SAFE_NO_PAD.decode(grant.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    let bodies = CHAIN.split("-----END CERTIFICATE-----").filter_map(|block| block.split_once("-----\n"));
    let x5c: Vec<_> = bodies.map(|(_, base64)| base64.replace('\n', "")).collect();
    assert_eq!(x5c.len(), 2);
    assert_eq!(header, json!({"alg": "RS512", "typ": "JWT", "x5c": x5c}));
}

#[tokio::test]
async fn a_client_with_a_certificate_gets_tokens() {
    let scene = Scene::new().await;
    let signer = || TokenSigner::with_certificates(rsa_key(), CHAIN).unwrap();
    scene.fake.register("by-certificate", scene.vendor, &signer());
    let client = Maskinporten::builder("by-certificate", signer()).clock(scene.clock.clone());
    let client = client.connect(&scene.fake.well_known_url()).await.unwrap();
    assert!(client.token(&scope()).await.is_ok());
}

#[test]
fn a_chain_that_is_not_the_keys_or_out_of_order_is_named_at_the_start() {
    let (own, issuer) = CHAIN.split_at(CHAIN.match_indices("-----BEGIN").nth(1).unwrap().0);
    let code = |key: PrivateKey, chain: &str| {
        TokenSigner::with_certificates(key, chain).map(|_| ()).unwrap_err().code()
    };
    let other = PrivateKey::from_pkcs8(SigningKey::generate().unwrap().expose_pkcs8()).unwrap();
    assert_eq!(code(other, CHAIN), "AUTH-CERTIFICATES-OTHER-KEY");
    assert_eq!(code(rsa_key(), &format!("{issuer}{own}")), "AUTH-CERTIFICATES-OTHER-KEY");
    assert_eq!(code(rsa_key(), &format!("{own}{ROOT}")), "AUTH-CERTIFICATES-ORDER");
    assert!(TokenSigner::with_certificates(rsa_key(), &format!("{own}{issuer}{ROOT}")).is_ok());
    let broken = own.replacen("MII", "MIJ", 1);
    for none in
        ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n", &broken]
    {
        assert_eq!(code(rsa_key(), none), "AUTH-CERTIFICATES-NONE", "{none}");
    }
}

#[test]
fn a_signer_of_a_jwk_keeps_its_id_and_algorithm() {
    let made = TokenSigner::generate().unwrap();
    assert!(TokenSigner::from_jwk(&made.public_jwk().to_string()).is_err(), "a public half signs nothing");
    for wrong in ["", "{}", "[]", r#"{"kty":"oct","k":"c2VjcmV0"}"#] {
        assert!(TokenSigner::from_jwk(wrong).is_err(), "{wrong}");
    }
    assert!(StaticKeys::from_jwks(json!({"keys": [made.public_jwk()]}).to_string()).is_ok());
    assert!(!format!("{made:?}").contains("d\""));
}

#[tokio::test]
async fn neither_a_token_nor_a_person_is_shown() {
    let scene = Scene::new().await;
    let person = SyntheticPeople::from_seed(4).national_identity_number();
    let request = scope().restricted_to(person.clone());
    let token = scene.client.token(&request).await.unwrap();
    let shown = format!("{request:?} {token:?} {:?}", scene.client);
    assert!(!shown.contains(token.expose()) && !shown.contains(person.expose()), "{shown}");
}

//! An issuer changes its keys, does not answer, or is asked by many at once.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use altinn_auth::testing::FakeIssuer;
use altinn_auth::token::{
    CachedKeys, IssuerProfile, KeySetFetch, KeySourceError, SignatureAlgorithm, TokenError, TokenVerifier,
};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{SteppableClock, SyntheticNumbers};
use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use world::World;

mod world;

/// An issuer's key set that a test changes; it counts how often it is asked.
#[derive(Debug, Clone, Default)]
struct Published(Arc<Mutex<Option<String>>>, Arc<AtomicUsize>);

impl Published {
    fn publish(&self, issuer: &FakeIssuer) {
        self.publish_set(issuer.jwks());
    }

    fn publish_set(&self, set: String) {
        *self.0.lock().unwrap() = Some(set);
    }

    fn go_down(&self) {
        *self.0.lock().unwrap() = None;
    }

    fn fetches(&self) -> usize {
        self.1.load(Ordering::SeqCst)
    }
}

fn token_of(issuer: &FakeIssuer) -> String {
    issuer.organization(SyntheticPeople::from_seed(9).organization_number(), "a:b").unwrap()
}

#[async_trait]
impl KeySetFetch for Published {
    async fn fetch(&self) -> Result<Vec<u8>, KeySourceError> {
        self.1.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(5)).await;
        let set = self.0.lock().unwrap().clone();
        set.map(String::into_bytes)
            .ok_or_else(|| KeySourceError::Unavailable { reason: "it is down".to_owned() })
    }
}

struct Scene {
    clock: Arc<SteppableClock>,
    published: Published,
    verifier: TokenVerifier,
}

impl Scene {
    async fn new() -> Self {
        let clock = Arc::new(SteppableClock::at("2026-11-24T12:00:00Z".parse().unwrap()));
        let published = Published::default();
        let keys = Arc::new(CachedKeys::new(published.clone(), clock.clone()));
        let profile = IssuerProfile::maskinporten("https://maskinporten.test/", FakeIssuer::AUDIENCE, keys)
            .allowing([SignatureAlgorithm::Es256]);
        let verifier = TokenVerifier::new(clock.clone(), World::new().await.register)
            .trusting(profile)
            .with_synthetic_numbers(SyntheticNumbers::Accepted);
        Self { clock, published, verifier }
    }

    /// The issuer with a new key, which it publishes alone.
    fn new_key(&self) -> FakeIssuer {
        let issuer = FakeIssuer::maskinporten(self.clock.clone()).unwrap();
        self.published.publish(&issuer);
        issuer
    }

    async fn verify(&self, issuer: &FakeIssuer) -> Result<(), TokenError> {
        self.verifier.verify(&token_of(issuer)).await.map(|_| ())
    }
}

#[tokio::test]
async fn a_new_key_counts_at_once_and_an_old_one_no_more() {
    let scene = Scene::new().await;
    let before = scene.new_key();
    scene.verify(&before).await.unwrap();
    scene.verify(&before).await.unwrap();
    assert_eq!(scene.published.fetches(), 1);
    let after = scene.new_key();
    scene.verify(&after).await.unwrap();
    assert_eq!(scene.published.fetches(), 2);
    assert_eq!(scene.verify(&before).await, Err(TokenError::UnknownKey));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_verifications_during_a_rotation_cause_one_fetch() {
    let scene = Scene::new().await;
    scene.verify(&scene.new_key()).await.unwrap();
    let issuer = scene.new_key();
    let token = token_of(&issuer);
    let mut all = JoinSet::new();
    for _ in 0..1_000 {
        let (verifier, token) = (scene.verifier.clone(), token.clone());
        all.spawn(async move { verifier.verify(&token).await.map(|_| ()) });
    }
    assert!(all.join_all().await.into_iter().all(|verified| verified.is_ok()));
    assert_eq!(scene.published.fetches(), 2);
}

#[tokio::test]
async fn tokens_with_made_up_keys_cannot_make_us_hammer_the_issuer() {
    let scene = Scene::new().await;
    scene.verify(&scene.new_key()).await.unwrap();
    let stranger = FakeIssuer::maskinporten(scene.clock.clone()).unwrap();
    for _ in 0..60 {
        for _ in 0..20 {
            assert_eq!(scene.verify(&stranger).await, Err(TokenError::UnknownKey));
        }
        scene.clock.step(Duration::from_secs(1));
    }
    assert!((2..=4).contains(&scene.published.fetches()), "{}", scene.published.fetches());
}

#[tokio::test]
async fn callers_that_give_up_do_not_begin_the_fetch_anew() {
    let scene = Scene::new().await;
    let issuer = scene.new_key();
    for _ in 0..50 {
        let _ = tokio::time::timeout(Duration::ZERO, scene.verify(&issuer)).await;
    }
    scene.verify(&issuer).await.unwrap();
    assert_eq!(scene.published.fetches(), 1);
}

#[tokio::test]
async fn an_issuer_that_is_down_is_asked_ever_more_seldom_and_its_keys_count_on_for_hours() {
    let scene = Scene::new().await;
    let issuer = scene.new_key();
    scene.verify(&issuer).await.unwrap();
    scene.published.go_down();
    scene.clock.step(Duration::from_secs(16 * 60));
    let before = scene.published.fetches();
    for _ in 0..600 {
        scene.verify(&issuer).await.unwrap();
        scene.clock.step(Duration::from_secs(1));
    }
    let asked = scene.published.fetches() - before;
    assert!((10..=20).contains(&asked), "asked {asked} times in ten minutes");
    scene.clock.step(Duration::from_secs(6 * 3600));
    assert_eq!(scene.verify(&issuer).await.unwrap_err().code(), "AUTH-KEYS-UNAVAILABLE");
    scene.published.publish(&issuer);
    scene.clock.step(Duration::from_secs(61));
    scene.verify(&issuer).await.unwrap();
}

#[tokio::test]
async fn a_key_that_the_issuer_withdrew_stops_counting_by_itself() {
    let scene = Scene::new().await;
    let withdrawn = scene.new_key();
    scene.verify(&withdrawn).await.unwrap();
    scene.new_key();
    scene.clock.step(Duration::from_secs(14 * 60));
    scene.verify(&withdrawn).await.unwrap();
    scene.clock.step(Duration::from_secs(60));
    assert_eq!(scene.verify(&withdrawn).await, Err(TokenError::UnknownKey));
}

#[tokio::test]
async fn a_token_that_was_let_in_counts_no_more_when_its_key_is_withdrawn_or_its_id_is_anothers() {
    for id_is_given_again in [false, true] {
        let scene = Scene::new().await;
        let before = scene.new_key();
        let token = token_of(&before);
        scene.verifier.verify(&token).await.unwrap();
        let after = scene.new_key();
        if id_is_given_again {
            let key = |set: String| serde_json::from_str::<Value>(&set).unwrap()["keys"][0].clone();
            let under_the_id = key(after.jwks().replace(&after.kid(), &before.kid()));
            scene.published.publish_set(json!({"keys": [key(after.jwks()), under_the_id]}).to_string());
        }
        scene.verify(&after).await.unwrap();
        let expected = if id_is_given_again { TokenError::Signature } else { TokenError::UnknownKey };
        assert_eq!(scene.verifier.verify(&token).await, Err(expected));
    }
}

#[tokio::test]
async fn what_is_no_key_set_changes_nothing() {
    let scene = Scene::new().await;
    let issuer = scene.new_key();
    scene.verify(&issuer).await.unwrap();
    for set in ["<html>Under maintenance</html>", r#"{"keys": []}"#, r#"{"keys": 7}"#, "{}", ""] {
        scene.published.publish_set(set.to_owned());
        scene.clock.step(Duration::from_secs(16 * 60));
        scene.verify(&issuer).await.unwrap();
    }
    assert_eq!(scene.published.fetches(), 6);
}

//! Hand-overs: taken once, in time, by the target that they are for, and by nobody else.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use altinn_auth::hand_over::{
    HandOver, HandOverError, HandOverIssuer, HandOverVerifier, MIGRATIONS, NewHandOver, StoredReplays,
};
use altinn_auth::issuing::{RotatingKeys, TokenIssuer};
use altinn_auth::register::{RegisterKey, StoredRegister};
use altinn_auth::token::{
    IssuerProfile, SignatureAlgorithm, StaticKeys, TokenError, TokenSigner, TokenVerifier,
};
use altinn_core::key::{PrivateKey, SecretKey, SigningKey};
use altinn_core::store::{Store, fresh};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Actor, AuthenticationLevel, Language, ServiceId, SteppableClock, Subject};
use chrono::TimeDelta;

const PORTAL: &str = "https://portal.example.no";
const TARGET: &str = "https://target.example.no";

/// The agency's key.
static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().unwrap());

struct Scene {
    store: Store,
    clock: Arc<SteppableClock>,
    issuer: HandOverIssuer,
    kari: Actor,
    service: ServiceId,
}

impl Scene {
    async fn all() -> Vec<Self> {
        let mut scenes = Vec::new();
        for (_, store) in fresh::all().await.unwrap() {
            store.migrate(&[MIGRATIONS]).await.unwrap();
            let clock = Arc::new(SteppableClock::at("2026-12-01T08:00:00Z".parse().unwrap()));
            let keys = RotatingKeys::new(signer());
            let issuer = HandOverIssuer::new(PORTAL, keys, &SecretKey::from_bytes([7; 32]), clock.clone());
            let kari = SyntheticPeople::from_seed(1).person();
            let kari = Subject::Person { party: kari.id, uuid: kari.uuid, number: None };
            let kari = Actor::new(kari, AuthenticationLevel::VerySensitive);
            scenes.push(Self { store, clock, issuer, kari, service: "ttd/tax-card".parse().unwrap() });
        }
        scenes
    }

    fn hand_over(&self, audience: &str) -> HandOver {
        self.issuer
            .hand_over(&NewHandOver::new(&self.kari, &self.service, audience).in_language(Language::Nn))
    }

    fn token(&self) -> String {
        self.issuer.sign(&self.hand_over(TARGET)).unwrap()
    }

    fn target(&self, issuer: &str, audience: &str) -> HandOverVerifier {
        let keys = Arc::new(StaticKeys::from_jwks(self.issuer.jwks().to_string()).unwrap());
        let replays = Arc::new(StoredReplays::new(self.store.clone(), self.clock.clone()));
        HandOverVerifier::new(issuer, audience, keys, replays, self.clock.clone())
    }

    async fn verify(&self, token: &str) -> Result<HandOver, HandOverError> {
        self.target(PORTAL, TARGET).verify(token).await
    }
}

fn signer() -> TokenSigner {
    TokenSigner::new(PrivateKey::from_pkcs8(KEY.expose_pkcs8()).unwrap(), "1")
}

#[tokio::test]
async fn a_target_learns_who_comes_and_takes_it_once() {
    for scene in Scene::all().await {
        let made = scene.hand_over(TARGET);
        let token = scene.issuer.sign(&made).unwrap();
        let taken = scene.verify(&token).await.unwrap();
        assert_eq!(taken, made);
        assert_eq!((taken.language, taken.level), (Language::Nn, AuthenticationLevel::VerySensitive));
        assert_eq!(taken.subject, taken.party, "she acts for herself");
        assert_eq!(scene.verify(&token).await, Err(HandOverError::UsedAlready));
        scene.clock.step(Duration::from_secs(71));
        assert_eq!(scene.verify(&token).await, Err(TokenError::Expired.into()));
    }
}

#[tokio::test]
async fn of_many_who_come_with_the_same_one_one_is_let_in() {
    for scene in Scene::all().await {
        let (token, target) = (scene.token(), scene.target(PORTAL, TARGET));
        let coming = (0..32).map(|_| {
            let (target, token) = (target.clone(), token.clone());
            tokio::spawn(async move { target.verify(&token).await })
        });
        let mut let_in = 0;
        for came in coming.collect::<Vec<_>>() {
            match came.await.unwrap() {
                Ok(_) => let_in += 1,
                Err(error) => assert_eq!(error, HandOverError::UsedAlready),
            }
        }
        assert_eq!(let_in, 1);
    }
}

#[tokio::test]
async fn what_is_for_others_by_others_or_altered_is_refused_and_stays_unused() {
    for scene in Scene::all().await {
        let token = scene.token();
        let elsewhere = scene.target(PORTAL, "https://target.example.no/").verify(&token).await;
        assert_eq!(elsewhere, Err(TokenError::Audience.into()));
        let of_another = scene.target("https://portal.example.com", TARGET).verify(&token).await;
        assert_eq!(of_another, Err(TokenError::Issuer.into()));
        for at in 0..token.len() {
            let mut altered = token.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            // The last character of a part has bits that say nothing; an altered one is not base64url then.
            assert!(scene.verify(&altered).await.is_err(), "{at}");
        }
        assert!(scene.verify(&token).await.is_ok());
    }
}

#[tokio::test]
async fn it_lasts_a_minute_and_clocks_may_differ_by_ten_seconds() {
    for scene in Scene::all().await {
        let (late, too_late) = (scene.token(), scene.token());
        scene.clock.step(Duration::from_secs(69));
        assert!(scene.verify(&late).await.is_ok());
        scene.clock.step(Duration::from_secs(1));
        assert_eq!(scene.verify(&too_late).await, Err(TokenError::Expired.into()));

        let mut lasting = scene.hand_over(TARGET);
        lasting.expires_at += TimeDelta::seconds(1);
        let token = scene.issuer.sign(&lasting).unwrap();
        assert_eq!(scene.verify(&token).await, Err(TokenError::Claim { claim: "exp" }.into()));
        let mut early = scene.hand_over(TARGET);
        early.issued_at += TimeDelta::seconds(11);
        let token = scene.issuer.sign(&early).unwrap();
        assert_eq!(scene.verify(&token).await, Err(TokenError::NotYetValid.into()));
    }
}

#[tokio::test]
async fn no_other_token_of_the_same_keys_passes_for_one_nor_one_for_another() {
    for scene in Scene::all().await {
        let others = TokenIssuer::new(PORTAL, RotatingKeys::new(signer()), scene.clock.clone());
        let token = others.issue(&scene.kari).unwrap();
        assert_eq!(scene.verify(&token).await, Err(TokenError::Header { parameter: "typ" }.into()));

        let keys = Arc::new(StaticKeys::from_jwks(others.jwks().to_string()).unwrap());
        let register = StoredRegister::new(scene.store.clone(), RegisterKey::from_bytes(&[7; 32]));
        let verifier = TokenVerifier::new(scene.clock.clone(), Arc::new(register))
            .trusting(IssuerProfile::altinn(PORTAL, keys).allowing([SignatureAlgorithm::EdDsa]));
        assert!(verifier.authenticate(&token).await.is_ok());
        let refused = verifier.authenticate(&scene.token()).await.unwrap_err();
        assert_eq!(refused, TokenError::Header { parameter: "typ" });
    }
}

#[tokio::test]
async fn people_have_another_name_at_every_target_and_the_same_one_each_time() {
    let scene = Scene::all().await.remove(0);
    let (first, again) = (scene.hand_over(TARGET), scene.hand_over(TARGET));
    let other = scene.hand_over("https://another.example.no");
    assert_eq!(first.subject, again.subject);
    assert_ne!(first.subject, other.subject);
    assert_ne!(first.id, again.id);
    let bakery = SyntheticPeople::from_seed(2).organization();
    let to = NewHandOver::new(&scene.kari, &scene.service, TARGET).on_behalf_of(bakery.uuid);
    let for_others = scene.issuer.hand_over(&to);
    assert_eq!(for_others.subject, first.subject);
    assert_ne!(for_others.party, first.party);
}

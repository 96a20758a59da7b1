//! Tokens of our own: what they say, how they are read back, how their keys take turns.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::sync::Arc;
use std::time::Duration;

use altinn_auth::issuing::{RotatingKeys, TokenIssuer};
use altinn_auth::testing::FakeIssuer;
#[cfg(feature = "login")]
use altinn_auth::testing::Loopback;
#[cfg(feature = "login")]
use altinn_auth::token::IssuerMetadata;
use altinn_auth::token::{
    IssuerProfile, SignatureAlgorithm, StaticKeys, TokenError, TokenSigner, TokenVerifier,
};
#[cfg(feature = "login")]
use altinn_core::http::{Destinations, HttpClient, HttpRequest, header};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Actor, AuthenticationLevel, Clock, SteppableClock, Subject, SyntheticNumbers};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde_json::Value;
use uuid::Uuid;
use world::World;

mod world;

const NAME: &str = "https://altinn.example.no";

struct Scene {
    world: World,
    clock: Arc<SteppableClock>,
    id_porten: FakeIssuer,
    maskinporten: FakeIssuer,
    issuer: TokenIssuer,
}

impl Scene {
    async fn new() -> Self {
        let clock = Arc::new(SteppableClock::at("2026-11-24T12:00:00Z".parse().unwrap()));
        let keys = RotatingKeys::new(TokenSigner::generate().unwrap());
        Self {
            world: World::new().await,
            id_porten: FakeIssuer::id_porten(clock.clone()).unwrap(),
            maskinporten: FakeIssuer::maskinporten(clock.clone()).unwrap(),
            issuer: TokenIssuer::new(NAME, keys, clock.clone()),
            clock,
        }
    }

    fn verifier(&self, profiles: impl IntoIterator<Item = IssuerProfile>) -> TokenVerifier {
        let verifier = TokenVerifier::new(self.clock.clone(), self.world.register.clone())
            .with_synthetic_numbers(SyntheticNumbers::Accepted);
        profiles.into_iter().fold(verifier, TokenVerifier::trusting)
    }

    /// Those whose tokens are exchanged.
    fn national(&self) -> TokenVerifier {
        self.verifier([self.id_porten.profile().unwrap(), self.maskinporten.profile().unwrap()])
    }

    /// Verifies our tokens by what is published now.
    fn own(&self) -> TokenVerifier {
        let keys = StaticKeys::from_jwks(self.issuer.jwks().to_string()).unwrap();
        self.verifier([IssuerProfile::altinn(NAME, Arc::new(keys)).allowing([SignatureAlgorithm::Es256])])
    }
}

fn claims(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

#[tokio::test]
async fn a_login_is_exchanged_for_a_token_of_the_same_person_level_and_method() {
    let scene = Scene::new().await;
    let login = scene.id_porten.log_in(&scene.world.kari).unwrap();
    let token = scene.issuer.exchange(&scene.national(), &login).await.unwrap();
    let (before, after) =
        (scene.national().verify(&login).await.unwrap(), scene.own().verify(&token).await.unwrap());
    assert_eq!(after, before);
    let claims = claims(&token);
    assert_eq!(claims["urn:altinn:partyid"], serde_json::json!(scene.world.kari.id));
    assert_eq!(claims["urn:altinn:authlevel"], "4");
    for left in ["aud", "client_amr", "sid", "pid", "nonce", "acr"] {
        assert!(claims.get(left).is_none(), "{left}");
    }
}

#[tokio::test]
async fn systems_are_exchanged_as_altinn_does() {
    let scene = Scene::new().await;
    let mut people = SyntheticPeople::from_seed(9);
    let (number, owner) = (people.organization_number(), people.organization_number());
    let national =
        scene.verifier([scene.maskinporten.profile().unwrap().recognizing_service_owner(number, "ttd")]);
    let plain = scene.maskinporten.organization(number, "altinn:instances.read").unwrap();
    let token = scene.issuer.exchange(&national, &plain).await.unwrap();
    let told = claims(&token);
    assert_eq!(told["urn:altinn:authenticatemethod"], "maskinporten");
    assert_eq!((told["urn:altinn:authlevel"].as_str(), told.get("urn:altinn:org")), (Some("3"), None));
    assert_eq!(told["urn:altinn:orgNumber"], number.to_string());
    assert_eq!(scene.own().verify(&token).await.unwrap(), national.verify(&plain).await.unwrap());

    let agency = scene.maskinporten.organization(number, "altinn:serviceowner/instances.read").unwrap();
    let token = scene.issuer.exchange(&national, &agency).await.unwrap();
    assert_eq!(claims(&token)["urn:altinn:org"], "ttd");

    let system = scene.maskinporten.system_user(number, owner, Uuid::from_u128(5), "payroll").unwrap();
    let token = scene.issuer.exchange(&national, &system).await.unwrap();
    assert_eq!(scene.own().verify(&token).await.unwrap(), national.verify(&system).await.unwrap());
}

#[tokio::test]
async fn what_is_not_in_order_is_not_exchanged() {
    let scene = Scene::new().await;
    let login = scene.id_porten.log_in(&scene.world.kari).unwrap();
    scene.clock.step(Duration::from_secs(611));
    let refused = scene.issuer.exchange(&scene.national(), &login).await.unwrap_err();
    assert_eq!(refused.code(), "AUTH-TOKEN-EXPIRED");
    let own = scene.issuer.issue(&agency()).unwrap();
    let refused = scene.issuer.exchange(&scene.national(), &own).await.unwrap_err();
    assert_eq!(refused.code(), "AUTH-TOKEN-ISSUER", "a token is not exchanged again and again");
}

fn agency() -> Actor {
    let subject = Subject::ServiceOwner { org: "ttd".to_owned(), number: None };
    Actor::new(subject, AuthenticationLevel::Sensitive)
}

#[tokio::test]
async fn those_whom_somebody_represents_go_along() {
    let scene = Scene::new().await;
    let number = SyntheticPeople::from_seed(9).organization_number();
    let kari = world::person(&scene.world.kari).representing([number]);
    let read = scene.own().verify(&scene.issuer.issue(&kari).unwrap()).await.unwrap();
    assert_eq!(read.represents(), [number]);
}

#[tokio::test]
async fn a_token_lasts_no_longer_than_it_may() {
    let scene = Scene::new().await;
    let token = scene.issuer.issue(&agency()).unwrap();
    scene.clock.step(Duration::from_secs(600 + 9));
    assert!(scene.own().verify(&token).await.is_ok());
    scene.clock.step(Duration::from_secs(1));
    assert_eq!(scene.own().verify(&token).await, Err(TokenError::Expired));
    let keys = RotatingKeys::new(TokenSigner::generate().unwrap());
    let issuer = TokenIssuer::new(NAME, keys, scene.clock.clone()).with_lifetime(TimeDelta::days(1));
    let claims = claims(&issuer.issue(&agency()).unwrap());
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 1_800);
}

#[tokio::test]
async fn keys_take_turns_and_every_token_is_verified_to_its_end() {
    let scene = Scene::new().await;
    let kids = || -> Vec<String> {
        let set = scene.issuer.jwks();
        set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    };
    let next = TokenSigner::generate().unwrap();
    let (old_kid, new_kid) = (kids()[0].clone(), next.kid().to_owned());
    scene.issuer.keys().add(next, scene.clock.now() + TimeDelta::hours(1));
    assert_eq!(kids(), [old_kid.clone(), new_kid.clone()], "the next key is known before it signs");
    scene.clock.step(Duration::from_secs(3_599));
    let last_of_old = scene.issuer.issue(&agency()).unwrap();
    scene.clock.step(Duration::from_secs(1));
    let first_of_new = scene.issuer.issue(&agency()).unwrap();
    let header = |token: &str| URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    assert!(String::from_utf8(header(&last_of_old)).unwrap().contains(&old_kid));
    assert!(String::from_utf8(header(&first_of_new)).unwrap().contains(&new_kid));
    scene.clock.step(Duration::from_secs(598));
    assert!(scene.own().verify(&last_of_old).await.is_ok());
    assert!(scene.own().verify(&first_of_new).await.is_ok());
    scene.clock.step(Duration::from_secs(12));
    assert_eq!(kids(), [new_kid], "a key whose tokens are over is no longer published");
}

#[tokio::test]
async fn no_private_half_is_published() {
    let scene = Scene::new().await;
    let set = scene.issuer.jwks();
    let members: Vec<_> = set["keys"][0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    assert_eq!(scene.issuer.metadata()["issuer"], NAME);
    assert_eq!(scene.issuer.metadata()["jwks_uri"], format!("{NAME}/.well-known/jwks.json"));
}

#[cfg(feature = "login")]
#[tokio::test]
async fn over_http_others_find_its_keys_and_exchange_their_tokens() {
    let scene = Scene::new().await;
    let port = Loopback::port().await.unwrap();
    let keys = RotatingKeys::new(TokenSigner::generate().unwrap());
    let issuer = Arc::new(TokenIssuer::new(port.url(), keys, scene.clock.clone()));
    let people = scene.verifier([scene.id_porten.profile().unwrap()]);
    let systems = scene.verifier([scene.maskinporten.profile().unwrap()]);
    let server = port.serve(issuer.router([("id-porten", people), ("maskinporten", systems)]));

    let http = HttpClient::builder(Destinations::configured()).build().unwrap();
    let well_known = server.at("/.well-known/openid-configuration");
    let metadata = IssuerMetadata::discover(&http, &well_known).await.unwrap();
    let keys = Arc::new(metadata.keys(http.clone(), scene.clock.clone()));
    let own =
        scene.verifier([IssuerProfile::altinn(&metadata.issuer, keys).allowing([SignatureAlgorithm::Es256])]);
    let exchange = async |provider: &str, token: &str| {
        let request = HttpRequest::get(&format!("{}/{provider}", metadata.token_endpoint)).unwrap();
        let request = if token.is_empty() { request } else { request.bearer(token).unwrap() };
        http.send(request).await.unwrap()
    };
    let login = scene.id_porten.log_in(&scene.world.kari).unwrap();
    let number = SyntheticPeople::from_seed(9).organization_number();
    let system = scene.maskinporten.organization(number, "altinn:instances.read").unwrap();
    for (provider, token) in [("id-porten", &login), ("maskinporten", &system)] {
        let answer = exchange(provider, token).await;
        assert_eq!(answer.header(&header::CACHE_CONTROL), Some("no-store"));
        let exchanged = String::from_utf8(answer.body().to_vec()).unwrap();
        let expected = scene.national().verify(token).await.unwrap();
        assert_eq!(own.verify(&exchanged).await.unwrap(), expected, "{provider}");
    }
    for (provider, token, status) in [
        ("id-porten", &system, 401),
        ("maskinporten", &login, 401),
        ("id-porten", &String::new(), 401),
        ("id-porten", &format!("{login}A"), 401),
        ("facebook", &login, 404),
    ] {
        assert_eq!(exchange(provider, token).await.status(), status, "{provider}");
    }
}

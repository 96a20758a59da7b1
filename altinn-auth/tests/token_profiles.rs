//! What the tokens of each issuer mean.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;

use altinn_auth::testing::FakeIssuer;
use altinn_auth::token::{
    IssuerProfile, SignatureAlgorithm, StaticKeys, TokenError, TokenSubject, TokenVerifier,
};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Actor, AuthenticationLevel, AuthenticationMethod, SteppableClock, SyntheticNumbers};
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

    fn verifier(
        &self,
        profile: fn(String, String, Arc<dyn altinn_auth::token::KeySource>) -> IssuerProfile,
    ) -> TokenVerifier {
        let keys = Arc::new(StaticKeys::from_jwks(self.issuer.jwks()).unwrap());
        let profile = profile(self.issuer.issuer().to_owned(), FakeIssuer::AUDIENCE.to_owned(), keys);
        TokenVerifier::new(self.clock.clone(), self.world.register.clone())
            .trusting(profile.allowing([SignatureAlgorithm::Es256]))
            .with_synthetic_numbers(SyntheticNumbers::Accepted)
    }

    fn token(&self, own: Value) -> String {
        let mut claims = self.issuer.common_claims();
        claims.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        self.issuer.sign(&claims).unwrap()
    }

    fn pid(&self) -> Value {
        let altinn_core::PartyIdentifier::Person(number) = &self.world.kari.identifier else {
            unreachable!()
        };
        json!(number.expose())
    }

    async fn by_ansattporten(&self, own: Value) -> Result<Actor, TokenError> {
        self.verifier(IssuerProfile::ansattporten).verify(&self.token(own)).await
    }

    async fn by_maskinporten(&self, own: Value) -> Result<Actor, TokenError> {
        self.verifier(IssuerProfile::maskinporten).verify(&self.token(own)).await
    }
}

fn identifier(id: &str) -> Value {
    json!({"authority": "iso6523-actorid-upis", "ID": id})
}

#[tokio::test]
async fn ansattporten_tells_whom_a_person_chose_to_represent_in_both_of_its_forms() {
    let scene = Scene::new().await;
    let mut people = SyntheticPeople::from_seed(9);
    let (one, other) = (people.organization_number(), people.organization_number());
    let id = |number| format!("0192:{number}");
    let actor = scene
        .by_ansattporten(json!({
            "pid": scene.pid(), "acr": "high", "amr": ["BankID"],
            "authorization_details": [
                {"type": "ansattporten:altinn:service", "resource": "urn:altinn:resource:2480:40",
                 "reportees": [{"Rights": ["Read"], "Authority": "iso6523-actorid-upis", "ID": id(one), "Name": "A"}]},
                {"type": "ansattporten:altinn:service",
                 "authorized_parties": [{"orgno": identifier(&id(other)), "name": "B"}, {"orgno": identifier(&id(one))}]},
            ],
        }))
        .await
        .unwrap();
    assert_eq!(actor.represents(), [one, other]);
    assert_eq!(actor.level(), AuthenticationLevel::VerySensitive);
    assert_eq!(actor.method(), Some(AuthenticationMethod::BankId));
    assert_eq!(actor.party(), Some(scene.world.kari.id));
}

#[tokio::test]
async fn ansattporten_may_leave_out_whom_somebody_represents() {
    let scene = Scene::new().await;
    let actor = scene.by_ansattporten(json!({"pid": scene.pid(), "acr": "substantial"})).await.unwrap();
    assert_eq!((actor.represents(), actor.level()), (&[][..], AuthenticationLevel::Sensitive));
}

#[tokio::test]
async fn each_login_has_its_own_names_of_levels() {
    let scene = Scene::new().await;
    let of_id_porten = json!({"pid": scene.pid(), "acr": "idporten-loa-high"});
    assert_eq!(scene.by_ansattporten(of_id_porten).await, Err(TokenError::Level));
    let of_ansattporten = scene.token(json!({"pid": scene.pid(), "acr": "high"}));
    let id_porten = scene.verifier(IssuerProfile::id_porten);
    assert_eq!(id_porten.verify(&of_ansattporten).await, Err(TokenError::Level));
}

#[tokio::test]
async fn maskinporten_tells_the_consumer_the_supplier_and_the_scopes() {
    let scene = Scene::new().await;
    let mut people = SyntheticPeople::from_seed(9);
    let (consumer, supplier) = (people.organization_number(), people.organization_number());
    let actor = scene
        .by_maskinporten(json!({
            "consumer": identifier(&format!("0192:{consumer}")), "supplier": identifier(&format!("0192:{supplier}")),
            "scope": "altinn:broker.read altinn:broker.write", "delegation_source": "https://altinn.no/",
        }))
        .await
        .unwrap();
    assert_eq!((actor.consumer(), actor.supplier()), (Some(consumer), Some(supplier)));
    assert_eq!(actor.scopes(), ["altinn:broker.read", "altinn:broker.write"]);
    assert_eq!(actor.method(), Some(AuthenticationMethod::Maskinporten));
}

#[tokio::test]
async fn an_organization_is_known_by_the_norwegian_register_alone() {
    let scene = Scene::new().await;
    let number = SyntheticPeople::from_seed(9).organization_number();
    for id in [format!("0192:{number}"), format!("0192:{number}:part"), format!("0192:{number}:a:b")] {
        let actor = scene.by_maskinporten(json!({"consumer": identifier(&id)})).await.unwrap();
        assert_eq!(actor.consumer(), Some(number), "{id}");
    }
    let invalid = Err(TokenError::Claim { claim: "consumer" });
    for id in [
        format!("0193:{number}"),
        format!("{number}"),
        format!("192:{number}"),
        format!(":0192:{number}"),
        format!("0192:{number}:a:b:c"),
        "0192:991825828".to_owned(),
        "0192:".to_owned(),
    ] {
        assert_eq!(scene.by_maskinporten(json!({"consumer": identifier(&id)})).await, invalid, "{id}");
    }
    let other = json!({"consumer": {"authority": "other", "ID": format!("0192:{number}")}});
    assert_eq!(scene.by_maskinporten(other).await, invalid);
}

#[tokio::test]
async fn a_token_restricted_to_a_person_is_no_login_of_that_person() {
    let scene = Scene::new().await;
    let number = SyntheticPeople::from_seed(9).organization_number();
    let consumer = identifier(&format!("0192:{number}"));
    let actor = scene.by_maskinporten(json!({"consumer": consumer, "pid": scene.pid()})).await.unwrap();
    assert_eq!((actor.party(), actor.consumer()), (None, Some(number)));
}

#[tokio::test]
async fn a_system_user_is_one_and_whole() {
    let scene = Scene::new().await;
    let number = SyntheticPeople::from_seed(9).organization_number();
    let consumer = identifier(&format!("0192:{number}"));
    let whole = json!({"type": "urn:altinn:systemuser", "systemuser_id": ["00000000-0000-0000-0000-000000000005"],
        "systemuser_org": consumer, "system_id": "payroll"});
    let without = |member: &str| {
        let mut detail = whole.clone();
        detail.as_object_mut().unwrap().remove(member);
        detail
    };
    let with_ids = |ids: Value| {
        let mut detail = whole.clone();
        detail["systemuser_id"] = ids;
        detail
    };
    for details in [
        json!([whole, whole]),
        json!([without("systemuser_id")]),
        json!([without("systemuser_org")]),
        json!([without("system_id")]),
        json!([with_ids(json!([]))]),
        json!([with_ids(json!(["no-uuid"]))]),
        json!([with_ids(json!([
            "00000000-0000-0000-0000-000000000005",
            "00000000-0000-0000-0000-000000000006"
        ]))]),
    ] {
        let answer =
            scene.by_maskinporten(json!({"consumer": consumer, "authorization_details": details})).await;
        assert_eq!(answer, Err(TokenError::Claim { claim: "authorization_details" }), "{details}");
    }
}

#[tokio::test]
async fn a_login_is_for_us_alone_and_a_systems_token_may_be_for_others_too() {
    let scene = Scene::new().await;
    let consumer = identifier(&format!("0192:{}", SyntheticPeople::from_seed(9).organization_number()));
    let several = json!([FakeIssuer::AUDIENCE, "https://other.test"]);
    let login = scene.token(json!({"aud": several, "pid": scene.pid(), "acr": "idporten-loa-high"}));
    let id_porten = scene.verifier(IssuerProfile::id_porten);
    assert_eq!(id_porten.verify(&login).await, Err(TokenError::Audience));
    assert!(scene.by_maskinporten(json!({"aud": several, "consumer": consumer})).await.is_ok());
    let others = json!({"aud": ["https://other.test", "https://service.test.evil"], "consumer": consumer});
    assert_eq!(scene.by_maskinporten(others).await, Err(TokenError::Audience));
}

#[tokio::test]
async fn a_person_without_a_number_can_be_told_and_is_no_party() {
    let scene = Scene::new().await;
    let verifier = scene.verifier(IssuerProfile::id_porten);
    let foreign = scene.token(json!({"acr": "idporten-loa-high", "amr": ["eIDAS"]}));
    let told = verifier.authenticate(&foreign).await.unwrap();
    assert!(*told.subject() == TokenSubject::Person(None));
    assert_eq!(verifier.verify(&foreign).await, Err(TokenError::Claim { claim: "pid" }));
}

#[tokio::test]
async fn what_a_token_says_is_not_shown() {
    let scene = Scene::new().await;
    let token =
        scene.token(json!({"pid": scene.pid(), "acr": "idporten-loa-high", "sub": "s", "sid": "secret"}));
    let told = scene.verifier(IssuerProfile::id_porten).authenticate(&token).await.unwrap();
    let shown = format!("{told:?} {:?}", told.subject());
    assert!(!shown.contains(scene.pid().as_str().unwrap()) && !shown.contains("secret"), "{shown}");
    assert_eq!(told.session(), Some("secret"));
}

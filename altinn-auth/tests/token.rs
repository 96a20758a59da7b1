//! Which tokens are let in, and which are not.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;
use std::time::Duration;

use altinn_auth::testing::FakeIssuer;
use altinn_auth::token::{
    IssuerProfile, MAX_TOKEN_BYTES, SignatureAlgorithm, StaticKeys, TokenError, TokenVerifier,
};
use altinn_core::store::Batch;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{AuthenticationLevel, Party, SteppableClock, Subject, SyntheticNumbers};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;
use world::World;

mod world;

struct Tokens {
    world: World,
    clock: Arc<SteppableClock>,
    id_porten: FakeIssuer,
    maskinporten: FakeIssuer,
    verifier: TokenVerifier,
}

impl Tokens {
    async fn new() -> Self {
        let world = World::new().await;
        let clock = Arc::new(SteppableClock::at("2026-11-24T12:00:00Z".parse().unwrap()));
        let id_porten = FakeIssuer::id_porten(clock.clone()).unwrap();
        let maskinporten = FakeIssuer::maskinporten(clock.clone()).unwrap();
        let verifier = TokenVerifier::new(clock.clone(), world.register.clone())
            .trusting(id_porten.profile().unwrap())
            .trusting(maskinporten.profile().unwrap())
            .with_synthetic_numbers(SyntheticNumbers::Accepted);
        Self { world, clock, id_porten, maskinporten, verifier }
    }

    async fn refusal(&self, token: &str) -> TokenError {
        self.verifier.verify(token).await.unwrap_err()
    }

    /// The claims of Kari's login, as they may be changed.
    fn claims(&self) -> Value {
        let token = self.id_porten.log_in(&self.world.kari).unwrap();
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        serde_json::from_slice(&claims).unwrap()
    }

    /// The refusal of Kari's login with one claim changed, or taken away.
    async fn refusal_with(&self, claim: &str, value: Value) -> TokenError {
        let mut claims = self.claims();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(claim);
        } else {
            claims.as_object_mut().unwrap().insert(claim.to_owned(), value);
        }
        self.refusal(&self.id_porten.sign(&claims).unwrap()).await
    }

    async fn refusal_with_header(&self, header: Value) -> TokenError {
        let token = self.id_porten.sign_with_header(&header, &self.claims()).unwrap();
        self.refusal(&token).await
    }
}

#[tokio::test]
async fn a_login_becomes_the_person_of_the_register_at_the_level_of_the_login() {
    let tokens = Tokens::new().await;
    let kari = &tokens.world.kari;
    for (acr, level) in [
        ("idporten-loa-low", AuthenticationLevel::SelfIdentified),
        ("idporten-loa-substantial", AuthenticationLevel::Sensitive),
        ("IDPORTEN-LOA-HIGH", AuthenticationLevel::VerySensitive),
        ("Level4", AuthenticationLevel::VerySensitive),
    ] {
        let token = tokens.id_porten.log_in_at(kari, acr).unwrap();
        let actor = tokens.verifier.verify(&token).await.unwrap();
        assert_eq!((actor.subject().party(), actor.level()), (Some(kari.id), level), "{acr}");
    }
}

#[tokio::test]
async fn an_organizations_system_is_the_organization_at_level_3_with_its_scopes() {
    let tokens = Tokens::new().await;
    let number = SyntheticPeople::from_seed(9).organization_number();
    let token = tokens.maskinporten.organization(number, "altinn:broker.write altinn:broker.read").unwrap();
    let actor = tokens.verifier.verify(&token).await.unwrap();
    assert_eq!(actor.subject(), &Subject::Organization { number, party: None });
    assert_eq!(actor.level(), AuthenticationLevel::Sensitive);
    assert!(actor.has_scope("altinn:broker.read"));
}

#[tokio::test]
async fn a_system_user_acts_for_its_owner_and_not_for_its_vendor() {
    let tokens = Tokens::new().await;
    let mut people = SyntheticPeople::from_seed(9);
    let (vendor, owner) = (people.organization_number(), people.organization_number());
    let id = Uuid::from_u128(5);
    let token = tokens.maskinporten.system_user(vendor, owner, id, "payroll").unwrap();
    let actor = tokens.verifier.verify(&token).await.unwrap();
    assert_eq!(actor.subject(), &Subject::SystemUser { id, owner, system: "payroll".to_owned() });
}

#[tokio::test]
async fn an_agency_is_the_service_owner_only_with_a_service_owners_scope() {
    let tokens = Tokens::new().await;
    let number = SyntheticPeople::from_seed(9).organization_number();
    let profile = tokens.maskinporten.profile().unwrap().recognizing_service_owner(number, "ttd");
    let verifier = TokenVerifier::new(tokens.clock.clone(), tokens.world.register.clone())
        .trusting(profile)
        .with_synthetic_numbers(SyntheticNumbers::Accepted);
    let subject = async |scope| {
        let token = tokens.maskinporten.organization(number, scope).unwrap();
        verifier.verify(&token).await.unwrap().subject().clone()
    };
    let owner = Subject::ServiceOwner { org: "ttd".to_owned(), number: Some(number) };
    assert_eq!(subject("altinn:serviceowner/instances.read").await, owner);
    let organization = Subject::Organization { number, party: None };
    assert_eq!(subject("altinn:serviceownership").await, organization);
}

#[tokio::test]
async fn a_token_that_altinn_has_exchanged_is_read_by_altinns_claims() {
    let tokens = Tokens::new().await;
    let keys = Arc::new(StaticKeys::from_jwks(tokens.id_porten.jwks()).unwrap());
    let profile =
        IssuerProfile::altinn("https://platform.altinn.test", keys).allowing([SignatureAlgorithm::Es256]);
    let verifier = TokenVerifier::new(tokens.clock.clone(), tokens.world.register.clone()).trusting(profile);
    let sign = |own: Value| {
        let mut claims = json!({"iss": "https://platform.altinn.test", "exp": 4_000_000_000_u64});
        claims.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        tokens.id_porten.sign(&claims).unwrap()
    };
    let kari = &tokens.world.kari;
    let token = sign(json!({
        "urn:altinn:partyid": kari.id, "urn:altinn:authlevel": "3", "urn:altinn:authenticatemethod": "BankID",
    }));
    let actor = verifier.verify(&token).await.unwrap();
    assert_eq!((actor.subject().party(), actor.level()), (Some(kari.id), AuthenticationLevel::Sensitive));
    let token = sign(json!({"urn:altinn:org": "ttd", "urn:altinn:authlevel": 3}));
    let actor = verifier.verify(&token).await.unwrap();
    assert_eq!(actor.subject(), &Subject::ServiceOwner { org: "ttd".to_owned(), number: None });
    let token = sign(json!({"urn:altinn:org": "ttd", "urn:altinn:authlevel": 7}));
    assert_eq!(verifier.verify(&token).await, Err(TokenError::Level));
}

#[tokio::test]
async fn no_spelling_of_none_is_an_algorithm() {
    let tokens = Tokens::new().await;
    for alg in ["none", "None", "NONE", "nOnE", "noNe", " none", "", "es256", "HS256"] {
        let header = json!({"alg": alg, "kid": tokens.id_porten.kid()});
        assert_eq!(tokens.refusal_with_header(header).await, TokenError::Algorithm, "{alg}");
    }
    let signed = tokens.id_porten.log_in(&tokens.world.kari).unwrap();
    let (message, _) = signed.rsplit_once('.').unwrap();
    assert_eq!(tokens.refusal(&format!("{message}.")).await, TokenError::Signature);
}

#[tokio::test]
async fn an_algorithm_that_the_issuer_does_not_use_is_refused() {
    let tokens = Tokens::new().await;
    for alg in ["RS256", "PS256", "ES384", "EdDSA"] {
        let header = json!({"alg": alg, "kid": tokens.id_porten.kid()});
        assert_eq!(tokens.refusal_with_header(header).await, TokenError::Algorithm, "{alg}");
    }
}

#[tokio::test]
async fn a_key_that_the_token_brings_or_points_to_is_never_used() {
    let tokens = Tokens::new().await;
    for parameter in ["jwk", "jku", "x5u", "crit"] {
        let header = json!({"alg": "ES256", "kid": tokens.id_porten.kid(), parameter: "https://evil.test/"});
        assert_eq!(tokens.refusal_with_header(header).await, TokenError::Header { parameter }, "{parameter}");
    }
}

#[tokio::test]
async fn only_a_key_of_the_issuers_own_set_counts() {
    let tokens = Tokens::new().await;
    let unknown = json!({"alg": "ES256", "kid": "another"});
    assert_eq!(tokens.refusal_with_header(unknown).await, TokenError::UnknownKey);
    assert_eq!(tokens.refusal_with_header(json!({"alg": "ES256"})).await, TokenError::UnknownKey);
    let of_other_issuer = tokens.maskinporten.sign(&tokens.claims()).unwrap();
    assert_eq!(tokens.refusal(&of_other_issuer).await, TokenError::UnknownKey);
    let header = json!({"alg": "ES256", "kid": tokens.id_porten.kid()});
    let forged = tokens.maskinporten.sign_with_header(&header, &tokens.claims()).unwrap();
    assert_eq!(tokens.refusal(&forged).await, TokenError::Signature);
}

#[tokio::test]
async fn issuer_and_audience_must_be_exact() {
    let tokens = Tokens::new().await;
    for issuer in ["https://idporten.test/", "https://IDPORTEN.test", "https://idporten.test.evil.test"] {
        assert_eq!(tokens.refusal_with("iss", json!(issuer)).await, TokenError::Issuer, "{issuer}");
    }
    for audience in [json!("https://service.test/"), json!(["a", "b"]), json!([]), Value::Null] {
        assert_eq!(tokens.refusal_with("aud", audience.clone()).await, TokenError::Audience, "{audience}");
    }
}

#[tokio::test]
async fn a_token_counts_from_its_first_to_its_last_second_and_ten_more() {
    let tokens = Tokens::new().await;
    let now = 1_795_521_600;
    assert_eq!(tokens.refusal_with("nbf", json!(now + 11)).await, TokenError::NotYetValid);
    assert_eq!(tokens.refusal_with("iat", json!(now + 11)).await, TokenError::NotYetValid);
    assert_eq!(tokens.refusal_with("exp", Value::Null).await, TokenError::Claim { claim: "exp" });
    assert_eq!(tokens.refusal_with("exp", json!(-1)).await, TokenError::Claim { claim: "exp" });
    assert_eq!(tokens.refusal_with("exp", json!(1e300)).await, TokenError::Claim { claim: "exp" });
    let token = tokens.id_porten.log_in(&tokens.world.kari).unwrap();
    tokens.clock.step(Duration::from_secs(609));
    assert!(tokens.verifier.verify(&token).await.is_ok());
    tokens.clock.step(Duration::from_secs(1));
    assert_eq!(tokens.refusal(&token).await, TokenError::Expired);
}

#[tokio::test]
async fn no_clock_may_differ_by_more_than_ten_seconds() {
    let tokens = Tokens::new().await;
    let token = tokens.id_porten.log_in(&tokens.world.kari).unwrap();
    let with_skew = |seconds| {
        let profile = tokens.id_porten.profile().unwrap().with_skew(TimeDelta::seconds(seconds));
        TokenVerifier::new(tokens.clock.clone(), tokens.world.register.clone())
            .trusting(profile)
            .with_synthetic_numbers(SyntheticNumbers::Accepted)
    };
    tokens.clock.step(Duration::from_secs(600));
    for seconds in [-3_600, 0] {
        assert_eq!(with_skew(seconds).verify(&token).await, Err(TokenError::Expired), "{seconds}");
    }
    assert!(with_skew(1).verify(&token).await.is_ok());
    tokens.clock.step(Duration::from_secs(10));
    assert_eq!(with_skew(3_600).verify(&token).await, Err(TokenError::Expired));
}

#[tokio::test]
async fn a_level_that_is_not_known_is_refused_whatever_the_method_claims() {
    let tokens = Tokens::new().await;
    for acr in ["idporten-loa-higher", "4", "", "eidas-loa-high"] {
        assert_eq!(tokens.refusal_with("acr", json!(acr)).await, TokenError::Level, "{acr}");
    }
    assert_eq!(tokens.refusal_with("acr", Value::Null).await, TokenError::Claim { claim: "acr" });
}

#[tokio::test]
async fn whom_the_register_does_not_know_is_not_let_in() {
    let tokens = Tokens::new().await;
    let stranger = SyntheticPeople::from_seed(77).person();
    let token = tokens.id_porten.log_in(&stranger).unwrap();
    assert_eq!(tokens.refusal(&token).await, TokenError::UnknownParty);
    assert_eq!(tokens.refusal_with("pid", Value::Null).await, TokenError::Claim { claim: "pid" });
}

#[tokio::test]
async fn who_was_let_in_is_let_in_no_more_a_second_after_the_register_has_deleted_them() {
    let tokens = Tokens::new().await;
    let token = tokens.id_porten.log_in(&tokens.world.kari).unwrap();
    tokens.verifier.verify(&token).await.unwrap();
    let mut batch = Batch::new();
    let kari = Party { deleted: true, ..tokens.world.kari.clone() };
    tokens.world.register.put_party(&mut batch, &kari).unwrap();
    tokens.world.store.commit(batch).await.unwrap();
    tokens.clock.step(Duration::from_secs(1));
    assert_eq!(tokens.refusal(&token).await, TokenError::UnknownParty);
}

#[tokio::test]
async fn synthetic_people_are_refused_unless_the_setting_says_otherwise() {
    let tokens = Tokens::new().await;
    let strict = tokens.verifier.clone().with_synthetic_numbers(SyntheticNumbers::Refused);
    let token = tokens.id_porten.log_in(&tokens.world.kari).unwrap();
    tokens.verifier.verify(&token).await.unwrap();
    assert_eq!(strict.verify(&token).await, Err(TokenError::Claim { claim: "pid" }));
    let strict = tokens.verifier.clone().with_synthetic_numbers(SyntheticNumbers::Refused);
    assert_eq!(strict.verify(&token).await, Err(TokenError::Claim { claim: "pid" }));
}

#[tokio::test]
async fn a_claim_that_stands_there_twice_is_refused() {
    let tokens = Tokens::new().await;
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256","kid":"a"}"#);
    let claims = URL_SAFE_NO_PAD.encode(r#"{"iss":"https://idporten.test","iss":"https://evil.test"}"#);
    let error = tokens.refusal(&format!("{header}.{claims}.AAAA")).await;
    assert_eq!(error.code(), "AUTH-TOKEN-MALFORMED");
}

#[tokio::test]
async fn a_huge_or_deep_token_is_refused_unread() {
    let tokens = Tokens::new().await;
    let huge = "a".repeat(1024 * 1024);
    let error = tokens.refusal(&huge).await;
    assert_eq!(error, TokenError::TooLarge { found: huge.len(), limit: MAX_TOKEN_BYTES });
    let deep = URL_SAFE_NO_PAD.encode("[".repeat(10_000));
    assert_eq!(tokens.refusal(&format!("{deep}.e30.AAAA")).await.code(), "AUTH-TOKEN-MALFORMED");
}

#[tokio::test]
async fn no_refusal_tells_what_the_token_says() {
    let tokens = Tokens::new().await;
    let altinn_core::PartyIdentifier::Person(number) = &tokens.world.kari.identifier else { unreachable!() };
    let secret = number.expose();
    let mut errors = vec![
        tokens.refusal_with("iss", json!(secret)).await,
        tokens.refusal_with("aud", json!(secret)).await,
        tokens.refusal_with("acr", json!(secret)).await,
        tokens.refusal_with("exp", json!(secret)).await,
        tokens.refusal_with("pid", json!(format!("{secret}0"))).await,
    ];
    errors.push(tokens.refusal_with_header(json!({"alg": secret, "kid": secret, "typ": secret})).await);
    for error in errors {
        assert!(!format!("{error} {error:?}").contains(secret), "{error}");
    }
}

proptest! {
    #[test]
    fn a_token_with_one_changed_character_is_never_let_in(at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_.-]") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let tokens = Tokens::new().await;
            let token = tokens.id_porten.log_in(&tokens.world.kari).unwrap();
            let at = at.index(token.len());
            let changed = format!("{}{to}{}", &token[..at], &token[at + 1..]);
            prop_assume!(changed != token);
            prop_assert!(tokens.verifier.verify(&changed).await.is_err());
            Ok(())
        })?;
    }

    #[test]
    fn no_text_makes_the_verifier_panic(text in ".{0,200}") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            prop_assert!(Tokens::new().await.verifier.verify(&text).await.is_err());
            Ok(())
        })?;
    }
}

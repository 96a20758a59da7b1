//! `jwt.verify` and `oidc.login`, over the driver's lines, against issuers with real keys.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod driver;

use std::sync::Arc;

use altinn_auth::testing::{FakeIdPorten, FakeIssuer};
use altinn_core::SystemClock;
use altinn_core::testing::{SyntheticPeople, report};
use driver::{Driver, Place};
use serde_json::{Value, json};

/// The driver, asked from a thread of its own, so that issuers of this process can answer.
async fn ask(command: Value) -> Value {
    let answer = tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().unwrap();
        Driver::start(&Place::folder(folder.path())).ask(&command)
    });
    answer.await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_logs_in_at_an_issuer_by_its_page() {
    let kari = SyntheticPeople::from_seed(1).person();
    let id_porten = FakeIdPorten::start([&kari]).await.unwrap();
    id_porten.register_secret("portal", "secret");
    let command = |secret: &str, acr: &str, level: u8| {
        json!({"id": 1, "op": "oidc.login", "issuer": id_porten.issuer(), "clientId": "portal", "clientSecret": secret,
            "level": level, "synthetic": true, "form": {"person": kari.uuid, "acr": acr}})
    };
    let answer = ask(command("secret", "idporten-loa-high", 4)).await;
    assert_eq!(answer["ok"], json!({"level": 4, "method": "IdportenTestId"}), "{answer}");
    let too_low = ask(command("secret", "idporten-loa-substantial", 4)).await;
    assert_eq!(too_low["error"]["code"], "AUTH-LOGIN-LEVEL", "{too_low}");
    let wrong = ask(command("wrong", "idporten-loa-high", 3)).await;
    assert_eq!(wrong["error"]["code"], "AUTH-LOGIN-REFUSED", "{wrong}");
    id_porten.misbehave(|issuer, mut claims| {
        claims["nonce"] = json!("other");
        issuer.sign(&claims)
    });
    let replayed = ask(command("secret", "idporten-loa-high", 3)).await;
    assert_eq!(replayed["error"]["code"], "AUTH-LOGIN-NONCE", "{replayed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_logs_in_at_an_issuer_of_others() {
    let Ok(issuer) = std::env::var("ALTINN_TEST_OIDC") else {
        report("oidc.login at a peer: skipped, ALTINN_TEST_OIDC names no provider");
        return;
    };
    let command = json!({"id": 1, "op": "oidc.login", "issuer": issuer, "clientId": "portal", "clientSecret": "secret",
        "form": {"sub": "somebody-without-a-level"}});
    assert_eq!(ask(command).await["error"]["code"], "AUTH-TOKEN-CLAIM", "it has no `acr`");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_verified_by_profile_keys_and_time() {
    let issuer = FakeIssuer::id_porten(Arc::new(SystemClock)).unwrap();
    let kari = SyntheticPeople::from_seed(1).person();
    let keys: Value = serde_json::from_str(&issuer.jwks()).unwrap();
    let command = json!({"op": "jwt.verify", "token": issuer.log_in(&kari).unwrap(), "profile": "id-porten",
        "issuer": issuer.issuer(), "audience": FakeIssuer::AUDIENCE, "keys": keys, "algorithms": ["ES256"], "synthetic": true});
    let with = |name: &str, value: Value| {
        let mut command = command.clone();
        command[name] = value;
        command
    };
    let told = ask(command.clone()).await;
    assert_eq!(told["ok"]["subject"], json!({"kind": "person", "numbered": true}), "{told}");
    assert_eq!((&told["ok"]["level"], &told["ok"]["method"]), (&json!(4), &json!("IdportenTestId")));
    for (name, value, code) in [
        ("audience", json!("https://other.test"), "AUTH-TOKEN-AUDIENCE"),
        ("issuer", json!("https://idporten.test/"), "AUTH-TOKEN-ISSUER"),
        ("algorithms", json!(["RS256"]), "AUTH-TOKEN-ALGORITHM"),
        ("synthetic", json!(false), "AUTH-TOKEN-CLAIM"),
        ("at", json!("2000-01-01T00:00:00Z"), "AUTH-TOKEN-NOT-YET-VALID"),
        ("at", json!("2200-01-01T00:00:00Z"), "AUTH-TOKEN-EXPIRED"),
        ("keys", json!({"keys": []}), "AUTH-KEYS-NONE"),
        ("profile", json!("facebook"), "BLACKBOX-BAD-COMMAND"),
        ("algorithms", json!(["none"]), "BLACKBOX-BAD-COMMAND"),
    ] {
        assert_eq!(ask(with(name, value)).await["error"]["code"], code);
    }
}

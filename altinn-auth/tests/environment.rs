//! Settings by the names of Nais: every fault is named at once, and no value is.
#![cfg(feature = "login")]
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::HashMap;
use std::sync::Arc;

use altinn_auth::environment::{
    IdPortenLogin, IdPortenTokens, MaskinportenClient, MaskinportenTokens, read_from,
};
use altinn_auth::maskinporten::TokenRequest;
use altinn_auth::testing::FakeMaskinporten;
use altinn_core::SystemClock;
use altinn_core::http::{Destinations, HttpClient};

/// A private key for tests alone.
const JWK: &str = r#"{"kty":"OKP","crv":"Ed25519","kid":"k1","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

fn whole() -> HashMap<&'static str, &'static str> {
    HashMap::from([
        ("IDPORTEN_WELL_KNOWN_URL", "https://idporten.no/.well-known/openid-configuration"),
        ("IDPORTEN_CLIENT_ID", "my-client"),
        ("IDPORTEN_CLIENT_JWK", JWK),
        ("IDPORTEN_REDIRECT_URI", "https://portal.example.no/oauth2/callback"),
        ("IDPORTEN_AUDIENCE", "https://portal.example.no"),
        ("MASKINPORTEN_WELL_KNOWN_URL", "https://maskinporten.no/.well-known/oauth-authorization-server"),
        ("MASKINPORTEN_CLIENT_ID", "my-client"),
        ("MASKINPORTEN_CLIENT_JWK", JWK),
    ])
}

/// The faults of everything that can be read, each as `NAME what`.
fn faults(variables: &HashMap<&'static str, &'static str>) -> Vec<String> {
    let wanted =
        ((IdPortenLogin, IdPortenTokens), (MaskinportenClient, MaskinportenTokens::for_audience("a")));
    let read = read_from(&wanted, |name| variables.get(name).map(|value| (*value).to_owned()));
    let Err(error) = read else { return Vec::new() };
    error.faults().iter().map(|fault| format!("{} {}", fault.name, fault.what)).collect()
}

#[test]
fn what_is_there_and_right_is_read() {
    assert!(faults(&whole()).is_empty());
    let login = read_from(&IdPortenLogin, |name| whole().get(name).map(|value| (*value).to_owned())).unwrap();
    assert_eq!(login.redirect_uri(), "https://portal.example.no/oauth2/callback");
}

#[test]
fn all_that_is_missing_is_named_at_once_and_once() {
    let all = faults(&HashMap::from([("IDPORTEN_CLIENT_ID", "  ")]));
    let mut expected: Vec<_> = whole().keys().map(|name| format!("{name} is missing")).collect();
    expected.sort();
    let mut sorted = all.clone();
    sorted.sort();
    assert_eq!(sorted, expected);
}

#[test]
fn what_is_malformed_is_named_without_its_value() {
    for (name, value, what) in [
        ("IDPORTEN_WELL_KNOWN_URL", "idporten.no", "is no `http` or `https` address"),
        ("MASKINPORTEN_WELL_KNOWN_URL", "ftp://maskinporten.no", "is no `http` or `https` address"),
        ("IDPORTEN_REDIRECT_URI", "https://portal.example.no/callback", "does not end in `/oauth2/callback`"),
        (
            "IDPORTEN_REDIRECT_URI",
            "https://portal.example.no/app/oauth2/callback",
            "is no `https` address of a portal without a path of its own",
        ),
        (
            "IDPORTEN_REDIRECT_URI",
            "http://portal.example.no/oauth2/callback",
            "is no `https` address of a portal without a path of its own",
        ),
        (
            "MASKINPORTEN_CLIENT_JWK",
            "{\"kty\":\"oct\",\"k\":\"secret\"}",
            "is no private JWK of RSA (2048 bits or more), P-256, P-384 or Ed25519",
        ),
        (
            "IDPORTEN_CLIENT_JWK",
            "secret",
            "is no private JWK of RSA (2048 bits or more), P-256, P-384 or Ed25519",
        ),
    ] {
        let mut variables = whole();
        variables.insert(name, value);
        assert_eq!(faults(&variables), [format!("{name} {what}")], "{value}");
        let wanted = (IdPortenLogin, MaskinportenClient);
        let read = read_from(&wanted, |name| variables.get(name).map(|value| (*value).to_owned()));
        let shown = format!("{} {:?}", read.as_ref().unwrap_err(), read.as_ref().unwrap_err());
        assert!(!shown.contains("secret") && !shown.contains(value), "{shown}");
    }
}

#[tokio::test]
async fn an_issuer_that_is_told_by_its_parts_is_asked_nothing() {
    let mut variables = whole();
    variables.remove("MASKINPORTEN_WELL_KNOWN_URL");
    variables.insert("MASKINPORTEN_ISSUER", "https://maskinporten.no/");
    assert_eq!(faults(&variables).len(), 1, "the other part is missing");
    variables.insert("MASKINPORTEN_TOKEN_ENDPOINT", "https://maskinporten.no/token");
    variables.insert("MASKINPORTEN_JWKS_URI", "https://maskinporten.no/jwk");
    let malformed =
        HashMap::from([("MASKINPORTEN_ISSUER", "maskinporten"), ("MASKINPORTEN_JWKS_URI", "jwk")]);
    let mut expected: Vec<_> =
        malformed.keys().map(|name| format!("{name} is no `http` or `https` address")).collect();
    let mut found = faults(&variables.clone().into_iter().chain(malformed).collect());
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    let wanted = (MaskinportenClient, MaskinportenTokens::for_audience("https://api.example.no"));
    let (client, tokens) =
        read_from(&wanted, |name| variables.get(name).map(|value| (*value).to_owned())).unwrap();
    client.connect().await.unwrap();
    let http = HttpClient::builder(Destinations::public()).build().unwrap();
    tokens.connect(http, Arc::new(SystemClock)).await.unwrap();
}

#[tokio::test]
async fn a_client_of_the_environment_gets_tokens() {
    let fake = FakeMaskinporten::start().await.unwrap();
    let signer = altinn_auth::token::TokenSigner::from_jwk(JWK).unwrap();
    let number = altinn_core::testing::SyntheticPeople::from_seed(9).organization_number();
    fake.register("my-client", number, &signer);
    let well_known = fake.well_known_url();
    let variables = |name: &str| match name {
        "MASKINPORTEN_WELL_KNOWN_URL" => Some(well_known.clone()),
        name => whole().get(name).map(|value| (*value).to_owned()),
    };
    let client = read_from(&MaskinportenClient, variables).unwrap().connect().await.unwrap();
    assert!(client.token(&TokenRequest::new(["altinn:broker.read"])).await.is_ok());
}

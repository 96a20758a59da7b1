//! What the log says of tokens and people: nothing.
#![cfg(feature = "login")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use altinn_auth::maskinporten::{Maskinporten, TokenRequest};
use altinn_auth::testing::{FakeIssuer, FakeMaskinporten};
use altinn_auth::token::{TokenSigner, TokenVerifier};
use altinn_core::http::HttpRequest;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{PartyIdentifier, SyntheticNumbers, SystemClock};
use portal::Portal;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use world::World;

mod portal;
mod world;

/// Keeps every field of every span and event of every level.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<String>>);

impl Captured {
    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

impl Visit for &Captured {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0.lock().unwrap(), "{field}={value:?}").unwrap();
    }
}

impl Subscriber for Captured {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        writeln!(self.0.lock().unwrap(), "span {}", span.metadata().name()).unwrap();
        span.record(&mut &*self);
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut &*self);
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut &*self);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// The parts of a token that must not be in the log: all but its header.
fn secrets_of(token: &str) -> Vec<String> {
    token.split('.').skip(1).map(str::to_owned).collect()
}

#[tokio::test]
async fn no_line_holds_a_token_a_code_or_a_personal_number() {
    let log = Captured::default();
    tracing::subscriber::set_global_default(log.clone()).unwrap();
    let mut secrets = Vec::new();

    // Logins that succeed and that fail, calls with and without a session, logout.
    let portal = Portal::new().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let tokens = Arc::clone(&seen);
    portal.id_porten.misbehave(move |issuer, claims| {
        let token = issuer.sign(&claims)?;
        tokens.lock().unwrap().push(token.clone());
        Ok(token)
    });
    let mut browser = portal.browser();
    portal.log_in(&mut browser).await;
    portal.browser().log_in(&portal.server.at("/"), &portal.stranger).await.unwrap();
    let callback = portal.server.at("/oauth2/callback?state=secret-state&code=secret-code&iss=x");
    browser.get(&callback).await.unwrap();
    browser.submit(&portal.server.at("/oauth2/logout"), &[]).await.unwrap();
    portal.refusal_with(|claims| claims["pid"] = json!("12345678901")).await;
    portal.refusal_with(|claims| claims["acr"] = json!("12345678901")).await;
    secrets.extend(seen.lock().unwrap().iter().flat_map(|token| secrets_of(token)));
    secrets.extend(["secret-state", "secret-code", "12345678901"].map(str::to_owned));
    secrets.extend(browser.cookies());
    for person in [&portal.kari, &portal.stranger] {
        let PartyIdentifier::Person(number) = &person.identifier else { unreachable!() };
        secrets.push(number.expose().to_owned());
    }

    // Tokens that are let in and that are not, also in a header.
    let world = World::new().await;
    let issuer = FakeIssuer::id_porten(Arc::new(SystemClock)).unwrap();
    let verifier = TokenVerifier::new(Arc::new(SystemClock), world.register.clone())
        .trusting(issuer.profile().unwrap())
        .with_synthetic_numbers(SyntheticNumbers::Accepted);
    let right = issuer.log_in(&world.kari).unwrap();
    let wrong = FakeIssuer::id_porten(Arc::new(SystemClock)).unwrap().log_in(&world.kari).unwrap();
    for token in [&right, &wrong] {
        let _ = verifier.verify(token).await;
        let url = portal.server.at("/");
        let call = HttpRequest::get(&url).unwrap().bearer(token).unwrap();
        browser.send(call, &url).await.unwrap();
        secrets.extend(secrets_of(token));
    }

    // Tokens of Maskinporten.
    let fake = FakeMaskinporten::start().await.unwrap();
    let signer = TokenSigner::generate().unwrap();
    fake.register("client", SyntheticPeople::from_seed(9).organization_number(), &signer);
    let client = Maskinporten::builder("client", signer).connect(&fake.well_known_url()).await.unwrap();
    let person = SyntheticPeople::from_seed(4).national_identity_number();
    let request = TokenRequest::new(["a:b"]).restricted_to(person.clone());
    secrets.extend(secrets_of(client.token(&request).await.unwrap().expose()));
    secrets.push(person.expose().to_owned());
    fake.refuse_all(true);
    let _ = client.token(&TokenRequest::new(["c:d"])).await;

    let text = log.text();
    for expected in
        ["somebody logged in", "a login did not succeed", "fetched an issuer's keys", "span verify"]
    {
        assert!(text.contains(expected), "the log says nothing of `{expected}`");
    }
    assert!(secrets.len() > 15);
    for secret in secrets {
        assert!(!text.contains(&secret), "the log holds a secret");
    }
}

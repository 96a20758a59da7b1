//! A lookup service over a register in the form of Enhetsregisteret, which this program serves itself on loopback.
//!
//! `cargo run -p altinn-examples --bin lookup` shows an answer that is given with a trace and kept in the archive, a
//! stranger who is not told that the business exists, and the business reading who has looked. It ends by itself.

use std::error::Error;
use std::io::Write;
use std::time::Duration;

use altinn_archive::ReceiptState;
use altinn_auth::register::RoleAssignment;
use altinn_core::http::{Destinations, HttpClient, HttpRequest, StatusCode};
use altinn_core::store::Batch;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Actor, AuthenticationLevel, Party, Subject};
use altinn_services::Altinn;
use altinn_services::lookup::{Lookup, LookupContext, LookupFailure, LookupRequest};
use async_trait::async_trait;
use axum::extract::Path;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const SERVICE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/services/organization-lookup");

/// The register behind the service: Enhetsregisteret's API of units.
#[derive(Debug)]
struct Enhetsregisteret {
    client: HttpClient,
    base: String,
}

#[async_trait]
impl Lookup for Enhetsregisteret {
    async fn look_up(&self, query: &Value, _: &LookupContext<'_>) -> Result<Value, LookupFailure> {
        let unavailable = |reason: String| LookupFailure::Unavailable { reason };
        let number = query.get("organisasjonsnummer").and_then(Value::as_str).unwrap_or_default();
        let request = HttpRequest::get(&format!("{}/enhetsregisteret/api/enheter/{number}", self.base));
        let answer = match request {
            Ok(request) => self.client.send(request).await,
            Err(error) => Err(error),
        };
        let answer = answer.map_err(|error| unavailable(error.to_string()))?;
        match answer.status() {
            StatusCode::OK => answer.json().map_err(|error| unavailable(error.to_string())),
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(LookupFailure::NotFound),
            status => Err(unavailable(format!("status {}", status.as_u16()))),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let altinn = Altinn::local(folder.path()).await?;
    let register = Enhetsregisteret {
        client: HttpClient::builder(Destinations::configured()).build()?,
        base: serve_a_register().await?,
    };
    let service = altinn.publish_lookup(SERVICE, register)?;
    let (business, accountant, stranger) = people(&altinn).await?;

    let request = LookupRequest::new(json!({"organisasjonsnummer": "312345005"})).because("a new supplier");
    let given = altinn.lookups().ask(&accountant, &service, business.id, &request).await?;
    let name = given.answer.get("navn").and_then(Value::as_str).unwrap_or_default();
    say(&format!("the accountant asks for the business: {name}"));
    let unknown = LookupRequest::new(json!({"organisasjonsnummer": "312345013"})).because("a new supplier");
    let nothing = altinn.lookups().ask(&accountant, &service, business.id, &unknown).await;
    say(&format!("a number that nobody has: {}", told(nothing)));
    let refused = altinn.lookups().ask(&stranger, &service, business.id, &request).await;
    say(&format!("a stranger who asks for the business: {}", told(refused)));

    for trace in altinn.trail().of(&accountant, business.id, None).await?.entries {
        // Who was refused, or asked for a number that nobody has, is there too, without a purpose.
        let Some(purpose) = trace.purpose else { continue };
        say(&format!(
            "who has looked: {} at level {}, for {}: {purpose}",
            trace.actor, trace.level, trace.resource
        ));
    }
    let entry = given.entry.ok_or("the answer was not archived")?;
    match altinn.archive().prove(entry, Duration::from_secs(10)).await? {
        ReceiptState::Proved(receipt) => {
            receipt.verify(altinn.archive().verifier_key())?;
            say("the archived answer is verified offline with the public key");
        }
        ReceiptState::Promised(_) => return Err("the log is too slow".into()),
    }
    Ok(())
}

/// A business, its accountant, and somebody who has nothing to do with it.
async fn people(altinn: &Altinn) -> Result<(Party, Actor, Actor), Box<dyn Error>> {
    let mut synthetic = SyntheticPeople::from_seed(3);
    let (business, accountant, stranger) = (synthetic.organization(), synthetic.person(), synthetic.person());
    let mut batch = Batch::new();
    for party in [&business, &accountant, &stranger] {
        altinn.register().put_party(&mut batch, party)?;
    }
    let role = RoleAssignment { role: "REGA".parse()?, of: business.id, to: accountant.id };
    altinn.register().grant_role(&mut batch, &role);
    altinn.store().commit(batch).await?;
    let [accountant, stranger] = [accountant, stranger].map(|party| {
        let subject = Subject::Person { party: party.id, uuid: party.uuid, number: None };
        Actor::new(subject, AuthenticationLevel::VerySensitive)
    });
    Ok((business, accountant, stranger))
}

/// Serves one organization on a free port of this machine, and gives the address.
async fn serve_a_register() -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let app = Router::new().route("/enhetsregisteret/api/enheter/{number}", get(unit));
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

async fn unit(Path(number): Path<String>) -> Result<Json<Value>, StatusCode> {
    if number != "312345005" {
        return Err(StatusCode::NOT_FOUND);
    }
    Ok(Json(json!({
        "organisasjonsnummer": number,
        "navn": "SYNTETISK BAKERI AS",
        "organisasjonsform": {"kode": "AS", "beskrivelse": "Aksjeselskap"},
        "registreringsdatoEnhetsregisteret": "2019-04-01",
        "konkurs": false
    })))
}

/// What somebody who gets no answer is told.
fn told<T, E: std::fmt::Display>(outcome: Result<T, E>) -> String {
    outcome.err().map_or_else(|| "an answer".to_owned(), |error| error.to_string())
}

/// Says it to whoever still listens.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

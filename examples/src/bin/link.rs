//! A link service, and the solution that it leads to, which this program serves itself on loopback.
//!
//! `cargo run -p altinn-examples --bin link` shows a leader who is sent on by a form and by a code, the target that
//! learns who comes without a personal number, the same hand-over refused the second time, and a stranger who is sent
//! nowhere. It ends by itself.

use std::error::Error;
use std::io::Write;
use std::sync::Arc;

use altinn_auth::hand_over::{HandOver, HandOverVerifier, MIGRATIONS, StoredReplays};
use altinn_auth::issuing::RotatingKeys;
use altinn_auth::register::RoleAssignment;
use altinn_auth::token::{StaticKeys, TokenSigner};
use altinn_core::http::{Destinations, HttpClient, HttpRequest};
use altinn_core::store::{Batch, Store};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Actor, AuthenticationLevel, Language, Party, Subject, SystemClock};
use altinn_services::link::{HandOverForm, LinkRequest, Onward};
use altinn_services::{Altinn, AltinnBuilder};
use axum::extract::State;
use axum::routing::post;
use axum::{Form, Router};
use tokio::net::TcpListener;

const SERVICE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/services/tax-card");
const PORTAL: &str = "https://portal.example.no";
const TARGET: &str = "https://tax-card.example.no";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let keys = RotatingKeys::new(TokenSigner::generate()?);
    let altinn = AltinnBuilder::local(folder.path())?.hand_overs(PORTAL, keys).build().await?;
    let (business, leader, stranger) = people(&altinn).await?;
    let jwks = altinn.hand_overs().ok_or("there is no key")?.jwks().to_string();
    let target = serve_the_target(&jwks).await?;
    let service = altinn.publish_link(folder_to(&target, folder.path())?)?;

    let links = altinn.links();
    let by_form = LinkRequest::new(Language::Nn).to("form");
    if let Onward::Form(form) = links.open(&leader, &service, business.id, &by_form).await? {
        say(&format!("the browser posts the form: {}", submit(&form).await?));
        say(&format!("and once more: {}", submit(&form).await?));
    }

    let by_code = LinkRequest::new(Language::Nn).to("code");
    if let Onward::Code(code) = links.open(&leader, &service, business.id, &by_code).await? {
        let number = "991825827".parse()?;
        let system =
            Actor::new(Subject::Organization { number, party: None }, AuthenticationLevel::Sensitive);
        say(&format!("the target redeems the code: {}", told(&links.redeem(&system, code.code()).await?)));
        let again = links.redeem(&system, code.code()).await;
        say(&format!("and once more: {}", again.err().map_or_else(String::new, |error| error.to_string())));
    }

    let refused = links.open(&stranger, &service, business.id, &by_form).await;
    say(&format!("a stranger: {}", refused.err().map_or_else(String::new, |error| error.to_string())));
    for trace in altinn.trail().of(&leader, business.id, None).await?.entries {
        // Who was refused is there too, and was sent nowhere.
        let Some(element) = trace.element else { continue };
        say(&format!("who was sent on: {} by {element}", trace.actor));
    }
    Ok(())
}

/// The service's folder, leading to where the target really is.
fn folder_to(target: &str, beside: &std::path::Path) -> Result<std::path::PathBuf, Box<dyn Error>> {
    let folder = beside.join("tax-card");
    std::fs::create_dir(&folder)?;
    let definition = std::fs::read_to_string(format!("{SERVICE}/service.toml"))?;
    std::fs::write(folder.join("service.toml"), definition.replace("http://127.0.0.1:8080", target))?;
    std::fs::copy(format!("{SERVICE}/policy.xml"), folder.join("policy.xml"))?;
    Ok(folder)
}

/// A business, its leader, and somebody who has nothing to do with it.
async fn people(altinn: &Altinn) -> Result<(Party, Actor, Actor), Box<dyn Error>> {
    let mut synthetic = SyntheticPeople::from_seed(4);
    let (business, leader, stranger) = (synthetic.organization(), synthetic.person(), synthetic.person());
    let mut batch = Batch::new();
    for party in [&business, &leader, &stranger] {
        altinn.register().put_party(&mut batch, party)?;
    }
    let role = RoleAssignment { role: "DAGL".parse()?, of: business.id, to: leader.id };
    altinn.register().grant_role(&mut batch, &role);
    altinn.store().commit(batch).await?;
    let [leader, stranger] = [leader, stranger].map(|party| {
        let subject = Subject::Person { party: party.id, uuid: party.uuid, number: None };
        Actor::new(subject, AuthenticationLevel::VerySensitive)
    });
    Ok((business, leader, stranger))
}

/// Serves the target on a free port of this machine: all that it knows of the portal are its name and its keys.
async fn serve_the_target(jwks: &str) -> Result<String, Box<dyn Error>> {
    let (store, clock) = (Store::open("sqlite::memory:").await?, Arc::new(SystemClock));
    store.migrate(&[MIGRATIONS]).await?;
    let keys = Arc::new(StaticKeys::from_jwks(jwks)?);
    let replays = Arc::new(StoredReplays::new(store, clock.clone()));
    let verifier = HandOverVerifier::new(PORTAL, TARGET, keys, replays, clock);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let app = Router::new().route("/start", post(start)).with_state(verifier);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

async fn start(
    State(verifier): State<HandOverVerifier>,
    Form(fields): Form<Vec<(String, String)>>,
) -> String {
    let token = fields.into_iter().find(|(name, _)| name == HandOverForm::FIELD);
    match verifier.verify(&token.unwrap_or_default().1).await {
        Ok(hand_over) => told(&hand_over),
        Err(error) => error.to_string(),
    }
}

/// What a browser does with the form.
async fn submit(form: &HandOverForm) -> Result<String, Box<dyn Error>> {
    let client = HttpClient::builder(Destinations::configured()).build()?;
    let body = format!("{}={}", HandOverForm::FIELD, form.token());
    let request = HttpRequest::post(form.action())?.body("application/x-www-form-urlencoded", body);
    Ok(String::from_utf8_lossy(client.send(request).await?.body()).into_owned())
}

/// What the target knows of who has come.
fn told(hand_over: &HandOver) -> String {
    let for_whom = match hand_over.organization {
        Some(number) => format!("for {number}"),
        None => "for somebody else".to_owned(),
    };
    format!("{} at level {}, {for_whom}, in {}", hand_over.service, hand_over.level, hand_over.language)
}

/// Says it to whoever still listens.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

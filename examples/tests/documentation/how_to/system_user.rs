//! A payroll system that submits as the system user of its customer.

use std::sync::Arc;

use altinn_auth::decision::Right;
use altinn_auth::delegation::{Offer, Receiver, What};
use altinn_auth::login::Callers;
use altinn_auth::maskinporten::{Maskinporten, TokenRequest};
use altinn_auth::system_user::{REQUEST_WRITE, SYSTEM_REGISTER_WRITE};
use altinn_auth::testing::{FakeIssuer, FakeMaskinporten, Loopback};
use altinn_auth::token::{CachedKeys, IssuerProfile, TokenSigner, TokenVerifier};
use altinn_core::http::{Destinations, HttpClient, HttpRequest, HttpResponse, StatusCode};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{OrganizationNumber, Party, PartyIdentifier, SyntheticNumbers, SystemClock};
use altinn_services::Altinn;
use altinn_services::http::{self, Api};
use axum::Router;
use serde_json::{Value, json};

use super::{Outcome, Scene};

/// The client: a token as the customer's system user, and the call.
async fn start(
    maskinporten: &Maskinporten,
    service: &str,
    customer: OrganizationNumber,
) -> Outcome<HttpResponse> {
    let asked = TokenRequest::new(["altinn:instances.write"]).for_resource(AUDIENCE);
    let token = maskinporten.token(&asked.as_system_user_of(customer)).await?;
    let owner = json!({"instanceOwner": {"organisationNumber": customer.to_string()}});
    let request = HttpRequest::post(service)?.bearer(token.expose())?.json(&owner)?;
    Ok(HttpClient::builder(Destinations::configured()).build()?.send(request).await?)
}

/// The vendor: a system in the register, and a request to a customer.
async fn ask(
    (api, token): (&str, &str),
    vendor: OrganizationNumber,
    customer: OrganizationNumber,
) -> Outcome<Value> {
    let http = HttpClient::builder(Destinations::configured()).build()?;
    let rights = json!([{"resource": [{"id": "urn:altinn:resource", "value": "app_ttd_bakery-licence"}]}]);
    let system = json!({
        "id": format!("{vendor}_payroll"), "vendor": {"ID": format!("0192:{vendor}")},
        "name": {"nb": "Lønn"}, "rights": rights, "clientId": ["payroll"],
    });
    let register = format!("{api}/authentication/api/v1/systemregister/vendor");
    http.send(HttpRequest::post(&register)?.bearer(token)?.json(&system)?).await?;
    let number = customer.to_string();
    let asked = json!({"systemId": format!("{vendor}_payroll"), "partyOrgNo": number, "rights": rights});
    let request = format!("{api}/authentication/api/v1/systemuser/request/vendor");
    Ok(http.send(HttpRequest::post(&request)?.bearer(token)?.json(&asked)?).await?.json()?)
}

/// The customer, by whoever manages its access.
async fn approve((api, token): (&str, &str), customer: &Party, request: &str) -> Outcome<HttpResponse> {
    let requests = format!("{api}/authentication/api/v1/systemuser/request");
    let approve = HttpRequest::post(&format!("{requests}/{}/{request}/approve", customer.id))?;
    Ok(HttpClient::builder(Destinations::configured()).build()?.send(approve.bearer(token)?).await?)
}

#[tokio::test]
async fn a_vendor_asks_and_the_customer_approves_over_http() -> Outcome {
    let scene = Scene::new().await?;
    let altinn = scene.world.altinn();
    let clock = || Arc::new(SystemClock);
    let (id_porten, issuer) = (FakeIssuer::id_porten(clock())?, FakeIssuer::maskinporten(clock())?);
    let tokens = TokenVerifier::new(clock(), Arc::new(altinn.register().clone()))
        .trusting(id_porten.profile()?)
        .trusting(issuer.profile()?)
        .with_synthetic_numbers(SyntheticNumbers::Accepted);
    let site = Loopback::port().await?.serve(http::all(&Api::new(altinn.clone(), Callers::by_token(tokens))));
    let PartyIdentifier::Organization(customer) = &scene.bakery.identifier else { unreachable!() };
    let customer = customer.check(SyntheticNumbers::Accepted)?;
    let vendor = SyntheticPeople::from_seed(5).organization_number();
    let scopes = [SYSTEM_REGISTER_WRITE, REQUEST_WRITE].join(" ");
    let (api, token) = (site.at(""), issuer.organization(vendor, &scopes)?);
    let request = ask((&api, &token), vendor, customer).await?;
    assert_eq!(request["status"], "New", "{request}");
    let id = request["id"].as_str().ok_or("no id")?;
    let leader = id_porten.log_in(&scene.kari)?;
    let approved = approve((&api, &leader), &scene.bakery, id).await?;
    assert_eq!(approved.status(), StatusCode::OK, "{}", String::from_utf8_lossy(approved.body()));
    assert_eq!(altinn.system_users().system_users(&scene.actor, scene.bakery.id).await?.len(), 1);
    Ok(())
}

/// The agency: whose tokens are let in; the policy of the service decides what they may do.
fn pages(altinn: Altinn, maskinporten: IssuerProfile) -> Router {
    let register = Arc::new(altinn.register().clone());
    let tokens = TokenVerifier::new(Arc::new(SystemClock), register)
        .trusting(maskinporten)
        .with_synthetic_numbers(SyntheticNumbers::Accepted); // in test environments only
    http::app(&Api::new(altinn, Callers::by_token(tokens)))
}

const AUDIENCE: &str = "https://api.example.no";

#[tokio::test]
async fn a_system_user_starts_what_it_was_given() -> Outcome {
    let scene = Scene::new().await?;
    let fake = FakeMaskinporten::start().await?;
    let PartyIdentifier::Organization(customer) = &scene.bakery.identifier else { unreachable!() };
    let customer = customer.check(SyntheticNumbers::Accepted)?;
    let signer = TokenSigner::generate()?;
    fake.register("payroll", SyntheticPeople::from_seed(5).organization_number(), &signer);
    let system_user = fake.add_system_user(customer, "payroll-system");
    let maskinporten = Maskinporten::connect(&fake.well_known_url(), "payroll", signer).await?;

    let http = HttpClient::builder(Destinations::configured()).build()?;
    let keys = CachedKeys::over_http(http, format!("{}jwk", fake.issuer()), Arc::new(SystemClock));
    let profile = IssuerProfile::maskinporten(fake.issuer(), AUDIENCE, Arc::new(keys));
    let altinn = scene.world.altinn();
    let site = Loopback::port().await?.serve(pages(altinn.clone(), profile));
    let address = site.at("/ttd/bakery-licence/instances");
    let refused = start(&maskinporten, &address, customer).await?;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);

    for action in ["instantiate", "read"] {
        let right = What::Right(Right::new(scene.service.id().resource_id(), action));
        let offer = Offer::new(scene.bakery.id, Receiver::SystemUser(system_user), right);
        altinn.access_management().delegate(&scene.actor, &offer).await?;
    }
    let started = start(&maskinporten, &address, customer).await?;
    assert_eq!(started.status(), StatusCode::CREATED, "{}", String::from_utf8_lossy(started.body()));
    Ok(())
}

//! A payroll system that submits as the system user of its customer.

use std::sync::Arc;

use altinn_auth::decision::Right;
use altinn_auth::delegation::{Offer, Receiver, What};
use altinn_auth::login::Callers;
use altinn_auth::maskinporten::{Maskinporten, TokenRequest};
use altinn_auth::testing::{FakeMaskinporten, Loopback};
use altinn_auth::token::{CachedKeys, IssuerProfile, TokenSigner, TokenVerifier};
use altinn_core::http::{Destinations, HttpClient, HttpRequest, HttpResponse, StatusCode};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{OrganizationNumber, PartyIdentifier, SyntheticNumbers, SystemClock};
use altinn_services::Altinn;
use altinn_services::http::{self, Api};
use axum::Router;
use serde_json::json;

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

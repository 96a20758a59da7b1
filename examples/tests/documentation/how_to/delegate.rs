//! Access for somebody else, for a year.

use std::sync::Arc;

use altinn_auth::decision::{AccessError, AccessRequest, Right};
use altinn_auth::delegation::{DelegationEntry, DelegationError, Offer, Period, Receiver, What};
use altinn_auth::login::Callers;
use altinn_auth::testing::{FakeIssuer, Loopback};
use altinn_auth::token::TokenVerifier;
use altinn_core::http::{Destinations, HttpClient, HttpRequest, HttpResponse, StatusCode};
use altinn_core::{Actor, Language, Party, SyntheticNumbers, SystemClock};
use altinn_services::Altinn;
use altinn_services::http::{self, Api};
use altinn_services::submission::Service;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Outcome, Scene};

async fn give(
    altinn: &Altinn,
    (leader, bakery): (&Actor, &Party),
    (service, accountant): (&Service, &Party),
) -> Result<DelegationEntry, DelegationError> {
    let read = What::Right(Right::new(service.id().resource_id(), "read"));
    let year = Period { from: altinn.clock().now(), to: Some(altinn.clock().now() + TimeDelta::days(365)) };
    let offer = Offer::new(bakery.id, Receiver::Party(accountant.id), read).during(year);
    altinn.access_management().delegate(leader, &offer).await
}

/// May somebody read what the bakery has, and by which rule; or what would help.
async fn why(altinn: &Altinn, who: &Actor, service: &Service, bakery: &Party) -> String {
    let request = AccessRequest::new("read", service.id().clone(), bakery.id);
    match altinn.authorizer().decide(who, &request).await {
        Ok(access) => access.explain(Language::En),
        Err(AccessError::Denied(denial)) => denial.explain(Language::En),
    }
}

/// The same over HTTP, by a program with the leader's token.
async fn give_over_http(
    (api, token): (&str, &str),
    (bakery, accountant): (&Party, &Party),
    until: DateTime<Utc>,
) -> Outcome<HttpResponse> {
    let given = json!({
        "to": {"party": accountant.uuid}, "validTo": until,
        "resource": "app_ttd_bakery-licence", "rights": ["app_ttd_bakery-licence:read"],
    });
    let offered = format!("{api}/v1/access/{}/offered", bakery.id);
    let request = HttpRequest::post(&offered)?.bearer(token)?.json(&given)?;
    Ok(HttpClient::builder(Destinations::configured()).build()?.send(request).await?)
}

#[tokio::test]
async fn the_same_is_given_over_http_and_stands_in_the_trail() -> Outcome {
    let Scene { world, kari, bakery, .. } = Scene::new().await?;
    let (altinn, ola) = (world.altinn(), world.person().await?);
    let id_porten = FakeIssuer::id_porten(Arc::new(SystemClock))?;
    let tokens = TokenVerifier::new(Arc::new(SystemClock), Arc::new(altinn.register().clone()))
        .trusting(id_porten.profile()?)
        .with_synthetic_numbers(SyntheticNumbers::Accepted);
    let site = Loopback::port().await?.serve(http::all(&Api::new(altinn.clone(), Callers::by_token(tokens))));
    let (api, token) = (site.at(""), id_porten.log_in(&kari)?);
    let year = altinn.clock().now() + TimeDelta::days(365);
    let given = give_over_http((&api, &token), (&bakery, &ola), year).await?;
    assert_eq!(given.status(), StatusCode::CREATED, "{}", String::from_utf8_lossy(given.body()));

    let trail = HttpRequest::get(&site.at(&format!("/v1/trail/{}", bakery.id)))?.bearer(&token)?;
    let told = HttpClient::builder(Destinations::configured()).build()?.send(trail).await?.json::<Value>()?;
    assert_eq!(told["data"][0]["action"], "delegate", "{told}");
    Ok(())
}

#[tokio::test]
async fn an_accountant_reads_for_a_year_or_until_it_is_revoked() -> Outcome {
    let Scene { world, service, bakery, actor, .. } = Scene::new().await?;
    let altinn = world.altinn();
    let ola = world.person().await?;
    let may = async || {
        let request = AccessRequest::new("read", service.id().clone(), bakery.id);
        let ola = world.log_in(&ola).await?;
        Outcome::Ok(altinn.authorizer().decide(&ola, &request).await.is_ok())
    };

    assert!(!may().await?);
    let given = give(altinn, (&actor, &bakery), (&service, &ola)).await?;
    assert!(may().await?);
    let said = why(altinn, &world.log_in(&ola).await?, &service, &bakery).await;
    assert!(said.contains("delegat"), "{said}");

    altinn.access_management().revoke(&actor, given.id).await?;
    assert!(!may().await?);
    give(altinn, (&actor, &bakery), (&service, &ola)).await?;
    world.advance(TimeDelta::days(366)).await?;
    assert!(!may().await?);
    Ok(())
}

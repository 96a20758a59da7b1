//! Access for somebody else, for a year.

use altinn_auth::decision::{AccessError, AccessRequest, Right};
use altinn_auth::delegation::{DelegationEntry, DelegationError, Offer, Period, Receiver, What};
use altinn_core::{Actor, Language, Party};
use altinn_services::Altinn;
use altinn_services::submission::Service;
use chrono::TimeDelta;

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

//! A test without a network.

use std::error::Error;

use altinn_services::testing::TestWorld;
use chrono::TimeDelta;

use super::examples;

#[tokio::test]
async fn an_application_is_answered_with_a_mail() -> Result<(), Box<dyn Error>> {
    let (app, form) = (examples("apps/bakery-licence"), examples("data/bakery-licence.json"));

    let world = TestWorld::open().await?;
    let service = world.altinn().publish_app(app)?;
    let kari = world.person().await?;
    let bakery = world.organization(&kari).await?;
    let actor = world.log_in(&kari).await?;

    let submissions = world.altinn().submissions();
    let draft = submissions.start(&actor, &service, bakery.id).await?;
    submissions.save(&actor, draft.id(), "application", &std::fs::read_to_string(form)?.parse()?).await?;
    submissions.submit(&actor, draft.id()).await?;
    world.advance(TimeDelta::hours(1)).await?;
    assert!(world.mails().iter().any(|mail| mail.subject.contains("Kvittering")));

    Ok(())
}

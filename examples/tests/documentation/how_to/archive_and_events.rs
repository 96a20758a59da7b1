//! What was sent in goes to the archive system, and the agency's own systems are told.

use altinn_archive::noark::{Arkivmelding, Dialect};
use altinn_core::http::Destinations;
use altinn_core::key::SigningKey;
use altinn_core::store::StoreError;
use altinn_services::event::{CloudEvent, EventFilter, Subscription, SubscriptionState, WebhookKey};
use altinn_services::testing::TestWorld;
use altinn_services::{Altinn, AltinnBuilder};

use super::{Outcome, Scene};

/// The arkivmelding of an entry; its documents go beside it, under the names in it.
async fn arkivmelding(altinn: &Altinn, entry: altinn_archive::EntryId) -> Outcome<String> {
    let message = Arkivmelding::new(Dialect::FiksArkiv, "Bakeriportalen").with_archive_part("Løyver");
    Ok(altinn.archive().export_arkivmelding(entry, &message).await?)
}

/// Reads what has happened since, and gives where to go on.
async fn react(altinn: &Altinn, seen: i64) -> Result<i64, StoreError> {
    let page = altinn.events().read(seen, 100).await?;
    page.events.iter().for_each(take_up);
    Ok(page.next)
}

/// What the agency's own system does.
fn take_up(event: &CloudEvent) {
    assert!(event.event_type().starts_with("app.instance."), "{}", event.event_type());
}

fn sign(builder: AltinnBuilder, key: SigningKey) -> AltinnBuilder {
    builder.webhooks(WebhookKey::new(key), Destinations::public())
}

async fn subscribe(altinn: &Altinn) -> Outcome<Subscription> {
    let webhooks = altinn.webhooks().ok_or("the builder was given no key")?;
    let filter =
        EventFilter { source_filter: Some("/ttd/bakery-licence/".to_owned()), ..EventFilter::default() };
    Ok(webhooks.subscriptions().subscribe("/org/ttd", "https://case.example.no/events", filter).await?)
}

#[tokio::test]
async fn an_entry_is_handed_over_and_told_of() -> Outcome {
    let key = SigningKey::generate()?;
    let scene = Scene::in_world(TestWorld::with(|builder| sign(builder, key)).await?).await?;
    let altinn = scene.world.altinn();
    let subscription = subscribe(altinn).await?;
    assert_eq!(subscription.state, SubscriptionState::Pending);

    let id = scene.submitted().await?;
    let receipt = altinn.submissions().receipt(&scene.actor, &id).await?.proved().ok_or("not proved")?;
    let message = arkivmelding(altinn, receipt.entry()).await?;
    assert!(message.contains("arkivmelding") && message.contains("Løyver"), "{message}");

    altinn.events().number().await?;
    let seen = react(altinn, 0).await?;
    assert!(seen > 0);
    assert_eq!(react(altinn, seen).await?, seen);
    Ok(())
}

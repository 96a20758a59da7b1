//! What is done every week.

use std::path::Path;

use altinn_archive::{ErasureOrder, KeyFolder, Participant};
use altinn_auth::decision::{PolicyComparison, PolicyQuestion, ServicePolicy};
use altinn_core::{Actor, AuthenticationLevel, Language, PartyId, ServiceId};
use altinn_notify::channel::{Channel, Message, Outcome as Sending};
use altinn_notify::{Notifier, Reason};
use altinn_services::Altinn;
use altinn_services::http::Limits;
use altinn_services::testing::TestWorld;
use async_trait::async_trait;
use chrono::TimeDelta;

use super::{Outcome, Scene, examples};

async fn rotate(altinn: &Altinn, keys: &Path) -> Outcome {
    KeyFolder::open(keys.join("archive"))?.rotate()?;
    while altinn.archive().rotate_keys(1_000).await?.more {}
    Ok(())
}

async fn why_refused(altinn: &Altinn, actor: &Actor, party: PartyId) -> Outcome<Vec<String>> {
    let page = altinn.trail().of(actor, party, None).await?;
    let refused = page.entries.iter().filter(|entry| !entry.permitted);
    Ok(refused.map(|entry| format!("{} {} {}", entry.at, entry.actor, entry.action)).collect())
}

async fn send_again(notifier: &Notifier) -> Outcome<usize> {
    let parked = notifier.parked(None, 100).await?;
    for notification in &parked {
        notifier.redrive(notification.id).await?;
    }
    Ok(parked.len())
}

async fn forget(altinn: &Altinn, person: &str, officer: Participant) -> Outcome<usize> {
    let order = ErasureOrder::new(officer, AuthenticationLevel::VerySensitive, "article 17 of the GDPR");
    let report = altinn.archive().access_report(person, None, 100).await?.kept; // what, and who has read it
    for kept in &report {
        altinn.archive().erase(kept.entry, &order).await?;
    }
    Ok(report.len())
}

fn what_would_change(service: &ServiceId, before: &str, after: &str) -> Outcome<Vec<String>> {
    let (before, after) = (ServicePolicy::read(service, before)?, ServicePolicy::read(service, after)?);
    let asked = ["DAGL", "REGNA", "REVI"].map(|role| PolicyQuestion {
        roles: role.parse().into_iter().collect(),
        ..PolicyQuestion::new("instantiate")
    });
    let comparison = PolicyComparison::of(&service.resource_id(), &before, &after, asked);
    Ok(comparison.differences.iter().map(|difference| difference.explain(Language::En)).collect())
}

fn larger() -> Limits {
    let mut limits = Limits::default();
    limits.upload = 200 * 1024 * 1024;
    limits
}

#[tokio::test]
async fn keys_are_rotated_and_everything_can_still_be_read() -> Outcome {
    let agency = tempfile::tempdir()?;
    let altinn = Altinn::local(agency.path()).await?;
    let participant = || Participant::new("50001", "Bakeriet AS");
    let entry = altinn_archive::NewEntry::new(
        "ttd/bakery-licence",
        participant(),
        participant(),
        AuthenticationLevel::Sensitive,
    );
    let receipt = altinn.archive().append(entry).await?;
    rotate(&altinn, &agency.path().join("keys")).await?;
    assert_eq!(altinn.archive().rotate_keys(1_000).await?.keys, 0, "nothing is under the former key");
    assert_eq!(altinn.archive().get(receipt.entry()).await?.service, "ttd/bakery-licence");
    Ok(())
}

#[tokio::test]
async fn a_refusal_stands_in_the_trail() -> Outcome {
    let scene = Scene::new().await?;
    let altinn = scene.world.altinn();
    let nora = scene.world.log_in(&scene.world.person().await?).await?;
    altinn.submissions().start(&nora, &scene.service, scene.bakery.id).await.unwrap_err();
    scene.world.work().await?;
    let refused = why_refused(altinn, &scene.actor, scene.bakery.id).await?;
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].ends_with("instantiate"), "{refused:?}");
    Ok(())
}

/// A mail server that is down.
#[derive(Debug)]
struct Down;

#[async_trait]
impl Channel for Down {
    async fn send(&self, _: &Message) -> Sending {
        Sending::Transient { reason: Reason::new("the server is down") }
    }
}

#[tokio::test]
async fn a_notice_that_expired_is_sent_again() -> Outcome {
    let sender = "noreply@example.com".parse()?;
    let scene = Scene::in_world(TestWorld::with(|builder| builder.email(sender, Down)).await?).await?;
    scene.submitted().await?;
    scene.world.work().await?;
    scene.world.advance(TimeDelta::days(3)).await?;
    let notifier = scene.world.altinn().notifier();
    assert_eq!(send_again(notifier).await?, 1);
    assert!(notifier.parked(None, 100).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn what_is_kept_of_a_person_is_listed_and_erased() -> Outcome {
    let scene = Scene::new().await?;
    let altinn = scene.world.altinn();
    scene.submitted().await?;
    let person = scene.actor.reference();
    let officer = || Participant::new("officer", "Saksbehandler Sørli");
    assert_eq!(forget(altinn, &person, officer()).await?, 1);
    assert_eq!(forget(altinn, &person, officer()).await?, 0);
    Ok(())
}

#[test]
fn another_policy_is_tried_before_it_is_published() -> Outcome {
    let policy =
        std::fs::read_to_string(examples("apps/bakery-licence/App/config/authorization/policy.xml"))?;
    let service = "ttd/bakery-licence".parse()?;
    assert!(what_would_change(&service, &policy, &policy)?.is_empty());
    let said = what_would_change(&service, &policy, &policy.replace("DAGL", "REVI").replace("dagl", "revi"))?;
    assert!(said.iter().any(|difference| difference.contains("DAGL")), "{said:?}");
    Ok(())
}

#[test]
fn a_limit_is_a_number() {
    assert!(larger().upload > Limits::default().upload);
}

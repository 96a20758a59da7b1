//! A letter with an attachment and a reminder.

use altinn_core::{Actor, Language, PartyId, PartyIdentifier, SyntheticNumbers};
use altinn_services::Altinn;
use altinn_services::correspondence::{
    CorrespondenceError, CorrespondenceService, Message, NewAttachment, NewCorrespondence, Notification,
    Recipient, Sent,
};
use altinn_services::testing::TestWorld;
use chrono::TimeDelta;

use super::{Outcome, examples};

async fn send(
    altinn: &Altinn,
    (agency, us): (&Actor, PartyId),
    service: &CorrespondenceService,
    (to, pdf): (Recipient, Vec<u8>),
) -> Result<Sent, CorrespondenceError> {
    let words = Message::new(Language::Nb, "Vedtak", "Søknaden er **innvilget**.");
    let words = words.with(Language::Nn, "Vedtak", "Søknaden er **innvilga**.");
    let letter = NewCorrespondence::new("2026/17", to, words)
        .with_attachment(NewAttachment::new("vedtak.pdf", pdf))
        .notified(Notification::generic().with_reminder(7))
        .once("decision-2026-17");
    altinn.correspondences().send(agency, service, us, &letter).await
}

#[tokio::test]
async fn whoever_has_not_read_is_reminded_after_seven_days() -> Outcome {
    let world = TestWorld::open().await?;
    let service = world.altinn().publish_correspondence(examples("services/decisions"))?;
    let kari = world.person().await?;
    let agency = world.organization(&world.person().await?).await?;
    let owner = world.owner("mattilsynet", &agency)?;
    let PartyIdentifier::Person(number) = &kari.identifier else { unreachable!() };
    let to = Recipient::Person(number.check(SyntheticNumbers::Accepted)?);
    let letter = (to, b"%PDF-1.7 ...".to_vec());

    let sent = send(world.altinn(), (&owner, agency.id), &service, letter.clone()).await?;
    let again = send(world.altinn(), (&owner, agency.id), &service, letter).await?;
    assert_eq!(again, sent);
    world.work().await?;
    assert_eq!(world.mails().len(), 1);
    world.advance(TimeDelta::days(6)).await?;
    assert_eq!(world.mails().len(), 1);
    world.advance(TimeDelta::days(1)).await?;
    assert_eq!(world.mails().len(), 2);
    Ok(())
}

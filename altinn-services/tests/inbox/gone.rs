//! What is deleted, purged or erased is gone from inboxes.

use std::time::Duration;

use altinn_archive::{ArchiveError, EntryId, ErasureOrder, HoldScope, Participant};
use altinn_core::store::params;
use altinn_core::{Actor, AuthenticationLevel, Subject};
use altinn_services::inbox::{InboxQuery, LabelChange, Place};
use altinn_services::submission::Substatus;

use crate::inbox_scene::{Scene, everywhere};

async fn rows(scene: &Scene) -> [i64; 3] {
    let mut rows = [0; 3];
    for (count, table) in
        rows.iter_mut().zip(["services_inbox", "services_inbox_seen", "services_inbox_label"])
    {
        let sql = format!("select count(*) as n from {table}");
        *count = scene.altinn.store().query_one(sql, params![]).await.unwrap().get("n").unwrap();
    }
    rows
}

async fn seen_and_labelled(scene: &Scene, party: altinn_core::PartyId, id: uuid::Uuid) {
    let inbox = scene.altinn.inbox();
    inbox.read(&scene.leader, party, id, true).await.unwrap();
    inbox.label(&scene.leader, party, id, &LabelChange::Add("min".parse().unwrap())).await.unwrap();
    assert_eq!(rows(scene).await, [1; 3]);
}

#[tokio::test]
async fn a_submission_goes_to_the_bin_and_back_and_is_gone_when_it_is_deleted_for_good() {
    everywhere(async |scene| {
        let id = scene.draft().await;
        seen_and_labelled(&scene, id.owner, id.guid).await;
        let submissions = scene.altinn.submissions();
        let in_the_bin = async || scene.list(&scene.chair, InboxQuery::new().place(Place::Bin)).await.len();
        submissions.delete(&scene.leader, &id).await.unwrap();
        assert_eq!((in_the_bin().await, scene.list(&scene.leader, InboxQuery::new()).await.len()), (1, 0));
        submissions.restore(&scene.leader, &id).await.unwrap();
        assert_eq!((in_the_bin().await, scene.list(&scene.leader, InboxQuery::new()).await.len()), (0, 1));
        submissions.delete_for_good(&scene.leader, &id).await.unwrap();
        assert_eq!(rows(&scene).await, [0; 3]);
    })
    .await;
}

#[tokio::test]
async fn a_correspondence_is_put_away_when_it_is_archived_and_gone_when_it_is_purged() {
    everywhere(async |scene| {
        let letter = scene.letter(&scene.bakery, "Vedtak").await;
        seen_and_labelled(&scene, letter.owner, letter.guid).await;
        let letters = scene.altinn.correspondences();
        letters.read(&scene.leader, &scene.decisions, &letter).await.unwrap();
        letters.archive(&scene.leader, &scene.decisions, &letter).await.unwrap();
        assert_eq!(scene.titles(&scene.chair, InboxQuery::new().place(Place::Archive)).await, ["Vedtak"]);
        letters.purge(&scene.leader, &scene.decisions, &letter).await.unwrap();
        assert_eq!(rows(&scene).await, [0; 3]);
    })
    .await;
}

#[tokio::test]
async fn a_file_is_gone_from_all_inboxes_when_it_is_purged() {
    everywhere(async |scene| {
        scene.file().await;
        assert_eq!(rows(&scene).await, [2, 0, 0], "its sender and its recipient have it");
        scene.clock.step(Duration::from_secs(400 * 24 * 60 * 60));
        while scene.altinn.broker().run_due(8).await.unwrap() > 0 {}
        assert_eq!(rows(&scene).await, [0; 3]);
    })
    .await;
}

async fn erase(scene: &Scene, entry: EntryId) -> Result<(), ArchiveError> {
    let officer = Participant::new("urn:altinn:party:1", "");
    let order = ErasureOrder::new(officer, AuthenticationLevel::VerySensitive, "article 17 of the GDPR");
    scene.altinn.archive().erase(entry, &order).await.map(drop)
}

/// The titles that stand in rows of inboxes, as they are sealed.
async fn sealed_titles(scene: &Scene) -> Vec<Vec<u8>> {
    let rows = scene.altinn.store().query("select title from services_inbox", params![]).await.unwrap();
    rows.iter().map(|row| row.get("title").unwrap()).collect()
}

/// Everything that somebody sees, wherever they have put it.
async fn everything(scene: &Scene, actor: &Actor) -> usize {
    let all = Place::ALL.into_iter().fold(InboxQuery::new(), InboxQuery::place);
    scene.list(actor, all).await.len()
}

#[tokio::test]
async fn an_archived_answer_is_gone_with_its_entry_and_with_all_that_was_said_of_it() {
    everywhere(async |scene| {
        scene.ask().await;
        let item = scene.list(&scene.leader, InboxQuery::new()).await.remove(0);
        seen_and_labelled(&scene, item.party, item.id).await;
        erase(&scene, item.entry.unwrap()).await.unwrap();
        assert_eq!((everything(&scene, &scene.leader).await, sealed_titles(&scene).await), (0, vec![vec![]]));
        assert_eq!(rows(&scene).await, [1, 0, 0]);
        let inbox = scene.altinn.inbox();
        let moved = inbox.label(&scene.leader, item.party, item.id, &LabelChange::Move(Place::Bin)).await;
        assert_eq!(moved.unwrap_err().code(), "INBOX-NOT-FOUND");
        erase(&scene, item.entry.unwrap()).await.unwrap();
        assert_eq!(everything(&scene, &scene.leader).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_submission_does_not_come_back_by_what_happens_to_it_after_its_entry_was_erased() {
    everywhere(async |scene| {
        let id = scene.draft().await;
        scene.submit(&id).await;
        let entry = scene.list(&scene.leader, InboxQuery::new()).await[0].entry.unwrap();
        erase(&scene, entry).await.unwrap();
        scene.tick();
        let ttd = Subject::ServiceOwner { org: "ttd".to_owned(), number: None };
        let agency = Actor::new(ttd, AuthenticationLevel::VerySensitive);
        let said = Substatus { label: "Innvilget".to_owned(), description: None };
        scene.altinn.submissions().set_substatus(&agency, &id, Some(said)).await.unwrap();
        assert_eq!((everything(&scene, &scene.leader).await, sealed_titles(&scene).await), (0, vec![vec![]]));
    })
    .await;
}

#[tokio::test]
async fn a_correspondence_is_gone_from_the_inboxes_of_all_its_recipients_with_its_entry() {
    everywhere(async |scene| {
        let letter = scene.letter(&scene.bakery, "Vedtak").await;
        seen_and_labelled(&scene, letter.owner, letter.guid).await;
        scene.letter(&scene.kari.0, "Annet").await;
        let mailing = "select entry from services_mailing order by created_at limit 1";
        let mailing = scene.altinn.store().query_one(mailing, params![]).await.unwrap();
        erase(&scene, mailing.get("entry").unwrap()).await.unwrap();
        assert_eq!(everything(&scene, &scene.leader).await, 0);
        assert_eq!(scene.titles(&scene.kari.1, InboxQuery::new()).await, ["Annet"], "another's is left");
        assert_eq!(rows(&scene).await, [2, 0, 0]);
    })
    .await;
}

#[tokio::test]
async fn what_a_hold_keeps_in_the_archive_stays_in_the_inbox() {
    everywhere(async |scene| {
        scene.ask().await;
        let entry = scene.list(&scene.leader, InboxQuery::new()).await[0].entry.unwrap();
        scene.altinn.archive().hold(&HoldScope::Entry(entry)).await.unwrap();
        assert!(matches!(erase(&scene, entry).await, Err(ArchiveError::Held { .. })));
        assert_eq!(everything(&scene, &scene.leader).await, 1);
    })
    .await;
}

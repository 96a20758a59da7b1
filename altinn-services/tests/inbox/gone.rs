//! What is deleted, purged or erased is gone from inboxes.

use std::time::Duration;

use altinn_core::store::params;
use altinn_services::inbox::{InboxQuery, LabelChange, Place};

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

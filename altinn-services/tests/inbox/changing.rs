//! Reading, moving, labelling.

use altinn_core::{Actor, AuthenticationLevel, Subject};
use altinn_services::inbox::{InboxError, InboxQuery, LabelChange, OwnLabel, Place};
use altinn_services::submission::{ReadStatus, Substatus};

use crate::inbox_scene::everywhere;

fn own(label: &str) -> OwnLabel {
    label.parse().unwrap()
}

#[tokio::test]
async fn what_one_has_read_is_unread_to_another_who_represents_the_same_party() {
    everywhere(async |scene| {
        let letter = scene.letter(&scene.bakery, "Vedtak").await;
        let unread = async |actor: &Actor| scene.list(actor, InboxQuery::new().unread()).await.len();
        scene.altinn.correspondences().read(&scene.leader, &scene.decisions, &letter).await.unwrap();
        assert_eq!((unread(&scene.leader).await, unread(&scene.chair).await), (0, 1));
        let inbox = scene.altinn.inbox();
        inbox.read(&scene.chair, letter.owner, letter.guid, true).await.unwrap();
        inbox.read(&scene.leader, letter.owner, letter.guid, false).await.unwrap();
        assert_eq!((unread(&scene.leader).await, unread(&scene.chair).await), (1, 0));
        let items = scene.list(&scene.leader, InboxQuery::new()).await;
        assert!(items[0].is_marked_as_unopened && items[0].state == "Read");
    })
    .await;
}

#[tokio::test]
async fn news_are_unread_and_bring_an_element_back_for_all() {
    everywhere(async |scene| {
        let id = scene.draft().await;
        scene.submit(&id).await;
        let inbox = scene.altinn.inbox();
        inbox.label(&scene.leader, id.owner, id.guid, &LabelChange::Move(Place::Archive)).await.unwrap();
        assert_eq!(scene.list(&scene.chair, InboxQuery::new()).await, []);
        let put_away = scene.list(&scene.chair, InboxQuery::new().place(Place::Archive)).await;
        assert_eq!((put_away.len(), put_away[0].is_unread), (1, false));
        let agency = Subject::ServiceOwner { org: scene.licence.id().org().to_owned(), number: None };
        let agency = Actor::new(agency, AuthenticationLevel::VerySensitive);
        let substatus = Substatus { label: "Under behandling".to_owned(), description: None };
        scene.altinn.submissions().set_substatus(&agency, &id, Some(substatus)).await.unwrap();
        let back = scene.list(&scene.chair, InboxQuery::new().unread()).await;
        assert_eq!((back.len(), back[0].state.as_str()), (1, "Under behandling"));
        scene.altinn.submissions().mark(&scene.chair, &id, ReadStatus::Read).await.unwrap();
        assert_eq!(scene.list(&scene.chair, InboxQuery::new().unread()).await, []);
        assert_eq!(scene.list(&scene.leader, InboxQuery::new().unread()).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn own_labels_are_seen_by_nobody_else_and_stand_nowhere_in_the_clear() {
    everywhere(async |scene| {
        let letter = scene.letter(&scene.bakery, "Vedtak").await;
        scene.letter(&scene.bakery, "Et annet").await;
        let inbox = scene.altinn.inbox();
        let change = LabelChange::Add(own("Skatt 2026"));
        for _ in 0..2 {
            inbox.label(&scene.leader, letter.owner, letter.guid, &change).await.unwrap();
        }
        let labelled = InboxQuery::new().label(own("Skatt 2026"));
        assert_eq!(scene.titles(&scene.leader, labelled.clone()).await, ["Vedtak"]);
        assert_eq!(scene.list(&scene.chair, labelled.clone()).await, []);
        let items = scene.list(&scene.leader, InboxQuery::new()).await;
        assert_eq!((items[0].labels.len(), items[1].labels[0].as_str()), (0, "Skatt 2026"));
        assert!(scene.list(&scene.chair, InboxQuery::new()).await.iter().all(|item| item.labels.is_empty()));
        let rows = scene.altinn.store().query("select name from services_inbox_label", vec![]).await.unwrap();
        let name: Vec<u8> = rows[0].get("name").unwrap();
        assert_eq!((rows.len(), name.windows(5).any(|bytes| bytes == b"Skatt")), (1, false));
        let change = LabelChange::Remove(own("Skatt 2026"));
        inbox.label(&scene.leader, letter.owner, letter.guid, &change).await.unwrap();
        assert_eq!(scene.list(&scene.leader, labelled).await, []);
    })
    .await;
}

#[tokio::test]
async fn an_element_has_twenty_labels_of_ones_own_at_the_most() {
    everywhere(async |scene| {
        let letter = scene.letter(&scene.bakery, "Vedtak").await;
        let inbox = scene.altinn.inbox();
        let add = async |label: &str| {
            inbox.label(&scene.leader, letter.owner, letter.guid, &LabelChange::Add(own(label))).await
        };
        for number in 0..20 {
            add(&number.to_string()).await.unwrap();
        }
        assert!(matches!(add("one more").await, Err(InboxError::TooManyLabels { limit: 20 })));
        add("7").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn who_may_not_see_an_element_may_neither_move_nor_read_it_and_is_told_what_there_is_not() {
    everywhere(async |scene| {
        let letter = scene.letter(&scene.bakery, "Vedtak").await;
        let nothing = uuid::Uuid::from_u128(7);
        for caller in [&scene.auditor, &scene.accountant, &scene.stranger.1] {
            let mut answers = Vec::new();
            for id in [letter.guid, nothing] {
                scene.statements.take();
                let change = LabelChange::Move(Place::Bin);
                let moved = scene.altinn.inbox().label(caller, letter.owner, id, &change).await;
                let read = scene.altinn.inbox().read(caller, letter.owner, id, true).await;
                answers.push((format!("{moved:?} {read:?}"), scene.statements.take()));
            }
            assert_eq!(answers[0], answers[1]);
        }
        assert_eq!(scene.list(&scene.leader, InboxQuery::new().unread()).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn that_something_was_moved_is_in_the_trail_of_the_party() {
    everywhere(async |scene| {
        let letter = scene.letter(&scene.bakery, "Vedtak").await;
        let change = LabelChange::Move(Place::Bin);
        scene.altinn.inbox().label(&scene.chair, letter.owner, letter.guid, &change).await.unwrap();
        let trail = scene.altinn.trail().of(&scene.leader, scene.bakery.id, None).await.unwrap();
        let element = format!("inbox/{}", letter.guid);
        let by = trail.entries.iter().find(|entry| entry.element.as_deref() == Some(&element));
        assert_eq!(by.unwrap().actor, scene.chair.reference());
    })
    .await;
}

//! What is seen, in which order, by whom.

use altinn_services::inbox::{ElementKind, InboxError, InboxQuery, InboxStatus, Place, Sort};

use crate::inbox_scene::{Scene, everywhere};

/// The bakery gets a letter, has a draft, has submitted, sends a file, and has asked a register.
async fn five(scene: &Scene) {
    scene.letter(&scene.bakery, "Vedtak om løyve").await;
    scene.draft().await;
    let submitted = scene.draft().await;
    scene.submit(&submitted).await;
    scene.file().await;
    scene.ask().await;
    scene.letter(&scene.kari.0, "Brev til Kari").await;
}

#[tokio::test]
async fn elements_of_every_type_stand_in_one_list_newest_first() {
    everywhere(async |scene| {
        five(&scene).await;
        let items = scene.list(&scene.leader, InboxQuery::new()).await;
        let shown: Vec<_> = items.iter().map(|item| (item.kind, item.status, item.is_unread)).collect();
        assert_eq!(
            shown,
            [
                (ElementKind::Lookup, InboxStatus::Completed, false),
                (ElementKind::Broker, InboxStatus::Awaiting, false),
                (ElementKind::Submission, InboxStatus::Completed, false),
                (ElementKind::Submission, InboxStatus::Draft, false),
                (ElementKind::Correspondence, InboxStatus::NotApplicable, true),
            ]
        );
        assert!(items[0].entry.is_some() && items[2].entry.is_some(), "what is archived has its entry");
        assert!(items[1].is_sent && items[1].title.in_language(altinn_core::Language::En) == "regnskap.zip");
        let count = scene.altinn.inbox().count(&scene.leader, &InboxQuery::new()).await.unwrap();
        assert_eq!((count.total, count.unread, count.is_more), (5, 1, false));
    })
    .await;
}

#[tokio::test]
async fn everybody_sees_what_the_policy_of_each_service_lets_them_read_and_nothing_else() {
    everywhere(async |scene| {
        five(&scene).await;
        assert_eq!(scene.titles(&scene.kari.1, InboxQuery::new()).await, ["Brev til Kari"]);
        for nobody in [&scene.auditor, &scene.stranger.1] {
            assert_eq!(scene.list(nobody, InboxQuery::new()).await, []);
            let count = scene.altinn.inbox().count(nobody, &InboxQuery::new()).await.unwrap();
            assert_eq!((count.total, count.is_more), (0, false));
        }
        let kinds: Vec<_> =
            scene.list(&scene.accountant, InboxQuery::new()).await.iter().map(|item| item.kind).collect();
        assert_eq!(kinds, [ElementKind::Lookup, ElementKind::Broker]);
    })
    .await;
}

#[tokio::test]
async fn a_party_that_the_caller_does_not_represent_is_not_found_whether_there_is_one_or_not() {
    everywhere(async |scene| {
        five(&scene).await;
        let mut answers = Vec::new();
        for party in [scene.kari.0.id, altinn_core::PartyId::new(99_999_999)] {
            scene.statements.take();
            let found = scene.altinn.inbox().list(&scene.leader, &InboxQuery::new().of(party)).await;
            let error = found.unwrap_err();
            assert!(matches!(error, InboxError::NotFound));
            answers.push((error.to_string(), scene.statements.take()));
        }
        assert_eq!(answers[0], answers[1]);
    })
    .await;
}

#[tokio::test]
async fn filters_take_out_what_is_not_asked_for() {
    everywhere(async |scene| {
        five(&scene).await;
        let leader = &scene.leader;
        let kinds =
            async |query| scene.list(leader, query).await.iter().map(|item| item.kind).collect::<Vec<_>>();
        let new = InboxQuery::new;
        use ElementKind::{Broker, Correspondence, Lookup, Submission};
        assert_eq!(kinds(new().kind(Correspondence).kind(Lookup)).await, [Lookup, Correspondence]);
        assert_eq!(kinds(new().service(scene.licence.id().clone())).await, [Submission, Submission]);
        assert_eq!(kinds(new().status(InboxStatus::Draft)).await, [Submission]);
        assert_eq!(kinds(new().unread()).await, [Correspondence]);
        assert_eq!(kinds(new().read()).await, [Lookup, Broker, Submission, Submission]);
        assert_eq!(kinds(new().sent()).await, [Broker]);
        assert_eq!(kinds(new().title("vedt LØY")).await, [Correspondence]);
        assert_eq!(kinds(new().title("decision")).await, [Correspondence]);
        assert_eq!(kinds(new().title("edtak")).await, []);
        assert_eq!(kinds(new().place(Place::Bin)).await, []);
        assert_eq!(kinds(new().of(scene.bakery.id).sort(Sort::Oldest).limit(1)).await, [Correspondence]);
        let all = scene.list(leader, new()).await;
        let between = new().between(all[3].changed, all[1].changed);
        assert_eq!(kinds(between).await, [Submission, Submission], "the first time is in, the last is not");
        assert_eq!(kinds(new().sort(Sort::DueFirst)).await, [], "nothing is due");
    })
    .await;
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap_and_without_anything_twice() {
    everywhere(async |scene| {
        for number in 0..7 {
            scene.letter(&scene.bakery, &format!("Brev {number}")).await;
        }
        for sort in [Sort::Newest, Sort::Oldest] {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let mut query = InboxQuery::new().sort(sort).limit(2);
                if let Some(cursor) = after {
                    query = query.after(cursor);
                }
                let page = scene.altinn.inbox().list(&scene.leader, &query).await.unwrap();
                assert!(page.next.is_none() || page.items.len() == 2, "a page is full");
                found.extend(
                    page.items
                        .iter()
                        .map(|item| item.title.in_language(altinn_core::Language::Nb).to_owned()),
                );
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let mut expected: Vec<_> = (0..7).map(|number| format!("Brev {number}")).collect();
            if sort == Sort::Newest {
                expected.reverse();
            }
            assert_eq!(found, expected);
        }
    })
    .await;
}

#[tokio::test]
async fn what_may_not_be_seen_fills_no_page_and_costs_nothing() {
    everywhere(async |scene| {
        let inbox = scene.altinn.inbox();
        let query = InboxQuery::new().limit(2);
        scene.letter(&scene.bakery, "Det første").await;
        let mut files = vec![scene.file().await];
        let cost = async |files: &[altinn_services::broker::TransferId]| {
            scene.statements.take();
            let page = inbox.list(&scene.accountant, &query).await.unwrap();
            let count = inbox.count(&scene.accountant, &query).await.unwrap();
            let ids: Vec<_> = page.items.iter().map(|item| item.id).collect();
            let newest: Vec<_> = files.iter().rev().take(2).map(|id| id.as_uuid()).collect();
            assert_eq!((ids, count.total), (newest, files.len()));
            scene.statements.take()
        };
        files.push(scene.file().await);
        let before = cost(&files).await;
        for number in 0..20 {
            scene.letter(&scene.bakery, &format!("Brev {number}")).await;
        }
        assert_eq!(cost(&files).await, before);
    })
    .await;
}

#[tokio::test]
async fn one_instance_that_was_delegated_is_seen_and_the_others_of_the_party_are_not() {
    everywhere(async |scene| {
        let (shared, _) = (scene.draft().await, scene.draft().await);
        scene.letter(&scene.kari.0, "Brev til Kari").await;
        let given = scene.delegate(&shared, &scene.kari.0).await;
        let items = scene.list(&scene.kari.1, InboxQuery::new()).await;
        let ids: Vec<_> = items.iter().map(|item| item.id).collect();
        assert_eq!((ids.len(), ids[1]), (2, shared.guid));
        let count = scene.altinn.inbox().count(&scene.kari.1, &InboxQuery::new()).await.unwrap();
        assert_eq!(count.total, 2);
        for id in given {
            scene.altinn.access_management().revoke(&scene.leader, id).await.unwrap();
        }
        assert_eq!(scene.titles(&scene.kari.1, InboxQuery::new()).await, ["Brev til Kari"]);
    })
    .await;
}

#[tokio::test]
async fn titles_stand_nowhere_in_the_clear() {
    everywhere(async |scene| {
        scene.letter(&scene.bakery, "Vedtak om løyve").await;
        let rows = scene.altinn.store().query("select title from services_inbox", vec![]).await.unwrap();
        let titles: Vec<Vec<u8>> = rows.iter().map(|row| row.get("title").unwrap()).collect();
        assert!(titles.iter().all(|title| !title.windows(6).any(|bytes| bytes == b"Vedtak")));
        let shown = format!("{:?}", scene.list(&scene.leader, InboxQuery::new()).await);
        assert!(!shown.contains("Vedtak") && shown.contains("mattilsynet/decisions"), "{shown}");
    })
    .await;
}

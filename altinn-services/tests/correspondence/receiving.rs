//! What recipients do, and what is kept of it.

use altinn_archive::ReceiptState;
use altinn_core::{Language, Text};
use altinn_services::correspondence::{CorrespondenceStatus as Status, NewAttachment, ReplyOption};

use crate::scene::{after, days, everywhere, message};

#[tokio::test]
async fn a_letter_is_fetched_read_confirmed_answered_put_away_and_deleted() {
    everywhere(async |scene| {
        let letter = scene
            .letter()
            .with_reply_option(ReplyOption::new(
                "https://mattilsynet.no/klage",
                Text::new(Language::Nb, "Klag"),
            ))
            .confirmed_by(after(14));
        let id = scene.published(&letter).await;
        let (letters, service, leader) = (scene.letters(), &scene.service, &scene.leader);
        for (code, outcome) in [
            ("CORRESPONDENCE-NOT-FETCHED", letters.mark_as_read(leader, service, &id).await.err()),
            ("CORRESPONDENCE-NOT-FETCHED", letters.confirm(leader, service, &id).await.err()),
            ("CORRESPONDENCE-NOT-READ", letters.archive(leader, service, &id).await.err()),
            ("CORRESPONDENCE-NOT-READ", letters.reply(leader, service, &id, 0).await.err()),
            ("CORRESPONDENCE-NOTHING", letters.reply(leader, service, &id, 1).await.err()),
            ("CORRESPONDENCE-CONFIRMATION-NEEDED", letters.purge(leader, service, &id).await.err()),
        ] {
            assert_eq!(outcome.unwrap().code(), code);
        }
        let fetched = letters.fetch(leader, service, &id).await.unwrap();
        assert_eq!((fetched.status, fetched.is_confirmation_needed), (Status::Published, true));
        assert_eq!(fetched.content.message, message());
        let read = letters.read(leader, service, &id).await.unwrap();
        assert_eq!(read.status, Status::Read);
        let confirmed = letters.confirm(leader, service, &id).await.unwrap();
        assert_eq!(confirmed.actor.as_deref(), Some(leader.reference().as_str()));
        let answered = letters.reply(leader, service, &id, 0).await.unwrap();
        assert_eq!(answered.link_url, "https://mattilsynet.no/klage");
        letters.archive(leader, service, &id).await.unwrap();
        let purged = letters.purge(leader, service, &id).await.unwrap();
        assert_eq!(
            (purged.overview.status, purged.overview.latest),
            (Status::Archived, Status::PurgedByRecipient)
        );

        for outcome in [
            letters.read(leader, service, &id).await.err(),
            letters.fetch(leader, service, &id).await.err(),
            letters
                .attachment(leader, service, &id, 0)
                .await
                .err()
                .filter(|e| e.code() != "CORRESPONDENCE-NOTHING"),
            letters.purge(leader, service, &id).await.err(),
        ]
        .into_iter()
        .flatten()
        {
            assert_eq!(outcome.code(), "CORRESPONDENCE-PURGED");
        }
        assert!(letters.list(leader, service, scene.bakery.id, None, 10).await.unwrap().is_empty());
        let statuses = [
            Status::Initialized,
            Status::ReadyForPublish,
            Status::Published,
            Status::Fetched,
            Status::Read,
            Status::Confirmed,
            Status::Replied,
            Status::Archived,
            Status::PurgedByRecipient,
        ];
        assert_eq!(scene.statuses(&id).await, statuses);
        let told = [
            "correspondenceinitialized",
            "correspondencepublished",
            "correspondencereceiverread",
            "correspondencereceiverconfirmed",
            "correspondencereceiverreplied",
            "correspondencearchived",
            "correspondencepurged",
        ];
        assert_eq!(scene.told(&id).await, told);
    })
    .await;
}

#[tokio::test]
async fn that_it_was_read_and_confirmed_is_proved_by_receipts() {
    everywhere(async |scene| {
        let id = scene.published(&scene.letter().confirmed_by(after(14))).await;
        let (letters, service) = (scene.letters(), &scene.service);
        let none = letters.receipt(&scene.leader, service, &id, Status::Read).await.err();
        assert_eq!(none.unwrap().code(), "CORRESPONDENCE-NOTHING");
        letters.read(&scene.baker, service, &id).await.unwrap();
        letters.confirm(&scene.leader, service, &id).await.unwrap();
        scene.altinn.archive().integrate().await.unwrap();
        for (status, actor) in [(Status::Read, &scene.baker), (Status::Confirmed, &scene.leader)] {
            let receipt = letters.receipt(&scene.leader, service, &id, status).await.unwrap();
            let ReceiptState::Proved(receipt) = receipt else { panic!("not proved") };
            receipt.verify(scene.altinn.archive().verifier_key()).unwrap();
            let content = scene.altinn.archive().content(receipt.entry(), "statement").await.unwrap();
            let statement: serde_json::Value =
                serde_json::from_slice(&content.bytes(10_000).await.unwrap()).unwrap();
            assert_eq!(statement["status"], status.name());
            assert_eq!(statement["actor"], actor.reference());
            assert_eq!(statement["shown"][0]["name"], "message");
        }
    })
    .await;
}

#[tokio::test]
async fn confirming_twice_is_one_confirmation_and_somebody_else_is_told_so() {
    everywhere(async |scene| {
        let id = scene.published(&scene.letter().confirmed_by(after(14))).await;
        let (letters, service) = (scene.letters(), &scene.service);
        letters.read(&scene.leader, service, &id).await.unwrap();
        let first = letters.confirm(&scene.leader, service, &id).await.unwrap();
        let entries = scene.count("archive_entry").await;
        scene.clock.step(days(1));
        assert_eq!(letters.confirm(&scene.leader, service, &id).await.unwrap(), first);
        let second = letters.confirm(&scene.baker, service, &id).await;
        assert_eq!(second.unwrap_err().code(), "CORRESPONDENCE-ALREADY-CONFIRMED");
        let second = letters.mark_as_read(&scene.baker, service, &id).await;
        assert_eq!(second.unwrap_err().code(), "CORRESPONDENCE-ALREADY-READ");
        assert_eq!(scene.count("archive_entry").await, entries);
        let confirmed = scene.told(&id).await.into_iter().filter(|told| told.ends_with("confirmed"));
        assert_eq!(confirmed.count(), 1);
    })
    .await;
}

#[tokio::test]
async fn two_who_confirm_at_once_leave_one_confirmation() {
    everywhere(async |scene| {
        let id = scene.published(&scene.letter().confirmed_by(after(14))).await;
        let (letters, service) = (scene.letters(), &scene.service);
        letters.read(&scene.leader, service, &id).await.unwrap();
        let outcomes = futures_util::future::join(
            letters.confirm(&scene.leader, service, &id),
            letters.confirm(&scene.baker, service, &id),
        )
        .await;
        let (done, refused) = match outcomes {
            (Ok(done), Err(refused)) | (Err(refused), Ok(done)) => (done, refused),
            other => panic!("{other:?}"),
        };
        assert_eq!((done.status, refused.code()), (Status::Confirmed, "CORRESPONDENCE-ALREADY-CONFIRMED"));
        let statuses = scene.statuses(&id).await;
        assert_eq!(statuses.iter().filter(|status| **status == Status::Confirmed).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn attachments_come_as_they_were_given_in_whole_and_in_part() {
    everywhere(async |scene| {
        let large: Vec<u8> = (0..300_000_u32).map(|byte| byte as u8).collect();
        let mut writer = scene.altinn.archive().content_writer().unwrap();
        for piece in large.chunks(70_000) {
            writer.write(piece).await.unwrap();
        }
        let letter = scene
            .letter()
            .with_attachment(NewAttachment::new("vedtak.pdf", b"%PDF-1.7".to_vec()))
            .with_attachment(NewAttachment::new("kart.png", writer.finish().await.unwrap()));
        let id = scene.published(&letter).await;
        let (letters, service) = (scene.letters(), &scene.service);
        let small = letters.attachment(&scene.leader, service, &id, 0).await.unwrap();
        assert_eq!((small.attachment.file_name.as_str(), small.attachment.size), ("vedtak.pdf", 8));
        assert_eq!(small.attachment.content_type, "application/pdf");
        assert!(!format!("{small:?}").contains("vedtak"));
        assert_eq!(small.content.bytes(100).await.unwrap().as_ref(), b"%PDF-1.7");
        let part = letters.attachment(&scene.leader, service, &id, 1).await.unwrap();
        assert_eq!(part.attachment.sha256, altinn_archive::Digest::of(&large));
        assert_eq!(
            part.content.range(100_000..100_010).bytes(10).await.unwrap().as_ref(),
            &large[100_000..100_010]
        );
        let none = letters.attachment(&scene.leader, service, &id, 2).await;
        assert_eq!(none.unwrap_err().code(), "CORRESPONDENCE-NOTHING");
        let statuses = scene.statuses(&id).await;
        assert_eq!(statuses.last(), Some(&Status::AttachmentsDownloaded));
        assert_eq!(statuses.len(), 4);
    })
    .await;
}

#[tokio::test]
async fn every_look_is_in_the_trail() {
    everywhere(async |scene| {
        let id = scene.published(&scene.letter()).await;
        let (letters, service) = (scene.letters(), &scene.service);
        letters.read(&scene.leader, service, &id).await.unwrap();
        letters.read(&scene.baker, service, &id).await.unwrap();
        let mut trail = scene.altinn.trail().of(&scene.leader, scene.bakery.id, None).await.unwrap().entries;
        trail.retain(|trace| {
            trace.element.as_ref().is_some_and(|element| element.starts_with("correspondence/"))
        });
        let actors: Vec<_> = trail.iter().map(|trace| trace.actor.clone()).collect();
        assert_eq!(actors, [scene.baker.reference(), scene.leader.reference()]);
        let element = format!("correspondence/{}", id.guid);
        assert!(
            trail.iter().all(|trace| trace.element.as_deref() == Some(&element) && trace.action == "read")
        );
    })
    .await;
}

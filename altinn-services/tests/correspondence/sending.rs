//! One call, one effect.

use altinn_core::Language;
use altinn_services::correspondence::{
    CorrespondenceError, CorrespondenceStatus as Status, FaultRule, NewAttachment, NewCorrespondence,
    Recipients,
};

use crate::scene::{after, days, everywhere, message, recipient};

#[tokio::test]
async fn sent_twice_with_one_key_it_is_one_and_gives_the_same_answer() {
    everywhere(async |scene| {
        let recipients: Recipients =
            [&scene.bakery, &scene.kari, &scene.bakery].map(recipient).into_iter().collect();
        let letter = NewCorrespondence::new("2026/17", recipients, message())
            .with_attachment(NewAttachment::new("vedtak.pdf", b"%PDF-1.7".to_vec()))
            .once("decision-17");
        let sent = scene.send(&letter).await;
        assert_eq!((sent.mailing.recipients, sent.recipients.len()), (2, 2));
        assert_eq!(sent.mailing.counts.get("ReadyForPublish"), Some(&2));
        let rows = ["services_mailing", "services_correspondence", "archive_entry", "services_event"];
        let mut before = Vec::new();
        for table in rows {
            before.push(scene.count(table).await);
        }
        assert_eq!(before, [1, 2, 1, 2]);
        assert_eq!(scene.send(&letter).await, sent);
        for (table, rows) in rows.into_iter().zip(before) {
            assert_eq!(scene.count(table).await, rows, "{table}");
        }
        let other = letter.clone().read_by(after(7));
        let refused = scene.letters().send(&scene.writer, &scene.service, scene.agency.id, &other).await;
        assert_eq!(refused.unwrap_err().code(), "IDEMPOTENCY-DIFFERENT-REQUEST");

        scene.run_due().await;
        assert_eq!(scene.send(&letter).await.mailing.counts.get("Published"), Some(&2));
    })
    .await;
}

#[tokio::test]
async fn calls_at_the_same_time_with_one_key_are_one() {
    everywhere(async |scene| {
        let letter = scene.letter().once("at-once");
        let calls = (0..8).map(|_| scene.send(&letter));
        let answers = futures_util::future::join_all(calls).await;
        assert!(answers.iter().all(|answer| answer == &answers[0]));
        assert_eq!((scene.count("services_mailing").await, scene.count("archive_entry").await), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_reserved_person_alone_is_refused_and_among_others_marked() {
    everywhere(async |scene| {
        scene.contact(&scene.kari, true).await;
        let alone = NewCorrespondence::new("1", recipient(&scene.kari), message());
        let refused = scene.letters().send(&scene.writer, &scene.service, scene.agency.id, &alone).await;
        assert_eq!(refused.unwrap_err().code(), "CORRESPONDENCE-RESERVED");
        assert_eq!((scene.count("services_mailing").await, scene.count("archive_entry").await), (0, 0));

        let both: Recipients = [&scene.bakery, &scene.kari].map(recipient).into_iter().collect();
        let sent = scene.send(&NewCorrespondence::new("2", both, message())).await;
        let statuses: Vec<_> = sent.recipients.iter().map(|recipient| recipient.status).collect();
        assert_eq!(statuses, [Status::ReadyForPublish, Status::Reserved]);
        scene.run_due().await;
        let told = scene.told(&sent.recipients[1].correspondence.unwrap()).await;
        assert_eq!(told, ["correspondenceinitialized", "correspondencereceiverreserved"]);

        let sent = scene.send(&alone.ignoring_reservation()).await;
        assert_eq!(sent.recipients[0].status, Status::ReadyForPublish);
    })
    .await;
}

#[tokio::test]
async fn an_unknown_recipient_is_named_by_place_and_nothing_is_stored() {
    everywhere(async |scene| {
        let unknown = scene.people.clone().organization();
        let both: Recipients = [&scene.bakery, &unknown].map(recipient).into_iter().collect();
        let letter = NewCorrespondence::new("1", both, message());
        let refused = scene.letters().send(&scene.writer, &scene.service, scene.agency.id, &letter).await;
        let Err(CorrespondenceError::Invalid(faults)) = refused else { panic!("sent") };
        assert_eq!((faults.len(), faults[0].path.as_str()), (1, "/recipients/1"));
        assert_eq!(faults[0].code, FaultRule::UnknownRecipient);
        assert_eq!(scene.count("services_mailing").await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_nobody_has_seen_can_be_withdrawn_and_nothing_else() {
    everywhere(async |scene| {
        let (letters, service, agency) = (scene.letters(), &scene.service, scene.agency.id);
        let sent = scene.send(&scene.letter().visible_from(after(3))).await;
        let id = sent.recipients[0].id;
        let withdrawn = letters.withdraw(&scene.writer, service, agency, id).await.unwrap();
        assert_eq!(withdrawn.overview.status, Status::PurgedByAltinn);
        scene.clock.step(days(4));
        scene.run_due().await;
        let history = letters.status(&scene.writer, service, agency, id).await.unwrap().history;
        let statuses: Vec<_> = history.iter().map(|entry| entry.status).collect();
        assert_eq!(statuses, [Status::Initialized, Status::ReadyForPublish, Status::PurgedByAltinn]);
        assert_eq!(history[2].actor.as_deref(), Some(scene.writer.reference().as_str()));
        let again = letters.withdraw(&scene.writer, service, agency, id).await;
        assert_eq!(again.unwrap_err().code(), "CORRESPONDENCE-PURGED");

        let published = scene.published(&scene.letter()).await;
        let late = letters.withdraw(&scene.writer, service, agency, published.guid).await;
        assert_eq!(late.unwrap_err().code(), "CORRESPONDENCE-NO-LONGER-WITHDRAWN");
    })
    .await;
}

#[tokio::test]
async fn what_was_sent_is_kept_once_encrypted_and_proved() {
    everywhere(async |scene| {
        let id = scene.published(&scene.letter()).await;
        let got = scene.letters().fetch(&scene.leader, &scene.service, &id).await.unwrap();
        assert_eq!(got.content.message, message());
        assert_eq!(got.content.message.title().get(Language::En), Some("Decision"));
        assert_eq!(got.message_sender, scene.agency.name);
        let entry = scene.send(&scene.letter()).await.mailing.entry;
        scene.altinn.archive().integrate().await.unwrap();
        let receipt = scene.altinn.archive().receipt(entry).await.unwrap().proved().unwrap();
        receipt.verify(scene.altinn.archive().verifier_key()).unwrap();
        for table in ["services_mailing", "services_correspondence", "services_event", "archive_content"] {
            let rows = scene.altinn.store().query(format!("select * from {table}"), vec![]).await.unwrap();
            assert!(!format!("{rows:?}").contains("Vedtak"), "{table}");
        }
    })
    .await;
}

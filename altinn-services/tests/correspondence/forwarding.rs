//! A recipient forwards a letter by mail.

use std::time::Duration;

use altinn_core::{Actor, InstanceId, Language};
use altinn_notify::channel::{Smtp, SmtpSettings, TlsMode};
use altinn_notify::testing::{Misbehaviour, ReceivedMail, SmtpSink};
use altinn_services::Altinn;
use altinn_services::correspondence::{
    CorrespondenceError, CorrespondenceStatus as Status, ForwardingRefusal, NewAttachment, NewCorrespondence,
    NewForwarding, Refusal, Sent,
};
use uuid::Uuid;

use crate::scene::{Scene, everywhere};

const ACCOUNTANT: &str = "regnskap@example.com";

/// What becomes of a letter that is sent in the service that asks for no level.
async fn published(scene: &Scene, letter: NewCorrespondence) -> InstanceId {
    let sent: Sent =
        scene.letters().send(&scene.writer, &scene.circulars, scene.agency.id, &letter).await.unwrap();
    scene.run_due().await;
    sent.recipients[0].correspondence.unwrap()
}

fn circular(scene: &Scene) -> NewCorrespondence {
    scene.letter().allowing_forwarding()
}

async fn read(scene: &Scene, id: &InstanceId) {
    scene.letters().read(&scene.leader, &scene.circulars, id).await.unwrap();
}

async fn forward(
    scene: &Scene,
    actor: &Actor,
    id: &InstanceId,
    to: &str,
) -> Result<Uuid, CorrespondenceError> {
    scene.letters().forward(actor, &scene.circulars, id, &NewForwarding::to(to)).await
}

fn refusal(outcome: Result<Uuid, CorrespondenceError>) -> ForwardingRefusal {
    match outcome {
        Err(CorrespondenceError::Forwarding { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

/// A node that sends by a mail server.
async fn mailing_node(scene: &Scene, sink: &SmtpSink) -> Altinn {
    let settings = SmtpSettings::new("127.0.0.1", sink.port(), TlsMode::None);
    scene.another_node_with(Smtp::new(settings).unwrap()).await
}

async fn mails(node: &Altinn, sink: &SmtpSink, count: usize) -> Vec<ReceivedMail> {
    node.notifier().dispatch(100).await.unwrap();
    sink.wait_for(count, Duration::from_secs(10)).await
}

/// What a circular has been through, as its sender sees it, and who has done the last of it.
async fn history(scene: &Scene, id: &InstanceId) -> (Vec<Status>, Option<String>) {
    let details =
        scene.letters().status(&scene.writer, &scene.circulars, scene.agency.id, id.guid).await.unwrap();
    let last = details.history.last().unwrap().actor.clone();
    (details.history.into_iter().map(|entry| entry.status).collect(), last)
}

#[tokio::test]
async fn a_letter_that_was_read_goes_by_mail_with_its_files_once() {
    everywhere(async |scene| {
        let sink = SmtpSink::start().await.unwrap();
        let node = mailing_node(&scene, &sink).await;
        let letter = circular(&scene)
            .with_attachment(NewAttachment::new("rundskriv.pdf", b"%PDF-1.7 hygiene".to_vec()))
            .with_attachment(NewAttachment::new("krav æøå.txt", b"Vask hendene.".to_vec()));
        let id = published(&scene, letter).await;
        let early = forward(&scene, &scene.leader, &id, ACCOUNTANT).await;
        assert!(matches!(early, Err(CorrespondenceError::Refused(Refusal::NotRead))));
        read(&scene, &id).await;
        let new = NewForwarding::to(ACCOUNTANT).saying("Kan du se på dette?").written_in(Language::Nn);
        scene.letters().forward(&scene.leader, &scene.circulars, &id, &new).await.unwrap();

        let mails = mails(&node, &sink, 1).await;
        let [mail] = mails.as_slice() else { panic!("{} mails", mails.len()) };
        assert_eq!(
            (mail.to(), mail.subject()),
            ([ACCOUNTANT.to_owned()].as_slice(), Some("Vedtak om løyve".to_owned()))
        );
        let data = String::from_utf8_lossy(mail.data()).into_owned();
        for part in ["multipart/mixed", "rundskriv.pdf", "%PDF-1.7 hygiene", "Vask hendene.", "innvilga"] {
            assert!(data.contains(part), "{part}: {data}");
        }

        let own =
            [Status::Initialized, Status::ReadyForPublish, Status::Published, Status::Fetched, Status::Read];
        assert_eq!(history(&scene, &id).await.0, own);
        scene.clock.step(Duration::from_secs(60));
        scene.run_due().await;
        scene.run_due().await;
        let (statuses, by) = history(&scene, &id).await;
        assert_eq!(statuses, [own.as_slice(), &[Status::Forwarded]].concat());
        assert_eq!(by, Some(scene.leader.reference()));

        for (actor, address) in [(&scene.leader, ACCOUNTANT), (&scene.baker, "Regnskap@Example.com")] {
            assert_eq!(refusal(forward(&scene, actor, &id, address).await), ForwardingRefusal::Repeated);
        }
        forward(&scene, &scene.baker, &id, "styret@example.com").await.unwrap();
        assert_eq!(self::mails(&node, &sink, 2).await.len(), 2);
        scene.clock.step(Duration::from_secs(60));
        scene.run_due().await;
        let (statuses, by) = history(&scene, &id).await;
        assert_eq!(statuses.iter().filter(|status| **status == Status::Forwarded).count(), 2);
        assert_eq!(by, Some(scene.baker.reference()));
    })
    .await;
}

#[tokio::test]
async fn many_who_forward_at_once_send_one_mail() {
    everywhere(async |scene| {
        let id = published(&scene, circular(&scene)).await;
        read(&scene, &id).await;
        let tries = (0..8).map(|_| forward(&scene, &scene.leader, &id, ACCOUNTANT));
        let outcomes = futures_util::future::join_all(tries).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        scene.altinn.notifier().dispatch(100).await.unwrap();
        assert_eq!(scene.mails.subjects().len(), 1);
        assert_eq!(scene.count("services_forwarding").await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_in_order_is_refused_and_no_mail_goes() {
    everywhere(async |scene| {
        let id = published(&scene, circular(&scene)).await;
        read(&scene, &id).await;
        for address in ["", "regnskap", "a@example.com\r\nBcc: b@example.com", "+4799999999"] {
            assert_eq!(
                refusal(forward(&scene, &scene.leader, &id, address).await),
                ForwardingRefusal::Address
            );
        }
        let long = "å".repeat(201);
        for (text, expected) in [
            (long.as_str(), ForwardingRefusal::TextTooLong),
            ("<b>hei</b>", ForwardingRefusal::TextNotPlain),
            ("hei\u{202e}", ForwardingRefusal::TextNotPlain),
        ] {
            let new = NewForwarding::to(ACCOUNTANT).saying(text);
            let outcome = scene.letters().forward(&scene.leader, &scene.circulars, &id, &new).await;
            assert_eq!(refusal(outcome), expected);
        }
        let closed = published(&scene, scene.letter()).await;
        read(&scene, &closed).await;
        assert_eq!(
            refusal(forward(&scene, &scene.leader, &closed, ACCOUNTANT).await),
            ForwardingRefusal::NotAllowed
        );
        for (letter, expected) in [(&id, true), (&closed, false)] {
            let allowed = scene.letters().allows_forwarding(&scene.leader, &scene.circulars, letter).await;
            assert_eq!(allowed.unwrap(), expected);
        }
        for stranger in [&scene.stranger, &scene.auditor] {
            assert!(!matches!(
                forward(&scene, stranger, &id, ACCOUNTANT).await,
                Ok(_) | Err(CorrespondenceError::Forwarding { .. })
            ));
        }
        scene.letters().purge(&scene.leader, &scene.circulars, &id).await.unwrap();
        let gone = forward(&scene, &scene.leader, &id, ACCOUNTANT).await;
        assert!(matches!(gone, Err(CorrespondenceError::Refused(Refusal::Purged))));
        assert_eq!((scene.count("services_forwarding").await, scene.count("notify_order").await), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_letter_is_sent_so_only_where_it_can_be_forwarded() {
    everywhere(async |scene| {
        let send = async |service, letter: &NewCorrespondence| match scene
            .letters()
            .send(&scene.writer, service, scene.agency.id, letter)
            .await
        {
            Err(CorrespondenceError::Forwarding { reason }) => Some(reason),
            outcome => outcome.map(|_| None).unwrap(),
        };
        assert_eq!(send(&scene.service, &circular(&scene)).await, Some(ForwardingRefusal::Level));
        let half = vec![0; 5 * 1024 * 1024];
        let letter = circular(&scene)
            .with_attachment(NewAttachment::new("a.pdf", half.clone()))
            .with_attachment(NewAttachment::new("b.pdf", half));
        assert_eq!(send(&scene.circulars, &letter).await, None);
        let larger = letter.with_attachment(NewAttachment::new("c.txt", b"x".to_vec()));
        assert_eq!(send(&scene.circulars, &larger).await, Some(ForwardingRefusal::FilesTooLarge));
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_was_never_taken_over_is_not_in_the_history() {
    everywhere(async |scene| {
        let sink = SmtpSink::start().await.unwrap();
        sink.misbehave(Misbehaviour::RefuseRecipient);
        let node = mailing_node(&scene, &sink).await;
        let id = published(&scene, circular(&scene)).await;
        read(&scene, &id).await;
        forward(&scene, &scene.leader, &id, ACCOUNTANT).await.unwrap();
        node.notifier().dispatch(100).await.unwrap();
        for _ in 0..3 {
            scene.clock.step(Duration::from_secs(3_600));
            scene.run_due().await;
        }
        assert!(!history(&scene, &id).await.0.contains(&Status::Forwarded));
        assert!(sink.mails().is_empty());
    })
    .await;
}

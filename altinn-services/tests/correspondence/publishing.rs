//! Published when its time has come, once, and not to those who are reserved by then.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use altinn_services::correspondence::{
    CorrespondenceStatus as Status, NewCorrespondence, Recipient, Recipients,
};

use crate::scene::{Scene, after, days, everywhere, message, recipient};

#[tokio::test]
async fn nobody_sees_a_letter_before_its_time() {
    everywhere(async |scene| {
        let sent = scene.send(&scene.letter().visible_from(after(3))).await;
        scene.run_due().await;
        let id = sent.recipients[0].correspondence.unwrap();
        let early = scene.letters().read(&scene.leader, &scene.service, &id).await;
        assert_eq!(early.unwrap_err().code(), "CORRESPONDENCE-NOT-FOUND");
        scene.clock.step(days(3));
        scene.run_due().await;
        assert_eq!(scene.statuses(&id).await.last(), Some(&Status::Published));
        let listed =
            scene.letters().list(&scene.leader, &scene.service, scene.bakery.id, None, 10).await.unwrap();
        assert_eq!(listed.iter().map(|letter| letter.id).collect::<Vec<_>>(), [id.guid]);
        scene.letters().read(&scene.leader, &scene.service, &id).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn whoever_is_reserved_when_it_is_published_does_not_get_it() {
    everywhere(async |scene| {
        let letter = NewCorrespondence::new("1", recipient(&scene.kari), message()).visible_from(after(3));
        let id = scene.send(&letter).await.recipients[0].correspondence.unwrap();
        scene.contact(&scene.kari, true).await;
        scene.clock.step(days(3));
        scene.run_due().await;
        assert_eq!(
            scene.statuses(&id).await,
            [Status::Initialized, Status::ReadyForPublish, Status::Reserved]
        );
    })
    .await;
}

#[tokio::test]
async fn a_recipient_who_is_gone_when_it_is_published_fails() {
    everywhere(async |scene| {
        let id =
            scene.send(&scene.letter().visible_from(after(3))).await.recipients[0].correspondence.unwrap();
        let mut batch = altinn_core::store::Batch::new();
        let gone = altinn_core::Party { deleted: true, ..scene.bakery.clone() };
        scene.altinn.register().put_party(&mut batch, &gone).unwrap();
        scene.altinn.store().commit(batch).await.unwrap();
        scene.clock.step(days(3));
        scene.run_due().await;
        assert_eq!(scene.statuses(&id).await.last(), Some(&Status::Failed));
        assert_eq!(scene.told(&id).await.last().unwrap(), "correspondencepublishfailed");
    })
    .await;
}

#[tokio::test]
async fn several_publishers_at_once_publish_each_once() {
    everywhere(async |mut scene| {
        let recipients = many(&mut scene, 1_300).await;
        let sent = scene.send(&NewCorrespondence::new("many", recipients.clone(), message())).await;
        for number in 0..6 {
            scene
                .send(&NewCorrespondence::new(format!("few-{number}"), recipient(&scene.bakery), message()))
                .await;
        }
        let other = scene.another_node().await;
        let (here, there) = (scene.letters(), other.correspondences());
        loop {
            let (one, two, three) =
                futures_util::future::join3(here.run_due(2), there.run_due(2), here.run_due(1)).await;
            if one.unwrap() + two.unwrap() + three.unwrap() == 0 {
                break;
            }
        }
        let mailing =
            here.mailing(&scene.writer, &scene.service, scene.agency.id, sent.mailing.id).await.unwrap();
        assert_eq!(mailing.counts.into_iter().collect::<Vec<_>>(), [("Published", 1_300)]);
        assert_eq!(scene.count("services_correspondence").await, 1_306);
        let published = "services_correspondence_history where status = 2";
        assert_eq!(scene.count(published).await, 1_306);
        let events = "services_event where event like '%correspondencepublished%'";
        assert_eq!(scene.count(events).await, 1_306);
    })
    .await;
}

#[tokio::test]
async fn the_sender_is_told_who_has_not_read_and_what_is_over_is_deleted() {
    everywhere(async |scene| {
        let both: Recipients = [&scene.bakery, &scene.kari].map(recipient).into_iter().collect();
        let letter =
            NewCorrespondence::new("1", both, message()).confirmed_by(after(7)).deleted_after(after(30));
        let sent = scene.send(&letter).await;
        scene.run_due().await;
        let [bakery, kari] = [0, 1].map(|place: usize| sent.recipients[place].correspondence.unwrap());
        scene.letters().read(&scene.leader, &scene.service, &bakery).await.unwrap();
        scene.clock.step(days(7));
        scene.run_due().await;
        let told =
            |all: Vec<String>| all.into_iter().filter(|told| told.contains("never")).collect::<Vec<_>>();
        assert_eq!(told(scene.told(&bakery).await), ["correspondencereceiverneverconfirmed"]);
        let neither = ["correspondencereceiverneverread", "correspondencereceiverneverconfirmed"];
        assert_eq!(told(scene.told(&kari).await), neither);
        scene.clock.step(days(23));
        scene.run_due().await;
        for id in [bakery, kari] {
            assert_eq!(scene.statuses(&id).await.last(), Some(&Status::PurgedByAltinn));
        }
        let late = scene.letters().read(&scene.leader, &scene.service, &bakery).await;
        assert_eq!(late.unwrap_err().code(), "CORRESPONDENCE-PURGED");
    })
    .await;
}

#[tokio::test]
async fn while_nobody_can_say_who_is_reserved_nothing_is_sent_or_published() {
    everywhere(async |scene| {
        let letter = NewCorrespondence::new("1", recipient(&scene.kari), message()).visible_from(after(3));
        scene.contacts_down.store(true, Ordering::SeqCst);
        let refused = scene.letters().send(&scene.writer, &scene.service, scene.agency.id, &letter).await;
        assert_eq!(refused.unwrap_err().code(), "NOTIFY-CONTACT-NOT-IN-ORDER");
        assert_eq!(scene.count("services_mailing").await, 0);
        scene.contacts_down.store(false, Ordering::SeqCst);
        let id = scene.send(&letter).await.recipients[0].correspondence.unwrap();
        scene.contacts_down.store(true, Ordering::SeqCst);
        scene.clock.step(days(3));
        scene.run_due().await;
        assert_eq!(scene.statuses(&id).await.last(), Some(&Status::ReadyForPublish));
        scene.contacts_down.store(false, Ordering::SeqCst);
        scene.run_due().await;
        assert_eq!(scene.statuses(&id).await.last(), Some(&Status::ReadyForPublish), "tried again at once");
        scene.clock.step(Duration::from_secs(2));
        scene.run_due().await;
        assert_eq!(scene.statuses(&id).await.last(), Some(&Status::Published));
    })
    .await;
}

#[tokio::test]
async fn workers_publish_without_anyone_calling() {
    everywhere(async |scene| {
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let workers = scene.altinn.run_workers(async move { drop(stopped.await) });
        let id = scene.send(&scene.letter()).await.recipients[0].correspondence.unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while scene.statuses(&id).await.last() != Some(&Status::Published) {
            assert!(Instant::now() < deadline, "not published");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stop.send(()).unwrap();
        tokio::time::timeout(Duration::from_secs(30), workers).await.unwrap().unwrap();
    })
    .await;
}

/// So many organizations that the register knows.
pub(crate) async fn many(scene: &mut Scene, count: usize) -> Recipients {
    let mut all: Vec<Recipient> = Vec::new();
    while all.len() < count {
        let mut batch = altinn_core::store::Batch::new();
        for _ in 0..(count - all.len()).min(500) {
            let party = scene.people.organization();
            scene.altinn.register().put_party(&mut batch, &party).unwrap();
            all.push(recipient(&party));
        }
        scene.altinn.store().commit(batch).await.unwrap();
    }
    all.into_iter().collect()
}

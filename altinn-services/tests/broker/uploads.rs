//! Uploads that break off, go on, meet each other or stand still.

use std::sync::Arc;
use std::time::Duration;

use altinn_core::{Digest, SteppableClock};
use altinn_services::Altinn;
use altinn_services::broker::TransferStatus;
use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tempfile::TempDir;

use super::scene::sample;
use super::{MIB, SAMPLE, Scene, broken, content, everywhere, pieces};

#[tokio::test]
async fn an_upload_goes_on_from_where_it_broke_off() {
    everywhere(async |scene| {
        let sent = content(19 * MIB);
        let md5 = <md5::Md5 as md5::Digest>::digest(&sent);
        let md5: String = md5.iter().map(|byte| format!("{byte:02X}")).collect();
        let new = scene.file().with_size(sent.len() as u64).with_checksum(md5.parse().unwrap());
        let id = scene.announce(&new).await.unwrap();
        let half = 10 * MIB + 5;
        let broke = scene.upload(id, 0, broken(&sent[..half])).await.unwrap_err();
        assert_eq!(broke.to_string(), format!("the upload broke off at byte {half}: connection reset"));
        assert_eq!(scene.transfer(id).await.received, half as u64, "what came is kept");
        for wrong in [0, half as u64 - 1, half as u64 + 1, u64::MAX] {
            let refused = scene.upload(id, wrong, pieces(b"x")).await.unwrap_err();
            assert_eq!(refused.code(), "BROKER-OFFSET");
        }
        assert_eq!(scene.upload(id, half as u64, pieces(&[])).await.unwrap(), half as u64);
        assert_eq!(scene.upload(id, half as u64, pieces(&sent[half..])).await.unwrap(), sent.len() as u64);
        assert_eq!(scene.status(id).await, TransferStatus::Published);
        assert!(scene.download(&scene.first, id).await.unwrap() == sent);
        assert_eq!(scene.count("services_broker_segment").await, 0);
        assert_eq!(scene.count("archive_unnamed").await, 0);
        let late = scene.upload(id, sent.len() as u64, pieces(b"x")).await.unwrap_err();
        assert_eq!(late.to_string(), "the transfer is Published");
    })
    .await;
}

#[tokio::test]
async fn an_upload_goes_on_in_another_process() {
    let folder = TempDir::new().unwrap();
    let sent = content(17 * MIB);
    let clock = Arc::new(SteppableClock::at("2026-12-01T08:00:00Z".parse().unwrap()));
    let scene = Scene::set(Altinn::local(folder.path()).await.unwrap(), clock, TempDir::new().unwrap()).await;
    let id = scene.announce(&scene.file().with_size(sent.len() as u64)).await.unwrap();
    // A process that ends in the middle of a segment: the future is dropped, and so is all that it held.
    let endless = pieces(&sent[..12 * MIB]).chain(stream::pending());
    let whole_segment = async {
        while scene.transfer(id).await.received == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        ended = scene.upload(id, 0, endless) => panic!("{ended:?}"),
        () = whole_segment => {}
    }
    let Scene { altinn, service, sender, first, .. } = scene;
    drop(altinn);

    let altinn = Altinn::local(folder.path()).await.unwrap();
    altinn.publish_broker(sample(SAMPLE)).unwrap();
    let broker = altinn.broker();
    let stands = broker.transfer(&sender.1, &service, sender.0.id, id).await.unwrap().received;
    assert_eq!(stands, 8 * MIB as u64, "the last whole segment");
    let rest = pieces(&sent[8 * MIB..]);
    broker.upload((&sender.1, sender.0.id), &service, id, stands, rest).await.unwrap();
    let download = broker.download(&first.1, &service, first.0.id, id).await.unwrap();
    assert_eq!(download.sha256(), Some(Digest::of(&sent)));
    let got: Vec<Bytes> = download.into_stream().try_collect().await.unwrap();
    assert!(got.concat() == sent);
}

#[tokio::test]
async fn of_two_who_upload_at_once_one_goes_on() {
    everywhere(async |scene| {
        let sent = content(9 * MIB);
        let id = scene.announce(&scene.file().with_size(sent.len() as u64)).await.unwrap();
        let (one, other) =
            tokio::join!(scene.upload(id, 0, pieces(&sent)), scene.upload(id, 0, pieces(&sent)));
        let outcomes = [one, other];
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        assert!(scene.download(&scene.second, id).await.unwrap() == sent);
    })
    .await;
}

#[tokio::test]
async fn files_of_no_announced_size_and_of_no_bytes_are_published_too() {
    everywhere(async |scene| {
        let broker = scene.altinn.broker();
        let id = scene.announce(&scene.file()).await.unwrap();
        scene.upload(id, 0, pieces(b"one, ")).await.unwrap();
        scene.upload(id, 5, pieces(b"two")).await.unwrap();
        for _ in 0..2 {
            broker.complete(&scene.sender.1, &scene.service, scene.sender.0.id, id).await.unwrap();
        }
        assert_eq!(scene.download(&scene.first, id).await.unwrap(), b"one, two");
        let empty = scene.publish(b"").await;
        assert_eq!(scene.download(&scene.first, empty).await.unwrap(), b"");
        assert_eq!(scene.transfer(empty).await.sha256, Some(Digest::of(b"")));
    })
    .await;
}

#[tokio::test]
async fn an_upload_that_stands_still_for_a_day_fails() {
    everywhere(async |scene| {
        let idle = scene.announce(&scene.file()).await.unwrap();
        let busy = scene.announce(&scene.file()).await.unwrap();
        scene.clock.step(Duration::from_secs(23 * 3600));
        scene.upload(busy, 0, pieces(b"still there")).await.unwrap();
        scene.clock.step(Duration::from_secs(3600));
        assert_eq!(scene.altinn.broker().run_due(10).await.unwrap(), 1);
        assert_eq!(scene.status(idle).await, TransferStatus::Failed);
        assert_eq!(scene.status(busy).await, TransferStatus::UploadStarted);
        let broker = scene.altinn.broker();
        for _ in 0..2 {
            broker.cancel(&scene.sender.1, &scene.service, scene.sender.0.id, busy).await.unwrap();
        }
        assert_eq!(scene.status(busy).await, TransferStatus::Cancelled);
    })
    .await;
}

//! Broker: files that go from one organization to others whole, or not at all.
#![cfg(feature = "broker")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(clippy::future_not_send, reason = "a test runs where it was started")]

mod refusals;
#[path = "../scene/mod.rs"]
mod scene;
mod stuck;
mod uploads;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use altinn_archive::ReceiptState;
use altinn_core::store::params;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Actor, AuthenticationLevel, Digest, Party, SteppableClock};
use altinn_services::Altinn;
use altinn_services::broker::{
    BrokerError, BrokerService, NewTransfer, Place, RecipientStatus, TransferId, TransferStatus,
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use scene::{person, register, sample};
use tempfile::TempDir;

const SAMPLE: &str = "annual-accounts";
const MIB: usize = 1024 * 1024;

struct Scene {
    altinn: Altinn,
    clock: Arc<SteppableClock>,
    service: BrokerService,
    /// Three businesses with their leaders: one that sends, and two that receive.
    sender: (Party, Actor),
    first: (Party, Actor),
    second: (Party, Actor),
    /// Another business, which has nothing to do with it.
    other: (Party, Actor),
    folder: TempDir,
}

async fn everywhere(claim: impl AsyncFn(Scene)) {
    for (builder, folder) in scene::builders().await {
        let clock = Arc::new(SteppableClock::at("2026-12-01T08:00:00Z".parse().unwrap()));
        let altinn = builder.clock(clock.clone()).build().await.unwrap();
        claim(Scene::set(altinn, clock, folder).await).await;
    }
}

impl Scene {
    async fn set(altinn: Altinn, clock: Arc<SteppableClock>, folder: TempDir) -> Self {
        let service = altinn.publish_broker(sample(SAMPLE)).unwrap();
        let mut people = SyntheticPeople::from_seed(5);
        let mut business = || (people.organization(), people.person());
        let [sender, first, second, other] = [business(), business(), business(), business()];
        for (business, leader) in [&sender, &first, &second, &other] {
            register(&altinn, &[business, leader], &[("DAGL", business, leader)]).await;
        }
        let with_actor =
            |(business, leader): (Party, Party)| (business, person(&leader, AuthenticationLevel::Sensitive));
        let [sender, first, second, other] = [sender, first, second, other].map(with_actor);
        Self { altinn, clock, service, sender, first, second, other, folder }
    }

    fn file(&self) -> NewTransfer {
        NewTransfer::new("accounts.zip".parse().unwrap(), [self.first.0.id, self.second.0.id])
    }

    async fn announce(&self, new: &NewTransfer) -> Result<TransferId, BrokerError> {
        self.altinn.broker().initialise(&self.sender.1, &self.service, self.sender.0.id, new).await
    }

    async fn upload(
        &self,
        id: TransferId,
        from: u64,
        bytes: impl Stream<Item = io::Result<Bytes>> + Send,
    ) -> Result<u64, BrokerError> {
        let sender = (&self.sender.1, self.sender.0.id);
        self.altinn.broker().upload(sender, &self.service, id, from, bytes).await
    }

    /// Announces and uploads at once.
    async fn publish(&self, content: &[u8]) -> TransferId {
        let id = self.announce(&self.file().with_size(content.len() as u64)).await.unwrap();
        assert_eq!(self.upload(id, 0, pieces(content)).await.unwrap(), content.len() as u64);
        id
    }

    async fn download(&self, by: &(Party, Actor), id: TransferId) -> Result<Vec<u8>, BrokerError> {
        let download = self.altinn.broker().download(&by.1, &self.service, by.0.id, id).await?;
        let pieces: Vec<Bytes> = download.into_stream().try_collect().await?;
        Ok(pieces.concat())
    }

    async fn confirm(
        &self,
        by: &(Party, Actor),
        id: TransferId,
    ) -> Result<altinn_archive::EntryId, BrokerError> {
        self.altinn.broker().confirm(&by.1, &self.service, by.0.id, id).await
    }

    async fn status(&self, id: TransferId) -> TransferStatus {
        self.transfer(id).await.status
    }

    async fn transfer(&self, id: TransferId) -> altinn_services::broker::Transfer {
        self.altinn.broker().transfer(&self.sender.1, &self.service, self.sender.0.id, id).await.unwrap()
    }

    async fn history(&self, by: &(Party, Actor), id: TransferId) -> Vec<String> {
        let history = self.altinn.broker().history(&by.1, &self.service, by.0.id, id).await.unwrap();
        history.into_iter().map(|transition| transition.status).collect()
    }

    async fn events(&self) -> Vec<String> {
        self.altinn.events().number().await.unwrap();
        let sql = "select event from services_event order by position";
        let rows = self.altinn.store().query(sql, vec![]).await.unwrap();
        let name = |event: serde_json::Value| {
            event["type"].as_str().unwrap().strip_prefix("no.altinn.broker.").unwrap().to_owned()
        };
        rows.iter()
            .map(|row| name(serde_json::from_str(&row.get::<String>("event").unwrap()).unwrap()))
            .collect()
    }

    async fn count(&self, table: &str) -> i64 {
        let sql = format!("select count(*) as n from {table}");
        self.altinn.store().query_one(sql, params![]).await.unwrap().get("n").unwrap()
    }
}

fn content(size: usize) -> Vec<u8> {
    (0_u32..).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).take(size).collect()
}

fn pieces(content: &[u8]) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
    let pieces: Vec<_> = content.chunks(300_007).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces)
}

/// A stream that breaks off at its end.
fn broken(content: &[u8]) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
    pieces(content).chain(stream::iter([Err(io::Error::other("connection reset"))]))
}

#[tokio::test]
async fn a_file_goes_from_one_to_others_and_each_step_is_proved() {
    everywhere(async |scene| {
        let sent = content(20 * MIB + 17);
        let sha256 = Digest::of(&sent);
        let new =
            scene.file().with_size(sent.len() as u64).with_checksum(sha256.to_string().parse().unwrap());
        let id = scene.announce(&new).await.unwrap();
        assert_eq!(scene.status(id).await, TransferStatus::Initialized);
        assert_eq!(scene.upload(id, 0, pieces(&sent)).await.unwrap(), sent.len() as u64);
        let transfer = scene.transfer(id).await;
        assert_eq!((transfer.status, transfer.sha256), (TransferStatus::Published, Some(sha256)));
        assert_eq!(transfer.expires_at.unwrap().to_rfc3339(), "2026-12-31T08:00:00+00:00");
        assert!(!format!("{transfer:?}").contains("accounts.zip"));

        assert!(scene.download(&scene.first, id).await.unwrap() == sent);
        let broker = scene.altinn.broker();
        for range in [0..1, 8 * MIB as u64 - 3..8 * MIB as u64 + 5, 5..sent.len() as u64, 7..7, 0..u64::MAX] {
            let download =
                broker.download(&scene.second.1, &scene.service, scene.second.0.id, id).await.unwrap();
            assert_eq!((download.size(), download.sha256()), (sent.len() as u64, Some(sha256)));
            assert_eq!(download.file_name().unwrap().as_str(), "accounts.zip");
            let got: Vec<Bytes> = download.range(range.clone()).into_stream().try_collect().await.unwrap();
            let end = usize::try_from(range.end).unwrap().min(sent.len());
            assert!(got.concat() == sent[usize::try_from(range.start).unwrap()..end], "{range:?}");
        }
        let confirmed = scene.confirm(&scene.first, id).await.unwrap();
        assert_eq!(scene.confirm(&scene.first, id).await.unwrap(), confirmed, "twice is once");
        assert_eq!(scene.status(id).await, TransferStatus::Published);
        scene.confirm(&scene.second, id).await.unwrap();
        let transfer = scene.transfer(id).await;
        assert_eq!(transfer.status, TransferStatus::AllConfirmedDownloaded);
        assert_eq!(transfer.expires_at.unwrap().to_rfc3339(), "2026-12-01T10:00:00+00:00", "after the grace");
        assert!(transfer.recipients.iter().all(|one| one.status == RecipientStatus::DownloadConfirmed));
        assert_eq!(
            scene.history(&scene.sender, id).await,
            [
                "Initialized",
                "UploadStarted",
                "Published",
                "DownloadStarted",
                "DownloadStarted",
                "DownloadConfirmed",
                "DownloadConfirmed",
                "AllConfirmedDownloaded"
            ]
        );
        assert_eq!(
            scene.history(&scene.first, id).await.len(),
            6,
            "what the other recipient did is its own affair"
        );
        assert_eq!(
            scene.events().await,
            [
                "filetransferinitialized",
                "published",
                "published",
                "published",
                "downloadconfirmed",
                "downloadconfirmed",
                "allconfirmeddownloaded"
            ]
        );
        for entry in [transfer.entry.unwrap(), confirmed] {
            let proved = scene.altinn.archive().prove(entry, Duration::from_secs(10)).await.unwrap();
            let ReceiptState::Proved(receipt) = proved else { panic!("the log is too slow") };
            receipt.verify(scene.altinn.archive().verifier_key()).unwrap();
        }
        let traces = scene.altinn.trail().of(&scene.first.1, scene.first.0.id, None).await.unwrap().entries;
        let traces: Vec<_> = traces.iter().filter(|trace| trace.element.is_some()).collect();
        assert_eq!(traces.len(), 2, "a download and a confirmation");
    })
    .await;
}

#[tokio::test]
async fn what_has_outlived_its_time_is_gone_with_a_proof() {
    everywhere(async |scene| {
        let id = scene.publish(&content(9 * MIB)).await;
        scene.download(&scene.first, id).await.unwrap();
        scene.confirm(&scene.first, id).await.unwrap();
        scene.clock.step(Duration::from_secs(30 * 24 * 3600 - 1));
        assert_eq!(scene.altinn.broker().run_due(10).await.unwrap(), 0);
        scene.clock.step(Duration::from_secs(1));
        assert_eq!(scene.altinn.broker().run_due(10).await.unwrap(), 1);
        assert_eq!(scene.altinn.broker().run_due(10).await.unwrap(), 0);
        let transfer = scene.transfer(id).await;
        assert_eq!((transfer.status, transfer.file_name), (TransferStatus::Purged, None));
        assert!(scene.altinn.archive().erasure(transfer.entry.unwrap()).await.unwrap().is_some());
        assert_eq!(
            scene.download(&scene.second, id).await.unwrap_err().to_string(),
            "the transfer is Purged"
        );
        assert_eq!(scene.confirm(&scene.second, id).await.unwrap_err().to_string(), "the transfer is Purged");
        assert!(scene.confirm(&scene.first, id).await.is_ok(), "what was confirmed stays so");
        let events = scene.events().await;
        assert_eq!(events[events.len() - 2..], ["filepurged", "fileneverconfirmeddownloaded"]);
    })
    .await;
}

#[tokio::test]
async fn transfers_are_listed_page_by_page_the_latest_first() {
    everywhere(async |scene| {
        let mut sent = Vec::new();
        for _ in 0..103 {
            sent.push(scene.publish(b"x").await);
        }
        sent.reverse();
        let broker = scene.altinn.broker();
        for (by, place) in [(&scene.sender, Place::Sender), (&scene.first, Place::Recipient)] {
            let (mut before, mut listed) = (None, Vec::new());
            loop {
                let page = broker.list(&by.1, &scene.service, (by.0.id, place), before).await.unwrap();
                listed.extend(page.transfers);
                before = page.before;
                if before.is_none() {
                    break;
                }
            }
            assert_eq!(listed, sent, "{place:?}");
        }
        let stranger =
            broker.list(&scene.other.1, &scene.service, (scene.first.0.id, Place::Sender), None).await;
        assert_eq!(stranger.unwrap_err().code(), "BROKER-NOT-FOUND");
    })
    .await;
}

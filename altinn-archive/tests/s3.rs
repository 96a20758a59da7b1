//! Objects on a real server of S3, and one that is slow, breaks off, and answers twice.
#![cfg(feature = "s3")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod faulty_proxy;
mod world;

use altinn_archive::{Archive, ArchiveKeys, ContentError, MIGRATIONS, MemoryKeys, NewElement, Objects};
use altinn_core::store::{Store, fresh};
use faulty_proxy::{Fault, Proxy};
use world::{entry, log_key};

/// The variable that holds the address of a server of S3.
const SERVER: &str = "ALTINN_TEST_S3";

/// An archive over a bucket of its own behind a proxy; nothing where no server is named.
async fn archive() -> Option<(Archive, Store, Proxy)> {
    let Ok(server) = std::env::var(SERVER) else {
        println!("skipped: {SERVER} names no server");
        return None;
    };
    let proxy = Proxy::start(&server).await;
    let bucket = format!("b{}", uuid::Uuid::new_v4().simple());
    proxy.put(&format!("/{bucket}")).await;
    let settings = [
        ("aws_access_key_id", "test"),
        ("aws_secret_access_key", "test"),
        ("AWS_REGION", "us-east-1"),
        ("aws_endpoint", &proxy.url()),
        ("aws_allow_http", "true"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let objects = Objects::open(&format!("s3://{bucket}/archive"), settings).unwrap();
    let store = fresh::sqlite().await.unwrap();
    store.migrate(&[MIGRATIONS]).await.unwrap();
    let keys = ArchiveKeys::new(log_key(&[7; 32]), MemoryKeys::generate().unwrap());
    Some((Archive::open(store.clone(), objects, keys).await.unwrap(), store, proxy))
}

fn bytes(size: usize) -> Vec<u8> {
    (0..size).map(|n| (n % 251) as u8).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn content_of_any_size_goes_to_s3_and_comes_back() {
    let Some((archive, _, _)) = archive().await else { return };
    for size in [100_000, (8 << 20) + 5, 20 << 20] {
        let receipt = archive.append(entry(bytes(size))).await.unwrap();
        let content = archive.content(receipt.entry(), "form").await.unwrap();
        assert!(content.bytes(u64::MAX).await.unwrap() == bytes(size));
        let part = archive.content(receipt.entry(), "form").await.unwrap().range(70_000..90_000);
        assert!(part.bytes(u64::MAX).await.unwrap() == bytes(size)[70_000..90_000]);
    }
    assert!(archive.audit(None).await.unwrap().is_sound());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_slow_breaks_off_or_does_all_twice_is_tried_again() {
    let Some((archive, _, proxy)) = archive().await else { return };
    for fault in [Fault::Slow, Fault::BreakOff, Fault::ForgetAnswer, Fault::Refuse] {
        for part in 1..=3 {
            proxy.set(fault, &format!("partNumber={part}"));
            let receipt = archive.append(entry(bytes(20 << 20))).await.unwrap();
            assert!(proxy.has_struck(), "{fault:?} in part {part}");
            let content = archive.content(receipt.entry(), "form").await.unwrap();
            assert!(content.bytes(u64::MAX).await.unwrap() == bytes(20 << 20), "{fault:?} in part {part}");
        }
    }
    assert!(archive.audit(None).await.unwrap().is_sound());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_whose_beginning_or_end_goes_wrong_is_archived_whole() {
    let Some((archive, _, proxy)) = archive().await else { return };
    for fault in [Fault::Slow, Fault::ForgetAnswer, Fault::Refuse] {
        for step in ["?uploads", "?uploadId="] {
            proxy.set(fault, step);
            let receipt = archive.append(entry(bytes(9 << 20))).await.unwrap();
            assert!(proxy.has_struck(), "{fault:?} at {step}");
            let content = archive.content(receipt.entry(), "form").await.unwrap();
            assert!(content.bytes(u64::MAX).await.unwrap() == bytes(9 << 20), "{fault:?} at {step}");
        }
    }
    assert!(archive.audit(None).await.unwrap().is_sound());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_gone_in_the_middle_archives_nothing() {
    let Some((archive, store, proxy)) = archive().await else { return };
    let mut writer = archive.content_writer().unwrap();
    writer.write(&bytes(9 << 20)).await.unwrap();
    proxy.set(Fault::RefuseForGood, "");
    let failed = writer.write(&bytes(9 << 20)).await.unwrap_err();
    assert!(matches!(failed, ContentError::Objects { .. }), "{failed}");
    let film = archive.store_content(&bytes(100_000)).await.unwrap_err();
    assert_eq!(film.code(), "CONTENT-OBJECTS");
    let rows = store.query("select id from archive_entry", Vec::new()).await.unwrap();
    assert!(rows.is_empty());
    proxy.set(Fault::None, "");
    let film = archive.store_content(&bytes(100_000)).await.unwrap();
    archive.append(entry("{}").with_element(NewElement::new("film", "video/mp4", film))).await.unwrap();
    assert!(archive.audit(None).await.unwrap().is_sound());
}

#[test]
fn an_address_that_is_none_is_refused_without_repeating_it() {
    for url in ["http://host/secret", "secret", "s3://", "s3:///secret"] {
        let refused = Objects::open(url, []).unwrap_err();
        assert_eq!(refused.code(), "CONTENT-ADDRESS", "{url}");
        assert!(!refused.to_string().contains("secret"));
    }
}

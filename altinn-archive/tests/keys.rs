//! The agency's keys: what the archive does without them, and how they are kept.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod world;

use std::sync::Arc;

use altinn_archive::keys::KeyProviderError;
use altinn_archive::{Archive, ArchiveError, ArchiveKeys, KeyFolder, KeyProvider, MemoryKeys, Objects};
use altinn_core::key::{KeyError, SecretKey};
use world::{World, entry, log_key, stores};

async fn opened_with(world: &World, provider: Arc<dyn KeyProvider>) -> Result<Archive, ArchiveError> {
    let keys = ArchiveKeys::shared(log_key(&world.seed), provider);
    Archive::open(world.store.clone(), Objects::folder(world.folder.path()).unwrap(), keys).await
}

#[tokio::test]
async fn an_archive_does_not_open_without_the_key_that_it_names_and_makes_no_new_one() {
    for store in stores().await {
        let world = World::on(store).await;
        let receipt = world.archive.append(entry("{}")).await.unwrap();
        let other = Arc::new(MemoryKeys::generate().unwrap());
        let refused = opened_with(&world, other).await.unwrap_err();
        assert_eq!(refused.code(), "KEYS-NO-SUCH-KEY");
        let again = opened_with(&world, world.keys.clone()).await.unwrap();
        assert_eq!(again.receipt(receipt.entry()).await.unwrap().proved().unwrap(), receipt);
    }
}

#[tokio::test]
async fn a_key_that_was_put_in_the_place_of_another_is_refused_by_name() {
    #[derive(Debug)]
    struct Renamed(MemoryKeys, altinn_archive::keys::KeyGeneration);
    #[async_trait::async_trait]
    impl KeyProvider for Renamed {
        async fn current(&self) -> Result<altinn_archive::keys::KeyGeneration, KeyProviderError> {
            Ok(self.1.clone())
        }
        async fn wrap_key(
            &self,
            _: &altinn_archive::keys::KeyGeneration,
            key: &SecretKey,
            bound_to: &[u8],
        ) -> Result<Vec<u8>, KeyProviderError> {
            self.0.wrap_key(&self.0.current().await?, key, bound_to).await
        }
        async fn unwrap_key(
            &self,
            _: &altinn_archive::keys::KeyGeneration,
            wrapped: &[u8],
            bound_to: &[u8],
        ) -> Result<SecretKey, KeyProviderError> {
            self.0.unwrap_key(&self.0.current().await?, wrapped, bound_to).await
        }
        async fn destroy(&self, _: &altinn_archive::keys::KeyGeneration) -> Result<(), KeyProviderError> {
            Ok(())
        }
    }
    let world = World::on(stores().await.remove(0)).await;
    let name = world.keys.current().await.unwrap();
    let renamed = Arc::new(Renamed(MemoryKeys::generate().unwrap(), name));
    assert_eq!(opened_with(&world, renamed).await.unwrap_err().code(), "KEYS-REFUSED");
}

#[tokio::test]
async fn all_processes_on_one_store_use_the_same_keys() {
    for store in stores().await {
        let world = World::on(store).await;
        let other = opened_with(&world, world.keys.clone()).await.unwrap();
        for archive in [&world.archive, &other, &world.archive] {
            archive.append(entry("{}")).await.unwrap();
        }
        let keys = world.store.query("select id from archive_key", Vec::new()).await.unwrap();
        assert_eq!(keys.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_that_are_the_first_of_a_party_at_the_same_time_all_succeed() {
    for store in stores().await {
        let world = World::on(store).await;
        let nodes = [world.archive.clone(), world.reopened().await.unwrap()];
        let writers: Vec<_> = (0..32)
            .map(|n| {
                let archive = nodes[n % 2].clone();
                tokio::spawn(async move { archive.append(entry("{}")).await.map(drop) })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap().unwrap();
        }
        assert_eq!(world.archive.audit(None).await.unwrap().entries, 32);
    }
}

#[tokio::test]
async fn keys_in_a_folder_are_found_again_and_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive");
    assert!(matches!(KeyFolder::open(&path), Err(KeyError::Missing { .. })));
    let keys = KeyFolder::create(&path).unwrap();
    assert!(matches!(KeyFolder::create(&path), Err(KeyError::Exists { .. })));
    let first = keys.current().await.unwrap();
    let key = SecretKey::generate().unwrap();
    let wrapped = keys.wrap_key(&first, &key, b"here").await.unwrap();

    let again = KeyFolder::open(&path).unwrap();
    assert_eq!(again.unwrap_key(&first, &wrapped, b"here").await.unwrap().expose(), key.expose());
    let refused = KeyProviderError::Refused { generation: first.clone() };
    assert_eq!(again.unwrap_key(&first, &wrapped, b"there").await.unwrap_err(), refused);
    let mut altered = wrapped.clone();
    altered[20] ^= 1;
    assert_eq!(again.unwrap_key(&first, &altered, b"here").await.unwrap_err(), refused);
    assert_eq!(again.unwrap_key(&first, b"short", b"here").await.unwrap_err(), refused);

    assert_eq!(again.destroy(&first).await.unwrap_err().code(), "KEYS-CURRENT");
    let second = again.rotate().unwrap();
    assert_eq!(keys.current().await.unwrap(), second);
    assert!(keys.unwrap_key(&first, &wrapped, b"here").await.is_ok());
    keys.destroy(&first).await.unwrap();
    keys.destroy(&first).await.unwrap();
    let destroyed = KeyProviderError::Destroyed { generation: first.clone() };
    assert_eq!(again.unwrap_key(&first, &wrapped, b"here").await.unwrap_err(), destroyed);
    assert!(!path.join("1.key").exists());

    std::fs::remove_file(path.join("2.key")).unwrap();
    SecretKey::create_file(path.join("2.key")).unwrap();
    let missing = KeyProviderError::NoSuchKey { generation: second.clone() };
    assert_eq!(again.wrap_key(&second, &key, b"").await.unwrap_err(), missing);
}

#[cfg(unix)]
#[test]
fn key_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive");
    KeyFolder::create(&path).unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(&path.join("1.key"))), (0o700, 0o600));
    std::fs::set_permissions(path.join("1.key"), std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(KeyFolder::open(&path), Err(KeyError::OpenToOthers { .. })));
}

//! Content: encrypted, whole, and removed when nobody archives it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod world;

use std::path::{Path, PathBuf};
use std::time::Duration;

use altinn_archive::{ContentError, EntryId, NewElement};
use altinn_core::store::Batch;
use proptest::strategy::{Strategy as _, ValueTree as _};
use world::{World, entry, stores};

const CHUNK: usize = 64 * 1024 + 16;

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn bytes(size: usize) -> Vec<u8> {
    (0..size).map(|n| (n % 251) as u8).collect()
}

async fn append(world: &World, content: Vec<u8>) -> EntryId {
    world.archive.append(entry(content)).await.unwrap().entry()
}

async fn read(world: &World, id: EntryId) -> Result<Vec<u8>, ContentError> {
    Ok(world.archive.content(id, "form").await.unwrap().bytes(u64::MAX).await?.to_vec())
}

#[tokio::test]
async fn nothing_that_an_entry_says_or_holds_can_be_read_without_the_keys() {
    let world = World::on(stores().await.pop().unwrap()).await;
    let secret = b"the secret recipe of the bakery".repeat(3_000);
    append(&world, secret.clone()).await;
    append(&world, secret[..1_000].to_vec()).await;
    let kept = [files(world.folder.path()), files(world.store_folder().unwrap())].concat();
    assert!(kept.len() >= 2);
    for file in kept {
        let kept = std::fs::read(&file).unwrap();
        for secret in ["recipe", "Bakeriet AS", "Kari Nordmann", "50001", "bakeri", "2026/17", "plan.pdf"] {
            let found = kept.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} in {}", file.display());
        }
    }
}

#[tokio::test]
async fn chunks_that_were_exchanged_left_out_added_or_taken_from_elsewhere_do_not_pass() {
    let world = World::on(stores().await.remove(0)).await;
    let content = bytes(3 * 65_536 + 100);
    let id = append(&world, content.clone()).await;
    let object = files(world.folder.path()).pop().unwrap();
    let other_id = append(&world, content.clone()).await;
    let other = files(world.folder.path()).into_iter().find(|file| *file != object).unwrap();
    let (whole, foreign) = (std::fs::read(&object).unwrap(), std::fs::read(&other).unwrap());
    assert_eq!(whole.len(), content.len() + 4 * 16);
    assert_ne!(whole, foreign);

    let mut swapped = whole.clone();
    swapped.copy_within(CHUNK..2 * CHUNK, 0);
    swapped[CHUNK..2 * CHUNK].copy_from_slice(&whole[..CHUNK]);
    let mut from_elsewhere = whole.clone();
    from_elsewhere[CHUNK..2 * CHUNK].copy_from_slice(&foreign[CHUNK..2 * CHUNK]);
    let mut flipped = whole.clone();
    flipped[2 * CHUNK + 5] ^= 1;
    for (what, altered) in [
        ("swapped", swapped),
        ("from elsewhere", from_elsewhere),
        ("another object", foreign),
        ("flipped", flipped),
        ("a chunk less", whole[..3 * CHUNK].to_vec()),
        ("cut off within a chunk", whole[..whole.len() - 1].to_vec()),
        ("a chunk left out", [&whole[..CHUNK], &whole[2 * CHUNK..]].concat()),
        ("appended", [whole.as_slice(), b"x"].concat()),
        ("a chunk more", [whole.as_slice(), &whole[..CHUNK]].concat()),
        ("empty", Vec::new()),
    ] {
        std::fs::write(&object, altered).unwrap();
        assert_eq!(read(&world, id).await.unwrap_err(), ContentError::Altered, "{what}");
        assert!(!world.archive.audit(None).await.unwrap().is_sound(), "{what}");
    }
    std::fs::write(&object, &whole).unwrap();
    assert_eq!(read(&world, id).await.unwrap(), content);
    std::fs::remove_file(&other).unwrap();
    assert_eq!(read(&world, other_id).await.unwrap_err(), ContentError::Missing);
}

#[tokio::test]
async fn a_range_is_what_the_whole_has_there() {
    let world = World::on(stores().await.remove(0)).await;
    for size in [0, 10, 65_536, 65_537, 300_000] {
        let content = bytes(size);
        let id = append(&world, content.clone()).await;
        let within = move || 0..=size as u64 + 10;
        let ranges: Vec<_> = {
            let mut runner = proptest::test_runner::TestRunner::deterministic();
            let some = |_| (within(), within()).new_tree(&mut runner).unwrap().current();
            (0..60).map(some).collect()
        };
        for (start, end) in ranges {
            let reader = world.archive.content(id, "form").await.unwrap().range(start..end);
            let found = reader.bytes(u64::MAX).await.unwrap();
            let clipped = |place: u64| usize::try_from(place).unwrap().min(size);
            let expected = content.get(clipped(start)..clipped(end)).unwrap_or_default();
            assert!(found == expected, "{start}..{end} of {size}");
        }
    }
}

#[tokio::test]
async fn only_what_was_archived_outlives_a_day() {
    for store in stores().await {
        let world = World::on(store).await;
        let kept = append(&world, bytes(100_000)).await;
        world.archive.store_content(&bytes(100_000)).await.unwrap();
        let mut cut_off = world.archive.content_writer().unwrap();
        cut_off.write(&bytes(3 << 20)).await.unwrap();
        std::mem::forget(cut_off); // as if the program had ended
        let late = world.archive.store_content(&bytes(100_000)).await.unwrap();
        assert_eq!(files(world.folder.path()).len(), 4);

        assert_eq!(world.archive.remove_unnamed().await.unwrap(), 0);
        world.clock.step(Duration::from_secs(24 * 60 * 60));
        assert_eq!(world.archive.remove_unnamed().await.unwrap(), 3);
        assert_eq!(world.archive.remove_unnamed().await.unwrap(), 0);
        assert_eq!(files(world.folder.path()).len(), 1);
        assert_eq!(read(&world, kept).await.unwrap(), bytes(100_000));

        let mut batch = Batch::new();
        let too_late = entry("{}").with_element(NewElement::new("film", "video/mp4", late));
        world.archive.stage(&mut batch, too_late).await.unwrap();
        assert!(world.store.commit(batch).await.unwrap_err().is_conflict());
    }
}

#[tokio::test]
async fn a_long_upload_is_not_taken_for_one_that_was_given_up() {
    let world = World::on(stores().await.remove(0)).await;
    let mut writer = world.archive.content_writer().unwrap();
    for _ in 0..4 {
        writer.write(&bytes(3 << 20)).await.unwrap();
        world.clock.step(Duration::from_secs(20 * 60 * 60));
        assert_eq!(world.archive.remove_unnamed().await.unwrap(), 0);
    }
    world.clock.step(Duration::from_secs(24 * 60 * 60));
    assert_eq!(world.archive.remove_unnamed().await.unwrap(), 1);
    assert_eq!(writer.write(&bytes(3 << 20)).await.unwrap_err(), ContentError::Expired);
}

#[tokio::test]
async fn a_clock_that_goes_backwards_removes_nothing_early() {
    let world = World::on(stores().await.remove(0)).await;
    let mut writer = world.archive.content_writer().unwrap();
    writer.write(&bytes(3 << 20)).await.unwrap();
    world.clock.set("2020-01-01T00:00:00Z".parse().unwrap());
    writer.write(&bytes(3 << 20)).await.unwrap();
    assert_eq!(world.archive.remove_unnamed().await.unwrap(), 0);
    let film = NewElement::new("film", "video/mp4", writer.finish().await.unwrap());
    world.archive.append(entry("{}").with_element(film)).await.unwrap();
    assert!(world.archive.audit(None).await.unwrap().is_sound());
}

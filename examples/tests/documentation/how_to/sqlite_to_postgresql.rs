//! Another store and other objects: two arguments, and the rows are copied.

use std::path::Path;

use altinn_archive::{Anchor, Objects};
use altinn_core::store::{CopyError, Store, fresh};
use altinn_services::testing::TestWorld;
use altinn_services::{Altinn, OpenError, all_migrations};

use super::{Outcome, Scene, examples};

async fn open(store: &str, objects: Objects, keys: &Path) -> Result<Altinn, OpenError> {
    Altinn::builder(store).objects(objects).keys_in(keys, true)?.build().await
}

/// Gives how many rows were copied, and are the same on both sides.
async fn copy(from: &Store, to: &Store) -> Result<u64, CopyError> {
    Ok(from.copy_to(to, &all_migrations()).await?.rows())
}

#[tokio::test]
async fn the_keys_stay_when_the_store_changes() -> Outcome {
    let folder = tempfile::tempdir()?;
    let keys = folder.path().join("keys");
    let first = open("sqlite::memory:", Objects::memory(), &keys).await?;
    let store = format!("sqlite:{}", folder.path().join("other.db").display());
    let second = open(&store, Objects::folder(folder.path().join("objects"))?, &keys).await?;
    let key = |altinn: &Altinn| altinn.archive().verifier_key().to_string();
    assert_eq!(key(&first), key(&second));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_in_is_whole_in_the_copy() -> Outcome {
    let folder = tempfile::tempdir()?;
    let (objects, keys) = (folder.path().join("objects"), folder.path().join("keys"));
    let world = TestWorld::with(|builder| {
        let builder = builder.objects_in(&objects).unwrap();
        builder.keys_in(&keys, true).unwrap()
    });
    let scene = Scene::in_world(world.await?).await?;
    let id = scene.submitted().await?;
    scene.world.work().await?;
    let first = scene.world.altinn();
    let receipt = first.submissions().receipt(&scene.actor, &id).await?.proved().ok_or("not proved")?;

    for (name, to) in fresh::all().await? {
        assert!(copy(first.store(), &to).await? > 10, "{name}");
        let second = Altinn::over(to).objects_in(&objects)?.keys_in(&keys, false)?.build().await?;
        second.publish_app(examples("apps/bakery-licence"))?;
        let again = second.submissions().receipt(&scene.actor, &id).await?.proved();
        assert_eq!(again.as_ref(), Some(&receipt), "{name}");
        let report = second.archive().audit(Some(&Anchor::from(receipt.clone()))).await?;
        assert!(report.is_sound(), "{name}: {report:?}");
    }
    Ok(())
}

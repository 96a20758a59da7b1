//! Another store and other objects: two arguments.

use std::path::Path;

use altinn_archive::Objects;
use altinn_services::{Altinn, OpenError};

use super::Outcome;

async fn open(store: &str, objects: Objects, keys: &Path) -> Result<Altinn, OpenError> {
    Altinn::builder(store).objects(objects).keys_in(keys, true)?.build().await
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

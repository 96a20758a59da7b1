//! The contract of a store, on SQLite in memory and in a file.
#![cfg(feature = "sqlite")]

mod in_memory {
    use altinn_core::store::{Store, StoreError, fresh};

    async fn fresh_store() -> Result<Option<Store>, StoreError> {
        fresh::sqlite().await.map(Some)
    }

    altinn_core::store_contract!(fresh_store);
}

mod in_a_file {
    use altinn_core::store::{Store, StoreError};

    async fn fresh_store() -> Result<Option<Store>, StoreError> {
        let file = format!("{}/{}.db", env!("CARGO_TARGET_TMPDIR"), uuid::Uuid::new_v4());
        Store::open(&format!("sqlite:{file}")).await.map(Some)
    }

    altinn_core::store_contract!(fresh_store);
}

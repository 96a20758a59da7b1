//! Empty stores for tests (feature `testing`).

use super::{Store, StoreError};

/// The variable that holds the address of a PostgreSQL server for tests, whose user may create schemas.
pub const POSTGRES_VARIABLE: &str = "ALTINN_TEST_POSTGRES";

/// An empty SQLite store in memory.
///
/// # Errors
/// As [`Store::open`].
#[cfg(feature = "sqlite")]
pub async fn sqlite() -> Result<Store, StoreError> {
    Store::open("sqlite::memory:").await
}

/// An empty schema on the PostgreSQL server that [`POSTGRES_VARIABLE`] names, or nothing when it names none.
///
/// # Errors
/// As [`Store::open`].
#[cfg(feature = "postgres")]
pub async fn postgres() -> Result<Option<Store>, StoreError> {
    Ok(match postgres_url().await? {
        Some(url) => Some(Store::open(&url).await?),
        None => None,
    })
}

/// The address of an empty schema on the PostgreSQL server that [`POSTGRES_VARIABLE`] names, for a test that opens
/// it several times.
///
/// # Errors
/// As [`Store::open`].
#[cfg(feature = "postgres")]
pub async fn postgres_url() -> Result<Option<String>, StoreError> {
    let Ok(url) = std::env::var(POSTGRES_VARIABLE) else { return Ok(None) };
    let schema = format!("t_{}", uuid::Uuid::new_v4().simple());
    super::Postgres::connect_with(&url, 1).await?.create_schema(&schema).await?;
    let separator = if url.contains('?') { '&' } else { '?' };
    Ok(Some(format!("{url}{separator}options=-csearch_path%3D{schema}")))
}

/// Every back end this program was built with, empty, under its name; PostgreSQL only where a server is named.
///
/// ```
/// # use altinn_core::store::{StoreError, fresh};
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// for (name, store) in fresh::all().await? {
///     println!("{name}: {:?}", store.dialect());
/// }
/// # Ok::<(), StoreError>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`Store::open`].
pub async fn all() -> Result<Vec<(&'static str, Store)>, StoreError> {
    let mut stores = Vec::new();
    #[cfg(feature = "sqlite")]
    stores.push(("SQLite", sqlite().await?));
    #[cfg(feature = "postgres")]
    if let Some(store) = postgres().await? {
        stores.push(("PostgreSQL", store));
    }
    Ok(stores)
}

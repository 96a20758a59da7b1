//! What the tests of the service types begin with.
#![allow(dead_code, reason = "every test program uses a part of it")]
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

pub(crate) mod counted;

use std::path::PathBuf;
use std::sync::Arc;

use altinn_archive::{LogKey, MemoryKeys};
use altinn_auth::register::RoleAssignment;
use altinn_core::key::SecretKey;
use altinn_core::store::{Batch, Dialect, Store, fresh};
use altinn_core::{Actor, AuthenticationLevel, Party, Subject};
use altinn_services::{Altinn, AltinnBuilder};
use tempfile::TempDir;

/// An `Altinn` to put together on every back end there is, with the folder that it lives in.
pub(crate) async fn builders() -> Vec<(AltinnBuilder, TempDir)> {
    let stores = stores().await.into_iter();
    stores.map(|(store, folder)| (builder_over(store, &folder), folder)).collect()
}

/// An empty store on every back end there is, with a folder beside it.
pub(crate) async fn stores() -> Vec<(Store, TempDir)> {
    let mut stores = Vec::new();
    for (_, store) in fresh::all().await.unwrap() {
        let folder = TempDir::new().unwrap();
        let store = match store.dialect() {
            Dialect::Sqlite => {
                Store::open(&format!("sqlite:{}", folder.path().join("t.db").display())).await.unwrap()
            }
            _ => store,
        };
        stores.push((store, folder));
    }
    stores
}

/// An `Altinn` to put together over a store.
pub(crate) fn builder_over(store: Store, folder: &TempDir) -> AltinnBuilder {
    let builder = Altinn::over(store).objects_in(&folder.path().join("objects")).unwrap();
    let builder = builder.log_key(LogKey::generate("example.com/log").unwrap());
    let builder = builder.archive_keys(Arc::new(MemoryKeys::generate().unwrap()));
    builder.register_key(SecretKey::from_bytes([7; 32]))
}

/// A service of the examples.
pub(crate) fn sample(service: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/services").join(service)
}

/// Somebody who has logged in.
pub(crate) fn person(party: &Party, level: AuthenticationLevel) -> Actor {
    Actor::new(Subject::Person { party: party.id, uuid: party.uuid, number: None }, level)
}

/// Puts parties into the register, and roles that somebody holds for one of them.
pub(crate) async fn register(altinn: &Altinn, parties: &[&Party], roles: &[(&str, &Party, &Party)]) {
    let mut batch = Batch::new();
    for party in parties {
        altinn.register().put_party(&mut batch, party).unwrap();
    }
    for (role, of, to) in roles {
        let role = RoleAssignment { role: role.parse().unwrap(), of: of.id, to: to.id };
        altinn.register().grant_role(&mut batch, &role);
    }
    altinn.store().commit(batch).await.unwrap();
}

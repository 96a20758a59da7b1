//! The programs of the how-tos: a file a page, whose snippets are the page's.

mod app_folder;
mod archive_and_events;
mod delegate;
mod every_week;
mod inbox;
mod large_file;
mod letter;
mod log_in;
mod prove_to_an_auditor;
mod sqlite_to_postgresql;
mod system_user;
mod test_offline;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use altinn_auth::login::{self, Login};
use altinn_auth::testing::{FakeIdPorten, Loopback};
use altinn_core::{Actor, InstanceId, Party, SyntheticNumbers};
use altinn_services::submission::Service;
use altinn_services::testing::TestWorld;
use axum::Router;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn examples(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A bakery that Kari leads, and a service for it.
struct Scene {
    world: TestWorld,
    service: Service,
    kari: Party,
    bakery: Party,
    actor: Actor,
}

impl Scene {
    async fn new() -> Outcome<Self> {
        Self::in_world(TestWorld::open().await?).await
    }

    async fn in_world(world: TestWorld) -> Outcome<Self> {
        let service = world.altinn().publish_app(examples("apps/bakery-licence"))?;
        let kari = world.person().await?;
        let bakery = world.organization(&kari).await?;
        let actor = world.log_in(&kari).await?;
        Ok(Self { world, service, kari, bakery, actor })
    }

    /// An application that has been sent in.
    async fn submitted(&self) -> Outcome<InstanceId> {
        let submissions = self.world.altinn().submissions();
        let draft = submissions.start(&self.actor, &self.service, self.bakery.id).await?;
        let form = fs::read_to_string(examples("data/bakery-licence.json"))?.parse()?;
        submissions.save(&self.actor, draft.id(), "application", &form).await?;
        submissions.submit(&self.actor, draft.id()).await?;
        Ok(*draft.id())
    }

    /// Serves pages on this machine, at which Kari can log in.
    async fn serve(&self, pages: impl FnOnce(Login) -> Router) -> Outcome<(Loopback, FakeIdPorten)> {
        let altinn = self.world.altinn();
        altinn.store().migrate(&[login::MIGRATIONS]).await?;
        let id_porten = FakeIdPorten::start_at([&self.kari], self.world.clock().clone()).await?;
        let port = Loopback::port().await?;
        let register = Arc::new(altinn.register().clone());
        let login = Login::builder(id_porten.client(port.url())?, altinn.store().clone(), register)
            .with_synthetic_numbers(SyntheticNumbers::Accepted)
            .clock(self.world.clock().clone())
            .connect()
            .await?;
        Ok((port.serve(pages(login)), id_porten))
    }
}

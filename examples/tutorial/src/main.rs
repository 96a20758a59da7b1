use std::error::Error;
use std::sync::Arc;

use altinn_auth::login::{self, Login};
use altinn_auth::testing::FakeIdPorten;
use altinn_core::SyntheticNumbers;
use altinn_core::store::Batch;
use altinn_core::testing::SyntheticPeople;
use altinn_services::Altinn;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let altinn = Altinn::local("agency").await?;
    altinn.store().migrate(&[login::MIGRATIONS]).await?;
    let service = altinn.publish_app("dog-licence")?;

    let kari = SyntheticPeople::from_seed(1).person(); // made up: her number belongs to nobody
    let mut batch = Batch::new();
    altinn.register().put_party(&mut batch, &kari)?;
    altinn.store().commit(batch).await?;

    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    let id_porten = FakeIdPorten::start([&kari]).await?; // for real: `environment::read(&IdPortenLogin)`
    let settings = id_porten.client("http://127.0.0.1:8080")?;
    let register = Arc::new(altinn.register().clone());
    let login = Login::builder(settings, altinn.store().clone(), register)
        .with_synthetic_numbers(SyntheticNumbers::Accepted)
        .connect()
        .await?;

    std::fs::write("log.pub", altinn.archive().verifier_key().to_string())?;
    altinn.run_workers(std::future::pending());
    println!("The portal is open: http://127.0.0.1:8080");
    axum::serve(listener, dog_portal::portal(altinn, login, service)).await?;
    Ok(())
}

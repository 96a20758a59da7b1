use std::error::Error;
use std::sync::Arc;

use altinn_auth::login::{self, Login};
use altinn_auth::testing::{FakeIdPorten, Loopback, TestBrowser};
use altinn_core::SyntheticNumbers;
use altinn_services::testing::TestWorld;
use chrono::TimeDelta;

#[tokio::test]
async fn a_dog_owner_applies_and_gets_a_receipt() -> Result<(), Box<dyn Error>> {
    // A world in memory, whose clock stands still until it is advanced.
    let world = TestWorld::open().await?;
    let altinn = world.altinn();
    altinn.store().migrate(&[login::MIGRATIONS]).await?;
    let service = altinn.publish_app("dog-licence")?;
    let kari = world.person().await?;
    let id_porten = FakeIdPorten::start_at([&kari], world.clock().clone()).await?;
    let port = Loopback::port().await?;
    let register = Arc::new(altinn.register().clone());
    let login = Login::builder(id_porten.client(port.url())?, altinn.store().clone(), register)
        .with_synthetic_numbers(SyntheticNumbers::Accepted)
        .clock(world.clock().clone())
        .connect()
        .await?;
    let site = port.serve(dog_portal::portal(altinn.clone(), login, service));

    // Kari logs in, begins, and is told what is wrong.
    let mut browser = TestBrowser::new()?;
    browser.log_in(&site.at("/"), &kari).await?;
    let form = browser.submit(&site.at("/"), &[]).await?;
    assert!(form.text().contains("Hundens navn"));
    let wrong = browser.submit(&form.url, &[("dog", "Fido"), ("year", "1850"), ("do", "submit")]).await?;
    assert!(wrong.text().contains("id=\"errors\""));

    // She mends it, and gets a receipt that anyone can verify, and a mail.
    let sent = browser.submit(&form.url, &[("year", "2024"), ("do", "submit")]).await?;
    assert!(sent.text().contains("Kvittering"));
    let receipt = browser.get(&format!("{}/receipt.json", form.url)).await?.text();
    receipt.parse::<altinn_archive::Receipt>()?.verify(altinn.archive().verifier_key())?;
    world.work().await?;
    assert_eq!(world.mails().len(), 1);

    // Two hours later she has to log in again.
    world.advance(TimeDelta::hours(2)).await?;
    let page = browser.get(&form.url).await?;
    assert!(page.url.starts_with(id_porten.issuer()));
    Ok(())
}

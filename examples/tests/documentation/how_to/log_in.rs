//! Logging in at a high level.

use altinn_auth::environment::{self, IdPortenLogin, SettingsError};
use altinn_auth::login::{AtLeast, High, Login, LoginSettings};
use altinn_auth::testing::TestBrowser;
use axum::{Router, routing::get};

use super::{Outcome, Scene};

async fn journal(AtLeast(actor, ..): AtLeast<High>) -> String {
    format!("your journal, at level {}", actor.level())
}

fn pages(login: Login) -> Router {
    let pages = Router::new().route("/journal", get(journal)).with_state(login.clone());
    pages.merge(login.router())
}

fn settings() -> Result<LoginSettings, SettingsError> {
    environment::read(&IdPortenLogin)
}

#[tokio::test]
async fn a_lower_level_is_sent_to_step_up() -> Outcome {
    let scene = Scene::new().await?;
    let (site, id_porten) = scene.serve(pages).await?;
    let mut browser = TestBrowser::new()?;
    let asked_again =
        browser.log_in_at(&site.at("/journal"), &scene.kari, "idporten-loa-substantial").await?;
    assert!(asked_again.url.starts_with(id_porten.issuer()), "{}", asked_again.url);
    let page = browser.choose(&asked_again, &scene.kari, "idporten-loa-high").await?;
    assert_eq!(page.text(), "your journal, at level 4");
    Ok(())
}

#[test]
fn all_that_is_missing_is_named() {
    let error = settings().unwrap_err().to_string();
    for name in
        ["IDPORTEN_WELL_KNOWN_URL", "IDPORTEN_CLIENT_ID", "IDPORTEN_CLIENT_JWK", "IDPORTEN_REDIRECT_URI"]
    {
        assert!(error.contains(&format!("`{name}` is missing")), "{error}");
    }
}

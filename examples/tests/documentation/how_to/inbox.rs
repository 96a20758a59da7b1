//! An inbox in a portal.

use altinn_auth::login::{Callers, Login, Person};
use altinn_auth::testing::TestBrowser;
use altinn_core::Language;
use altinn_services::Altinn;
use altinn_services::inbox::{InboxItem, InboxQuery};
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::{Router, routing::get};
use minijinja::{Environment, Value, context};

use super::{Outcome, Scene};

const TEMPLATE: &str = "<ul>{% for item in items %}<li>{% if item.new %}<b>{{ item.title }}</b>{% else %}{{ item.title }}{% endif %}</li>{% endfor %}</ul>";

async fn inbox(State(portal): State<Portal>, who: Person) -> Result<Html<String>, StatusCode> {
    let page = portal.altinn.inbox().list(&who.actor, &InboxQuery::new()).await;
    let items = page.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?.items;
    let items: Vec<_> = items.iter().map(row).collect();
    let html = Environment::new().render_named_str("inbox.html", TEMPLATE, context! { items => items });
    html.map(Html).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

fn row(item: &InboxItem) -> Value {
    context! { title => item.title.in_language(Language::Nb), new => item.is_unread }
}

fn pages(altinn: Altinn, login: Login) -> Router {
    let inbox = Router::new().route("/", get(inbox)).with_state(Portal { altinn, login: login.clone() });
    Router::new().nest("/innboks", inbox).merge(login.router())
}

#[derive(Clone)]
struct Portal {
    altinn: Altinn,
    login: Login,
}

impl FromRef<Portal> for Callers {
    fn from_ref(portal: &Portal) -> Self {
        Self::by_login(portal.login.clone())
    }
}

#[tokio::test]
async fn somebody_who_logs_in_sees_what_is_theirs() -> Outcome {
    let scene = Scene::new().await?;
    let altinn = scene.world.altinn().clone();
    altinn.submissions().start(&scene.actor, &scene.service, scene.bakery.id).await?;
    let (site, _id_porten) = scene.serve(|login| pages(altinn, login)).await?;
    let page = TestBrowser::new()?.log_in(&site.at("/innboks"), &scene.kari).await?;
    assert!(page.text().starts_with("<ul><li>"), "{}", page.text());
    Ok(())
}

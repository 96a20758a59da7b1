//! The API by the session of a browser: the portal's own pages call it, and nobody else's.

use std::sync::Arc;

use altinn_auth::login::{self, Callers, Login};
use altinn_auth::testing::{FakeIdPorten, Loopback, TestBrowser};
use altinn_core::SyntheticNumbers;
use altinn_core::http::{HttpRequest, header};
use altinn_services::http::{self, Api};
use serde_json::json;

use crate::world::{World, everywhere, json, problem};

#[tokio::test]
async fn a_session_changes_things_only_from_the_portals_own_pages() {
    everywhere(async |world: World| {
        let altinn = world.api.altinn();
        altinn.store().migrate(&[login::MIGRATIONS]).await.unwrap();
        let id_porten = FakeIdPorten::start([&world.leader]).await.unwrap();
        let port = Loopback::port().await.unwrap();
        let settings = id_porten.client(port.url()).unwrap();
        let login = Login::builder(settings, altinn.store().clone(), Arc::new(altinn.register().clone()))
            .with_synthetic_numbers(SyntheticNumbers::Accepted)
            .connect()
            .await
            .unwrap();
        let api = Api::new(altinn.clone(), Callers::by_login(login.clone()));
        let server = port.serve(http::all(&api).merge(login.router()));
        let mut browser = TestBrowser::new().unwrap();
        browser.log_in(&server.at("/oauth2/login"), &world.leader).await.unwrap();

        let url =
            server.at(&format!("/ttd/bakery-licence/instances?instanceOwnerPartyId={}", world.bakery.id));
        let begin = || HttpRequest::post(&url).unwrap().json(&json!({})).unwrap();
        let site = header::HeaderName::from_static("sec-fetch-site");
        for foreign in [
            begin().header(header::ORIGIN, "https://elsewhere.example").unwrap(),
            begin().header(header::ORIGIN, "null").unwrap(),
            begin().header(site.clone(), "cross-site").unwrap(),
        ] {
            let refused = browser.send(foreign, &url).await.unwrap();
            assert_eq!(problem(&refused.answer, 403), "AUTH-CALLER-OTHER-SITE");
        }
        let own = begin().header(header::ORIGIN, server.url()).unwrap();
        json(&browser.send(own, &url).await.unwrap().answer, 201);
        let active = server.at(&format!("/ttd/bakery-licence/instances/{}/active", world.bakery.id));
        let begun = json(&browser.get(&active).await.unwrap().answer, 200);
        assert_eq!(begun.as_array().map(Vec::len), Some(1), "{begun}");
    })
    .await;
}

//! People log in to a portal, and out again.
#![cfg(feature = "login")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::time::Duration;

use altinn_auth::testing::TestBrowser;
use altinn_core::http::{HttpRequest, StatusCode, Url, header};
use altinn_core::store::{fresh, params};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{AuthenticationLevel, Language};
use portal::{Portal, code};
use serde_json::json;

mod portal;

#[tokio::test]
async fn a_page_leads_through_the_login_back_to_itself_on_every_back_end() {
    for (name, store) in fresh::all().await.unwrap() {
        let portal = Portal::on(store).await;
        let mut browser = portal.browser();
        let page = browser.log_in(&portal.server.at("/?side=2"), &portal.kari).await.unwrap();
        assert_eq!(page.text(), format!("party {}", portal.kari.id), "{name}");
        assert_eq!(page.url, portal.server.at("/?side=2"), "{name}");
        assert!(portal.is_logged_in(&mut browser).await, "{name}");
        assert!(!portal.is_logged_in(&mut portal.browser()).await, "{name}");
    }
}

#[tokio::test]
async fn the_browser_carries_nothing_of_the_login_but_its_number() {
    let portal = Portal::new().await;
    let page = portal.browser().get(&portal.server.at("/")).await.unwrap();
    let url = Url::parse(&page.url).unwrap();
    let names: Vec<_> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    assert_eq!(names, ["client_id", "request_uri"]);
    assert!(portal.id_porten.asked().contains(&"/par".to_owned()));
}

#[tokio::test]
async fn cookies_are_out_of_reach_of_scripts_other_sites_and_plain_connections() {
    let portal = Portal::new().await;
    let mut browser = portal.browser();
    let chooser = browser.get(&portal.server.at("/")).await.unwrap();
    let url = portal.id_porten.issuer().to_owned() + "/authorize";
    let request = chooser.text().split_once("value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let fields = [
        ("request", request.as_str()),
        ("acr", "idporten-loa-high"),
        ("person", &portal.kari.uuid.to_string()),
    ];
    let answer = browser.send(HttpRequest::post(&url).unwrap().form(&fields), &url).await.unwrap();
    let callback = answer.redirect().unwrap();
    let done = browser.send(HttpRequest::get(&callback).unwrap(), &callback).await.unwrap();
    let cookie = done.answer.header(&header::SET_COOKIE).unwrap();
    assert!(cookie.starts_with("__Host-altinn-session="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Max-Age=7200; HttpOnly; Secure; SameSite=Lax"), "{cookie}");
    assert_eq!(done.answer.header(&header::CACHE_CONTROL), Some("no-store"));
}

#[tokio::test]
async fn the_store_holds_neither_cookie_nor_token_nor_number() {
    let portal = Portal::new().await;
    portal.log_in(&mut portal.browser()).await;
    let altinn_core::PartyIdentifier::Person(number) = &portal.kari.identifier else { unreachable!() };
    let row = portal.store.query_one("select * from auth_session", params![]).await.unwrap();
    let sealed: Vec<u8> = row.get("id_token_sealed").unwrap();
    assert!(!sealed.windows(3).any(|part| part == b"eyJ"));
    assert!(!format!("{row:?}").contains(number.expose()));
    let left = portal.store.query("select * from auth_login_attempt", params![]).await.unwrap();
    assert!(left.is_empty());
}

#[tokio::test]
async fn a_page_that_needs_a_higher_level_leads_to_a_login_at_that_level() {
    let portal = Portal::new().await;
    let mut browser = portal.browser();
    browser.log_in_at(&portal.server.at("/"), &portal.kari, "idporten-loa-substantial").await.unwrap();
    let url = portal.server.at("/journal/1?a=b");
    let step = browser.send(HttpRequest::get(&url).unwrap(), &url).await.unwrap();
    let address = step.redirect().unwrap();
    assert!(address.ends_with("/oauth2/login?redirect=%2Fjournal%2F1%3Fa%3Db&level=idporten-loa-high"));
    let page = browser.log_in(&url, &portal.kari).await.unwrap();
    assert_eq!((page.text().as_str(), page.url.as_str()), ("level 4", url.as_str()));
    let sessions = portal.store.query("select * from auth_session", params![]).await.unwrap();
    assert_eq!(sessions.len(), 1, "the session of the lower level is gone");
}

#[tokio::test]
async fn a_login_below_the_level_that_was_asked_for_is_none() {
    let portal = Portal::new().await;
    let mut browser = portal.browser();
    let url = portal.server.at("/oauth2/login?level=idporten-loa-high");
    let page = browser.log_in_at(&url, &portal.kari, "idporten-loa-substantial").await.unwrap();
    assert_eq!(code(&page), "AUTH-LOGIN-LEVEL");
    assert!(!portal.is_logged_in(&mut browser).await);
}

#[tokio::test]
async fn a_logout_ends_the_session_here_at_once_and_goes_on_to_the_issuers() {
    let portal = Portal::new().await;
    let mut browser = portal.browser();
    portal.log_in(&mut browser).await;
    let mut stolen = browser.clone();
    let page = browser.submit(&portal.server.at("/oauth2/logout"), &[]).await.unwrap();
    assert!(!portal.is_logged_in(&mut browser).await);
    assert!(!portal.is_logged_in(&mut stolen).await);
    let html = page.text();
    assert!(html.contains(&format!(r#"action="{}/logout""#, portal.id_porten.issuer())));
    let field = |name: &str| {
        let after = html.split_once(&format!(r#"name="{name}" value=""#)).unwrap().1;
        after.split('"').next().unwrap().to_owned()
    };
    let fields = ["id_token_hint", "client_id", "post_logout_redirect_uri"].map(|name| (name, field(name)));
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let end = portal.id_porten.issuer().to_owned() + "/logout";
    let back = browser.send(HttpRequest::post(&end).unwrap().form(&fields), &end).await.unwrap();
    assert_eq!(back.redirect().unwrap(), portal.server.at("/oauth2/logout/callback"));
}

#[tokio::test]
async fn a_logout_elsewhere_ends_every_session_of_the_issuers_one_and_no_other() {
    for (name, store) in fresh::all().await.unwrap() {
        let portal = Portal::on(store).await;
        let (mut kari, mut ola) = (portal.browser(), portal.browser());
        portal.log_in(&mut kari).await;
        let session = portal.id_porten.last_session().unwrap();
        ola.log_in(&portal.server.at("/"), &portal.ola).await.unwrap();
        let front_channel = |issuer: &str, session: &str| {
            portal.server.at(&format!("/oauth2/logout/frontchannel?iss={issuer}&sid={session}"))
        };
        // In a frame of the issuer's page, a browser sends no cookies of ours.
        let mut frame = portal.browser();
        let wrong = frame.get(&front_channel("https://evil.test", &session)).await.unwrap();
        assert_eq!((wrong.status(), code(&wrong).as_str()), (StatusCode::BAD_REQUEST, "AUTH-LOGIN-ISSUER"));
        assert!(portal.is_logged_in(&mut kari).await, "{name}");
        let told = frame.get(&front_channel(portal.id_porten.issuer(), &session)).await.unwrap();
        assert_eq!(told.status(), StatusCode::OK);
        assert!(!portal.is_logged_in(&mut kari).await, "{name}");
        assert!(portal.is_logged_in(&mut ola).await, "{name}");
    }
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let portal = Portal::new().await;
    let mut browser = portal.browser();
    portal.log_in(&mut browser).await;
    portal.clock.step(Duration::from_secs(2 * 3600 - 1));
    assert!(portal.is_logged_in(&mut browser).await);
    portal.clock.step(Duration::from_secs(1));
    assert!(!portal.is_logged_in(&mut browser).await);
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing_with_our_session() {
    let portal = Portal::new().await;
    let mut browser = portal.browser();
    portal.log_in(&mut browser).await;
    let url = portal.server.at("/change");
    let post = || HttpRequest::post(&url).unwrap().form(&[]);
    let own = post().header(header::ORIGIN, portal.server.url()).unwrap();
    assert_eq!(browser.send(own, &url).await.unwrap().text(), format!("changed by {}", portal.kari.id));
    let fetch_site = header::HeaderName::from_static("sec-fetch-site");
    for foreign in [
        post().header(header::ORIGIN, "https://evil.test").unwrap(),
        post().header(header::ORIGIN, "null").unwrap(),
        post().header(fetch_site, "cross-site").unwrap(),
    ] {
        let page = browser.send(foreign, &url).await.unwrap();
        assert_eq!((page.status(), code(&page).as_str()), (StatusCode::FORBIDDEN, "AUTH-CALLER-OTHER-SITE"));
    }
    let without = portal.browser().send(post(), &url).await.unwrap();
    assert_eq!(without.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_language_and_the_level_reach_the_issuer() {
    let store = fresh::sqlite().await.unwrap();
    let portal = Portal::with(store, |settings| {
        settings.in_language(Language::Nn).at_level(AuthenticationLevel::VerySensitive)
    })
    .await;
    let mut browser = portal.browser();
    let refused = browser.get(&portal.server.at("/oauth2/login?locale=de")).await.unwrap();
    assert_eq!(code(&refused), "AUTH-LOGIN-PARAMETER");
    let refused = browser.get(&portal.server.at("/oauth2/login?level=level99")).await.unwrap();
    assert_eq!(code(&refused), "AUTH-LOGIN-PARAMETER");
    let page = browser.get(&portal.server.at("/")).await.unwrap().text();
    assert!(
        page.contains(r#"<html lang="nn">"#) && page.contains(r#""idporten-loa-high" selected"#),
        "{page}"
    );
    let begun = portal.id_porten.last_request().unwrap();
    assert_eq!(begun.get("ui_locales").map(String::as_str), Some("nn"));
    assert_eq!(begun.get("acr_values").map(String::as_str), Some("idporten-loa-high"));
    let lower = portal.server.at("/oauth2/login?locale=se&level=idporten-loa-substantial");
    let page = browser.get(&lower).await.unwrap().text();
    assert!(page.contains(r#""idporten-loa-substantial" selected"#), "{page}");
    let begun = portal.id_porten.last_request().unwrap();
    assert_eq!(begun.get("ui_locales").map(String::as_str), Some("se"));
    assert_eq!(begun.get("acr_values").map(String::as_str), Some("idporten-loa-substantial"));
}

#[tokio::test]
async fn a_person_is_no_organization() {
    let portal = Portal::new().await;
    let mut browser = portal.browser();
    portal.log_in(&mut browser).await;
    let page = browser.get(&portal.server.at("/business")).await.unwrap();
    assert_eq!(code(&page), "AUTH-CALLER-NOT-AN-ORGANIZATION");
}

#[tokio::test]
async fn people_at_work_represent_whom_they_chose_at_ansattporten() {
    let portal = Portal::at_work("urn:altinn:resource:2480:40").await;
    let bakery = SyntheticPeople::from_seed(9).organization_number();
    let log_in = async |acr: &'static str, browser: &mut TestBrowser, page: &str| {
        portal.id_porten.misbehave(move |issuer, mut claims| {
            let bakery = json!({"authority": "iso6523-actorid-upis", "ID": format!("0192:{bakery}")});
            let details =
                json!([{"type": "ansattporten:altinn:service", "authorized_parties": [{"orgno": bakery}]}]);
            claims["acr"] = json!(acr);
            claims["authorization_details"] = details;
            issuer.sign(&claims)
        });
        browser.log_in(&portal.server.at(page), &portal.kari).await.unwrap()
    };
    let mut browser = portal.browser();
    assert_eq!(log_in("substantial", &mut browser, "/business").await.text(), bakery.to_string());
    let asked = portal.id_porten.last_request().unwrap();
    let details = json!([{"type": "ansattporten:altinn:service", "resource": "urn:altinn:resource:2480:40"}]);
    assert_eq!(asked["acr_values"], "substantial");
    assert_eq!(asked["authorization_details"], details.to_string());
    assert_eq!(log_in("high", &mut browser, "/journal/1").await.text(), "level 4");
    assert_eq!(portal.id_porten.last_request().unwrap()["acr_values"], "high");
    let of_id_porten = log_in("idporten-loa-high", &mut portal.browser(), "/").await;
    assert_eq!(code(&of_id_porten), "AUTH-TOKEN-LEVEL");
}

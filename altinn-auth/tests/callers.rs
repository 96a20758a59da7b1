//! Who calls, by a token or by a session, and how those are answered who are not let in.
#![cfg(feature = "login")]
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_auth::testing::{TestBrowser, TestPage};
use altinn_core::http::{HttpRequest, StatusCode, header};
use altinn_core::testing::SyntheticPeople;
use portal::{Portal, code};
use uuid::Uuid;

mod portal;

struct Caller {
    portal: Portal,
    browser: TestBrowser,
}

impl Caller {
    async fn new() -> Self {
        let portal = Portal::new().await;
        let browser = portal.browser();
        Self { portal, browser }
    }

    async fn get(&mut self, path: &str, authorization: Option<&str>) -> TestPage {
        let url = self.portal.server.at(path);
        let request = HttpRequest::get(&url).unwrap();
        let request = match authorization {
            Some(value) => request.header(header::AUTHORIZATION, value).unwrap(),
            None => request,
        };
        self.browser.send(request, &url).await.unwrap()
    }

    async fn post(&mut self, path: &str) -> TestPage {
        let url = self.portal.server.at(path);
        self.browser.send(HttpRequest::post(&url).unwrap().form(&[]), &url).await.unwrap()
    }

    fn organizations_token(&self) -> String {
        let number = SyntheticPeople::from_seed(9).organization_number();
        format!("Bearer {}", self.portal.systems.organization(number, "altinn:broker.read").unwrap())
    }
}

/// Status, code, and how to come again.
fn refusal(page: &TestPage) -> (u16, String, Option<&str>) {
    (page.status().as_u16(), code(page), page.answer.header(&header::WWW_AUTHENTICATE))
}

#[tokio::test]
async fn a_system_is_its_organization_and_a_system_user_the_one_it_acts_for() {
    let mut caller = Caller::new().await;
    let mut people = SyntheticPeople::from_seed(9);
    let (vendor, owner) = (people.organization_number(), people.organization_number());
    let token = caller.organizations_token();
    assert_eq!(caller.get("/business", Some(&token)).await.text(), vendor.to_string());
    let small = token.replacen("Bearer", "bearer", 1);
    assert_eq!(caller.get("/business", Some(&small)).await.text(), vendor.to_string());
    let token = caller.portal.systems.system_user(vendor, owner, Uuid::from_u128(5), "payroll").unwrap();
    let page = caller.get("/business", Some(&format!("Bearer {token}"))).await;
    assert_eq!(page.text(), owner.to_string());
}

#[tokio::test]
async fn a_system_is_no_person_and_is_not_sent_to_log_in() {
    let mut caller = Caller::new().await;
    let token = caller.organizations_token();
    let page = caller.get("/", Some(&token)).await;
    assert_eq!(refusal(&page), (403, "AUTH-CALLER-NOT-A-PERSON".to_owned(), None));
    let page = caller.get("/journal/1", Some(&token)).await;
    let step_up = r#"Bearer error="insufficient_user_authentication", acr_values="idporten-loa-high""#;
    assert_eq!(refusal(&page), (401, "AUTH-CALLER-LEVEL".to_owned(), Some(step_up)));
}

#[tokio::test]
async fn a_wrong_token_is_refused_though_there_is_a_session() {
    let mut caller = Caller::new().await;
    caller.portal.log_in(&mut caller.browser).await;
    assert_eq!(caller.get("/", None).await.status(), StatusCode::OK);
    let changed = format!("{}A", caller.organizations_token());
    let page = caller.get("/", Some(&changed)).await;
    let invalid = Some(r#"Bearer error="invalid_token""#);
    assert_eq!(refusal(&page), (401, "AUTH-TOKEN-SIGNATURE".to_owned(), invalid));
    for other in ["Basic cG9ydGFsOnNlY3JldA==", "Bearer", "", "token"] {
        let page = caller.get("/", Some(other)).await;
        let invalid = Some(r#"Bearer error="invalid_request""#);
        assert_eq!(refusal(&page), (401, "AUTH-CALLER-NO-BEARER".to_owned(), invalid), "{other}");
    }
}

#[tokio::test]
async fn what_is_sent_is_not_lost_in_a_login() {
    let mut caller = Caller::new().await;
    let page = caller.post("/journal/1").await;
    assert_eq!(refusal(&page), (401, "AUTH-CALLER-UNKNOWN".to_owned(), Some("Bearer")));
    let url = caller.portal.server.at("/");
    let kari = caller.portal.kari.clone();
    caller.browser.log_in_at(&url, &kari, "idporten-loa-substantial").await.unwrap();
    let page = caller.post("/journal/1").await;
    assert_eq!((page.status().as_u16(), code(&page).as_str()), (401, "AUTH-CALLER-LEVEL"));
    caller.browser.log_in(&caller.portal.server.at("/journal/1"), &kari).await.unwrap();
    assert_eq!(caller.post("/journal/1").await.text(), "level 4");
}

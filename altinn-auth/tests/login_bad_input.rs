//! Logins that are forged, repeated, mixed up or led astray. Tests that stand for one of the OpenID Foundation's conformance
//! tests of relying parties bear its name. What is not done here has none: the implicit and hybrid flows (`at_hash`, `c_hash`),
//! request objects, answers by form, claims of third parties, registration, WebFinger and back-channel logout.
#![cfg(feature = "login")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::sync::Arc;
use std::time::Duration;

use altinn_auth::login::{ClientAuthentication, Login, LoginError, LoginSettings};
use altinn_auth::testing::{FakeIdPorten, FakeIssuer, Loopback, TestBrowser, TestPage};
use altinn_auth::token::{SignatureAlgorithm, TokenSigner};
use altinn_core::SystemClock;
use altinn_core::http::{HttpRequest, Url};
use altinn_core::store::fresh;
use axum::{Json, Router, routing::get};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portal::{Portal, code};
use serde_json::{Value, json};

mod portal;

fn remove(claims: &mut Value, claim: &str) {
    claims.as_object_mut().unwrap().remove(claim);
}

mod conformance {
    use super::*;

    #[tokio::test]
    async fn oidcc_client_test_nonce_invalid() {
        let portal = Portal::new().await;
        for nonce in [json!("other"), json!(null), json!("")] {
            let refused = portal.refusal_with(move |claims| claims["nonce"] = nonce.clone()).await;
            assert_eq!(refused, "AUTH-LOGIN-NONCE");
        }
    }

    #[tokio::test]
    async fn oidcc_client_test_invalid_iss() {
        let portal = Portal::new().await;
        for end in ["/", "x", "/other"] {
            let issuer = format!("{}{end}", portal.id_porten.issuer());
            let refused = portal.refusal_with(move |claims| claims["iss"] = json!(issuer)).await;
            assert_eq!(refused, "AUTH-TOKEN-ISSUER");
        }
    }

    #[tokio::test]
    async fn oidcc_client_test_missing_sub() {
        let portal = Portal::new().await;
        assert_eq!(portal.refusal_with(|claims| remove(claims, "sub")).await, "AUTH-TOKEN-CLAIM");
        assert_eq!(portal.refusal_with(|claims| claims["sub"] = json!("")).await, "AUTH-TOKEN-CLAIM");
    }

    #[tokio::test]
    async fn oidcc_client_test_missing_aud() {
        let portal = Portal::new().await;
        assert_eq!(portal.refusal_with(|claims| remove(claims, "aud")).await, "AUTH-TOKEN-AUDIENCE");
    }

    #[tokio::test]
    async fn oidcc_client_test_invalid_aud() {
        let portal = Portal::new().await;
        for audience in [json!("other"), json!([]), json!(["test-portal", "other"]), json!("Test-Portal")] {
            let refused = portal.refusal_with(move |claims| claims["aud"] = audience.clone()).await;
            assert_eq!(refused, "AUTH-TOKEN-AUDIENCE");
        }
    }

    #[tokio::test]
    async fn oidcc_client_test_missing_iat() {
        let portal = Portal::new().await;
        assert_eq!(portal.refusal_with(|claims| remove(claims, "iat")).await, "AUTH-TOKEN-CLAIM");
    }

    #[tokio::test]
    async fn oidcc_client_test_invalid_sig_rs256() {
        let portal = Portal::new().await;
        let refused = portal
            .refusal_of(|issuer, claims| {
                let token = issuer.sign(&claims).unwrap();
                let (message, signature) = token.rsplit_once('.').unwrap();
                let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
                bytes[17] ^= 1;
                format!("{message}.{}", URL_SAFE_NO_PAD.encode(bytes))
            })
            .await;
        assert_eq!(refused, "AUTH-TOKEN-SIGNATURE");
    }

    #[tokio::test]
    async fn oidcc_client_test_invalid_sig_es256() {
        let store = fresh::sqlite().await.unwrap();
        let both = [SignatureAlgorithm::Rs256, SignatureAlgorithm::Es256];
        let portal = Portal::with(store, |settings| settings.allowing(both)).await;
        portal.id_porten.publish_another_key().unwrap();
        let refused = portal
            .refusal_of(|issuer, claims| {
                let set: Value = serde_json::from_str(&issuer.jwks()).unwrap();
                let mut keys = set["keys"].as_array().unwrap().iter();
                let kid = &keys.find(|key| key["alg"] == "ES256").unwrap()["kid"];
                let stranger = FakeIssuer::id_porten(Arc::new(SystemClock)).unwrap();
                stranger.sign_with_header(&json!({"alg": "ES256", "kid": kid}), &claims).unwrap()
            })
            .await;
        assert_eq!(refused, "AUTH-TOKEN-SIGNATURE");
    }

    #[tokio::test]
    async fn oidcc_client_test_invalid_sig_hs256() {
        let portal = Portal::new().await;
        let refused = portal
            .refusal_of(|issuer, claims| {
                issuer.sign_with_header(&json!({"alg": "HS256", "kid": issuer.kid()}), &claims).unwrap()
            })
            .await;
        assert_eq!(refused, "AUTH-TOKEN-ALGORITHM");
    }

    #[tokio::test]
    async fn oidcc_client_test_idtoken_sig_none() {
        let portal = Portal::new().await;
        let refused = portal
            .refusal_of(|_, claims| {
                let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
                format!("{}.{}.", part(json!({"alg": "none"})), part(claims))
            })
            .await;
        assert_eq!(refused, "AUTH-TOKEN-ALGORITHM");
    }

    #[tokio::test]
    async fn oidcc_client_test_kid_absent_single_jwks() {
        let portal = Portal::new().await;
        portal
            .id_porten
            .misbehave(|issuer, claims| issuer.sign_with_header(&json!({"alg": "RS256"}), &claims));
        assert!(portal.log_in(&mut portal.browser()).await.status().is_success());
    }

    #[tokio::test]
    async fn oidcc_client_test_kid_absent_multiple_jwks() {
        let portal = Portal::new().await;
        portal.id_porten.publish_another_key().unwrap();
        let refused = portal
            .refusal_of(|issuer, claims| issuer.sign_with_header(&json!({"alg": "RS256"}), &claims).unwrap())
            .await;
        assert_eq!(refused, "AUTH-TOKEN-UNKNOWN-KEY");
    }

    /// The person is told by the ID token, and the page of somebody else's claims is never asked.
    #[tokio::test]
    async fn oidcc_client_test_userinfo_invalid_sub() {
        let portal = Portal::new().await;
        portal.log_in(&mut portal.browser()).await;
        assert!(!portal.id_porten.asked().iter().any(|path| path.contains("userinfo")));
    }

    #[tokio::test]
    async fn oidcc_client_test_signing_key_rotation() {
        let portal = Portal::new().await;
        assert!(portal.log_in(&mut portal.browser()).await.status().is_success());
        portal.id_porten.rotate_keys().unwrap();
        assert!(portal.log_in(&mut portal.browser()).await.status().is_success());
        assert_eq!(portal.id_porten.key_fetches(), 2);
    }

    #[tokio::test]
    async fn oidcc_client_test_signing_key_rotation_just_before_signing() {
        let portal = Portal::new().await;
        let mut browser = portal.browser();
        let chooser = browser.get(&portal.server.at("/")).await.unwrap();
        portal.id_porten.rotate_keys().unwrap();
        let page = browser.choose(&chooser, &portal.kari, "idporten-loa-high").await.unwrap();
        assert!(page.status().is_success(), "{}", page.text());
    }

    #[tokio::test]
    async fn oidcc_client_test_client_secret_basic() {
        for (sent, logs_in) in [("a secret: /+%æ", true), ("another", false)] {
            let portal = Portal::by_secret("portal-2", "a secret: /+%æ", sent).await;
            let mut browser = portal.browser();
            portal.log_in(&mut browser).await;
            assert_eq!(portal.is_logged_in(&mut browser).await, logs_in, "{sent}");
        }
    }

    #[tokio::test]
    async fn oidcc_client_test_discovery_issuer_mismatch() {
        let port = Loopback::port().await.unwrap();
        let metadata = json!({
            "issuer": "https://idporten.no", "jwks_uri": "https://idporten.no/jwks",
            "token_endpoint": "https://idporten.no/token", "authorization_endpoint": "https://idporten.no/authorize",
        });
        let well_known = format!("{}/.well-known/openid-configuration", port.url());
        let page = get(async move || Json(metadata));
        let _server = port.serve(Router::new().route("/.well-known/openid-configuration", page));
        assert_eq!(connect(&well_known).await.unwrap_err().code(), "AUTH-DISCOVERY-ISSUER-MISMATCH");
    }

    /// The session is over before the issuer is asked: what comes back from there changes nothing, whatever it says.
    #[tokio::test]
    async fn oidcc_client_test_rp_init_logout_invalid_state() {
        let portal = Portal::new().await;
        let mut browser = portal.browser();
        portal.log_in(&mut browser).await;
        for query in ["", "?state=other", "?state=a&state=b&redirect=https://evil.test"] {
            let url = portal.server.at("/oauth2/logout/callback") + query;
            let page = browser.send(HttpRequest::get(&url).unwrap(), &url).await.unwrap();
            assert_eq!(page.redirect().unwrap(), portal.server.at("/"), "{query}");
            assert!(portal.is_logged_in(&mut browser).await, "{query}");
        }
    }

    #[tokio::test]
    async fn oidcc_client_test_rp_frontchannel_opinitlogout() {
        let portal = Portal::new().await;
        let mut browser = portal.browser();
        portal.log_in(&mut browser).await;
        let (issuer, session) = (portal.id_porten.issuer(), portal.id_porten.last_session().unwrap());
        let right = format!("iss={issuer}&sid={session}");
        for (query, status) in [
            (String::new(), 400),
            (format!("iss={issuer}"), 400),
            (format!("sid={session}"), 400),
            (format!("{right}&sid=other"), 400),
            (format!("iss={issuer}/&sid={session}"), 400),
            (format!("iss={issuer}&sid="), 200),
            (format!("iss={issuer}&sid=other"), 200),
        ] {
            let url = portal.server.at(&format!("/oauth2/logout/frontchannel?{query}"));
            assert_eq!(portal.browser().get(&url).await.unwrap().status(), status, "{query}");
            assert!(portal.is_logged_in(&mut browser).await, "{query}");
        }
        portal
            .browser()
            .get(&portal.server.at(&format!("/oauth2/logout/frontchannel?{right}")))
            .await
            .unwrap();
        assert!(!portal.is_logged_in(&mut browser).await);
    }
}

async fn connect(well_known: &str) -> Result<Login, LoginError> {
    let key = ClientAuthentication::private_key_jwt(TokenSigner::generate().unwrap());
    let settings = LoginSettings::id_porten(well_known, "test-portal", key, "http://127.0.0.1:1").unwrap();
    let store = fresh::sqlite().await.unwrap();
    let register = altinn_auth::register::StoredRegister::new(
        store.clone(),
        altinn_auth::register::RegisterKey::from_bytes(&[7; 32]),
    );
    Login::builder(settings, store, Arc::new(register)).connect().await
}

/// Somebody at ID-porten's page, who has chosen; the address that the browser is sent back to is not opened yet.
struct AtTheCallback {
    portal: Portal,
    browser: TestBrowser,
    callback: Url,
}

impl AtTheCallback {
    async fn new() -> Self {
        let portal = Portal::new().await;
        let mut browser = portal.browser();
        let callback = begin(&portal, &mut browser).await;
        Self { portal, browser, callback }
    }

    /// Opens the callback with one parameter changed, or taken away.
    async fn open_with(&mut self, name: &str, value: Option<&str>) -> TestPage {
        let mut changed = self.callback.clone();
        let others = self.callback.query_pairs().filter(|(found, _)| found != name);
        changed.query_pairs_mut().clear().extend_pairs(others).extend_pairs(value.map(|value| (name, value)));
        self.open(changed.as_str()).await
    }

    async fn open(&mut self, url: &str) -> TestPage {
        self.browser.send(HttpRequest::get(url).unwrap(), url).await.unwrap()
    }
}

async fn begin(portal: &Portal, browser: &mut TestBrowser) -> Url {
    let chooser = browser.get(&portal.server.at("/")).await.unwrap();
    let request = chooser.text().split_once("value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let url = portal.id_porten.issuer().to_owned() + "/authorize";
    let person = portal.kari.uuid.to_string();
    let fields = [("request", request.as_str()), ("acr", "idporten-loa-high"), ("person", &person)];
    let answer = browser.send(HttpRequest::post(&url).unwrap().form(&fields), &url).await.unwrap();
    answer.redirect().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_wrong_or_missing_state_ends_no_login() {
    let mut scene = AtTheCallback::new().await;
    for state in [Some("other"), Some(""), None] {
        assert_eq!(code(&scene.open_with("state", state).await), "AUTH-LOGIN-STATE", "{state:?}");
    }
    let twice = format!("{}&state=other", scene.callback);
    assert_eq!(code(&scene.open(&twice).await), "AUTH-LOGIN-PARAMETER");
    assert!(!scene.portal.is_logged_in(&mut scene.browser).await);
    let callback = scene.callback.to_string();
    scene.open(&callback).await;
    assert!(scene.portal.is_logged_in(&mut scene.browser).await, "the login itself went on");
}

#[tokio::test]
async fn a_login_that_another_browser_began_does_not_end_here() {
    let mut scene = AtTheCallback::new().await;
    let callback = scene.callback.to_string();
    let mut victim = scene.portal.browser();
    let page = victim.get(&callback).await.unwrap();
    assert_eq!(code(&page), "AUTH-LOGIN-STATE");
    begin(&scene.portal, &mut victim).await;
    let page = victim.send(HttpRequest::get(&callback).unwrap(), &callback).await.unwrap();
    assert_eq!(code(&page), "AUTH-LOGIN-STATE");
    assert!(!scene.portal.is_logged_in(&mut victim).await);
    scene.open(&callback).await;
    assert!(scene.portal.is_logged_in(&mut scene.browser).await);
}

#[tokio::test]
async fn an_answer_that_is_repeated_counts_once() {
    let mut scene = AtTheCallback::new().await;
    let callback = scene.callback.to_string();
    scene.open(&callback).await;
    let asked = scene.portal.id_porten.asked().len();
    assert_eq!(code(&scene.open(&callback).await), "AUTH-LOGIN-STATE");
    assert_eq!(scene.portal.id_porten.asked().len(), asked, "the code was not sent again");
}

#[tokio::test]
async fn a_code_of_another_login_is_refused_by_its_verifier() {
    let mut first = AtTheCallback::new().await;
    let (_, code_of_first) = first.callback.query_pairs().find(|(name, _)| name == "code").unwrap();
    let code_of_first = code_of_first.into_owned();
    let second = begin(&first.portal, &mut first.browser).await;
    first.callback = second;
    let page = first.open_with("code", Some(&code_of_first)).await;
    assert_eq!(code(&page), "AUTH-LOGIN-REFUSED");
    assert!(page.text().contains("invalid_grant"));
    assert!(!first.portal.is_logged_in(&mut first.browser).await);
}

#[tokio::test]
async fn an_answer_of_another_issuer_or_of_none_is_mixed_up() {
    for issuer in [Some("https://evil.test"), Some("/"), Some(""), None] {
        let mut scene = AtTheCallback::new().await;
        let with_slash = format!("{}/", scene.portal.id_porten.issuer());
        let issuer = issuer.map(|issuer| if issuer == "/" { with_slash.as_str() } else { issuer });
        assert_eq!(code(&scene.open_with("iss", issuer).await), "AUTH-LOGIN-ISSUER", "{issuer:?}");
        assert!(!scene.portal.id_porten.asked().contains(&"/token".to_owned()), "no code goes anywhere");
        assert!(!scene.portal.is_logged_in(&mut scene.browser).await);
    }
}

#[tokio::test]
async fn a_login_that_takes_too_long_is_over() {
    let mut scene = AtTheCallback::new().await;
    scene.portal.clock.step(Duration::from_secs(15 * 60));
    let callback = scene.callback.to_string();
    assert_eq!(code(&scene.open(&callback).await), "AUTH-LOGIN-STATE");
}

#[tokio::test]
async fn what_the_issuer_says_instead_of_a_code_is_told_by_its_code_alone() {
    for (error, told) in [
        ("access_denied", "`access_denied`"),
        ("<script>alert(1)</script>", "`unknown_error`"),
        ("", "`unknown_error`"),
    ] {
        let mut scene = AtTheCallback::new().await;
        let url = format!("{}&error_description=12345678901", scene.callback);
        scene.callback = url.parse().unwrap();
        let page = scene.open_with("error", Some(error)).await;
        assert_eq!(code(&page), "AUTH-LOGIN-REFUSED");
        assert!(page.text().contains(told) && !page.text().contains("12345678901"), "{}", page.text());
    }
    let mut scene = AtTheCallback::new().await;
    assert_eq!(code(&scene.open_with("code", None).await), "AUTH-LOGIN-NO-CODE");
}

#[tokio::test]
async fn a_login_without_a_national_identity_number_is_told_apart() {
    let portal = Portal::new().await;
    assert_eq!(portal.refusal_with(|claims| remove(claims, "pid")).await, "AUTH-LOGIN-NO-NUMBER");
    assert_eq!(portal.refusal_with(|claims| claims["pid"] = json!("1")).await, "AUTH-TOKEN-CLAIM");
}

#[tokio::test]
async fn somebody_whom_the_register_does_not_know_is_not_let_in() {
    let portal = Portal::new().await;
    let page = portal.browser().log_in(&portal.server.at("/"), &portal.stranger).await.unwrap();
    assert_eq!(code(&page), "AUTH-TOKEN-UNKNOWN-PARTY");
}

#[tokio::test]
async fn an_id_token_that_is_late_early_or_of_an_unknown_level_opens_no_session() {
    let portal = Portal::new().await;
    let now = 1_795_521_600;
    assert_eq!(
        portal.refusal_with(move |claims| claims["exp"] = json!(now - 11)).await,
        "AUTH-TOKEN-EXPIRED"
    );
    let early = portal.refusal_with(move |claims| claims["iat"] = json!(now + 60)).await;
    assert_eq!(early, "AUTH-TOKEN-NOT-YET-VALID");
    assert_eq!(portal.refusal_with(|claims| claims["acr"] = json!("highest")).await, "AUTH-TOKEN-LEVEL");
    assert_eq!(portal.refusal_with(|claims| claims["azp"] = json!("other")).await, "AUTH-TOKEN-CLAIM");
}

#[tokio::test]
async fn nobody_is_led_to_another_site_after_the_login() {
    let portal = Portal::new().await;
    for elsewhere in [
        "https://evil.test",
        "//evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "/\tevil",
        "javascript:alert(1)",
        "evil.test",
        "",
        "/%0d%0aset-cookie:a=b\r\n",
    ] {
        let mut url = Url::parse(&portal.server.at("/oauth2/login")).unwrap();
        url.query_pairs_mut().append_pair("redirect", elsewhere);
        let page = portal.browser().get(url.as_str()).await.unwrap();
        assert_eq!(code(&page), "AUTH-LOGIN-RETURN-PATH", "{elsewhere:?}");
    }
}

#[tokio::test]
async fn an_issuer_that_is_down_or_talks_nonsense_is_named_at_the_start() {
    let id_porten = FakeIdPorten::start([]).await.unwrap();
    let url = |path: &str| format!("{}{path}", id_porten.issuer());
    for (path, expected) in
        [("/jwks", "AUTH-DISCOVERY-MALFORMED"), ("/.well-known/nothing", "AUTH-DISCOVERY-STATUS")]
    {
        assert_eq!(connect(&url(path)).await.unwrap_err().code(), expected);
    }
    let gone = url("/.well-known/openid-configuration");
    drop(id_porten);
    assert_eq!(connect(&gone).await.unwrap_err().code(), "HTTP-UNREACHABLE");
    assert_eq!(
        connect("http://example.com/.well-known/openid-configuration").await.unwrap_err().code(),
        "HTTP-SCHEME"
    );
}

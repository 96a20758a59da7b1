//! Links: those who may are sent on, once each time, and the target can tell that it is so.
#![cfg(feature = "link")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(clippy::future_not_send, reason = "a test runs where it was started")]

mod scene;

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use altinn_auth::hand_over::{HandOver, HandOverError, HandOverVerifier, StoredReplays};
use altinn_auth::issuing::RotatingKeys;
use altinn_auth::token::{StaticKeys, TokenSigner};
use altinn_core::store::fresh;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Actor, AuthenticationLevel, Language, Party, PartyId, PartyIdentifier, SteppableClock, Subject,
};
use altinn_services::Altinn;
use altinn_services::link::{HandOverForm, LinkError, LinkRequest, LinkService, Onward};
use scene::{person, register, sample};
use tempfile::TempDir;

const SAMPLE: &str = "tax-card";
const PORTAL: &str = "https://portal.example.no";
const AUDIENCE: &str = "https://tax-card.example.no";

struct Scene {
    altinn: Altinn,
    clock: Arc<SteppableClock>,
    service: LinkService,
    bakery: Party,
    leader: Actor,
    leader_party: PartyId,
    baker: Actor,
    stranger: Actor,
    _folder: TempDir,
}

async fn everywhere(claim: impl AsyncFn(Scene)) {
    for (builder, folder) in scene::builders().await {
        let clock = Arc::new(SteppableClock::at("2026-12-01T08:00:00Z".parse().unwrap()));
        let keys = RotatingKeys::new(TokenSigner::generate().unwrap());
        let altinn = builder.clock(clock.clone()).hand_overs(PORTAL, keys).build().await.unwrap();
        let service = altinn.publish_link(sample(SAMPLE)).unwrap();
        let mut people = SyntheticPeople::from_seed(5);
        let bakery = people.organization();
        let [leader, baker, stranger] = [people.person(), people.person(), people.person()];
        let parties = [&bakery, &leader, &baker, &stranger];
        register(&altinn, &parties, &[("DAGL", &bakery, &leader), ("UTINN", &bakery, &baker)]).await;
        let leader_party = leader.id;
        let [leader, baker, stranger] =
            [&leader, &baker, &stranger].map(|party| person(party, AuthenticationLevel::Sensitive));
        let scene =
            Scene { altinn, clock, service, bakery, leader, leader_party, baker, stranger, _folder: folder };
        claim(scene).await;
    }
}

impl Scene {
    async fn open(&self, actor: &Actor, target: &str) -> Result<Onward, LinkError> {
        let request = LinkRequest::new(Language::Nn).to(target);
        self.altinn.links().open(actor, &self.service, self.bakery.id, &request).await
    }

    async fn form(&self) -> HandOverForm {
        let Onward::Form(form) = self.open(&self.leader, "form").await.unwrap() else { panic!() };
        form
    }

    async fn code(&self) -> String {
        let Onward::Code(code) = self.open(&self.leader, "code").await.unwrap() else { panic!() };
        let location = code.location().to_owned();
        assert_eq!(location, format!("http://127.0.0.1:8080/start?from=portal&code={}", code.code()));
        assert_eq!(format!("{code:?}"), "HandOverCode(***)");
        code.code().to_owned()
    }

    /// The target's side, with a database of its own.
    async fn target(&self) -> HandOverVerifier {
        let store = fresh::all().await.unwrap().remove(0).1;
        store.migrate(&[altinn_auth::hand_over::MIGRATIONS]).await.unwrap();
        let keys = StaticKeys::from_jwks(self.altinn.hand_overs().unwrap().jwks().to_string()).unwrap();
        let replays = StoredReplays::new(store, self.clock.clone());
        HandOverVerifier::new(PORTAL, AUDIENCE, Arc::new(keys), Arc::new(replays), self.clock.clone())
    }

    async fn redeem(&self, number: &str, code: &str) -> Result<HandOver, LinkError> {
        let subject = Subject::Organization { number: number.parse().unwrap(), party: None };
        let system = Actor::new(subject, AuthenticationLevel::Sensitive);
        self.altinn.links().redeem(&system, code).await
    }

    async fn traces(&self) -> Vec<String> {
        let page = self.altinn.trail().of(&self.leader, self.bakery.id, None).await.unwrap();
        page.entries.into_iter().filter_map(|entry| entry.element).collect()
    }
}

#[tokio::test]
async fn a_form_is_taken_once_by_the_target_that_it_is_for() {
    everywhere(async |scene| {
        let (form, target) = (scene.form().await, scene.target().await);
        assert_eq!(form.action(), "http://127.0.0.1:8080/start");
        let taken = target.verify(form.token()).await.unwrap();
        assert_eq!((taken.service.to_string().as_str(), taken.language), ("ttd/tax-card", Language::Nn));
        assert_eq!((taken.level, taken.organization), (AuthenticationLevel::Sensitive, None));
        assert_ne!(taken.subject, taken.party);
        assert_eq!(target.verify(form.token()).await, Err(HandOverError::UsedAlready));
        assert_eq!(scene.traces().await, ["link/form"]);

        let html = form.to_html(scene.service.title(), Language::Nn);
        assert!(html.contains("<form method=\"post\" action=\"http://127.0.0.1:8080/start\">"), "{html}");
        assert!(html.contains(&format!("name=\"hand_over\" value=\"{}\"", form.token())));
        assert!(!format!("{form:?}").contains(form.token()));
        assert!(!html.contains("script"));
    })
    .await;
}

#[tokio::test]
async fn a_code_is_redeemed_once_in_time_by_the_organization_of_the_target() {
    everywhere(async |scene| {
        let code = scene.code().await;
        assert_eq!(scene.redeem("974760673", &code).await.unwrap_err().code(), "LINK-NO-SUCH-CODE");
        assert_eq!(
            scene.altinn.links().redeem(&scene.leader, &code).await.unwrap_err().code(),
            "LINK-NO-SUCH-CODE"
        );
        let taken = scene.redeem("991825827", &code).await.unwrap();
        let PartyIdentifier::Organization(number) = scene.bakery.identifier else { panic!() };
        assert_eq!(taken.organization.unwrap(), number);
        assert_eq!(taken.audience, AUDIENCE);
        assert_eq!(scene.redeem("991825827", &code).await.unwrap_err().code(), "LINK-NO-SUCH-CODE");

        let late = scene.code().await;
        scene.clock.step(Duration::from_secs(60));
        assert_eq!(scene.redeem("991825827", &late).await.unwrap_err().code(), "LINK-NO-SUCH-CODE");
        scene.code().await;
        let left = "select count(*) as n from services_link_code";
        let left: i64 = scene.altinn.store().query_one(left, vec![]).await.unwrap().get("n").unwrap();
        assert_eq!(left, 1, "what has run out is forgotten");
        for wrong in ["", "x", &"x".repeat(1_000_000), "../..", "\0"] {
            assert_eq!(scene.redeem("991825827", wrong).await.unwrap_err().code(), "LINK-NO-SUCH-CODE");
        }
    })
    .await;
}

#[tokio::test]
async fn of_many_who_redeem_a_code_at_once_one_succeeds() {
    everywhere(async |scene| {
        let code = scene.code().await;
        let redeeming = (0..16).map(|_| scene.redeem("991825827", &code));
        let outcomes = futures_util::future::join_all(redeeming).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn who_may_not_is_sent_nowhere_and_only_those_who_represent_the_party_are_told_why() {
    everywhere(async |scene| {
        assert_eq!(scene.open(&scene.baker, "form").await.unwrap_err().code(), "AUTH-DENIED-NOT-GRANTED");
        let low = Actor::new(scene.leader.subject().clone(), AuthenticationLevel::QuiteSensitive);
        assert_eq!(scene.open(&low, "form").await.unwrap_err().code(), "AUTH-DENIED-LEVEL");
        let hidden = scene.open(&scene.stranger, "form").await.unwrap_err();
        let request = LinkRequest::new(Language::Nb).to("form");
        let nobody = PartyId::new(99_999_999);
        let no_such = scene.altinn.links().open(&scene.leader, &scene.service, nobody, &request).await;
        assert_eq!((hidden.code(), hidden.to_string()), ("LINK-NOT-FOUND", no_such.unwrap_err().to_string()));
        assert!(scene.traces().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn nobody_is_sent_where_the_folder_does_not_say() {
    everywhere(async |scene| {
        for target in ["https://evil.example.com", "", "forms", "form/../code"] {
            let refused = scene.open(&scene.leader, target).await.unwrap_err();
            assert_eq!(
                (refused.code(), refused.to_string().as_str()),
                ("LINK-TARGET", "the service leads to code, form")
            );
        }
        let unsaid = LinkRequest::new(Language::Nb);
        let own = scene.altinn.links().open(&scene.leader, &scene.service, scene.leader_party, &unsaid).await;
        assert_eq!(own.unwrap_err().code(), "LINK-TARGET");
        assert!(scene.traces().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn without_a_key_nobody_is_handed_over() {
    let folder = TempDir::new().unwrap();
    let altinn = Altinn::local(folder.path()).await.unwrap();
    let service = altinn.publish_link(sample(SAMPLE)).unwrap();
    let kari = SyntheticPeople::from_seed(1).person();
    let actor = person(&kari, AuthenticationLevel::Sensitive);
    let refused = altinn.links().open(&actor, &service, kari.id, &LinkRequest::new(Language::Nb)).await;
    assert_eq!(refused.unwrap_err().code(), "LINK-NO-ISSUER");
}

#[tokio::test]
async fn a_folder_that_leads_astray_is_refused_with_file_and_place() {
    let folder = TempDir::new().unwrap();
    let altinn = Altinn::local(folder.path()).await.unwrap();
    let toml = fs::read_to_string(sample(SAMPLE).join("service.toml")).unwrap();
    let url = "http://127.0.0.1:8080/start\"";
    let cases = [
        (
            toml.replace(url, "http://example.com/\""),
            "line 6, column 7: the target must begin with `https://`",
        ),
        (toml.replace(url, "javascript:alert(1)\""), "the target must begin with `https://`"),
        (toml.replace(url, "/start\""), "the target is no URL"),
        (toml.replace(url, "https://a:b@example.com\""), "a user or a password"),
        (toml.replace(url, "https://example.com/#x\""), "a fragment"),
        (toml.replace("from=portal", "code=1"), "a parameter `code`"),
        (toml.replace("991825827", "991825828"), "line 13, column 16: "),
        (toml.replace("organization = \"991825827\"\n", ""), "line 9, column 1: `code` must say"),
        (toml.replace("hand-over", "handover"), "unknown field `handover`"),
        (
            "type = \"link\"\nid = \"ttd/x\"\ntitle = {nb = \"X\"}\n[link]\ntargets = {}".to_owned(),
            "line 5, column 11: there is no target",
        ),
    ];
    for (number, (text, told)) in cases.into_iter().enumerate() {
        let sick = folder.path().join(number.to_string());
        fs::create_dir(&sick).unwrap();
        fs::copy(sample(SAMPLE).join("policy.xml"), sick.join("policy.xml")).unwrap();
        fs::write(sick.join("service.toml"), text).unwrap();
        let refused = altinn.publish_link(&sick).unwrap_err().to_string();
        assert!(refused.contains(told), "{number}: {refused}");
    }
}

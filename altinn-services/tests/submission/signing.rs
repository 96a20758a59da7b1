//! Several signees, in order; and signatures that a reject or a change takes back.

use altinn_core::{Actor, InstanceId, Language, PartyId};
use altinn_services::form_page::{Button, Content, Purpose};
use altinn_services::submission::{ShowIssues, Signee, SigneeContext, SigneeError, SigneeProvider};
use serde_json::json;

use crate::own_app::OwnApp;
use crate::scene::{FORM, Scene, everywhere, valid};

#[derive(Debug)]
pub(crate) struct Board(pub(crate) Vec<Signee>);

#[async_trait::async_trait]
impl SigneeProvider for Board {
    async fn signees(&self, _context: &SigneeContext<'_>) -> Result<Vec<Signee>, SigneeError> {
        Ok(self.0.clone())
    }
}

fn signed_by_the_board() -> OwnApp {
    board_with("<altinn:signingPdfDataType>signed-pdf</altinn:signingPdfDataType>")
}

/// An app whose second task is signed by those whom `board` names, with more of its `signatureConfig`.
pub(crate) fn board_with(more: &str) -> OwnApp {
    let extension = format!(
        "<altinn:actions><altinn:action>reject</altinn:action></altinn:actions><altinn:signatureConfig>\
        <altinn:dataTypesToSign><altinn:dataType>form</altinn:dataType></altinn:dataTypesToSign>\
        <altinn:signatureDataType>signatures</altinn:signatureDataType>\
        <altinn:signeeProviderId>board</altinn:signeeProviderId>\
        <altinn:signeeStatesDataTypeId>signees</altinn:signeeStatesDataTypeId>{more}</altinn:signatureConfig>"
    );
    OwnApp::new("board")
        .data_type(json!({"id": "signatures"}))
        .data_type(json!({"id": "signees"}))
        .data_type(json!({"id": "signed-pdf"}))
        .task("Sign", "task", "signing", &extension)
        .flow("Fill", "Sign")
        .flow("Sign", "Signed")
        .back_on_reject("Signed", "End")
        .action("sign")
        .action("reject")
}

pub(crate) fn party(actor: &Actor) -> PartyId {
    actor.party().unwrap()
}

pub(crate) async fn to_be_signed(scene: &Scene, signees: Vec<Signee>) -> InstanceId {
    scene.altinn.register_signees("board", Board(signees));
    let service = signed_by_the_board().publish(scene);
    let submissions = scene.altinn.submissions();
    let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
    submissions.next(&scene.leader, &id, None).await.unwrap();
    id
}

#[tokio::test]
async fn without_the_provider_the_step_is_refused_and_names_it() {
    everywhere(async |scene| {
        let service = signed_by_the_board().publish(&scene);
        let submissions = scene.altinn.submissions();
        let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
        let refused = submissions.next(&scene.leader, &id, None).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            "task `Sign` needs a `SigneeProvider` `board`, and none is registered"
        );
    })
    .await;
}

#[tokio::test]
async fn the_process_goes_on_when_all_have_signed_in_their_order() {
    everywhere(async |scene| {
        let signees = vec![Signee::new(party(&scene.filler)), Signee::new(party(&scene.leader)).in_order(1)];
        let id = to_be_signed(&scene, signees).await;
        let submissions = scene.altinn.submissions();
        let early = submissions.next(&scene.leader, &id, None).await.unwrap_err();
        assert_eq!(early.code(), "SUBMISSION-NOT-YOUR-TURN");
        assert_eq!(scene.rows().await.orders, 0, "the leader is told when it is their turn");
        let half = submissions.next(&scene.filler, &id, None).await.unwrap();
        assert_eq!(half.task(), Some("Sign"));
        assert_eq!(scene.rows().await.orders, 1);
        let twice = submissions.next(&scene.filler, &id, None).await.unwrap_err();
        assert_eq!(twice.code(), "SUBMISSION-NOT-YOUR-TURN");
        let states = submissions.signees(&scene.leader, &id).await.unwrap();
        assert_eq!(states.iter().map(Signee::has_signed).collect::<Vec<_>>(), [true, false]);
        assert_eq!(half.element("signed-pdf"), None, "not before all have signed");
        let signed = submissions.next(&scene.leader, &id, None).await.unwrap();
        assert!(signed.process().has_ended());
        assert!(signed.element("signed-pdf").unwrap().content().starts_with(b"%PDF-"));
    })
    .await;
}

/// The actions that a signing step's page offers somebody, and what it says of their own signature.
async fn offered(scene: &Scene, actor: &Actor, id: &InstanceId) -> (Vec<String>, bool) {
    let submissions = scene.altinn.submissions();
    let pages = submissions.form_pages(actor, id, Language::Nb, ShowIssues::No).await.unwrap();
    let page = pages.pages.first().unwrap();
    let actions = page.all_items().into_iter().filter_map(|item| match &item.content {
        Content::Button(Button { purpose: Purpose::Action(action), .. }) => Some(action.clone()),
        _ => None,
    });
    let has_signed = page.all_items().into_iter().any(|item| match &item.content {
        Content::Text(text) => text.to_plain().starts_with("Du signerte dette "),
        _ => false,
    });
    (actions.collect(), has_signed)
}

#[tokio::test]
async fn whoever_has_signed_is_told_so_in_place_of_the_button() {
    everywhere(async |scene| {
        let signees = vec![Signee::new(party(&scene.filler)), Signee::new(party(&scene.leader)).in_order(1)];
        scene.altinn.register_signees("board", Board(signees));
        let page = json!({"data": {"layout": [{"id": "do", "type": "SigningActions"}]}}).to_string();
        let service = signed_by_the_board()
            .file("ui/layout-sets.json", json!({"sets": [{"id": "sign", "tasks": ["Sign"]}]}).to_string())
            .file("ui/sign/Settings.json", json!({"pages": {"order": ["page"]}}).to_string())
            .file("ui/sign/layouts/page.json", page)
            .publish(&scene);
        let (submissions, filler, leader) = (scene.altinn.submissions(), &scene.filler, &scene.leader);
        let id = *submissions.start(leader, &service, scene.bakery.id).await.unwrap().id();
        submissions.next(leader, &id, None).await.unwrap();
        let (both, reject) = (["sign", "reject"].as_slice(), ["reject"].as_slice());
        let is = |found: (Vec<String>, bool), actions: &[&str], has_signed: bool| {
            assert_eq!(found, (actions.iter().map(|action| (*action).to_owned()).collect(), has_signed));
        };
        is(offered(&scene, filler, &id).await, both, false);
        is(offered(&scene, leader, &id).await, reject, false);
        submissions.next(filler, &id, None).await.unwrap();
        is(offered(&scene, filler, &id).await, reject, true);
        is(offered(&scene, leader, &id).await, both, false);
        // What a reject takes back is waited for again.
        submissions.next(filler, &id, Some("reject")).await.unwrap();
        submissions.next(leader, &id, None).await.unwrap();
        is(offered(&scene, filler, &id).await, both, false);
    })
    .await;
}

#[tokio::test]
async fn who_is_not_asked_to_sign_may_not_although_the_policy_lets_them() {
    everywhere(async |scene| {
        let id = to_be_signed(&scene, vec![Signee::new(party(&scene.filler))]).await;
        let refused = scene.altinn.submissions().next(&scene.leader, &id, None).await.unwrap_err();
        assert_eq!(refused.code(), "SUBMISSION-NOT-A-SIGNEE");
    })
    .await;
}

#[tokio::test]
async fn a_reject_takes_back_the_signatures_that_were_given() {
    everywhere(async |scene| {
        let signees = vec![Signee::new(party(&scene.filler)), Signee::new(party(&scene.leader))];
        let id = to_be_signed(&scene, signees).await;
        let submissions = scene.altinn.submissions();
        assert!(submissions.next(&scene.filler, &id, None).await.unwrap().element("signatures").is_some());
        let back = submissions.next(&scene.leader, &id, Some("reject")).await.unwrap();
        assert_eq!(
            (back.task(), back.element("signatures"), back.element("signees")),
            (Some("Fill"), None, None)
        );
        assert!(scene.history(&id).await.contains(&"SignaturesWithdrawn".to_owned()));
        submissions.next(&scene.leader, &id, None).await.unwrap();
        assert!(
            submissions.signees(&scene.leader, &id).await.unwrap().iter().all(|signee| !signee.has_signed())
        );
    })
    .await;
}

#[tokio::test]
async fn a_reject_of_the_sample_app_leaves_no_signature() {
    everywhere(async |scene| {
        let id = scene.to_be_signed().await;
        let submissions = scene.altinn.submissions();
        submissions.next(&scene.leader, &id, Some("reject")).await.unwrap();
        submissions.save(&scene.filler, &id, FORM, &valid()).await.unwrap();
        let instance = submissions.get(&scene.leader, &id).await.unwrap();
        assert_eq!(instance.element("signature"), None);
    })
    .await;
}

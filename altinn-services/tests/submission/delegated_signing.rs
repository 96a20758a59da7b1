//! Signees are let in for as long as they are to sign, and told; what fails is seen, and tried again.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use altinn_auth::register::RoleAssignment;
use altinn_core::store::{Batch, params};
use altinn_core::{
    Actor, AuthenticationLevel, InstanceId, Language, Party, PartyId, SteppableClock, Subject,
};
use altinn_notify::Recipient;
use altinn_notify::channel::{Capture, Channel, Message, Outcome};
use altinn_notify::contact::Contact;
use altinn_services::submission::{
    Attachment, Call, CallToSign, CallToSignError, CommunicationConfig, CorrespondenceCall,
    NotificationStatus, Signee, SigneeContext, SigneeEmail, SigneeError, SigneeProvider, SubmissionError,
};
use serde_json::json;
use uuid::Uuid;

use crate::own_app::OwnApp;
use crate::scene::{Scene, everywhere, everywhere_with, person};
use crate::signing::{Board, board_with, party};

const GIVES: [&str; 3] = ["read", "sign", "reject"];

async fn put(scene: &Scene, party: &Party) {
    let mut batch = Batch::new();
    scene.altinn.register().put_party(&mut batch, party).unwrap();
    scene.altinn.store().commit(batch).await.unwrap();
}

async fn put_contact(scene: &Scene, party: PartyId, address: &str) {
    let mut batch = Batch::new();
    let contact = Contact::new(Recipient::Email(address.parse().unwrap()), Language::Nb);
    scene.altinn.notifier().stored_contacts().put(&mut batch, party, &contact).unwrap();
    scene.altinn.store().commit(batch).await.unwrap();
}

/// An instance of an app whose form is filled in and waits to be signed by these.
async fn to_be_signed(scene: &Scene, app: &OwnApp, signees: Vec<Signee>) -> InstanceId {
    scene.altinn.register_signees("board", Board(signees));
    let service = app.publish(scene);
    let submissions = scene.altinn.submissions();
    let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
    submissions.next(&scene.leader, &id, None).await.unwrap();
    id
}

async fn may_read(scene: &Scene, who: &Actor, id: &InstanceId) -> bool {
    match scene.altinn.submissions().get(who, id).await {
        Ok(_) => true,
        Err(SubmissionError::NotFound) => false,
        Err(error) => panic!("{error}"),
    }
}

async fn signees(scene: &Scene, id: &InstanceId) -> Vec<Signee> {
    scene.altinn.submissions().signees(&scene.leader, id).await.unwrap()
}

#[tokio::test]
async fn a_person_and_an_organisation_are_let_in_until_both_have_signed() {
    everywhere(async |mut scene| {
        let (firm, chief) = (scene.people.organization(), scene.people.person());
        put(&scene, &firm).await;
        put(&scene, &chief).await;
        let mut batch = Batch::new();
        let role = RoleAssignment { role: "DAGL".parse().unwrap(), of: firm.id, to: chief.id };
        scene.altinn.register().grant_role(&mut batch, &role);
        scene.altinn.store().commit(batch).await.unwrap();
        let chief = person(&chief, AuthenticationLevel::VerySensitive);
        let board = vec![Signee::new(party(&scene.stranger)), Signee::new(firm.id)];
        let id = to_be_signed(&scene, &board_with("").gives(&GIVES), board).await;

        let list = signees(&scene, &id).await;
        assert!(
            list.iter().all(|signee| signee.is_access_delegated && signee.delegation_failed_reason.is_none())
        );
        let submissions = scene.altinn.submissions();
        for who in [&scene.stranger, &chief] {
            assert!(may_read(&scene, who, &id).await);
            let refused = submissions.next(who, &id, Some("write")).await.unwrap_err();
            let codes = ["AUTH-DENIED-NOT-GRANTED", "SUBMISSION-NOT-FOUND"];
            assert!(codes.contains(&refused.code()), "they may sign and nothing else: {refused}");
        }
        let half = submissions.next(&scene.stranger, &id, None).await.unwrap();
        assert_eq!(half.task(), Some("Sign"));
        assert!(may_read(&scene, &scene.stranger, &id).await, "the task is not over yet");
        let signed = submissions.next(&chief, &id, None).await.unwrap();
        assert!(signed.process().has_ended());
        assert!(!may_read(&scene, &scene.stranger, &id).await && !may_read(&scene, &chief, &id).await);
    })
    .await;
}

#[tokio::test]
async fn a_signee_who_rejects_is_let_out_with_all_others() {
    everywhere(async |scene| {
        let board = vec![Signee::new(party(&scene.stranger)), Signee::new(party(&scene.filler)).in_order(1)];
        let id = to_be_signed(&scene, &board_with("").gives(&GIVES), board).await;
        let submissions = scene.altinn.submissions();
        let back = submissions.next(&scene.stranger, &id, Some("reject")).await.unwrap();
        assert_eq!((back.task(), back.element("signees")), (Some("Fill"), None));
        assert!(!may_read(&scene, &scene.stranger, &id).await);
        // Once more to be signed, once more let in; what a supporter moves away is over too.
        submissions.next(&scene.leader, &id, None).await.unwrap();
        assert!(may_read(&scene, &scene.stranger, &id).await);
        let agency = Subject::ServiceOwner { org: "ttd".to_owned(), number: None };
        let agency = Actor::new(agency, AuthenticationLevel::VerySensitive);
        submissions.move_to(&agency, &id, "Fill", "asked for").await.unwrap();
        assert!(!may_read(&scene, &scene.stranger, &id).await);
        // And what is deleted for good.
        submissions.next(&scene.leader, &id, None).await.unwrap();
        submissions.delete_for_good(&scene.leader, &id).await.unwrap();
        let sql = "select count(*) as number from auth_delegation where revoked_at is null";
        let left: i64 = scene.altinn.store().query_one(sql, params![]).await.unwrap().get("number").unwrap();
        assert_eq!(left, 0);
    })
    .await;
}

#[tokio::test]
async fn where_the_policy_lets_the_app_give_nothing_those_sign_who_may_by_themselves() {
    everywhere(async |scene| {
        let board = vec![Signee::new(party(&scene.leader)), Signee::new(party(&scene.stranger))];
        let id = to_be_signed(&scene, &board_with("").gives(&["sign"]), board).await;
        for signee in signees(&scene, &id).await {
            assert!(!signee.is_access_delegated);
            let reason = signee.delegation_failed_reason.unwrap();
            assert_eq!(reason, "the policy does not let the app give `read`");
        }
        assert!(!may_read(&scene, &scene.stranger, &id).await, "half of what is needed is not given");
        assert_eq!(signees(&scene, &id).await[0].notification_status(), NotificationStatus::Sent);
        assert!(scene.altinn.submissions().next(&scene.leader, &id, None).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn what_failed_is_seen_and_made_good_by_the_workers() {
    let clock = Arc::new(SteppableClock::at("2026-11-24T10:00:00Z".parse().unwrap()));
    everywhere_with(
        |_, builder| builder.clock(Arc::clone(&clock) as _),
        async |mut scene| {
            // Nobody knows how to reach the stranger, and the register does not know the newcomer yet.
            let newcomer = scene.people.person();
            let board = vec![Signee::new(party(&scene.stranger)), Signee::new(newcomer.id)];
            let id = to_be_signed(&scene, &board_with("").gives(&GIVES), board).await;
            let list = signees(&scene, &id).await;
            assert_eq!(list[0].notification_status(), NotificationStatus::Failed);
            assert_eq!(list[0].call_to_sign_failed_reason.as_deref(), Some("no address is known"));
            assert!(!list[1].is_access_delegated);
            let reason = list[1].delegation_failed_reason.as_deref();
            assert_eq!(reason, Some("there is no such party or delegation"));
            assert_eq!(scene.rows().await.orders, 0);

            let submissions = scene.altinn.submissions();
            let again = submissions.run_service_tasks(10).await.unwrap();
            assert_eq!((again.claimed, again.deferred), (1, 1));
            let agency = Subject::ServiceOwner { org: "ttd".to_owned(), number: None };
            let agency = Actor::new(agency, AuthenticationLevel::VerySensitive);
            let stuck = submissions.stuck(&agency, &"ttd/board".parse().unwrap(), 10).await.unwrap();
            assert_eq!((stuck.len(), stuck[0].kind.as_str()), (1, "callToSign"));

            put(&scene, &newcomer).await;
            put_contact(&scene, party(&scene.stranger), "stranger@example.com").await;
            put_contact(&scene, newcomer.id, "newcomer@example.com").await;
            clock.step(Duration::from_secs(3));
            let again = submissions.run_service_tasks(10).await.unwrap();
            assert_eq!((again.claimed, again.done), (1, 1));
            let list = signees(&scene, &id).await;
            assert!(list.iter().all(|signee| signee.is_access_delegated
                && signee.notification_status() == NotificationStatus::Sent
                && signee.call_to_sign_failed_reason.is_none()));
            assert_eq!(scene.rows().await.orders, 2);
            let newcomer = person(&newcomer, AuthenticationLevel::VerySensitive);
            submissions.next(&newcomer, &id, None).await.unwrap();
            clock.step(Duration::from_secs(7_200));
            assert_eq!(submissions.run_service_tasks(10).await.unwrap().claimed, 0);
        },
    )
    .await;
}

#[derive(Debug, Clone, Default)]
struct Mails(Arc<Capture>);

#[async_trait::async_trait]
impl Channel for Mails {
    async fn send(&self, message: &Message) -> Outcome {
        self.0.send(message).await
    }
}

#[tokio::test]
async fn the_provider_says_where_signees_are_told_and_in_which_words() {
    let mails = Mails::default();
    everywhere_with(
        |_, builder| builder.email("noreply@example.com".parse().unwrap(), mails.clone()),
        async |scene| {
            let before = mails.0.mails().len();
            let mut email = SigneeEmail::default();
            email.email_address =
                Some("board@example.com".parse::<altinn_notify::EmailAddress>().unwrap().into());
            email.subject_text_resource_key = Some("call.subject".to_owned());
            email.body_text_resource_key = Some("is.not.there".to_owned());
            let mut told = CommunicationConfig::default();
            told.notification.email = Some(email);
            let texts = json!({"language": "nb", "resources": [
                {"id": "call.subject", "value": "Styret signerer"}]});
            let app = board_with("").gives(&GIVES).file("config/texts/resource.nb.json", texts.to_string());
            let board = vec![Signee::new(party(&scene.stranger)).told(told)];
            let id = to_be_signed(&scene, &app, board).await;
            scene.altinn.notifier().dispatch(10).await.unwrap();
            let sent = mails.0.mails().split_off(before);
            assert_eq!(sent.len(), 1);
            assert_eq!(
                (sent[0].to.expose(), sent[0].subject.as_str()),
                ("board@example.com", "Styret signerer")
            );
            assert!(sent[0].body.contains("Signaturen din trengs"), "{}", sent[0].body);
            let list = format!("{:?}", signees(&scene, &id).await);
            assert!(!list.contains("board@example.com"), "{list}");
            assert_eq!(signees(&scene, &id).await[0].communication_config, None);
        },
    )
    .await;
}

/// Sends nothing; fails so often first, and remembers the keys.
#[derive(Debug, Clone, Default)]
struct Calls(Arc<Mutex<(usize, Vec<String>)>>);

#[async_trait::async_trait]
impl CallToSign for Calls {
    async fn send(&self, call: &Call<'_>) -> Result<Uuid, CallToSignError> {
        let mut calls = self.0.lock().unwrap();
        calls.1.push(call.key.clone());
        if calls.0 > 0 {
            calls.0 -= 1;
            return Err(CallToSignError::new("the inbox is closed"));
        }
        Ok(Uuid::from_u128(17))
    }
}

const RESOURCE: &str = "<altinn:correspondenceResource>ttd-signing</altinn:correspondenceResource>";

#[tokio::test]
async fn a_correspondence_that_failed_is_sent_again_under_the_same_key() {
    let clock = Arc::new(SteppableClock::at("2026-11-24T10:00:00Z".parse().unwrap()));
    everywhere_with(
        |_, builder| builder.clock(Arc::clone(&clock) as _),
        async |scene| {
            let board = vec![Signee::new(party(&scene.leader))];
            let id = to_be_signed(&scene, &board_with(RESOURCE).gives(&GIVES), board).await;
            let submissions = scene.altinn.submissions();
            assert_eq!(submissions.run_service_tasks(10).await.unwrap().deferred, 1);
            let reason = signees(&scene, &id).await[0].call_to_sign_failed_reason.clone();
            assert_eq!(reason.as_deref(), Some("no `CallToSign` is registered for `ttd-signing`"));
            let calls = Calls(Arc::new(Mutex::new((1, Vec::new()))));
            scene.altinn.register_call_to_sign("ttd-signing", calls.clone());
            for _ in 0..2 {
                clock.step(Duration::from_secs(60));
                submissions.run_service_tasks(10).await.unwrap();
            }
            let signee = signees(&scene, &id).await.remove(0);
            assert_eq!(signee.cta_correspondence_id, Some(Uuid::from_u128(17)));
            assert_eq!(signee.call_to_sign_failed_reason, None);
            let keys = calls.0.lock().unwrap().1.clone();
            assert!(keys.len() == 2 && keys[0] == keys[1], "{keys:?}");
            assert_eq!(scene.rows().await.orders, 1, "the mail is not ordered again");
            // Who has signed is not called any more.
            submissions.next(&scene.leader, &id, None).await.unwrap();
            clock.step(Duration::from_secs(7_200));
            assert_eq!(submissions.run_service_tasks(10).await.unwrap().claimed, 0);
        },
    )
    .await;
}

#[tokio::test]
async fn a_correspondence_of_this_program_calls_the_signee() {
    everywhere(async |mut scene| {
        let agency = scene.people.organization();
        put(&scene, &agency).await;
        let number = match &agency.identifier {
            altinn_core::PartyIdentifier::Organization(number) => {
                number.check(altinn_core::SyntheticNumbers::Accepted).ok()
            }
            _ => None,
        };
        let by = Subject::ServiceOwner { org: "mattilsynet".to_owned(), number };
        let by = Actor::new(by, AuthenticationLevel::VerySensitive);
        let folder = crate::scene::examples().join("services/decisions");
        let letters = scene.altinn.publish_correspondence(folder).unwrap();
        let calls = CorrespondenceCall::new(letters.clone(), agency.id, by.clone());
        scene.altinn.register_call_to_sign("ttd-signing", calls);
        let board = vec![Signee::new(party(&scene.stranger))];
        let id = to_be_signed(&scene, &board_with(RESOURCE).gives(&GIVES), board).await;
        let submissions = scene.altinn.submissions();
        let report = submissions.run_service_tasks(10).await.unwrap();
        assert_eq!(report.done, 1, "{:?}", signees(&scene, &id).await);
        let signee = signees(&scene, &id).await.remove(0);
        assert_eq!(signee.notification_status(), NotificationStatus::Sent);
        let letter = signee.cta_correspondence_id.unwrap();
        while scene.altinn.correspondences().run_due(100).await.unwrap() > 0 {}
        let letter = InstanceId::new(signee.party, letter);
        let fetched = scene.altinn.correspondences().fetch(&scene.stranger, &letters, &letter).await.unwrap();
        assert!(fetched.content.message.title().in_language(Language::Nb).contains("Til signering"));

        // What they signed is sent to them with the signature, and with nothing else.
        let correspondences = scene.altinn.correspondences();
        let received = async || {
            while correspondences.run_due(100).await.unwrap() > 0 {}
            correspondences.list(&scene.stranger, &letters, signee.party, None, 10).await.unwrap()
        };
        submissions.next(&scene.leader, &id, None).await.unwrap_err();
        assert_eq!(received().await.len(), 1);
        submissions.next(&scene.stranger, &id, None).await.unwrap();
        submissions.next(&scene.stranger, &id, None).await.unwrap_err();
        let received = received().await;
        assert_eq!(received.len(), 2);
        let receipt = received.iter().filter_map(|known| known.correspondence).find(|known| *known != letter);
        let fetched = correspondences.fetch(&scene.stranger, &letters, &receipt.unwrap()).await.unwrap();
        let title = fetched.content.message.title().in_language(Language::Nb);
        assert_eq!(title, "Kvittering for signatur: Prøve");
        let files: Vec<_> = fetched.content.attachments.iter().map(|file| file.file_name.as_str()).collect();
        assert_eq!(files, ["skjemadata_form.json"]);
    })
    .await;
}

/// Names signees by their numbers, as an app reads them from its form.
#[derive(Debug)]
struct Named(altinn_core::NationalIdentityNumber, altinn_core::OrganizationNumber);

#[async_trait::async_trait]
impl SigneeProvider for Named {
    async fn signees(&self, context: &SigneeContext<'_>) -> Result<Vec<Signee>, SigneeError> {
        Ok(vec![context.person(&self.0).await?, context.organization(self.1).await?.in_order(1)])
    }
}

#[tokio::test]
async fn signees_are_named_by_their_numbers_and_unknown_ones_keep_the_step_back() {
    everywhere(async |mut scene| {
        let (kari, firm) = (scene.people.person(), scene.people.organization());
        let all = altinn_core::SyntheticNumbers::Accepted;
        let number = match (&kari.identifier, &firm.identifier) {
            (
                altinn_core::PartyIdentifier::Person(kari),
                altinn_core::PartyIdentifier::Organization(firm),
            ) => {
                let kari = altinn_core::NationalIdentityNumber::parse(kari.expose(), all).unwrap();
                Named(kari, firm.check(all).unwrap())
            }
            _ => panic!("a person and an organization"),
        };
        scene.altinn.register_signees("board", number);
        let service = board_with("").gives(&GIVES).publish(&scene);
        let submissions = scene.altinn.submissions();
        let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
        put(&scene, &kari).await;
        let refused = submissions.next(&scene.leader, &id, None).await.unwrap_err();
        assert_eq!(refused.to_string(), "the signees are not known: a signee is not in the register");
        put(&scene, &firm).await;
        submissions.next(&scene.leader, &id, None).await.unwrap();
        let parties: Vec<_> = signees(&scene, &id).await.iter().map(|signee| signee.party).collect();
        assert_eq!(parties, [kari.id, firm.id]);
    })
    .await;
}

#[tokio::test]
async fn nobody_attaches_or_removes_what_the_machine_keeps_of_signatures() {
    everywhere(async |scene| {
        scene.altinn.register_signees("board", Board(vec![Signee::new(party(&scene.leader))]));
        let service = board_with("").publish(&scene);
        let submissions = scene.altinn.submissions();
        let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
        let forged = Attachment {
            file_name: "signees.json".to_owned(),
            content_type: "application/json".to_owned(),
            content: b"[]".to_vec(),
        };
        for data_type in ["signees", "signatures", "signature-evidence"] {
            let refused = submissions.attach(&scene.leader, &id, data_type, &forged).await.unwrap_err();
            assert_eq!(refused.code(), "SUBMISSION-UNKNOWN-FORM", "{data_type}");
        }
        let waits = submissions.next(&scene.leader, &id, None).await.unwrap();
        let element = waits.element("signees").unwrap().id();
        let refused = submissions.detach(&scene.leader, &id, element).await.unwrap_err();
        assert_eq!(refused.code(), "SUBMISSION-NOT-FOUND");
    })
    .await;
}

#[tokio::test]
async fn as_many_signatures_are_waited_for_as_the_data_type_asks_where_they_are_counted() {
    everywhere(async |scene| {
        let extension = "<altinn:signatureConfig><altinn:dataTypesToSign><altinn:dataType>form</altinn:dataType>\
            </altinn:dataTypesToSign><altinn:signatureDataType>signatures</altinn:signatureDataType>\
            <altinn:runDefaultValidator>true</altinn:runDefaultValidator></altinn:signatureConfig>";
        let service = OwnApp::new("counted")
            .data_type(json!({"id": "signatures", "minCount": 2}))
            .task("Sign", "task", "signing", extension)
            .flow("Fill", "Sign")
            .flow("Sign", "End")
            .action("sign")
            .publish(&scene);
        let submissions = scene.altinn.submissions();
        let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
        submissions.next(&scene.leader, &id, None).await.unwrap();
        assert_eq!(submissions.next(&scene.leader, &id, None).await.unwrap().task(), Some("Sign"));
        let twice = submissions.next(&scene.leader, &id, None).await.unwrap_err();
        assert_eq!(twice.code(), "SUBMISSION-NOT-YOUR-TURN", "{twice}");
        assert!(submissions.next(&scene.filler, &id, None).await.unwrap().process().has_ended());
    })
    .await;
}

#[tokio::test]
async fn who_submits_goes_as_far_as_the_task_that_others_sign() {
    everywhere(async |scene| {
        scene.altinn.register_signees("board", Board(vec![Signee::new(party(&scene.stranger))]));
        let service = board_with("").gives(&GIVES).publish(&scene);
        let submissions = scene.altinn.submissions();
        let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
        for _ in 0..2 {
            let waits = submissions.submit(&scene.leader, &id).await.unwrap_err();
            let codes = ["SUBMISSION-SIGNATURES-PENDING", "SUBMISSION-NOT-A-SIGNEE"];
            assert!(codes.contains(&waits.code()), "{waits}");
            assert_eq!(submissions.get(&scene.leader, &id).await.unwrap().task(), Some("Sign"));
        }
        assert!(submissions.submit(&scene.stranger, &id).await.is_ok(), "the signee's signature ends it");
    })
    .await;
}

#[tokio::test]
async fn who_signs_is_asked_anew_when_the_process_comes_back_to_the_task() {
    everywhere(async |scene| {
        let id = to_be_signed(&scene, &board_with("").gives(&GIVES), vec![Signee::new(party(&scene.leader))])
            .await;
        let submissions = scene.altinn.submissions();
        submissions.next(&scene.leader, &id, Some("reject")).await.unwrap();
        scene.altinn.register_signees("board", Board(vec![Signee::new(party(&scene.stranger))]));
        submissions.next(&scene.leader, &id, None).await.unwrap();
        let parties: Vec<_> = signees(&scene, &id).await.iter().map(|signee| signee.party).collect();
        assert_eq!(parties, [party(&scene.stranger)]);
        assert!(may_read(&scene, &scene.stranger, &id).await);
    })
    .await;
}

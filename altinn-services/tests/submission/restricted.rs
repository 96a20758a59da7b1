//! Data types that ask for actions of their own (`actionRequiredToRead`, `actionRequiredToWrite`), and those whose elements
//! are not the caller's to write.

use altinn_archive::ReceiptState;
use altinn_core::store::Store;
use altinn_core::{Actor, AuthenticationLevel, InstanceId, Language, Subject};
use altinn_services::form::{FormData, FormLimits, Patch};
use altinn_services::submission::{
    Attachment, Instance, ReadStatus, Service, ShowIssues, StartOptions, SubmissionError,
};
use serde_json::{Value, json};

use crate::counted::Statements;
use crate::own_app::OwnApp;
use crate::scene::{Scene, everywhere, everywhere_with};

/// What the secret form and the secret file hold.
const SECRET: &str = "fortrolig opplysning";
/// The restricted data types.
const RESTRICTED: [&str; 2] = ["secret", "secret-file"];

/// An app with a form and a file that the daily leader alone reads and writes, beside those that anyone who may fills in.
fn app() -> OwnApp {
    let restricted = |data_type: Value| {
        let mut data_type = data_type;
        data_type["actionRequiredToRead"] = json!("read-secret");
        data_type["actionRequiredToWrite"] = json!("write-secret");
        data_type
    };
    let schema = json!({"type": "object", "properties": {"text": {"type": "string", "maxLength": 40}}});
    OwnApp::new("restricted")
        .flow("Fill", "Confirm")
        .task("Confirm", "task", "confirmation", "")
        .flow("Confirm", "End")
        .action("confirm")
        .action_of_leader("read-secret")
        .action_of_leader("write-secret")
        .data_type(restricted(json!({"id": "secret", "taskId": "Fill", "maxCount": 1,
            "appLogic": {"classRef": "Secret"}})))
        .data_type(restricted(json!({"id": "secret-file", "taskId": "Fill"})))
        .data_type(json!({"id": "file", "taskId": "Fill"}))
        .data_type(json!({"id": "of-the-app", "taskId": "Fill", "allowedContributors": ["app:owned"]}))
        .data_type(json!({"id": "of-the-agency", "taskId": "Fill", "allowedContributors": ["org:ttd"]}))
        .data_type(json!({"id": "kept", "taskId": "Fill",
            "appLogic": {"disallowUserCreate": true, "disallowUserDelete": true}}))
        .file("models/secret.schema.json", schema.to_string())
}

fn form(text: &str) -> FormData {
    FormData::parse(json!({"text": text}).to_string().as_bytes(), FormLimits::default()).unwrap()
}

fn file(text: &str) -> Attachment {
    Attachment {
        file_name: "f.txt".to_owned(),
        content_type: "text/plain".to_owned(),
        content: text.as_bytes().to_vec(),
    }
}

fn agency() -> Actor {
    let subject = Subject::ServiceOwner { org: "ttd".to_owned(), number: None };
    Actor::new(subject, AuthenticationLevel::VerySensitive)
}

/// An instance with an open and a secret form and file.
async fn filled_in(scene: &Scene, service: &Service) -> InstanceId {
    let submissions = scene.altinn.submissions();
    let id = *submissions.start(&scene.leader, service, scene.bakery.id).await.unwrap().id();
    submissions.save(&scene.leader, &id, "form", &form("åpent")).await.unwrap();
    submissions.save(&scene.leader, &id, "secret", &form(SECRET)).await.unwrap();
    submissions.attach(&scene.leader, &id, "file", &file("åpent")).await.unwrap();
    submissions.attach(&scene.leader, &id, "secret-file", &file(SECRET)).await.unwrap();
    id
}

fn sees(instance: &Instance) -> Vec<&str> {
    instance.elements().iter().map(altinn_services::submission::DataElement::data_type).collect()
}

fn assert_is_open(instance: &Instance) {
    let hidden = sees(instance).into_iter().find(|data_type| RESTRICTED.contains(data_type));
    assert_eq!(hidden, None);
    assert!(sees(instance).contains(&"form"), "{:?}", sees(instance));
}

fn denied<T>(outcome: Result<T, SubmissionError>) {
    let code = outcome.map(drop).unwrap_err().code();
    assert_eq!(code, "AUTH-DENIED-NOT-GRANTED");
}

#[tokio::test]
async fn whoever_may_not_read_a_data_type_is_given_nothing_of_it_by_any_operation() {
    everywhere(async |scene| {
        let service = app().publish(&scene);
        let (id, submissions, filler) =
            (filled_in(&scene, &service).await, scene.altinn.submissions(), &scene.filler);
        let whole = submissions.get(&scene.leader, &id).await.unwrap();
        assert_eq!(sees(&whole), ["form", "secret", "file", "secret-file"]);
        let [secret, secret_file] = RESTRICTED.map(|name| whole.element(name).unwrap().id());

        assert_is_open(&submissions.get(filler, &id).await.unwrap());
        let mut query = altinn_services::submission::InstanceQuery::default();
        query.party = Some(scene.bakery.id);
        let listed = submissions.list(filler, &query).await.unwrap().instances;
        let active = submissions.active(filler, service.id(), scene.bakery.id).await.unwrap();
        assert_eq!((listed.len(), active.len()), (1, 1));
        listed.iter().chain(&active).for_each(assert_is_open);
        for element in [secret, secret_file] {
            denied(submissions.element(filler, &id, element).await);
            denied(submissions.element_content(filler, &id, element).await);
        }
        denied(submissions.form(filler, &id, "secret", "application/json").await);
        let contents = submissions.contents(filler, &id).await.unwrap();
        assert_eq!(contents.elements.len(), 2);
        let pages = submissions.form_pages(filler, &id, Language::Nb, ShowIssues::Yes).await.unwrap();
        assert!(!format!("{pages:?}").contains(SECRET));

        // What changes the instance shows no more of it.
        assert_is_open(&submissions.save(filler, &id, "form", &form("nytt")).await.unwrap().instance);
        let patch = Patch::parse(br#"[{"op": "add", "path": "/text", "value": "x"}]"#).unwrap();
        assert_is_open(&submissions.patch(filler, &id, "form", &patch, None).await.unwrap().instance);
        let added = submissions.attach(filler, &id, "file", &file("mer")).await.unwrap();
        assert_is_open(&submissions.detach(filler, &id, added).await.unwrap());
        assert_is_open(&submissions.mark(filler, &id, ReadStatus::Read).await.unwrap());
        assert_is_open(&submissions.delete(filler, &id).await.unwrap());
        assert_is_open(&submissions.restore(filler, &id).await.unwrap());
        assert_is_open(&submissions.run_service_task(filler, &id).await.unwrap());
        assert_is_open(&submissions.set_substatus(&agency(), &id, None).await.unwrap());
        assert_is_open(&submissions.move_to(&agency(), &id, "Fill", "another try").await.unwrap());
        assert_is_open(&submissions.next_from(filler, &id, "Fill", None).await.unwrap());
        assert_is_open(&submissions.next_from(filler, &id, "Fill", None).await.unwrap());
    })
    .await;
}

#[cfg(feature = "pdf")]
#[tokio::test]
async fn a_draft_shows_what_its_reader_may_read_until_the_process_has_ended() {
    everywhere(async |scene| {
        let service = app().publish(&scene);
        let (id, submissions) = (filled_in(&scene, &service).await, scene.altinn.submissions());
        let draft = async |actor| submissions.draft_document(actor, &id, Language::Nb).await;
        let (whole, part) = (draft(&scene.leader).await.unwrap(), draft(&scene.filler).await.unwrap());
        assert!(whole.starts_with(b"%PDF-") && whole.len() > part.len());
        assert!(matches!(draft(&scene.stranger).await, Err(SubmissionError::NotFound)));
        submissions.submit(&scene.leader, &id).await.unwrap();
        assert!(matches!(draft(&scene.leader).await, Err(SubmissionError::Process(_))));
    })
    .await;
}

#[tokio::test]
async fn a_receipt_says_of_hidden_elements_no_more_than_that_they_are_there() {
    everywhere(async |scene| {
        let service = app().publish(&scene);
        let (id, submissions) = (filled_in(&scene, &service).await, scene.altinn.submissions());
        submissions.submit(&scene.leader, &id).await.unwrap();
        let shown = async |actor: &Actor| match submissions.receipt(actor, &id).await.unwrap() {
            ReceiptState::Proved(receipt) => {
                receipt.verify(scene.altinn.archive().verifier_key()).unwrap();
                // Whoever gets it as a file verifies it too.
                let read: altinn_archive::Receipt = receipt.to_json().parse().unwrap();
                read.verify(scene.altinn.archive().verifier_key()).unwrap();
                let types: Vec<_> =
                    receipt.fields().elements.iter().map(|element| element.data_type.clone()).collect();
                (types, receipt.to_json())
            }
            ReceiptState::Promised(_) => panic!("it is proved at once"),
        };
        assert_eq!(shown(&scene.leader).await.0, ["form", "secret", "file", "secret-file"]);
        for actor in [&scene.filler, &agency()] {
            let (types, text) = shown(actor).await;
            assert_eq!(types, ["form", "file"]);
            assert!(!text.contains("secret"), "{text}");
            let submitted = submissions.submit(actor, &id).await.unwrap().proved().unwrap();
            assert_eq!(submitted.to_json(), text);
        }
        #[cfg(feature = "pdf")]
        {
            let document =
                async |actor| submissions.receipt_document(actor, &id, Language::Nb).await.unwrap();
            assert!(document(&scene.leader).await.len() > document(&scene.filler).await.len());
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_may_not_write_a_data_type_changes_nothing_of_it() {
    everywhere(async |scene| {
        let service = app().publish(&scene);
        let (id, submissions, filler) =
            (filled_in(&scene, &service).await, scene.altinn.submissions(), &scene.filler);
        let whole = submissions.get(&scene.leader, &id).await.unwrap();
        let before = scene.rows().await;
        denied(submissions.save(filler, &id, "secret", &form("x")).await);
        let patch = Patch::parse(br#"[{"op": "test", "path": "/text", "value": "x"}]"#).unwrap();
        denied(submissions.patch(filler, &id, "secret", &patch, None).await);
        denied(submissions.attach(filler, &id, "secret-file", &file("x")).await);
        denied(submissions.detach(filler, &id, whole.element("secret-file").unwrap().id()).await);
        let mut options = StartOptions::default();
        options.forms = vec![("secret".to_owned(), form("x"))];
        denied(submissions.start_with(filler, &service, scene.bakery.id, &options).await);
        options.forms.clear();
        options.attachments = vec![("secret-file".to_owned(), file("x"))];
        denied(submissions.start_with(filler, &service, scene.bakery.id, &options).await);
        assert_eq!(scene.rows().await, before);

        // The daily leader may do all of it.
        options.forms = vec![("secret".to_owned(), form("x"))];
        let begun = submissions.start_with(&scene.leader, &service, scene.bakery.id, &options).await.unwrap();
        assert_eq!(sees(&begun), ["form", "secret", "secret-file"]);
        submissions.detach(&scene.leader, &id, whole.element("secret-file").unwrap().id()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn elements_that_come_from_others_are_not_the_callers_to_write() {
    everywhere(async |scene| {
        let service = app().publish(&scene);
        let (id, submissions) = (filled_in(&scene, &service).await, scene.altinn.submissions());
        let attach = async |actor: &Actor, data_type: &str| {
            submissions.attach(actor, &id, data_type, &file("x")).await.map_err(|error| error.code())
        };
        for data_type in ["of-the-app", "of-the-agency", "kept"] {
            assert_eq!(
                attach(&scene.leader, data_type).await,
                Err("SUBMISSION-NOT-A-CONTRIBUTOR"),
                "{data_type}"
            );
        }
        assert_eq!(attach(&agency(), "of-the-app").await, Err("SUBMISSION-NOT-A-CONTRIBUTOR"));
        attach(&agency(), "of-the-agency").await.unwrap();
        let kept = attach(&agency(), "kept").await.unwrap();
        let refused = submissions.detach(&scene.leader, &id, kept).await.unwrap_err();
        assert_eq!(refused.code(), "SUBMISSION-NOT-A-CONTRIBUTOR");
        submissions.detach(&agency(), &id, kept).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_app_whose_instances_users_may_not_make_is_started_by_its_agency_alone() {
    everywhere(async |scene| {
        let service = app().metadata("disallowUserInstantiation", json!(true)).publish(&scene);
        let submissions = scene.altinn.submissions();
        let refused = submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap_err();
        assert_eq!(refused.code(), "SUBMISSION-ONLY-FOR-AGENCY");
        let made = submissions.start(&agency(), &service, scene.bakery.id).await.unwrap();
        submissions.get(&scene.leader, made.id()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_copy_leaves_out_what_the_caller_may_not_read_or_write() {
    everywhere(async |scene| {
        let settings = json!({"enabled": true, "includeAttachments": true});
        let service = app().metadata("copyInstanceSettings", settings).publish(&scene);
        let (id, submissions) = (filled_in(&scene, &service).await, scene.altinn.submissions());
        submissions.submit(&scene.leader, &id).await.unwrap();
        let copied = async |actor: &Actor| {
            let copy = submissions.copy(actor, &id).await.unwrap();
            let whole = submissions.get(&scene.leader, copy.id()).await.unwrap();
            sees(&whole).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(copied(&scene.leader).await, ["form", "secret", "file", "secret-file"]);
        assert_eq!(copied(&scene.filler).await, ["form", "file"]);
    })
    .await;
}

#[tokio::test]
async fn a_hidden_form_that_is_not_in_order_keeps_the_process_and_tells_nothing() {
    everywhere(async |scene| {
        let service = app().publish(&scene);
        let (id, submissions) = (filled_in(&scene, &service).await, scene.altinn.submissions());
        let long = "hemmelig ".repeat(9);
        submissions.save(&scene.leader, &id, "secret", &form(&long)).await.unwrap();
        let SubmissionError::Invalid(issues) = submissions.next(&scene.filler, &id, None).await.unwrap_err()
        else {
            panic!("it is not in order");
        };
        let told: Vec<_> = issues.iter().map(|issue| (issue.code.as_str(), issue.path.as_str())).collect();
        assert_eq!(told, [("ELEMENT-NOT-IN-ORDER", "")]);
        assert_eq!(submissions.validate(&scene.filler, &id).await.unwrap(), []);
        assert_eq!(submissions.validate(&scene.leader, &id).await.unwrap().len(), 1);
    })
    .await;
}

/// As at Altinn, the right to sign is all that a signature takes: what is signed may hold what the signee may not read.
#[tokio::test]
async fn whoever_may_sign_signs_also_what_they_may_not_read_and_is_shown_no_more_of_it() {
    everywhere(async |scene| {
        let signs = "<altinn:signatureConfig><altinn:dataTypesToSign><altinn:dataType>secret</altinn:dataType>\
            </altinn:dataTypesToSign><altinn:signatureDataType>signature</altinn:signatureDataType>\
            </altinn:signatureConfig>";
        let service = OwnApp::new("signed")
            .task("Sign", "task", "signing", signs)
            .flow("Fill", "Sign")
            .flow("Sign", "End")
            .action("sign")
            .action_of_leader("read-secret")
            .data_type(json!({"id": "secret", "taskId": "Fill", "actionRequiredToRead": "read-secret"}))
            .data_type(json!({"id": "signature", "allowedContributors": ["app:owned"]}))
            .publish(&scene);
        let (submissions, filler) = (scene.altinn.submissions(), &scene.filler);
        let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
        submissions.attach(&scene.leader, &id, "secret", &file(SECRET)).await.unwrap();
        submissions.next(&scene.leader, &id, None).await.unwrap();
        let signed = submissions.next(filler, &id, None).await.unwrap();
        assert!(signed.process().has_ended());
        assert_eq!(sees(&signed), ["form", "signature", "signature-evidence"]);
        let whole = submissions.get(&scene.leader, &id).await.unwrap();
        denied(submissions.element(filler, &id, whole.element("secret").unwrap().id()).await);
        let document = whole.element("signature").unwrap().form().unwrap();
        let of = &document["dataElementSignatures"][0]["dataElementId"];
        assert_eq!(*of, json!(whole.element("secret").unwrap().id()));
    })
    .await;
}

#[tokio::test]
async fn data_types_that_name_no_action_cost_no_decision() {
    let statements = std::sync::Mutex::new(None::<Statements>);
    let counted = |store: &Store, _| {
        let (store, counted) = Statements::of(store.clone());
        *statements.lock().unwrap() = Some(counted);
        altinn_services::Altinn::over(store)
            .objects_in(tempfile::TempDir::new().unwrap().path())
            .unwrap()
            .log_key(altinn_archive::LogKey::generate("example.com/log").unwrap())
            .archive_keys(std::sync::Arc::new(altinn_archive::MemoryKeys::generate().unwrap()))
            .register_key(altinn_core::key::SecretKey::from_bytes([7; 32]))
    };
    everywhere_with(counted, async |scene| {
        let asked = statements.lock().unwrap().clone().unwrap();
        let service = app().publish(&scene);
        let submissions = scene.altinn.submissions();
        let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
        let get = async |actor: &Actor| {
            asked.take();
            submissions.get(actor, &id).await.unwrap();
            asked.take().len()
        };
        let ordinary = get(&scene.leader).await;
        submissions.attach(&scene.leader, &id, "file", &file("x")).await.unwrap();
        assert_eq!(get(&scene.leader).await, ordinary);
        submissions.attach(&scene.leader, &id, "secret-file", &file("x")).await.unwrap();
        assert!(get(&scene.leader).await > ordinary, "an action of its own is decided");
        let sample = scene.started().await;
        asked.take();
        submissions.get(&scene.leader, sample.id()).await.unwrap();
        assert_eq!(asked.take().len(), ordinary);
    })
    .await;
}

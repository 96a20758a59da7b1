//! A submission, from the first field to the proved receipt.

use crate::opening::app_with;
use crate::scene::{FILL_IN, FORM, SIGN, Scene, everywhere, invalid, valid};
use altinn_archive::{Receipt, VerifierKey};
use altinn_core::{Digest, IdempotencyError};
use altinn_services::form::{FormData, FormLimits};
use altinn_services::process::Refusal;
use altinn_services::submission::{StartOptions, SubmissionError};
use futures_util::future::join_all;
use serde_json::Value;

async fn submitted(scene: &Scene) -> (altinn_core::InstanceId, Receipt) {
    let id = scene.filled_in().await;
    let receipt = scene.altinn.submissions().submit(&scene.leader, &id).await.unwrap();
    (id, receipt.proved().unwrap())
}

#[tokio::test]
async fn a_form_goes_from_its_start_to_a_proved_receipt() {
    everywhere(async |scene| {
        let (id, receipt) = submitted(&scene).await;
        let key: VerifierKey = scene.altinn.archive().verifier_key().to_string().parse().unwrap();
        let receipt: Receipt = serde_json::from_str(&receipt.to_json()).unwrap();
        receipt.verify(&key).unwrap();
        let instance = scene.altinn.submissions().get(&scene.leader, &id).await.unwrap();
        let kept = instance.element(FORM).unwrap().content();
        assert_eq!(serde_json::from_slice::<Value>(kept).unwrap(), *valid().value());
        receipt.verify_content(FORM, kept).unwrap();
        assert_eq!(receipt.fields().service, "ttd/bakery-licence");
        assert_eq!(receipt.fields().party.expose().0, scene.bakery.id.to_string());
        assert_eq!(receipt.fields().actor.expose().0, scene.leader.reference());
        let names: Vec<_> = receipt.fields().elements.iter().map(|element| element.name.as_str()).collect();
        assert_eq!(names, [FORM, "signature", "ref-data-as-pdf", "signature-evidence"]);
    })
    .await;
}

#[tokio::test]
async fn the_archive_holds_what_was_filled_in_and_the_signature_its_digest() {
    everywhere(async |scene| {
        let (id, receipt) = submitted(&scene).await;
        let archive = scene.altinn.archive();
        let read = async |element: &str| {
            archive.content(receipt.entry(), element).await.unwrap().bytes(1 << 20).await.unwrap()
        };
        let form = read(FORM).await;
        assert_eq!(serde_json::from_slice::<Value>(&form).unwrap(), *valid().value());
        let signature: Value = serde_json::from_slice(&read("signature").await).unwrap();
        let instance = scene.altinn.submissions().get(&scene.leader, &id).await.unwrap();
        let signed = &signature["dataElementSignatures"];
        assert_eq!(signed.as_array().unwrap().len(), 1);
        assert_eq!(signed[0]["dataElementId"], instance.element(FORM).unwrap().id().to_string());
        let digest = Digest::of(&form);
        assert_eq!(signed[0]["sha256Hash"], serde_json::to_value(digest).unwrap());
    })
    .await;
}

#[tokio::test]
async fn history_events_and_mail_tell_what_happened_in_its_order() {
    everywhere(async |scene| {
        let (id, _) = submitted(&scene).await;
        assert_eq!(
            scene.history(&id).await,
            [
                "Created",
                "process_StartEvent",
                "process_StartTask",
                "Saved",
                "process_EndTask",
                "process_StartTask",
                "Signed",
                "process_EndTask",
                "process_StartTask",
                "process_EndTask",
                "process_EndEvent",
            ]
        );
        assert_eq!(
            scene.events().await,
            [
                "app.instance.created",
                "app.instance.process.movedTo.task_application",
                "app.instance.process.movedTo.task_signing",
                "app.instance.process.completed",
            ]
        );
        let rows = scene.rows().await;
        assert_eq!((rows.entries, rows.orders, rows.versions), (1, 1, 3));
    })
    .await;
}

#[tokio::test]
async fn a_form_with_faults_is_kept_as_a_draft_and_refused_with_where_and_why() {
    everywhere(async |scene| {
        let id = *scene.started().await.id();
        let saved = scene.altinn.submissions().save(&scene.filler, &id, FORM, &invalid()).await.unwrap();
        let kept = scene.altinn.submissions().get(&scene.filler, &id).await.unwrap();
        let mut draft: Value = serde_json::from_slice(kept.element(FORM).unwrap().content()).unwrap();
        for row in draft["employees"].as_array_mut().unwrap() {
            assert!(row.as_object_mut().unwrap().remove("altinnRowId").is_some(), "rows have ids meanwhile");
        }
        assert_eq!(draft, *invalid().value());
        let before = scene.rows().await;
        let refusals = [
            scene.altinn.submissions().next(&scene.filler, &id, None).await.unwrap_err(),
            scene.altinn.submissions().submit(&scene.leader, &id).await.unwrap_err(),
        ];
        for refusal in refusals {
            let SubmissionError::Invalid(issues) = refusal else { panic!("{refusal}") };
            let told = |issues: &[altinn_services::form::Issue]| {
                issues.iter().map(|issue| (issue.path.clone(), issue.code)).collect::<Vec<_>>()
            };
            assert!(issues.iter().any(|issue| issue.path == "/premises/areaInSquareMetres"), "{issues:?}");
            assert_eq!(told(&issues), told(&saved.issues));
        }
        assert_eq!(scene.rows().await, before, "nothing of a refused call is stored");
    })
    .await;
}

#[tokio::test]
async fn one_idempotency_key_starts_one_instance_however_often() {
    everywhere(async |scene| {
        let options = StartOptions::idempotent("key-1");
        let starts = (0..16).map(|_| {
            let (altinn, service, actor) =
                (scene.altinn.clone(), scene.service.clone(), scene.leader.clone());
            let (party, options) = (scene.bakery.id, options.clone());
            tokio::spawn(async move {
                *altinn.submissions().start_with(&actor, &service, party, &options).await.unwrap().id()
            })
        });
        let ids: Vec<_> = join_all(starts).await.into_iter().map(Result::unwrap).collect();
        assert!(ids.iter().all(|id| *id == ids[0]));
        assert_eq!(scene.rows().await.instances, 1);
    })
    .await;
}

#[tokio::test]
async fn another_request_under_a_used_idempotency_key_is_refused() {
    everywhere(async |scene| {
        let submissions = scene.altinn.submissions();
        let options = StartOptions::idempotent("key-1");
        submissions.start_with(&scene.leader, &scene.service, scene.bakery.id, &options).await.unwrap();
        let app = app_with("config/applicationmetadata.json", |text| {
            text.replace("ttd/bakery-licence", "ttd/other-licence")
        });
        let other = scene.altinn.publish_app(app.path()).unwrap();
        let refused = submissions.start_with(&scene.leader, &other, scene.bakery.id, &options).await;
        assert!(matches!(refused, Err(SubmissionError::Idempotency(IdempotencyError::DifferentRequest))));
        assert_eq!(scene.rows().await.instances, 1);
    })
    .await;
}

#[tokio::test]
async fn submitting_twice_or_sixteen_times_at_once_has_one_effect_and_one_receipt() {
    everywhere(async |scene| {
        let id = scene.filled_in().await;
        let submits = (0..16).map(|_| {
            let (altinn, actor) = (scene.altinn.clone(), scene.leader.clone());
            tokio::spawn(async move {
                altinn.submissions().submit(&actor, &id).await.unwrap().proved().unwrap().to_json()
            })
        });
        let receipts: Vec<_> = join_all(submits).await.into_iter().map(Result::unwrap).collect();
        let again = scene.altinn.submissions().submit(&scene.leader, &id).await.unwrap();
        assert!(receipts.iter().all(|receipt| *receipt == receipts[0]));
        assert_eq!(again.proved().unwrap().to_json(), receipts[0]);
        let rows = scene.rows().await;
        assert_eq!((rows.entries, rows.orders), (1, 1));
        let completed = |event: &&String| event.ends_with("completed");
        assert_eq!(scene.events().await.iter().filter(completed).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_same_next_twice_at_once_leaves_one_task() {
    everywhere(async |scene| {
        for _ in 0..8 {
            let id = scene.filled_in().await;
            let nexts = (0..4).map(|_| {
                let (altinn, actor) = (scene.altinn.clone(), scene.leader.clone());
                tokio::spawn(async move { altinn.submissions().next_from(&actor, &id, FILL_IN, None).await })
            });
            let outcomes = join_all(nexts).await;
            for outcome in outcomes {
                let outcome = outcome.unwrap();
                let fits = matches!(&outcome, Ok(now) if now.task() == Some(SIGN));
                assert!(fits || matches!(outcome, Err(SubmissionError::Changed)), "{outcome:?}");
            }
            let now = scene.altinn.submissions().get(&scene.leader, &id).await.unwrap();
            assert_eq!(now.task(), Some(SIGN));
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_sent_back_is_filled_in_again_without_being_checked() {
    everywhere(async |scene| {
        let id = scene.to_be_signed().await;
        let back = scene.altinn.submissions().next(&scene.leader, &id, Some("reject")).await.unwrap();
        assert_eq!(back.task(), Some(FILL_IN));
        assert!(back.element("signature").is_none());
        assert!(scene.history(&id).await.contains(&"process_AbandonTask".to_owned()));
        let refused = scene.altinn.submissions().next(&scene.leader, &id, Some("reject")).await.unwrap_err();
        assert!(matches!(refused, SubmissionError::Access(_) | SubmissionError::Process(_)), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn a_stale_version_conflicts_and_no_save_is_lost_without_a_word() {
    everywhere(async |scene| {
        let started = scene.started().await;
        let (id, version) = (*started.id(), started.version());
        let save = async |form: &FormData, version| {
            scene.altinn.submissions().save_version(&scene.leader, &id, FORM, form, Some(version)).await
        };
        save(&valid(), version).await.unwrap();
        assert!(matches!(save(&invalid(), version).await, Err(SubmissionError::Changed)));

        let before = scene.rows().await.versions;
        let saves = (0..16).map(|number| {
            let (altinn, actor) = (scene.altinn.clone(), scene.leader.clone());
            tokio::spawn(async move {
                let text = format!("{{\"remarks\": \"{number}\"}}");
                let form = FormData::parse(text.as_bytes(), FormLimits::default()).unwrap();
                match altinn.submissions().save(&actor, &id, FORM, &form).await {
                    Ok(_) => true,
                    Err(SubmissionError::Changed) => false,
                    Err(error) => panic!("{error}"),
                }
            })
        });
        let stored = join_all(saves).await.into_iter().filter(|saved| *saved.as_ref().unwrap()).count();
        assert!(stored >= 1);
        assert_eq!(scene.rows().await.versions, before + i64::try_from(stored).unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_form_of_another_task_and_a_task_after_the_end_are_refused() {
    everywhere(async |scene| {
        let id = scene.filled_in().await;
        let unknown = scene.altinn.submissions().save(&scene.leader, &id, "floor-plan", &valid()).await;
        assert!(
            matches!(unknown, Err(SubmissionError::UnknownForm { data_type }) if data_type == "floor-plan")
        );
        scene.altinn.submissions().submit(&scene.leader, &id).await.unwrap();
        let ended = scene.altinn.submissions().next(&scene.leader, &id, None).await;
        assert!(matches!(ended, Err(SubmissionError::Process(Refusal::Ended { .. }))));
    })
    .await;
}

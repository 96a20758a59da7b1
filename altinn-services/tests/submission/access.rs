//! Who may do what with a submission, and what those are told who may not.

use std::sync::{Arc, Mutex};

use crate::scene::{FORM, Interrupted, everywhere, everywhere_with, valid};
use altinn_auth::decision::{AccessError, DenialReason};
use altinn_auth::register::{RegisterKey, StoredRegister};
use altinn_core::store::Batch;
use altinn_core::{Actor, AuthenticationLevel, InstanceId, PartyId};
use altinn_services::Altinn;
use altinn_services::submission::SubmissionError;
use uuid::Uuid;

/// Every operation on an instance, tried by somebody.
async fn everything(altinn: &Altinn, actor: &Actor, id: &InstanceId) -> Vec<Option<SubmissionError>> {
    let submissions = altinn.submissions();
    vec![
        submissions.get(actor, id).await.err(),
        submissions.save(actor, id, FORM, &valid()).await.err(),
        submissions.save_version(actor, id, "no-such-form", &valid(), Some(99)).await.err(),
        submissions.next(actor, id, None).await.err(),
        submissions.next(actor, id, Some("reject")).await.err(),
        submissions.next(actor, id, Some("no-such-action")).await.err(),
        submissions.submit(actor, id).await.err(),
        submissions.receipt(actor, id).await.err(),
    ]
}

#[tokio::test]
async fn a_stranger_cannot_tell_an_instance_from_one_that_does_not_exist() {
    everywhere(async |scene| {
        let submitted = scene.filled_in().await;
        scene.altinn.submissions().submit(&scene.leader, &submitted).await.unwrap();
        let instances = [
            *scene.started().await.id(),
            scene.to_be_signed().await,
            submitted,
            InstanceId::new(scene.bakery.id, Uuid::from_u128(1)),
            InstanceId::new(PartyId::new(1), submitted.guid),
        ];
        for id in instances {
            for outcome in everything(&scene.altinn, &scene.stranger, &id).await {
                assert!(matches!(outcome, Some(SubmissionError::NotFound)), "{id}: {outcome:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn somebody_with_a_role_is_told_why_not() {
    everywhere(async |scene| {
        let id = scene.to_be_signed().await;
        let before = scene.rows().await;
        let refused = scene.altinn.submissions().next(&scene.filler, &id, None).await.unwrap_err();
        let SubmissionError::Access(AccessError::Denied(denial)) = refused else { panic!("{refused}") };
        assert_eq!((denial.action(), denial.task()), ("sign", Some("Task_Signing")));
        assert!(matches!(denial.reason(), DenialReason::NotGranted { would_help } if !would_help.is_empty()));
        assert_eq!(scene.rows().await, before);
    })
    .await;
}

#[tokio::test]
async fn too_low_a_level_is_refused_and_the_level_named() {
    everywhere(async |scene| {
        let id = scene.filled_in().await;
        let low = Actor::new(scene.leader.subject().clone(), AuthenticationLevel::try_from(2).unwrap());
        let refused = scene.altinn.submissions().submit(&low, &id).await.unwrap_err();
        let SubmissionError::Access(AccessError::Denied(denial)) = refused else { panic!("{refused}") };
        let required = AuthenticationLevel::try_from(3).unwrap();
        assert_eq!(*denial.reason(), DenialReason::LevelTooLow { found: low.level(), required });
    })
    .await;
}

#[tokio::test]
async fn a_service_is_only_for_the_parties_that_it_allows() {
    everywhere(async |mut scene| {
        let unit = scene.people.sub_unit(&scene.bakery);
        let mut batch = Batch::new();
        scene.altinn.register().put_party(&mut batch, &unit).unwrap();
        let mut assignment = scene.assignment("DAGL", &scene.leader);
        assignment.of = unit.id;
        scene.altinn.register().grant_role(&mut batch, &assignment);
        scene.altinn.store().commit(batch).await.unwrap();
        let refused = scene.altinn.submissions().start(&scene.leader, &scene.service, unit.id).await;
        assert!(matches!(refused, Err(SubmissionError::PartyKindNotAllowed)));
        assert_eq!(scene.rows().await.instances, 0);
    })
    .await;
}

#[tokio::test]
async fn a_role_that_is_revoked_between_decision_and_commit_refuses() {
    for operation in ["start", "save", "next", "submit"] {
        let then = Arc::new(Mutex::new(None));
        let interrupted = Arc::clone(&then);
        everywhere_with(
            |store, builder| {
                let register = StoredRegister::new(store.clone(), RegisterKey::from_bytes(&[7; 32]));
                builder.roles(Arc::new(Interrupted { register, then: Arc::clone(&interrupted) }))
            },
            async |scene| {
                let id = scene.filled_in().await;
                let before = scene.rows().await;
                let mut batch = Batch::new();
                let assignment = scene.assignment("DAGL", &scene.leader);
                scene.altinn.register().revoke_role(&mut batch, &assignment);
                *then.lock().unwrap() = Some((scene.altinn.store().clone(), batch));
                let (submissions, actor) = (scene.altinn.submissions(), &scene.leader);
                let refused = match operation {
                    "start" => submissions.start(actor, &scene.service, scene.bakery.id).await.err(),
                    "save" => submissions.save(actor, &id, FORM, &valid()).await.err(),
                    "next" => submissions.next(actor, &id, None).await.err(),
                    _ => submissions.submit(actor, &id).await.err(),
                };
                let right = match operation {
                    "start" => matches!(refused, Some(SubmissionError::Access(_))),
                    _ => matches!(refused, Some(SubmissionError::NotFound)),
                };
                assert!(right, "{operation}: {refused:?}");
                assert_eq!(scene.rows().await, before, "{operation}");
            },
        )
        .await;
    }
}

#[tokio::test]
async fn a_right_that_somebody_else_gets_meanwhile_is_no_obstacle() {
    let then = Arc::new(Mutex::new(None));
    everywhere_with(
        |store, builder| {
            let register = StoredRegister::new(store.clone(), RegisterKey::from_bytes(&[7; 32]));
            builder.roles(Arc::new(Interrupted { register, then: Arc::clone(&then) }))
        },
        async |scene| {
            let id = *scene.started().await.id();
            let mut batch = Batch::new();
            scene.altinn.register().grant_role(&mut batch, &scene.assignment("REGN", &scene.stranger));
            *then.lock().unwrap() = Some((scene.altinn.store().clone(), batch));
            scene.altinn.submissions().save(&scene.leader, &id, FORM, &valid()).await.unwrap();
        },
    )
    .await;
}

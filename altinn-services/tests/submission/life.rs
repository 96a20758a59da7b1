//! What becomes of an instance beside its process: the bin, a copy, what the agency says of it.

use altinn_core::{Actor, AuthenticationLevel, Subject};
use altinn_services::submission::{ReadStatus, StartOptions, Substatus};

use crate::opening::app_with;
use crate::scene::{FORM, everywhere, valid};

fn agency(org: &str) -> Actor {
    let subject = Subject::ServiceOwner { org: org.to_owned(), number: None };
    Actor::new(subject, AuthenticationLevel::VerySensitive)
}

#[tokio::test]
async fn what_is_in_the_bin_is_read_and_restored_and_nothing_else() {
    everywhere(async |scene| {
        let id = scene.filled_in().await;
        let submissions = scene.altinn.submissions();
        let deleted = submissions.delete(&scene.filler, &id).await.unwrap();
        assert!(deleted.status().soft_deleted.is_some());
        let again = submissions.delete(&scene.filler, &id).await.unwrap();
        assert_eq!(again.version(), deleted.version(), "once more does nothing");
        let refused = [
            submissions.save(&scene.filler, &id, FORM, &valid()).await.unwrap_err(),
            submissions.next(&scene.filler, &id, None).await.unwrap_err(),
        ];
        assert!(refused.iter().all(|error| error.code() == "SUBMISSION-DELETED"));
        assert!(submissions.get(&scene.leader, &id).await.is_ok());
        let stranger = submissions.restore(&scene.stranger, &id).await.unwrap_err();
        assert_eq!(stranger.code(), "SUBMISSION-NOT-FOUND");
        let restored = submissions.restore(&scene.filler, &id).await.unwrap();
        assert_eq!(restored.status().soft_deleted, None);
        submissions.save(&scene.filler, &id, FORM, &valid()).await.unwrap();
        let history = scene.history(&id).await;
        assert!(["Deleted", "Undeleted"].iter().all(|event| history.contains(&(*event).to_owned())));
        let events = scene.events().await;
        assert!(events.iter().any(|event| event.ends_with("app.instance.deleted")), "{events:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_deleted_for_good_is_gone_and_stays_in_the_archive() {
    everywhere(async |scene| {
        let id = scene.filled_in().await;
        let submissions = scene.altinn.submissions();
        submissions.submit(&scene.leader, &id).await.unwrap();
        let entry = submissions.get(&scene.leader, &id).await.unwrap().archive_entry().unwrap();
        submissions.confirm_complete(&agency("ttd"), &id).await.unwrap();
        submissions.delete_for_good(&scene.leader, &id).await.unwrap();
        let gone = submissions.get(&scene.leader, &id).await.unwrap_err();
        assert_eq!(gone.code(), "SUBMISSION-NOT-FOUND");
        let again = submissions.delete_for_good(&scene.leader, &id).await.unwrap_err();
        assert_eq!(again.code(), "SUBMISSION-NOT-FOUND");
        assert_eq!(scene.rows().await.data, 0);
        assert!(scene.altinn.archive().content(entry, FORM).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn the_agency_confirms_once_what_was_sent_in() {
    everywhere(async |scene| {
        let id = scene.filled_in().await;
        let submissions = scene.altinn.submissions();
        let early = submissions.confirm_complete(&agency("ttd"), &id).await.unwrap_err();
        assert_eq!(early.code(), "SUBMISSION-NOT-SUBMITTED");
        submissions.submit(&scene.leader, &id).await.unwrap();
        for other in [&scene.leader, &agency("skd")] {
            let refused = submissions.confirm_complete(other, &id).await.unwrap_err();
            assert_eq!(refused.code(), "SUBMISSION-NOT-FOUND");
        }
        submissions.confirm_complete(&agency("ttd"), &id).await.unwrap();
        let twice = submissions.confirm_complete(&agency("ttd"), &id).await.unwrap();
        assert_eq!(twice.status().complete_confirmations.len(), 1);
        assert_eq!(twice.status().complete_confirmations[0].stakeholder_id, "ttd");
        assert_eq!(scene.history(&id).await.iter().filter(|event| *event == "ConfirmedComplete").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_the_agency_needs_still_is_not_deleted_before_it_has_confirmed() {
    everywhere(async |scene| {
        let id = scene.filled_in().await;
        let submissions = scene.altinn.submissions();
        submissions.submit(&scene.leader, &id).await.unwrap();
        let refused = submissions.delete(&scene.leader, &id).await.unwrap_err();
        assert_eq!(refused.code(), "SUBMISSION-DELETION-PREVENTED");
        submissions.confirm_complete(&agency("ttd"), &id).await.unwrap();
        assert!(submissions.delete(&scene.leader, &id).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn read_status_dates_and_fields_are_kept_with_the_instance() {
    everywhere(async |scene| {
        let app = app_with("config/applicationmetadata.json", |text| {
            let fields = r#"{"presentationFields": [{"id": "who", "path": "applicant.name", "dataTypeId": "application"}],
                "dataFields": [{"id": "area", "path": "premises.areaInSquareMetres", "dataTypeId": "application"}],"#;
            text.replacen('{', fields, 1)
        });
        let service = scene.altinn.publish_app(app.path()).unwrap();
        let submissions = scene.altinn.submissions();
        let due = "2027-01-31T23:00:00Z".parse().unwrap();
        let mut options = StartOptions::default();
        options.due_before = Some(due);
        let id = *submissions
            .start_with(&scene.filler, &service, scene.bakery.id, &options)
            .await
            .unwrap()
            .id();
        let saved = submissions.save(&scene.filler, &id, FORM, &valid()).await.unwrap().instance;
        let form = valid();
        assert_eq!(saved.status().presentation_texts["who"], form.value()["applicant"]["name"]);
        let area = form.value()["premises"]["areaInSquareMetres"].to_string();
        assert_eq!(saved.status().data_values["area"], area);
        assert_eq!((saved.status().due_before, saved.status().read_status), (Some(due), ReadStatus::Unread));
        submissions.mark(&scene.filler, &id, ReadStatus::Read).await.unwrap();
        let said = Substatus { label: "Under behandling".to_owned(), description: None };
        let told = submissions.set_substatus(&agency("ttd"), &id, Some(said.clone())).await;
        let stands = match told {
            Ok(instance) => instance,
            Err(error) => panic!("{error}"),
        };
        assert_eq!(stands.status().read_status, ReadStatus::UpdatedSinceLastReview);
        assert_eq!(submissions.get(&scene.filler, &id).await.unwrap().status().substatus, Some(said));
        let events = scene.events().await;
        assert!(events.iter().any(|event| event.ends_with("app.instance.substatus.changed")), "{events:?}");
    })
    .await;
}

#[tokio::test]
async fn a_copy_begins_with_what_the_earlier_one_held_as_far_as_the_service_lets_it() {
    everywhere(async |scene| {
        let submissions = scene.altinn.submissions();
        let id = scene.filled_in().await;
        let refused = submissions.copy(&scene.filler, &id).await.unwrap_err();
        assert_eq!(refused.code(), "SUBMISSION-COPY-NOT-ALLOWED");
        let app = app_with("config/applicationmetadata.json", |text| {
            let settings =
                r#"{"copyInstanceSettings": {"enabled": true, "excludedDataFields": ["applicant.email"]},"#;
            text.replacen('{', settings, 1)
        });
        scene.altinn.publish_app(app.path()).unwrap();
        let early = submissions.copy(&scene.filler, &id).await.unwrap_err();
        assert_eq!(early.code(), "SUBMISSION-NOT-SUBMITTED");
        submissions.submit(&scene.leader, &id).await.unwrap();
        let stranger = submissions.copy(&scene.stranger, &id).await.unwrap_err();
        assert_eq!(stranger.code(), "SUBMISSION-NOT-FOUND");
        let copy = submissions.copy(&scene.filler, &id).await.unwrap();
        assert_ne!(*copy.id(), id);
        assert!(copy.element("signature").is_none() && copy.element("ref-data-as-pdf").is_none());
        let mut expected = valid().value().clone();
        expected["applicant"].as_object_mut().unwrap().remove("email");
        assert_eq!(copy.element(FORM).unwrap().form().unwrap(), expected);
    })
    .await;
}

//! A form is filled in page by page, as a portal does it.

use altinn_core::Language;
use altinn_services::form_page::{Content, FormPost};
use altinn_services::submission::{ShowIssues, SubmissionError};

use crate::scene::{FORM, everywhere, valid};

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_sent_is_stored_and_shown_again() {
    everywhere(async |scene| {
        let draft = scene.started().await;
        let submissions = scene.altinn.submissions();
        let post = FormPost::parse("business-name=Fjordbr%C3%B8d&area=140".as_bytes(), &[]).unwrap();
        let stored = submissions.fill_in(&scene.filler, draft.id(), "business", &post).await.unwrap();
        assert_eq!(stored.version(), draft.version() + 1);
        let again = submissions.fill_in(&scene.filler, draft.id(), "business", &post).await.unwrap();
        assert_eq!(again.version(), stored.version(), "what changes nothing stores nothing");

        let late = FormPost::parse(b"area=150", &[]).unwrap();
        let seen = Some(draft.version());
        let refused = submissions.fill_in_version(&scene.filler, draft.id(), "business", &late, seen).await;
        assert!(matches!(refused, Err(SubmissionError::Changed)), "{refused:?}");

        let shown =
            submissions.form_pages(&scene.filler, draft.id(), Language::En, ShowIssues::No).await.unwrap();
        let name = shown.pages[0].fields().find(|field| field.name == "business-name").unwrap();
        assert_eq!(
            (name.value.as_str(), name.label.to_plain().as_str()),
            (Some("Fjordbrød"), "Name of the business")
        );
        assert!(shown.pages.iter().all(|page| page.fields().all(|field| field.issues.is_empty())));

        let shown =
            submissions.form_pages(&scene.filler, draft.id(), Language::En, ShowIssues::Yes).await.unwrap();
        let email = shown.pages[0].fields().find(|field| field.name == "email").unwrap();
        assert_eq!(email.issues.len(), 1, "{:?}", email.issues);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_write_or_know_gets_no_further() {
    everywhere(async |scene| {
        let draft = scene.started().await;
        let submissions = scene.altinn.submissions();
        let post = FormPost::parse(b"business-name=x", &[]).unwrap();
        for page in ["business", "nowhere"] {
            let refused = submissions.fill_in(&scene.stranger, draft.id(), page, &post).await;
            assert!(matches!(refused, Err(SubmissionError::NotFound)), "{refused:?}");
        }
        let hostile = FormPost::parse(b"applicant.name=x", &[]).unwrap();
        let refused = submissions.fill_in(&scene.filler, draft.id(), "business", &hostile).await;
        assert!(matches!(refused, Err(SubmissionError::Post(_))), "{refused:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_sign_is_shown_the_button() {
    everywhere(async |scene| {
        let draft = scene.started().await;
        let submissions = scene.altinn.submissions();
        submissions.save(&scene.filler, draft.id(), FORM, &valid()).await.unwrap();
        submissions.next(&scene.filler, draft.id(), None).await.unwrap();
        for (actor, buttons) in [(&scene.leader, 2), (&scene.filler, 0)] {
            let pages =
                submissions.form_pages(actor, draft.id(), Language::Nb, ShowIssues::No).await.unwrap();
            let shown = pages.pages[0]
                .all_items()
                .iter()
                .filter(|item| matches!(item.content, Content::Button(_)))
                .count();
            assert_eq!(shown, buttons);
        }
    })
    .await;
}

//! A form is filled in page by page, as a portal does it.

use altinn_core::Language;
use altinn_services::form_page::{Content, FormPost};
use altinn_services::submission::{Attachment, ShowIssues, SubmissionError};

use crate::scene::{FORM, everywhere, examples, valid};

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

#[tokio::test(flavor = "multi_thread")]
async fn what_a_file_is_becomes_the_tag_of_its_data_element() {
    everywhere(async |scene| {
        let submissions = scene.altinn.submissions();
        let market = scene.altinn.publish_app(examples().join("apps/town-market")).unwrap();
        let started = submissions.start(&scene.leader, &market, scene.bakery.id).await.unwrap();
        let (leader, id) = (&scene.leader, *started.id());
        let plan = Attachment {
            file_name: "plan.pdf".to_owned(),
            content_type: "application/pdf".to_owned(),
            content: b"%PDF-1.4\n% a plan\n".to_vec(),
        };
        let file = submissions.attach(leader, &id, "site-plan", &plan).await.unwrap();
        let wrong = async || {
            let pages = submissions.form_pages(leader, &id, Language::Nb, ShowIssues::Yes).await.unwrap();
            let page = pages.page("stalls").unwrap();
            let files = page.all_items().into_iter().find_map(|item| match &item.content {
                Content::Attachments(files) => Some(files.clone()),
                _ => None,
            });
            files.unwrap().files[0].issues.iter().map(|notice| notice.text.clone()).collect::<Vec<_>>()
        };
        assert_eq!(wrong().await, ["Velg hva slags fil det er."]);

        let post = |tag: &str| FormPost::parse(format!("tag:{file}={tag}").as_bytes(), &[]).unwrap();
        let refused = submissions.fill_in(leader, &id, "stalls", &post("gold")).await;
        assert!(matches!(refused, Err(SubmissionError::Post(_))), "{refused:?}");
        let tagged = submissions.fill_in(leader, &id, "stalls", &post("layout")).await.unwrap();
        let element = tagged.elements().iter().find(|element| element.id() == file).unwrap();
        assert_eq!(element.metadata().tags, ["layout"]);
        assert!(wrong().await.is_empty());
        let again = submissions.fill_in(leader, &id, "stalls", &post("layout")).await.unwrap();
        assert_eq!(again.version(), tagged.version(), "what changes nothing stores nothing");
        let changed = submissions.fill_in(leader, &id, "stalls", &post("picture")).await.unwrap();
        let element = changed.elements().iter().find(|element| element.id() == file).unwrap();
        assert_eq!(element.metadata().tags, ["picture"]);
    })
    .await;
}

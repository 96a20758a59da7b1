//! Forms below a page: several of one data type, each by its element.

use altinn_core::Language;
use altinn_services::form::{FormData, FormLimits, Patch};
use altinn_services::form_page::FormPost;
use altinn_services::submission::{FormOf, ShowIssues, SubmissionError};
use serde_json::{Value, json};

use crate::scene::{everywhere, examples};

fn data(form: &Value) -> FormData {
    FormData::parse(form.to_string().as_bytes(), FormLimits::default()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_is_stored_changed_and_taken_away_by_itself() {
    everywhere(async |scene| {
        let submissions = scene.altinn.submissions();
        let market = scene.altinn.publish_app(examples().join("apps/town-market")).unwrap();
        let started = submissions.start(&scene.leader, &market, scene.bakery.id).await.unwrap();
        let (leader, id) = (&scene.leader, *started.id());
        assert!(started.element("stall").is_none(), "nobody begins one by itself");
        let begin = async |goods: &str| {
            let stall = data(&json!({"goods": goods, "metres": 2}));
            submissions.save(leader, &id, FormOf::New("stall"), &stall).await
        };
        let (bread, cheese) = (begin("Brød").await.unwrap(), begin("Ost").await.unwrap());
        let (bread, cheese) = (bread.element.id(), cheese.element.id());
        begin("Saft").await.unwrap();
        let full = begin("Is").await.unwrap_err();
        assert!(matches!(&full, SubmissionError::Invalid(issues) if issues[0].code.as_str() == "ELEMENT-TOO-MANY"), "{full:?}");

        let saved = submissions.save(leader, &id, cheese, &data(&json!({"goods": "Geitost", "metres": 20}))).await.unwrap();
        assert_eq!((saved.element.id(), saved.issues.len()), (cheese, 1), "{:?}", saved.issues);
        let longer = Patch::parse(br#"[{"op": "replace", "path": "/metres", "value": 4}]"#).unwrap();
        let patched = submissions.patch(leader, &id, bread, &longer, None).await.unwrap();
        let stalls = patched.instance.elements().iter().filter(|element| element.data_type() == "stall");
        let mut held: Vec<String> = stalls.map(|stall| stall.form().unwrap().to_string()).collect();
        held.sort();
        let expected =
            [r#"{"goods":"Brød","metres":4}"#, r#"{"goods":"Geitost","metres":20}"#, r#"{"goods":"Saft","metres":2}"#];
        assert_eq!(held, expected);

        // What is wrong with one of them keeps the task from being left, and is told of that one.
        let issues = submissions.validate(leader, &id).await.unwrap();
        assert_eq!(issues.iter().map(|issue| issue.element).collect::<Vec<_>>(), [Some(cheese)]);
        assert!(matches!(submissions.next(leader, &id, None).await, Err(SubmissionError::Invalid(_))));
        let pages = submissions.sub_form_pages(leader, &id, cheese, Language::Nb, ShowIssues::Yes).await.unwrap();
        assert_eq!(pages.pages.iter().map(|page| page.name.as_str()).collect::<Vec<_>>(), ["goods", "power"]);
        assert!(pages.pages[0].is_wrong());
        let post = FormPost::parse(b"metres=3", &[]).unwrap();
        let instance = submissions.fill_in_sub_form(leader, &id, cheese, "goods", &post, None).await.unwrap();
        let cheese_now = instance.elements().iter().find(|element| element.id() == cheese).unwrap();
        assert_eq!(cheese_now.form().unwrap(), json!({"goods": "Geitost", "metres": 3}));

        // One of several goes; the only one of its kind stays; and a stranger knows of none.
        let gone = submissions.detach(leader, &id, bread).await.unwrap();
        assert!(gone.elements().iter().all(|element| element.id() != bread));
        let application = gone.element("application").unwrap().id();
        assert!(matches!(submissions.detach(leader, &id, application).await, Err(SubmissionError::NotFound)));
        let again = submissions.save(leader, &id, FormOf::New("application"), &data(&json!({}))).await;
        assert!(matches!(again, Err(SubmissionError::Changed)), "{again:?}");
        let late = submissions.save(leader, &id, bread, &data(&json!({}))).await;
        assert!(matches!(late, Err(SubmissionError::NotFound)), "{late:?}");
        let stranger = submissions.fill_in_sub_form(&scene.stranger, &id, cheese, "goods", &post, None).await;
        assert!(matches!(stranger, Err(SubmissionError::NotFound)), "{stranger:?}");
        submissions.next(leader, &id, None).await.unwrap();
    })
    .await;
}

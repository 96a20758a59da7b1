//! The documents that a process stores, and the pages that an app has for them (`pdfLayoutName`).

use altinn_core::InstanceId;
use altinn_services::form::{FormData, FormLimits};
use serde_json::{Value, json};

use crate::own_app::OwnApp;
use crate::scene::{Scene, everywhere};

fn page(components: Value) -> String {
    json!({"data": {"layout": components}}).to_string()
}

fn field(id: &str) -> Value {
    json!({"id": id, "type": "Input", "dataModelBindings": {"simpleBinding": id},
        "textResourceBindings": {"title": format!("Felt {id}")}})
}

/// An app with a form of two fields and a document after it.
fn app(name: &'static str) -> OwnApp {
    OwnApp::new(name)
        .flow("Fill", "Document")
        .task("Document", "serviceTask", "pdf", "")
        .flow("Document", "End")
        .data_type(json!({"id": "ref-data-as-pdf"}))
        .file("ui/Fill/layouts/fields.json", page(json!([field("one"), field("two")])))
}

/// The lines of the document of a submission.
async fn document(scene: &Scene, app: &OwnApp) -> String {
    let service = app.publish(scene);
    let submissions = scene.altinn.submissions();
    let id: InstanceId = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
    let form = FormData::parse(br#"{"one": "en", "two": "to"}"#, FormLimits::default()).unwrap();
    submissions.save(&scene.leader, &id, "form", &form).await.unwrap();
    let ended = submissions.next(&scene.leader, &id, None).await.unwrap();
    let pdf = ended.element("ref-data-as-pdf").unwrap().content().to_vec();
    pdf.into_iter().map(char::from).collect()
}

fn settings(document: Option<&str>) -> String {
    json!({"defaultDataType": "form", "pages": {"order": ["fields"], "pdfLayoutName": document}}).to_string()
}

#[tokio::test]
async fn a_document_shows_the_page_that_the_app_has_for_it() {
    everywhere(async |scene| {
        let plain = document(&scene, &app("no-page").file("ui/Fill/Settings.json", settings(None))).await;
        assert!(plain.contains("one: en") && plain.contains("two: to"), "{plain}");

        // The page of the task that the form is filled in in.
        let of_form = app("page-of-form").file("ui/Fill/Settings.json", settings(Some("document"))).file(
            "ui/Fill/layouts/document.json",
            page(json!([
                {"id": "said", "type": "Paragraph", "textResourceBindings": {"title": "Ta vare på denne"}},
                field("two"),
            ])),
        );
        let shown = document(&scene, &of_form).await;
        assert!(shown.contains("Ta vare på denne") && shown.contains("Felt two: to"), "{shown}");
        assert!(!shown.contains("en)"), "what the page leaves out is left out: {shown}");

        // The page of the task that writes the document, which shows forms of others.
        let target = json!({"type": "layoutSet", "taskId": "Fill"});
        let of_task = app("page-of-task")
            .file("ui/Fill/Settings.json", settings(None))
            .file(
                "ui/Document/Settings.json",
                json!({"defaultDataType": "form",
                "pages": {"order": ["waiting"], "pdfLayoutName": "document"}})
                .to_string(),
            )
            .file("ui/Document/layouts/waiting.json", page(json!([])))
            .file(
                "ui/Document/layouts/document.json",
                page(json!([
                    {"id": "facts", "type": "InstanceInformation"},
                    {"id": "all", "type": "Summary2", "target": target},
                ])),
            );
        let shown = document(&scene, &of_task).await;
        assert!(shown.contains("Felt one: en") && shown.contains("Felt two: to"), "{shown}");
        assert_eq!(shown.matches("Arkivreferanse: ").count(), 2, "{shown}");
    })
    .await;
}

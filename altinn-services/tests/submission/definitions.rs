//! What `applicationmetadata.json` says of a run beside its data types' counts and sizes.

use altinn_services::form::{FormData, FormLimits};
use altinn_services::inbox::InboxQuery;
use serde_json::{Value, json};

use crate::own_app::OwnApp;
use crate::scene::{Scene, everywhere};

fn form(value: &Value) -> FormData {
    FormData::parse(value.to_string().as_bytes(), FormLimits::default()).unwrap()
}

/// What an instance holds of a data type when its form `shadowed` has been filled in and its task left.
async fn left(scene: &Scene, name: &'static str, shadow: Value) -> Vec<(String, Value)> {
    let service = OwnApp::new(name)
        .data_type(json!({"id": "shadowed", "taskId": "Fill", "maxCount": 1,
            "appLogic": {"autoCreate": true, "classRef": "Shadowed", "shadowFields": shadow}}))
        .data_type(json!({"id": "stripped", "maxCount": 1, "appLogic": {"classRef": "Shadowed"}}))
        .flow("Fill", "End")
        .publish(scene);
    let submissions = scene.altinn.submissions();
    let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
    let filled_in =
        form(&json!({"AltinnSF_shown": true, "name": "Bakeren", "rows": [{"AltinnSF_x": 1, "y": 2}]}));
    submissions.save(&scene.leader, &id, "shadowed", &filled_in).await.unwrap();
    let ended = submissions.next(&scene.leader, &id, None).await.unwrap();
    let forms = ended.elements().iter().filter(|element| element.data_type() != "form");
    forms.map(|element| (element.data_type().to_owned(), element.form().unwrap())).collect()
}

#[tokio::test]
async fn fields_that_are_only_for_filling_in_are_taken_out_when_the_task_is_left() {
    everywhere(async |scene| {
        let whole = json!({"AltinnSF_shown": true, "name": "Bakeren", "rows": [{"AltinnSF_x": 1, "y": 2}]});
        let stripped = json!({"name": "Bakeren", "rows": [{"y": 2}]});
        let kept = left(&scene, "loses-them", json!({"prefix": "AltinnSF_"})).await;
        assert_eq!(kept, [("shadowed".to_owned(), stripped.clone())]);
        let beside = json!({"prefix": "AltinnSF_", "saveToDataType": "stripped"});
        let kept = left(&scene, "keeps-them", beside).await;
        assert_eq!(kept, [("shadowed".to_owned(), whole), ("stripped".to_owned(), stripped)]);
    })
    .await;
}

#[tokio::test]
async fn instances_are_left_out_of_the_inbox_as_the_service_says() {
    everywhere(async |scene| {
        let app = |name, settings: Value| {
            OwnApp::new(name)
                .flow("Fill", "End")
                .metadata("messageBoxConfig", json!({"hideSettings": settings}))
                .publish(&scene)
        };
        let shown =
            async || scene.altinn.inbox().list(&scene.leader, &InboxQuery::new()).await.unwrap().items.len();
        let submissions = scene.altinn.submissions();
        let never = app("never-shown", json!({"hideAlways": true}));
        let id = *submissions.start(&scene.leader, &never, scene.bakery.id).await.unwrap().id();
        submissions.next(&scene.leader, &id, None).await.unwrap();
        assert_eq!(shown().await, 0);
        let later = app("shown-later", json!({"hideOnTask": ["Fill"]}));
        let id = *submissions.start(&scene.leader, &later, scene.bakery.id).await.unwrap().id();
        assert_eq!(shown().await, 0);
        submissions.next(&scene.leader, &id, None).await.unwrap();
        assert_eq!(shown().await, 1);
    })
    .await;
}

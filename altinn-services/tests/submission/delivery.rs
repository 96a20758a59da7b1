//! What the agency takes over: contents with digests, and all of it once more on its word.

use altinn_core::http::Destinations;
use altinn_core::key::SigningKey;
use altinn_core::store::params;
use altinn_core::{Actor, AuthenticationLevel, Digest, Subject};
use altinn_services::event::{EventFilter, WebhookKey};
use uuid::Uuid;

use crate::end_point::EndPoint;
use crate::scene::{FORM, everywhere, everywhere_with};

fn agency(org: &str) -> Actor {
    let subject = Subject::ServiceOwner { org: org.to_owned(), number: None };
    Actor::new(subject, AuthenticationLevel::VerySensitive)
}

#[tokio::test]
async fn the_agency_downloads_what_was_sent_in_and_compares_it() {
    everywhere(async |scene| {
        let id = scene.filled_in().await;
        let submissions = scene.altinn.submissions();
        submissions.submit(&scene.leader, &id).await.unwrap();
        let contents = submissions.contents(&agency("ttd"), &id).await.unwrap();
        let form = contents.elements.iter().find(|element| element.data_type == FORM).unwrap();
        let (element, digest) = submissions.element_content(&agency("ttd"), &id, form.id).await.unwrap();
        assert_eq!((digest, element.content().len() as u64), (form.sha256, form.size));
        assert_eq!(Digest::of(element.content()), digest);
        let again = submissions.contents(&agency("ttd"), &id).await.unwrap();
        assert_eq!(again, contents);
        let told = serde_json::to_value(&contents).unwrap();
        assert_eq!(told["sha256"].as_str().unwrap().len(), 64);
        for refused in [
            submissions.contents(&agency("skd"), &id).await.unwrap_err(),
            submissions.element_content(&agency("ttd"), &id, Uuid::nil()).await.unwrap_err(),
            submissions.deliver_again(&scene.leader, &id, "mine").await.unwrap_err(),
        ] {
            assert_eq!(refused.code(), "SUBMISSION-NOT-FOUND");
        }
    })
    .await;
}

#[tokio::test]
async fn an_instance_is_delivered_again_and_no_other_one_is() {
    let end_point = EndPoint::start().await;
    let key = || WebhookKey::new(SigningKey::generate().unwrap());
    everywhere_with(
        |_, builder| builder.webhooks(key(), Destinations::public().with_loopback()),
        async |scene| {
            let webhooks = scene.altinn.webhooks().unwrap();
            let run = async || while webhooks.run_once().await.unwrap() > 0 {};
            let resource = "urn:altinn:resource:app_ttd_bakery-licence".to_owned();
            let filter = EventFilter { resource_filter: Some(resource), ..EventFilter::default() };
            webhooks.subscriptions().subscribe("/org/ttd", &end_point.url(), filter.clone()).await.unwrap();
            let elsewhere = format!("{}&other", end_point.url());
            webhooks.subscriptions().subscribe("/org/skd", &elsewhere, filter).await.unwrap();
            run().await;
            let (id, _other) = (scene.filled_in().await, scene.filled_in().await);
            scene.altinn.submissions().submit(&scene.leader, &id).await.unwrap();
            run().await;
            let ids = |got: &[crate::end_point::Got]| {
                let mut ids: Vec<String> = got.iter().map(|got| got.event().id().to_owned()).collect();
                ids.sort();
                ids
            };
            end_point.take();

            let submissions = scene.altinn.submissions();
            let again = submissions.deliver_again(&agency("ttd"), &id, "the disk was lost").await.unwrap();
            assert!(again.events >= 3, "{again:?}");
            run().await;
            let got = end_point.take();
            assert_eq!(got.len(), again.events);
            let instance = id.to_string();
            assert!(
                got.iter().all(|got| got.event().source().ends_with(&instance)),
                "of this instance alone"
            );
            let once_more = submissions.deliver_again(&agency("ttd"), &id, "and again").await.unwrap();
            run().await;
            assert_eq!(ids(&end_point.take()), ids(&got), "the same events");
            assert_eq!(once_more.contents, again.contents);
            let sql = "select count(*) as number from auth_trail \
                       where action = 'deliver-again' and purpose = 'the disk was lost'";
            let row = scene.altinn.store().query_one(sql, params![]).await.unwrap();
            assert_eq!(row.get::<i64>("number").unwrap(), 1);
        },
    )
    .await;
}

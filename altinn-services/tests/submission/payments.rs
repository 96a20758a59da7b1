//! Payment tasks: started once, asked for before the task is left, and ended when it is rejected.

use altinn_core::InstanceId;
use altinn_services::submission::{PaymentStatus, SubmissionError};
use altinn_services::testing::TestPayment;

use crate::own_app::OwnApp;
use crate::scene::{Scene, everywhere};

fn paying() -> OwnApp {
    let extension = "<altinn:actions><altinn:action>pay</altinn:action><altinn:action>confirm</altinn:action>\
        <altinn:action>reject</altinn:action></altinn:actions><altinn:paymentConfig>\
        <altinn:paymentDataType>payment</altinn:paymentDataType>\
        <altinn:paymentReceiptPdfDataType>payment-receipt</altinn:paymentReceiptPdfDataType></altinn:paymentConfig>";
    OwnApp::new("paying")
        .data_type(serde_json::json!({"id": "payment"}))
        .data_type(serde_json::json!({"id": "payment-receipt"}))
        .task("Pay", "task", "payment", extension)
        .flow("Fill", "Pay")
        .flow("Pay", "Paid")
        .back_on_reject("Paid", "End")
        .action("pay")
        .action("confirm")
        .action("reject")
}

async fn to_be_paid(scene: &Scene, payment: &TestPayment) -> InstanceId {
    scene.altinn.register_payment(payment.clone());
    let service = paying().publish(scene);
    let submissions = scene.altinn.submissions();
    let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
    submissions.next(&scene.leader, &id, None).await.unwrap();
    id
}

#[tokio::test]
async fn without_a_provider_the_step_is_refused_and_names_the_task() {
    everywhere(async |scene| {
        let service = paying().publish(&scene);
        let submissions = scene.altinn.submissions();
        let id = *submissions.start(&scene.leader, &service, scene.bakery.id).await.unwrap().id();
        let refused = submissions.next(&scene.leader, &id, None).await.unwrap_err();
        assert_eq!(refused.to_string(), "task `Pay` needs a `Payment`, and none is registered");
    })
    .await;
}

#[tokio::test]
async fn a_task_is_left_only_when_the_payment_was_made() {
    everywhere(async |scene| {
        let provider = TestPayment::waiting();
        let id = to_be_paid(&scene, &provider).await;
        let submissions = scene.altinn.submissions();
        let not_made = |error: SubmissionError| match error {
            SubmissionError::PaymentNotMade { status } => status,
            other => panic!("{other}"),
        };
        let unpaid = submissions.next(&scene.leader, &id, None).await.unwrap_err();
        assert_eq!(not_made(unpaid), PaymentStatus::Uninitialized);
        let payment = submissions.pay(&scene.leader, &id).await.unwrap().payment_details.unwrap();
        assert_eq!(submissions.pay(&scene.filler, &id).await.unwrap().payment_details.unwrap(), payment);
        assert_eq!(provider.started().len(), 1);
        let unpaid = submissions.next(&scene.leader, &id, None).await.unwrap_err();
        assert_eq!(not_made(unpaid), PaymentStatus::Created);

        provider.set(&payment.payment_id, PaymentStatus::Paid);
        let ended = submissions.next(&scene.leader, &id, None).await.unwrap();
        assert!(ended.process().has_ended());
        let kept: serde_json::Value =
            serde_json::from_slice(ended.element("payment").unwrap().content()).unwrap();
        assert_eq!(
            (&kept["status"], &kept["orderDetails"]["totalPriceIncVat"]),
            (&"Paid".into(), &1250.0.into())
        );
        assert!(ended.element("payment-receipt").unwrap().content().starts_with(b"%PDF"));
    })
    .await;
}

#[tokio::test]
async fn a_reject_ends_the_payment_and_the_next_one_is_another() {
    everywhere(async |scene| {
        let provider = TestPayment::waiting();
        let id = to_be_paid(&scene, &provider).await;
        let submissions = scene.altinn.submissions();
        let first = submissions.pay(&scene.leader, &id).await.unwrap().payment_details.unwrap();
        let back = submissions.next(&scene.leader, &id, Some("reject")).await.unwrap();
        assert_eq!((back.task(), back.element("payment")), (Some("Fill"), None));
        assert_eq!(provider.started()[&first.payment_id], PaymentStatus::Cancelled);
        submissions.next(&scene.leader, &id, None).await.unwrap();
        let second = submissions.pay(&scene.leader, &id).await.unwrap().payment_details.unwrap();
        assert_ne!(first.payment_id, second.payment_id);
    })
    .await;
}

#[tokio::test]
async fn a_payment_that_failed_is_followed_by_another() {
    everywhere(async |scene| {
        let provider = TestPayment::waiting();
        let id = to_be_paid(&scene, &provider).await;
        let submissions = scene.altinn.submissions();
        let first = submissions.pay(&scene.leader, &id).await.unwrap().payment_details.unwrap();
        provider.set(&first.payment_id, PaymentStatus::Failed);
        let second = submissions.pay(&scene.leader, &id).await.unwrap();
        assert_eq!(second.status, PaymentStatus::Created);
        assert_ne!(second.payment_details.unwrap().payment_id, first.payment_id);
        assert_eq!(submissions.get(&scene.leader, &id).await.unwrap().elements().len(), 2);
    })
    .await;
}

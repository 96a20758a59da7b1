//! The workers: what follows from commits is done without anyone calling, until they are told to stop.

use std::time::Duration;

use altinn_archive::ReceiptState;
use altinn_core::store::params;
use altinn_notify::channel::Capture;
use tokio::sync::oneshot;

use crate::scene::{Scene, everywhere_with};

/// Waits until a query counts as many rows.
async fn until(scene: &Scene, sql: &'static str, wanted: i64) {
    for _ in 0..400 {
        let count: i64 = scene.altinn.store().query_one(sql, params![]).await.unwrap().get("number").unwrap();
        if count == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("`{sql}` did not come to {wanted}");
}

#[tokio::test]
async fn they_integrate_number_and_send_and_stop_when_they_are_told() {
    let email = "noreply@example.com";
    everywhere_with(
        |_, builder| builder.email(email.parse().unwrap(), Capture::new()),
        async |scene| {
            let (stop, stopped) = oneshot::channel::<()>();
            let workers = scene.altinn.run_workers(async move { drop(stopped.await) });
            let id = scene.to_be_signed().await;
            let signed = scene.altinn.submissions().next(&scene.leader, &id, None).await.unwrap();
            let sent = "select count(*) as number from notify_transition where status = 'Succeeded'";
            until(&scene, "select count(*) as number from archive_leaf", 1).await;
            until(&scene, "select count(*) as number from services_event where position is null", 0).await;
            until(&scene, sent, 1).await;
            let receipt = scene.altinn.archive().receipt(signed.archive_entry().unwrap()).await.unwrap();
            assert!(matches!(receipt, ReceiptState::Proved(_)));

            stop.send(()).unwrap();
            tokio::time::timeout(Duration::from_secs(5), workers).await.unwrap().unwrap();
        },
    )
    .await;
}

/// How many reads of an instance stand in the trail, by whoever has looked.
async fn reads(scene: &Scene, id: &altinn_core::InstanceId) -> i64 {
    let sql = "select cast(coalesce(sum(times), 0) as bigint) as number from auth_trail where action = 'read' and element = $1";
    let row = scene.altinn.store().query_one(sql, params![id.to_string()]).await.unwrap();
    row.get("number").unwrap()
}

#[tokio::test]
async fn a_read_is_in_the_trail_at_the_next_second_and_at_the_latest_when_the_workers_stop() {
    everywhere_with(
        |_, builder| builder,
        async |scene| {
            let (stop, stopped) = oneshot::channel::<()>();
            let workers = scene.altinn.run_workers(async move { drop(stopped.await) });
            let id = scene.to_be_signed().await;
            let before = reads(&scene, &id).await;
            scene.altinn.submissions().get(&scene.leader, &id).await.unwrap();
            let waited = std::time::Instant::now();
            for _ in 0..400 {
                if reads(&scene, &id).await > before {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
            altinn_core::testing::report(format!("a read was in the trail after {:?}", waited.elapsed()));
            let seen = reads(&scene, &id).await;
            assert!(seen > before, "the trail does not say who has looked");
            scene.altinn.submissions().get(&scene.leader, &id).await.unwrap();
            stop.send(()).unwrap();
            workers.await.unwrap();
            assert_eq!(reads(&scene, &id).await, seen + 1);
        },
    )
    .await;
}

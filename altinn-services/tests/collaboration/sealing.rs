//! What a case holds is sealed, and opens under the agency's keys alone.

use altinn_core::key::{SealError, SecretKey};
use altinn_core::store::{Store, params};
use altinn_services::collaboration::{
    CaseKeyring, CollaborationError, NewCaseEvent, NewTransmission, RotatedCases,
};
use altinn_services::{Altinn, OpenError};

use crate::scene;
use crate::stage::{Stage, everywhere, members};

/// A case with shared data and something that was said in it.
async fn talked_of(stage: &Stage) -> altinn_services::collaboration::CaseId {
    let id = stage.inspecting().await;
    let passed = NewCaseEvent::new("inspected", "1").with("passed", true).with("remark", "spotless");
    assert!(stage.raise(&stage.inspectorate, id, &passed).await.unwrap().is_state_changed);
    let said = NewTransmission::new("1", "The sink", "It is of steel.");
    let (bakery, room) = (&stage.bakery, stage.altinn.collaborations());
    room.transmit(&bakery.1, &stage.service, bakery.0.id, id, &said).await.unwrap();
    id
}

async fn sealed(store: &Store) -> Vec<Vec<u8>> {
    let data = "select data as sealed from services_collaboration_case";
    let said = "select sealed from services_collaboration_transmission";
    let mut sealed = Vec::new();
    for select in [data, said] {
        let rows = store.query(select, params![]).await.unwrap();
        sealed.extend(rows.iter().map(|row| row.get::<Vec<u8>>("sealed").unwrap()));
    }
    sealed
}

#[tokio::test]
async fn no_word_of_shared_data_and_of_what_was_said_stands_in_the_store() {
    everywhere(async |stage| {
        let id = talked_of(&stage).await;
        assert_eq!(stage.case(id).await.stands.data["remark"], "spotless");
        let sealed = sealed(stage.altinn.store()).await;
        assert_eq!(sealed.len(), 2);
        for word in ["spotless", "remark", "sink", "steel"] {
            assert!(
                sealed.iter().all(|bytes| !bytes.windows(word.len()).any(|found| found == word.as_bytes()))
            );
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_moved_to_another_case_or_changed_is_refused() {
    everywhere(async |stage| {
        let (id, other) = (talked_of(&stage).await, stage.opened().await);
        let swap = "update services_collaboration_case set data = (select data from services_collaboration_case where id = $1), \
                    wrapped_key = (select wrapped_key from services_collaboration_case where id = $1) where id = $2";
        let mut batch = altinn_core::store::Batch::new();
        batch.execute(swap, params![id, other]);
        batch.execute("update services_collaboration_transmission set number = 2", params![]);
        stage.altinn.store().commit(batch).await.unwrap();
        let (bakery, cases) = (&stage.bakery, stage.altinn.collaborations());
        let moved = cases.case(&bakery.1, &stage.service, bakery.0.id, other).await.unwrap_err();
        let said = cases.transmissions(&bakery.1, &stage.service, bakery.0.id, id, 0).await.unwrap_err();
        for error in [moved, said] {
            assert!(matches!(error, CollaborationError::Seal(SealError::Refused)), "{error:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn keys_are_rotated_and_a_store_is_refused_without_the_key_that_its_cases_are_under() {
    let (old, new) = (SecretKey::from_bytes([7; 32]), SecretKey::from_bytes([8; 32]));
    let after = || CaseKeyring::new(&new);
    for (store, folder) in scene::stores().await {
        let clock =
            std::sync::Arc::new(altinn_core::SteppableClock::at("2026-12-01T08:00:00Z".parse().unwrap()));
        let objects = folder.path().join("objects");
        let keys = folder.path().join("keys");
        let builder = || {
            let builder = Altinn::over(store.clone()).objects_in(&objects).unwrap();
            builder.keys_in(&keys, true).unwrap().register_key(old.clone())
        };
        let altinn = builder().clock(clock.clone()).build().await.unwrap();
        let stage = Stage::set(altinn, clock, folder, members()).await;
        let id = talked_of(&stage).await;
        for _ in 0..2 {
            stage.opened().await;
        }
        let before = sealed(&store).await;
        let open = async |keys| builder().case_keys(keys).build().await;
        let refused = open(after()).await.unwrap_err();
        let missing = SealError::NoSuchKey { key: CaseKeyring::new(&old).name().to_owned() };
        assert!(
            matches!(&refused, OpenError::Cases(CollaborationError::Seal(error)) if *error == missing),
            "{refused:?}"
        );
        let rotating = open(after().with_former(&old)).await.unwrap();
        let mut rotated = Vec::new();
        for _ in 0..3 {
            let RotatedCases { cases, more, .. } = rotating.collaborations().rotate_keys(2).await.unwrap();
            rotated.push((cases, more));
        }
        assert_eq!(rotated, [(2, true), (1, false), (0, false)]);
        assert_eq!(sealed(&store).await, before, "the cases' own keys are the same");
        let stage = Stage { altinn: open(after()).await.unwrap(), ..stage };
        stage.altinn.publish_collaboration(scene::sample("opening"), members()).unwrap();
        assert_eq!(stage.case(id).await.stands.data["remark"], "spotless");
        let refused = builder().build().await.unwrap_err();
        assert_eq!(refused.code(), "SEAL-NO-SUCH-KEY");
    }
}

//! An archive that is whole, and one that is not.

use altinn_archive::{Anchor, Receipt};
use altinn_services::Altinn;

use super::{Outcome, Scene};

/// Whether all that is archived is as it was archived, and everything that a receipt kept elsewhere tells of is there.
async fn is_whole(altinn: &Altinn, kept_elsewhere: Receipt) -> Outcome<bool> {
    let anchor = Anchor::from(kept_elsewhere);
    let report = altinn.archive().audit(Some(&anchor)).await?;
    Ok(report.is_sound())
}

#[tokio::test]
async fn an_audit_finds_what_was_removed() -> Outcome {
    let scene = Scene::new().await?;
    let altinn = scene.world.altinn();
    let id = scene.submitted().await?;
    let receipt = altinn.submissions().receipt(&scene.actor, &id).await?.proved().ok_or("not proved")?;
    assert!(is_whole(altinn, receipt.clone()).await?);

    let mut batch = altinn_core::store::Batch::new();
    batch.execute("delete from archive_content", vec![]);
    altinn.store().commit(batch).await?;
    assert!(!is_whole(altinn, receipt.clone()).await?);
    Ok(())
}

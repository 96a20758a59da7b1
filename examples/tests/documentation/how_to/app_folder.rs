//! An Altinn 3 app, run.

use altinn_services::Altinn;

use super::{Outcome, examples};

#[tokio::test]
async fn an_app_folder_is_a_service() -> Outcome {
    let agency = tempfile::tempdir()?;
    let (folder, app) = (agency.path(), examples("apps/bakery-licence"));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let shutdown = async move { drop(stopped.await) };

    let altinn = Altinn::local(folder).await?;
    let service = altinn.publish_app(app)?;
    let workers = altinn.run_workers(shutdown);

    assert_eq!(service.id().to_string(), "ttd/bakery-licence");
    drop(stop);
    workers.await?;
    Ok(())
}

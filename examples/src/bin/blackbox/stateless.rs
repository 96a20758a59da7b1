//! `data.work_out`: a form of a service, worked out and kept nowhere.

use std::collections::BTreeMap;

use altinn_services::submission::StatelessRequest;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Failure;
use crate::service::{loaded, no_cast, parse, refused};
use crate::world::World;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkOut {
    service: String,
    data_type: String,
    /// The form as it is filled in so far; a new one if it is left out.
    data: Option<Value>,
    /// What the address of the page says.
    #[serde(default)]
    query: BTreeMap<String, String>,
    /// Whether it is asked for by somebody who has not logged in.
    #[serde(default)]
    anonymous: bool,
}

/// Works a form out.
pub(crate) async fn work_out(world: &World, asked: WorkOut) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let mut request = StatelessRequest::default();
    request.form = asked.data.as_ref().map(parse).transpose()?;
    request.query = asked.query;
    let (submissions, service) = (world.altinn.submissions(), &loaded.service);
    let form = if asked.anonymous {
        submissions.stateless_anonymous(service, &asked.data_type, &request).await
    } else {
        let (_, starter) = loaded.cast.starter().map_err(no_cast)?;
        submissions.stateless(starter, service, loaded.cast.owner().id, &asked.data_type, &request).await
    };
    let form = form.map_err(refused)?;
    Ok(json!({"data": form.data, "issues": form.issues}))
}

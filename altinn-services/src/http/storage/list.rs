//! Instances that are looked for.

use altinn_core::{PartyId, ServiceId};
use axum::Json;
use axum::extract::{OriginalUri, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::Api;
use crate::http::altinn3::InstanceAnswer;
use crate::http::app::answer_of;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::Asked;
use crate::submission::InstanceQuery;

/// Which instances.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// The app, `ttd/bakery-licence`; an agency names one, a party may.
    #[serde(rename = "appId")]
    app_id: Option<String>,
    /// The party that they are of; whoever is not the agency names it.
    #[serde(rename = "instanceOwner.partyId")]
    party: Option<i64>,
    /// Whether they have come to their end.
    #[serde(rename = "process.isComplete")]
    is_complete: Option<bool>,
    /// Where the page before ended.
    #[serde(rename = "continuationToken")]
    continuation_token: Option<String>,
    /// How many are looked at, at most 100.
    #[param(minimum = 1, maximum = 100)]
    size: Option<u32>,
}

/// A page of instances.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InstanceList {
    /// How many stand on this page.
    count: usize,
    /// The address of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    instances: Vec<InstanceAnswer>,
}

/// The instances of an agency's service, or of a party, that the caller may read, in the order in which they were last changed.
#[utoipa::path(get, path = "/storage/api/v1/instances", tag = "storage", operation_id = "listInstances", params(Which),
    responses((status = 200, description = "A page of them", body = InstanceList)))]
pub(super) async fn list(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(which): Asked<Which>,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<InstanceList>, ApiError> {
    let service = which.app_id.as_deref().map(str::parse::<ServiceId>).transpose();
    let service = service.map_err(|error| ApiError::new("HTTP-QUERY", error))?;
    let after = which.continuation_token.as_deref().map(str::parse).transpose();
    let after = after.map_err(|_| ApiError::new("HTTP-QUERY", "`continuationToken` is none of ours"))?;
    let size = which.size.unwrap_or(100);
    if !(1..=100).contains(&size) {
        return Err(ApiError::new("HTTP-QUERY", "`size` is 1 to 100"));
    }
    let query = InstanceQuery {
        service,
        party: which.party.map(PartyId::new),
        has_ended: which.is_complete,
        after,
        limit: size,
    };
    let page = api.altinn().submissions().list(&actor, &query).await?;
    let mut instances = Vec::new();
    for instance in &page.instances {
        instances.push(answer_of(&api, instance).await?);
    }
    let next = page.next.map(|cursor| {
        let mut next = format!("{}?continuationToken={cursor}&size={size}", uri.path());
        if let Some(app) = &which.app_id {
            next.push_str(&format!("&appId={app}"));
        }
        if let Some(party) = which.party {
            next.push_str(&format!("&instanceOwner.partyId={party}"));
        }
        if let Some(is_complete) = which.is_complete {
            next.push_str(&format!("&process.isComplete={is_complete}"));
        }
        next
    });
    Ok(Json(InstanceList { count: instances.len(), next, instances }))
}

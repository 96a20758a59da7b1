//! Instances that are looked for.

use std::str::FromStr;

use altinn_core::{PartyId, ServiceId};
use axum::Json;
use axum::extract::{OriginalUri, State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::http::Api;
use crate::http::altinn3::InstanceAnswer;
use crate::http::app::answer_of;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::Parameters;
use crate::submission::{InstanceFilter, InstanceQuery, TimeRange};

/// Which instances. A time is asked for as `gt:`, `gte:`, `lt:`, `lte:` or `eq:` and the time, and may be asked for twice.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "it describes parameters that are read one by one")]
pub(super) struct Which {
    /// The app, `ttd/bakery-licence`; an agency names one, a party may.
    #[param(rename = "appId")]
    app_id: Option<String>,
    /// The party that they are of; whoever is not the agency names it.
    #[param(rename = "instanceOwner.partyId")]
    party: Option<i64>,
    /// Whether they have come to their end.
    #[param(rename = "process.isComplete")]
    is_complete: Option<bool>,
    /// The end event that they came to.
    #[param(rename = "process.endEvent")]
    end_event: Option<String>,
    /// When they came to their end.
    #[param(rename = "process.ended")]
    ended: Option<Vec<String>>,
    /// Whether they have come to their end.
    #[param(rename = "status.isArchived")]
    is_archived: Option<bool>,
    /// Whether they are in the bin.
    #[param(rename = "status.isSoftDeleted")]
    is_soft_deleted: Option<bool>,
    /// Whether they are deleted for all but the agency.
    #[param(rename = "status.isHardDeleted")]
    is_hard_deleted: Option<bool>,
    /// The agency, by its short name, that must not have confirmed them yet.
    #[param(rename = "excludeConfirmedBy")]
    exclude_confirmed_by: Option<String>,
    /// The last part of their id.
    #[param(rename = "archiveReference")]
    archive_reference: Option<String>,
    /// When they were created.
    created: Option<Vec<String>>,
    /// When they were last changed.
    #[param(rename = "lastChanged")]
    last_changed: Option<Vec<String>>,
    /// When they are to be sent in.
    #[param(rename = "dueBefore")]
    due_before: Option<Vec<String>>,
    /// From when on they are shown.
    #[param(rename = "visibleAfter")]
    visible_after: Option<Vec<String>>,
    /// Where the page before ended.
    #[param(rename = "continuationToken")]
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
    asked: Parameters,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<InstanceList>, ApiError> {
    let page = api.altinn().submissions().list(&actor, &query_of(&asked)?).await?;
    let mut instances = Vec::new();
    for instance in &page.instances {
        instances.push(answer_of(&api, instance).await?);
    }
    let next = page.next.map(|cursor| {
        let asked = uri.query().unwrap_or_default().split('&');
        let same: String = asked
            .filter(|pair| !pair.is_empty() && !pair.starts_with("continuationToken="))
            .map(|pair| format!("&{pair}"))
            .collect();
        format!("{}?continuationToken={cursor}{same}", uri.path())
    });
    Ok(Json(InstanceList { count: instances.len(), next, instances }))
}

fn query_of(asked: &Parameters) -> Result<InstanceQuery, ApiError> {
    let service = asked.one("appId")?.map(str::parse::<ServiceId>).transpose();
    let after = asked.one("continuationToken")?.map(str::parse).transpose();
    let size = one(asked, "size")?.unwrap_or(100);
    if !(1..=100).contains(&size) {
        return Err(ApiError::new("HTTP-QUERY", "`size` is 1 to 100"));
    }
    let text = |name| Ok::<_, ApiError>(asked.one(name)?.map(str::to_owned));
    let (is_complete, is_archived) =
        (one::<bool>(asked, "process.isComplete")?, one::<bool>(asked, "status.isArchived")?);
    if is_complete.is_some() && is_archived.is_some_and(|is_archived| Some(is_archived) != is_complete) {
        let detail = "`process.isComplete` and `status.isArchived` say the same, and do not agree";
        return Err(ApiError::new("HTTP-QUERY", detail));
    }
    Ok(InstanceQuery {
        service: service.map_err(|error| ApiError::new("HTTP-QUERY", error))?,
        party: one::<i64>(asked, "instanceOwner.partyId")?.map(PartyId::new),
        has_ended: is_complete.or(is_archived),
        filter: InstanceFilter {
            created: range(asked, "created")?,
            changed: range(asked, "lastChanged")?,
            ended: range(asked, "process.ended")?,
            due_before: range(asked, "dueBefore")?,
            visible_after: range(asked, "visibleAfter")?,
            end_event: text("process.endEvent")?,
            is_soft_deleted: one(asked, "status.isSoftDeleted")?,
            is_hard_deleted: one(asked, "status.isHardDeleted")?,
            not_confirmed_by: text("excludeConfirmedBy")?,
            archive_reference: text("archiveReference")?,
        },
        after: after.map_err(|_| ApiError::new("HTTP-QUERY", "`continuationToken` is none of ours"))?,
        limit: size,
    })
}

fn one<T: FromStr>(asked: &Parameters, name: &str) -> Result<Option<T>, ApiError> {
    let read = asked.one(name)?.map(str::parse).transpose();
    read.map_err(|_| ApiError::new("HTTP-QUERY", format!("`{name}` is not what it must be")))
}

/// The range of times that a parameter asks for: `gt:2026-11-30T00:00:00Z`.
fn range(asked: &Parameters, name: &str) -> Result<TimeRange, ApiError> {
    let wrong = || {
        ApiError::new("HTTP-QUERY", format!("`{name}` is `gt:`, `gte:`, `lt:`, `lte:` or `eq:` and a time"))
    };
    let mut range = TimeRange::default();
    for bound in asked.all(name) {
        let (is, time) = bound.split_once(':').ok_or_else(wrong)?;
        // A plus sign in a query is a space.
        let time = DateTime::parse_from_rfc3339(&time.replace(' ', "+")).map_err(|_| wrong())?;
        let time = time.with_timezone(&Utc);
        range = match is {
            "gt" => range.after(time),
            "gte" => range.since(time),
            "lt" => range.until(time),
            "lte" => range.through(time),
            "eq" => range.since(time).through(time),
            _ => return Err(wrong()),
        };
    }
    Ok(range)
}

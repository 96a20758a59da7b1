//! Correspondences that are looked for.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::answer::StatusName;
use super::at::service;
use crate::correspondence::{CorrespondenceQuery, CorrespondenceStatus, Side};
use crate::http::Api;
use crate::http::acting::{Acting, OnBehalfOf};
use crate::http::error::ApiError;
use crate::http::query::Asked;

/// Which correspondences.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(super) struct Which {
    /// The correspondence service.
    resource_id: String,
    /// What the caller's party is in them. Of `RecipientAndSender`, those come first that it has got.
    #[param(inline)]
    role: RoleName,
    /// Sent from this time on.
    from: Option<DateTime<Utc>>,
    /// Sent until this time.
    to: Option<DateTime<Utc>>,
    /// With this status as the highest one.
    #[param(inline, value_type = Option<StatusName>)]
    status: Option<String>,
    /// Under this reference of the sender's.
    senders_reference: Option<String>,
    /// Those after this one: the last of the page before.
    after: Option<Uuid>,
    /// At most so many; 1,000 where it is left out.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// What a party is in a correspondence.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
enum RoleName {
    Recipient,
    Sender,
    RecipientAndSender,
}

/// The correspondences that were found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CorrespondenceList {
    /// The latest first.
    ids: Vec<Uuid>,
}

/// The correspondences that the caller's party has got, or has sent, in a service, the latest first.
#[utoipa::path(get, path = "/correspondence/api/v1/correspondence", tag = "correspondence",
    operation_id = "listCorrespondences", params(Which, OnBehalfOf),
    responses((status = 200, description = "Their ids", body = CorrespondenceList)))]
pub(super) async fn list(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    Asked(which): Asked<Which>,
) -> Result<Json<CorrespondenceList>, ApiError> {
    let refused = |text: &str| ApiError::new("HTTP-QUERY", text);
    let mut query = match which.role {
        RoleName::Recipient => CorrespondenceQuery::new(Side::Recipient),
        RoleName::Sender => CorrespondenceQuery::new(Side::Sender),
        RoleName::RecipientAndSender => CorrespondenceQuery::of_both_sides(),
    };
    if let (Some(from), Some(to)) = (which.from, which.to)
        && from > to
    {
        return Err(refused("`from` is later than `to`").with_number(1027));
    }
    if let Some(time) = which.from {
        query = query.sent_from(time);
    }
    if let Some(time) = which.to {
        query = query.sent_until(time);
    }
    if let Some(name) = which.status {
        let status = CorrespondenceStatus::named(&name);
        query = query.of_status(status.ok_or_else(|| refused("`status` is not what it must be"))?);
    }
    if let Some(reference) = which.senders_reference {
        query = query.under(reference);
    }
    if let Some(last) = which.after {
        query = query.after(last);
    }
    match which.limit {
        Some(limit @ 1..=CorrespondenceQuery::MAX_LIMIT) => query = query.limit(limit),
        Some(_) => return Err(refused("`limit` is 1 to 1,000")),
        None => {}
    }
    let service = service(&api, &which.resource_id)?;
    let found = api.altinn().correspondences().find(&actor, &service, party, &query).await?;
    Ok(Json(CorrespondenceList { ids: found.into_iter().map(|one| one.id).collect() }))
}

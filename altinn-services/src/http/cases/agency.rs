//! What is still to be done in cases, for the agency that owns the collaboration.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::at::{CasePath, ServicePath};
use crate::collaboration::{CaseId, PendingWork};
use crate::http::Api;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::{Asked, InPath};
use crate::http::tried_again::TriedAgain;

/// Which cases.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AfterCase {
    /// Those after this one.
    after: Option<Uuid>,
}

/// Something that is still to be done in a case.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "PendingWork")]
pub(super) struct PendingWorkAnswer {
    /// What: `deadline apply`, `start application`, `notify business`.
    what: String,
    /// When it is due; nothing when it was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<DateTime<Utc>>,
    /// How often it was tried.
    attempts: u32,
    /// The code of what was wrong the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// Whether it was given up, and waits for the agency.
    is_given_up: bool,
}

/// The cases of a collaboration in which something was given up, for the agency that owns it; at most 100.
#[utoipa::path(get, path = "/v1/cases/{org}/{service}/stuck", tag = "collaboration", operation_id = "listStuckCases",
    params(ServicePath, AfterCase), responses((status = 200, description = "Their ids", body = Vec<Uuid>)))]
pub(super) async fn stuck(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(path): InPath<ServicePath>,
    Asked(AfterCase { after }): Asked<AfterCase>,
) -> Result<Json<Vec<Uuid>>, ApiError> {
    let service = path.service(&api)?;
    let stuck = api.altinn().collaborations().stuck(&actor, &service, after.map(CaseId::new)).await?;
    Ok(Json(stuck.into_iter().map(CaseId::as_uuid).collect()))
}

/// What is still to be done in a case, and what was wrong the last time, for the agency that owns the collaboration.
#[utoipa::path(get, path = "/v1/cases/{org}/{service}/{caseId}/pending", tag = "collaboration",
    operation_id = "listPendingWork", params(CasePath),
    responses((status = 200, description = "What is still to be done", body = Vec<PendingWorkAnswer>)))]
pub(super) async fn pending(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(path): InPath<CasePath>,
) -> Result<Json<Vec<PendingWorkAnswer>>, ApiError> {
    let (service, id) = path.case(&api)?;
    let pending = api.altinn().collaborations().pending(&actor, &service, id).await?;
    Ok(Json(pending.into_iter().map(PendingWorkAnswer::from).collect()))
}

/// Has all tried again that was given up in a case, for the agency that owns the collaboration.
#[utoipa::path(post, path = "/v1/cases/{org}/{service}/{caseId}/redrive", tag = "collaboration",
    operation_id = "redriveCase", params(CasePath),
    responses((status = 200, description = "How much is tried again", body = TriedAgain)))]
pub(super) async fn redrive(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(path): InPath<CasePath>,
) -> Result<Json<TriedAgain>, ApiError> {
    let (service, id) = path.case(&api)?;
    let again = api.altinn().collaborations().redrive(&actor, &service, id).await?;
    Ok(Json(TriedAgain { again }))
}

impl From<PendingWork> for PendingWorkAnswer {
    fn from(work: PendingWork) -> Self {
        let is_given_up = work.is_given_up();
        let PendingWork { what, due_at, attempts, problem } = work;
        Self { what, due_at, attempts, problem, is_given_up }
    }
}

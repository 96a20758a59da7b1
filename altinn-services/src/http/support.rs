//! Support: what an agency sees of instances that do not go on, and how it repairs them. Altinn 3 has no such API, so it stands
//! under `/v1`.

use altinn_core::Actor;
use axum::extract::State;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::altinn3::ProcessAnswer;
use super::app::{InstancePath, ServicePath, of_service};
use super::body::JsonBody;
use super::caller::Caller;
use super::error::ApiError;
use super::query::{Asked, InPath};
use super::reason::{Reason, checked};
use super::{Api, router};
use crate::submission::{ServiceTaskWork, Standing};

/// How many are listed where the caller does not say.
const LISTED: u32 = 100;

/// The most that are listed.
const MOST_LISTED: u32 = 1_000;

/// The support API: `GET /v1/instances/{org}/{app}/stuck` lists what does not go on, `GET .../{instanceOwnerPartyId}/{instanceGuid}`
/// tells why, and `POST` of `resume`, `move` and `compensate` below it repairs. It is for the agency whose service it is, and
/// every repair stands in the trail with its reason.
pub fn support(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(stuck))
        .routes(routes!(standing))
        .routes(routes!(resume))
        .routes(routes!(move_to))
        .routes(routes!(compensate))
}

/// How many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AtMost {
    /// At most so many; 100 where it is left out.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Where to, and why.
#[derive(Debug, Deserialize, ToSchema)]
struct MoveTo {
    /// The task, by its id in the drawing of the process.
    task: String,
    /// In words, and nothing personal: it stands in the trail.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// How an instance stands, and what it waits for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "Standing")]
struct StandingAnswer {
    /// The instance: `{instanceOwnerPartyId}/{instanceGuid}`.
    id: String,
    app_id: String,
    process: ProcessAnswer,
    last_changed: DateTime<Utc>,
    /// `nothing`, `user` (somebody fills in, confirms or signs), `signees`, `payment`, `agency` (its answer) or `serviceTask`.
    waits_for: &'static str,
    /// The work of its service tasks and of its calls to sign, the latest first; at most 100.
    service_tasks: Vec<WorkAnswer>,
}

/// The work of a service task.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "ServiceTaskWork")]
struct WorkAnswer {
    /// Its id, which the agency's code is given as the key of every attempt.
    id: Uuid,
    /// The instance: `{instanceOwnerPartyId}/{instanceGuid}`.
    instance_id: String,
    /// The task, by its id in the drawing of the process.
    task: String,
    /// Its kind: `eFormidling`, `callToSign`, or a name of the app's own.
    kind: String,
    /// `waiting`, `failed`, `done`, `abandoned` or `compensated`.
    state: &'static str,
    /// How often an attempt was begun.
    attempts: i64,
    /// How often one failed since it was last resumed.
    failures: i64,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// When the process came to the task.
    created: DateTime<Utc>,
    last_changed: DateTime<Utc>,
    /// When it is tried next; left out where it is not tried again by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<DateTime<Utc>>,
}

/// The service tasks of an app that failed for good, or are tried again after a failure, the longest unchanged first; for the
/// agency whose app it is.
#[utoipa::path(get, path = "/v1/instances/{org}/{app}/stuck", tag = "support", operation_id = "listStuckInstances",
    params(ServicePath, AtMost),
    responses((status = 200, description = "The service tasks", body = Vec<WorkAnswer>)))]
async fn stuck(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(path): InPath<ServicePath>,
    Asked(AtMost { limit }): Asked<AtMost>,
) -> Result<Json<Vec<WorkAnswer>>, ApiError> {
    let limit = limit.unwrap_or(LISTED);
    if !(1..=MOST_LISTED).contains(&limit) {
        return Err(ApiError::new("HTTP-QUERY", "`limit` is 1 to 1,000"));
    }
    let service = path.service(&api)?;
    let stuck = api.altinn().submissions().stuck(&actor, service.id(), limit).await?;
    Ok(Json(stuck.into_iter().map(WorkAnswer::from).collect()))
}

/// How an instance stands, what it waits for and what became of its service tasks, for the agency whose app it is.
#[utoipa::path(get, path = "/v1/instances/{org}/{app}/{instanceOwnerPartyId}/{instanceGuid}", tag = "support",
    operation_id = "getStanding", params(InstancePath),
    responses((status = 200, description = "How it stands", body = StandingAnswer)))]
async fn standing(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
) -> Result<Json<StandingAnswer>, ApiError> {
    shown(&api, &actor, &at).await
}

/// Has the service task that an instance stands in tried again, from now on and by itself.
#[utoipa::path(post, path = "/v1/instances/{org}/{app}/{instanceOwnerPartyId}/{instanceGuid}/resume", tag = "support",
    operation_id = "resumeInstance", params(InstancePath), request_body = Reason,
    responses((status = 200, description = "How the instance stands now", body = StandingAnswer)))]
async fn resume(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
    JsonBody(reason): JsonBody<Reason>,
) -> Result<Json<StandingAnswer>, ApiError> {
    standing_at(&api, &actor, &at).await?;
    api.altinn().submissions().resume(&actor, &at.id(), reason.text()?).await?;
    shown(&api, &actor, &at).await
}

/// Moves an instance to another task of its process, whatever its gateways say: back to be corrected, or on. Work of a service
/// task that is not done is not done any more, and signatures are withdrawn.
#[utoipa::path(post, path = "/v1/instances/{org}/{app}/{instanceOwnerPartyId}/{instanceGuid}/move", tag = "support",
    operation_id = "moveInstance", params(InstancePath), request_body = MoveTo,
    responses((status = 200, description = "How the instance stands now", body = StandingAnswer)))]
async fn move_to(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
    JsonBody(to): JsonBody<MoveTo>,
) -> Result<Json<StandingAnswer>, ApiError> {
    standing_at(&api, &actor, &at).await?;
    api.altinn().submissions().move_to(&actor, &at.id(), &to.task, checked(&to.reason)?).await?;
    shown(&api, &actor, &at).await
}

/// Undoes what the last service task of an instance may have done elsewhere, by the agency's code for it. The instance stays
/// where it stands.
#[utoipa::path(post, path = "/v1/instances/{org}/{app}/{instanceOwnerPartyId}/{instanceGuid}/compensate", tag = "support",
    operation_id = "compensateInstance", params(InstancePath), request_body = Reason,
    responses((status = 200, description = "How the instance stands now", body = StandingAnswer)))]
async fn compensate(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
    JsonBody(reason): JsonBody<Reason>,
) -> Result<Json<StandingAnswer>, ApiError> {
    standing_at(&api, &actor, &at).await?;
    api.altinn().submissions().compensate(&actor, &at.id(), reason.text()?).await?;
    shown(&api, &actor, &at).await
}

async fn shown(api: &Api, actor: &Actor, at: &InstancePath) -> Result<Json<StandingAnswer>, ApiError> {
    Ok(Json(standing_at(api, actor, at).await?.into()))
}

/// How the instance stands that a path names, for the agency whose app it is.
async fn standing_at(api: &Api, actor: &Actor, at: &InstancePath) -> Result<Standing, ApiError> {
    let service = at.service(api)?;
    let standing = api.altinn().submissions().standing(actor, &at.id()).await?;
    of_service(&service, &standing.instance)?;
    Ok(standing)
}

impl From<Standing> for StandingAnswer {
    fn from(standing: Standing) -> Self {
        let Standing { instance, waits_for, work } = standing;
        Self {
            id: instance.id().to_string(),
            app_id: instance.service().to_string(),
            process: ProcessAnswer::of(instance.process()),
            last_changed: instance.changed(),
            waits_for: waits_for.name(),
            service_tasks: work.into_iter().map(WorkAnswer::from).collect(),
        }
    }
}

impl From<ServiceTaskWork> for WorkAnswer {
    fn from(work: ServiceTaskWork) -> Self {
        Self {
            id: work.id,
            instance_id: work.instance.to_string(),
            task: work.task,
            kind: work.kind,
            state: work.state.name(),
            attempts: work.attempts,
            failures: work.failures,
            reason: work.reason,
            created: work.created,
            last_changed: work.changed,
            due_at: work.due,
        }
    }
}

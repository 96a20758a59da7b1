//! The process of an instance.

use std::collections::BTreeMap;
use std::convert::Infallible;

use altinn_core::Actor;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::at::InstancePath;
use crate::http::Api;
use crate::http::altinn3::{Allowed, ProcessAnswer, ProcessHistory, ProcessTask};
use crate::http::body::{RawBody, is_json, read_json};
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::problem_details::ProblemDetails;
use crate::http::query::{Asked, InPath};
use crate::process::Refusal;
use crate::submission::{Instance, Service, SubmissionError};

/// From where the process goes on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(super) struct FromTask {
    /// The task that is left. With it, the same call again has no second effect.
    element_id: Option<String>,
}

/// How the process goes on.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProcessNext {
    /// The action: `write`, `confirm`, `sign`, `pay`, `reject`; the usual one of the task where none is named.
    action: Option<String>,
}

/// Where the instance stands, and what the caller may do there.
#[utoipa::path(get, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/process",
    tag = "process", operation_id = "getProcess", params(InstancePath),
    responses((status = 200, description = "The state of the process", body = ProcessAnswer)))]
pub(super) async fn get(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
) -> Result<Json<ProcessAnswer>, ApiError> {
    let (service, instance) = at.read(&api, &actor).await?;
    answer(&api, &actor, &service, &instance).await
}

/// Starts the process, where it has not been: every instance begins with its process started, so that Altinn's answer to
/// one that has (409) is the only one.
#[utoipa::path(post, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/process/start",
    tag = "process", operation_id = "startProcess", params(InstancePath),
    responses((status = 409, description = "It has been started", body = ProblemDetails, content_type = "application/problem+json")))]
pub(super) async fn start(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
) -> Result<Infallible, ApiError> {
    at.read(&api, &actor).await?;
    Err(SubmissionError::Process(Refusal::AlreadyStarted).into())
}

/// Goes on to the next task.
#[utoipa::path(put, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/process/next",
    tag = "process", operation_id = "processNext", params(InstancePath, FromTask),
    request_body(content = Option<ProcessNext>),
    responses((status = 200, description = "Where it stands now", body = ProcessAnswer)))]
pub(super) async fn next(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
    Asked(FromTask { element_id }): Asked<FromTask>,
    body: RawBody,
) -> Result<Json<ProcessAnswer>, ApiError> {
    let (service, _) = at.read_or_left(&api, &actor).await?;
    let ProcessNext { action } = optional(&api, &body)?;
    let submissions = api.altinn().submissions();
    let instance = match element_id {
        Some(task) => submissions.next_from(&actor, &at.id(), &task, action.as_deref()).await?,
        None => submissions.next(&actor, &at.id(), action.as_deref()).await?,
    };
    answer(&api, &actor, &service, &instance).await
}

/// A body that may be left out.
fn optional(api: &Api, body: &RawBody) -> Result<ProcessNext, ApiError> {
    if body.bytes.is_empty() {
        return Ok(ProcessNext::default());
    }
    if !is_json(&body.content_type) {
        return Err(ApiError::new("HTTP-CONTENT-TYPE", "the body must be `application/json`"));
    }
    let next: Option<ProcessNext> = read_json(&body.bytes, api.limits().depth)?;
    Ok(next.unwrap_or_default())
}

/// Goes on to the end, as far as the caller may; the instance is submitted then.
#[utoipa::path(put, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/process/completeProcess",
    tag = "process", operation_id = "completeProcess", params(InstancePath),
    responses((status = 200, description = "Where it stands now", body = ProcessAnswer)))]
pub(super) async fn complete(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
) -> Result<Json<ProcessAnswer>, ApiError> {
    at.read_or_left(&api, &actor).await?;
    api.altinn().submissions().submit(&actor, &at.id()).await?;
    let (service, instance) = at.read_or_left(&api, &actor).await?;
    answer(&api, &actor, &service, &instance).await
}

/// How the instance came to where it stands.
#[utoipa::path(get, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/process/history",
    tag = "process", operation_id = "getProcessHistory", params(InstancePath),
    responses((status = 200, description = "The steps of the process", body = ProcessHistory)))]
pub(super) async fn history(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
) -> Result<Json<ProcessHistory>, ApiError> {
    at.read(&api, &actor).await?;
    let events = api.altinn().submissions().history(&actor, &at.id()).await?;
    Ok(Json(ProcessHistory::of(events)))
}

async fn answer(
    api: &Api,
    actor: &Actor,
    service: &Service,
    instance: &Instance,
) -> Result<Json<ProcessAnswer>, ApiError> {
    let process = service.definition().process();
    let tasks = process.tasks().map(|task| ProcessTask {
        altinn_task_type: task.kind.name().to_owned(),
        element_id: task.id.clone(),
    });
    let submissions = api.altinn().submissions();
    let allowed = match instance.task().and_then(|task| process.task(task)) {
        Some(task) => {
            let mut actions = BTreeMap::new();
            for action in task.allowed_actions() {
                actions.insert(action.to_owned(), submissions.foresees(actor, instance, action).await);
            }
            let write = match actions.get("write") {
                Some(write) => *write,
                None => submissions.foresees(actor, instance, "write").await,
            };
            Some(Allowed { actions, write })
        }
        None => None,
    };
    Ok(Json(ProcessAnswer::of(instance.process()).with(tasks.collect(), allowed)))
}

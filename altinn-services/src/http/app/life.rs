//! What becomes of an instance beside its process.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::at::{InstancePath, answered};
use crate::http::Api;
use crate::http::altinn3::InstanceAnswer;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::{Asked, InPath};
use crate::submission::Substatus;

/// How it is deleted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Deletion {
    /// For good; into the bin where it is left out.
    #[serde(default)]
    #[param(required = false)]
    pub(in crate::http) hard: bool,
}

/// What the agency says of how far an instance has come.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(title = "NewSubstatus")]
pub(in crate::http) struct NewSubstatus {
    /// In a few words.
    #[schema(min_length = 1, max_length = 255)]
    label: String,
    /// In more.
    description: Option<String>,
}

impl NewSubstatus {
    /// The same, where it is short enough.
    pub(in crate::http) fn checked(self) -> Result<Substatus, ApiError> {
        if self.label.is_empty() || self.label.chars().count() > 255 {
            return Err(ApiError::new("HTTP-BODY", "`label` has 1 to 255 characters"));
        }
        Ok(Substatus { label: self.label, description: self.description })
    }
}

/// Deletes an instance: into the bin, or for good.
#[utoipa::path(delete, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}", tag = "instances",
    operation_id = "deleteInstance", params(InstancePath, Deletion),
    responses((status = 200, description = "It was deleted", body = InstanceAnswer)))]
pub(super) async fn delete(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
    Asked(Deletion { hard }): Asked<Deletion>,
) -> Result<Response, ApiError> {
    let (_, instance) = at.read(&api, &actor).await?;
    let submissions = api.altinn().submissions();
    if hard {
        submissions.delete_for_good(&actor, &at.id()).await?;
        return answered(&api, &instance, StatusCode::OK).await;
    }
    let instance = submissions.delete(&actor, &at.id()).await?;
    answered(&api, &instance, StatusCode::OK).await
}

/// The agency confirms that it has got what it needs.
#[utoipa::path(post, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/complete", tag = "instances",
    operation_id = "completeInstance", params(InstancePath),
    responses((status = 200, description = "It is confirmed", body = InstanceAnswer)))]
pub(super) async fn complete(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
) -> Result<Response, ApiError> {
    at.service(&api)?;
    let instance = api.altinn().submissions().confirm_complete(&actor, &at.id()).await?;
    answered(&api, &instance, StatusCode::OK).await
}

/// The agency says how far an instance has come.
#[utoipa::path(put, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/substatus", tag = "instances",
    operation_id = "setSubstatus", params(InstancePath), request_body = NewSubstatus,
    responses((status = 200, description = "It is said", body = InstanceAnswer)))]
pub(super) async fn substatus(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
    JsonBody(substatus): JsonBody<NewSubstatus>,
) -> Result<Response, ApiError> {
    at.service(&api)?;
    let substatus = Some(substatus.checked()?);
    let instance = api.altinn().submissions().set_substatus(&actor, &at.id(), substatus).await?;
    answered(&api, &instance, StatusCode::OK).await
}

//! One instance, and what becomes of it.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::at::{StoredElementPath, StoredPath};
use crate::form::FormFormat;
use crate::http::Api;
use crate::http::altinn3::{DataElementAnswer, InstanceAnswer};
use crate::http::app::{answered, content, not_found};
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::life::{self, DataValues, Deletion, NewSubstatus, PresentationTexts};
use crate::http::query::{Asked, InPath};
use crate::submission::ReadStatus;

/// An instance.
#[utoipa::path(get, path = "/storage/api/v1/instances/{instanceOwnerPartyId}/{instanceGuid}", tag = "storage",
    operation_id = "getStoredInstance", params(StoredPath),
    responses((status = 200, description = "The instance", body = InstanceAnswer, headers(("ETag" = String)))))]
pub(super) async fn get(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<StoredPath>,
) -> Result<Response, ApiError> {
    let instance = at.read(&api, &actor).await?;
    answered(&api, &instance, StatusCode::OK).await
}

/// The content of an element; a form is XML here, as at Altinn, unless `Accept` asks for JSON.
#[utoipa::path(get, path = "/storage/api/v1/instances/{instanceOwnerPartyId}/{instanceGuid}/data/{dataGuid}",
    tag = "storage", operation_id = "getStoredData", params(StoredElementPath),
    responses((status = 200, description = "The content", headers(("ETag" = String)),
               content((String = "application/xml"), (Object = "application/json"), (Vec<u8> = "application/octet-stream")))))]
pub(super) async fn element(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<StoredElementPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (submissions, id) = (api.altinn().submissions(), at.instance().id());
    let (instance, element) = submissions.element(&actor, &id, at.data_guid).await?;
    let service = api.altinn().service(instance.service()).ok_or_else(not_found)?;
    content(&element, &instance, &service, &headers, FormFormat::Xml)
}

/// The elements of an instance that the caller may read.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DataElements {
    data_elements: Vec<DataElementAnswer>,
}

/// The elements of an instance that the caller may read.
#[utoipa::path(get, path = "/storage/api/v1/instances/{instanceOwnerPartyId}/{instanceGuid}/dataelements", tag = "storage",
    operation_id = "listStoredElements", params(StoredPath),
    responses((status = 200, description = "The elements", body = DataElements)))]
pub(super) async fn elements(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<StoredPath>,
) -> Result<Json<DataElements>, ApiError> {
    let instance = at.read(&api, &actor).await?;
    let service = api.altinn().service(instance.service());
    let element = |element| DataElementAnswer::of(element, &instance, service.as_ref());
    Ok(Json(DataElements { data_elements: instance.elements().iter().map(element).collect() }))
}

/// Deletes an instance: into the bin, or for good.
#[utoipa::path(delete, path = "/storage/api/v1/instances/{instanceOwnerPartyId}/{instanceGuid}", tag = "storage",
    operation_id = "deleteStoredInstance", params(StoredPath, Deletion),
    responses((status = 200, description = "It was deleted", body = InstanceAnswer)))]
pub(super) async fn delete(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<StoredPath>,
    Asked(deletion): Asked<Deletion>,
) -> Result<Response, ApiError> {
    let instance = at.read(&api, &actor).await?;
    deletion.of(&api, &actor, &instance).await
}

/// Takes an instance out of the bin.
#[utoipa::path(post, path = "/storage/api/v1/instances/{instanceOwnerPartyId}/{instanceGuid}/undelete", tag = "storage",
    operation_id = "undeleteInstance", params(StoredPath),
    responses((status = 200, description = "It is there again", body = InstanceAnswer)))]
pub(super) async fn undelete(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<StoredPath>,
) -> Result<Response, ApiError> {
    let instance = api.altinn().submissions().restore(&actor, &at.id()).await?;
    answered(&api, &instance, StatusCode::OK).await
}

/// The agency confirms that it has got what it needs.
#[utoipa::path(post, path = "/storage/api/v1/instances/{instanceOwnerPartyId}/{instanceGuid}/complete", tag = "storage",
    operation_id = "completeStoredInstance", params(StoredPath),
    responses((status = 200, description = "It is confirmed", body = InstanceAnswer)))]
pub(super) async fn complete(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<StoredPath>,
) -> Result<Response, ApiError> {
    life::complete(&api, &actor, &at.id()).await
}

/// The agency says how far an instance has come.
#[utoipa::path(put, path = "/storage/api/v1/instances/{instanceOwnerPartyId}/{instanceGuid}/substatus", tag = "storage",
    operation_id = "setStoredSubstatus", params(StoredPath), request_body = NewSubstatus,
    responses((status = 200, description = "It is said", body = InstanceAnswer)))]
pub(super) async fn substatus(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<StoredPath>,
    JsonBody(substatus): JsonBody<NewSubstatus>,
) -> Result<Response, ApiError> {
    substatus.of(&api, &actor, &at.id()).await
}

/// Sets texts that an instance is shown with in lists, beside those that follow from its forms.
#[utoipa::path(put, path = "/storage/api/v1/instances/{instanceOwnerPartyId}/{instanceGuid}/presentationtexts",
    tag = "storage", operation_id = "setPresentationTexts", params(StoredPath), request_body = PresentationTexts,
    responses((status = 200, description = "They are set", body = InstanceAnswer, headers(("ETag" = String)))))]
pub(super) async fn presentation_texts(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<StoredPath>,
    JsonBody(texts): JsonBody<PresentationTexts>,
) -> Result<Response, ApiError> {
    texts.of(&api, &actor, &at.id()).await
}

/// Sets values that are kept with an instance, beside those that follow from its forms.
#[utoipa::path(put, path = "/storage/api/v1/instances/{instanceOwnerPartyId}/{instanceGuid}/datavalues",
    tag = "storage", operation_id = "setDataValues", params(StoredPath), request_body = DataValues,
    responses((status = 200, description = "They are set", body = InstanceAnswer, headers(("ETag" = String)))))]
pub(super) async fn data_values(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<StoredPath>,
    JsonBody(values): JsonBody<DataValues>,
) -> Result<Response, ApiError> {
    values.of(&api, &actor, &at.id()).await
}

/// Whether it is read.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Marked {
    /// `read` or `unread`.
    #[param(inline)]
    status: ReadName,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ReadName {
    Read,
    Unread,
}

/// Marks an instance as read or not.
#[utoipa::path(put, path = "/storage/api/v1/instances/{instanceOwnerPartyId}/{instanceGuid}/readstatus", tag = "storage",
    operation_id = "setReadStatus", params(StoredPath, Marked),
    responses((status = 200, description = "It is marked", body = InstanceAnswer)))]
pub(super) async fn read_status(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<StoredPath>,
    Asked(Marked { status }): Asked<Marked>,
) -> Result<Response, ApiError> {
    let read = match status {
        ReadName::Read => ReadStatus::Read,
        ReadName::Unread => ReadStatus::Unread,
    };
    let instance = api.altinn().submissions().mark(&actor, &at.id(), read).await?;
    answered(&api, &instance, StatusCode::OK).await
}

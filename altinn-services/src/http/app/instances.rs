//! Instances: begun, read, and those that a party has begun.

use altinn_core::PartyId;
use axum::Json;
use axum::extract::{FromRequest as _, Multipart, OriginalUri, Request, State};
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;

use super::at::{InstancePath, ServicePath, answer_of, answered, of_service};
use super::data::refused_file;
use super::instantiation::{Begun, InstanceTemplate, Instantiation};
use super::multipart;
use crate::http::Api;
use crate::http::altinn3::{InstanceAnswer, SimpleInstance};
use crate::http::body::{JsonBody, RawBody, content_type, is_json, read_json};
use crate::http::caller::Caller;
use crate::http::condition::{etag, has_version};
use crate::http::error::ApiError;
use crate::http::query::{Asked, InPath};
use crate::submission::{Instance, Service, StartOptions};

/// For whom.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(super) struct ForWhom {
    /// The party that the instance is of, where the body does not say.
    instance_owner_party_id: Option<i64>,
}

/// Begins an instance: for the party of the query or the body, with the forms and files of a multipart body.
///
/// With `Idempotency-Key`, the same request again gives the same instance (200).
#[utoipa::path(post, path = "/{org}/{app}/instances", tag = "instances", operation_id = "instantiate",
    params(ServicePath, ForWhom, ("Idempotency-Key" = Option<String>, Header, description = "A random key of the sender's")),
    request_body(content((InstanceTemplate = "application/json"), (multipart::InstanceForm = "multipart/form-data"))),
    responses((status = 201, description = "It has begun", body = InstanceAnswer,
               headers(("Location" = String), ("ETag" = String))),
              (status = 200, description = "It had begun by the same key", body = InstanceAnswer)))]
pub(super) async fn instantiate(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ServicePath>,
    Asked(asked): Asked<ForWhom>,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Result<Response, ApiError> {
    let service = at.service(&api)?;
    let headers = request.headers().clone();
    let sent = content_type(&headers);
    let mut begun = if sent.starts_with("multipart/form-data") {
        let parts = Multipart::from_request(request, &api).await;
        let parts = parts.map_err(|_| ApiError::new("HTTP-MULTIPART", "the body has no parts"))?;
        multipart::read(parts, &service, &api).await?
    } else {
        let RawBody { bytes, .. } = RawBody::from_request(request, &api).await?;
        if bytes.is_empty() {
            Begun::default()
        } else if is_json(sent) {
            Begun::from(read_json::<InstanceTemplate>(&bytes, api.limits().depth)?)
        } else {
            return Err(ApiError::new("HTTP-CONTENT-TYPE", "the body must be JSON or multipart"));
        }
    };
    if let Some(party) = asked.instance_owner_party_id {
        begun.owner.party_id = Some(PartyId::new(party).to_string());
    }
    begin(&api, &actor, &service, begun, &headers, uri.path()).await
}

/// Begins an instance, with fields that are filled in already, or as a copy of an earlier one.
#[utoipa::path(post, path = "/{org}/{app}/instances/create", tag = "instances", operation_id = "createInstance",
    params(ServicePath, ("Idempotency-Key" = Option<String>, Header, description = "A random key of the sender's")),
    request_body = Instantiation,
    responses((status = 201, description = "It has begun", body = InstanceAnswer,
               headers(("Location" = String), ("ETag" = String))),
              (status = 200, description = "It had begun by the same key", body = InstanceAnswer)))]
pub(super) async fn create(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ServicePath>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<Instantiation>,
) -> Result<Response, ApiError> {
    let service = at.service(&api)?;
    let instances = uri.path().trim_end_matches("/create");
    let Some(earlier) = asked.source()? else {
        return begin(&api, &actor, &service, Begun::from(asked), &headers, instances).await;
    };
    let begun = Begun::from(asked);
    if begun.owner.party(&api).await? != earlier.owner {
        return Err(ApiError::new("HTTP-OWNER", "an instance is copied for the party that it is of"));
    }
    let submissions = api.altinn().submissions();
    of_service(&service, &submissions.get(&actor, &earlier).await?)?;
    let (began, options) = (api.altinn().clock().now(), begun.options(&headers)?);
    let copy = submissions.copy_with(&actor, &earlier, &options).await?;
    created(&api, &copy, status_of(&copy, &options, began), instances).await
}

async fn begin(
    api: &Api,
    actor: &altinn_core::Actor,
    service: &Service,
    begun: Begun,
    headers: &HeaderMap,
    instances: &str,
) -> Result<Response, ApiError> {
    let party = begun.owner.party(api).await?;
    let options = begun.options(headers)?;
    let began = api.altinn().clock().now();
    let instance = api.altinn().submissions().start_with(actor, service, party, &options).await;
    let instance = instance.map_err(refused_file)?;
    created(api, &instance, status_of(&instance, &options, began), instances).await
}

/// The status of an instance that was begun now, or had been begun by the same key.
fn status_of(instance: &Instance, options: &StartOptions, began: DateTime<Utc>) -> StatusCode {
    let is_new = options.idempotency_key.is_none() || instance.created() >= began;
    if is_new { StatusCode::CREATED } else { StatusCode::OK }
}

async fn created(
    api: &Api,
    instance: &Instance,
    status: StatusCode,
    instances: &str,
) -> Result<Response, ApiError> {
    let location = HeaderValue::from_str(&format!("{instances}/{}", instance.id()));
    let mut response = answered(api, instance, status).await?;
    if let Ok(location) = location {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// An instance.
#[utoipa::path(get, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}", tag = "instances",
    operation_id = "getInstance",
    params(InstancePath, ("If-None-Match" = Option<String>, Header, description = "The version that is known")),
    responses((status = 200, description = "The instance", body = InstanceAnswer, headers(("ETag" = String))),
              (status = 304, description = "It is as it was")))]
pub(super) async fn get(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (_, instance) = at.read(&api, &actor).await?;
    if has_version(&headers, instance.version()) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag(instance.version()))]).into_response());
    }
    Ok(([(ETAG, etag(instance.version()))], Json(answer_of(&api, &instance).await?)).into_response())
}

/// The party of a path: `/{org}/{app}/instances/{instanceOwnerPartyId}/active`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct PartyPath {
    /// The service owner.
    org: String,
    /// The app.
    app: String,
    /// The party.
    instance_owner_party_id: i64,
}

/// The instances of a party in a service that have not come to their end, the latest changed first: at most 100.
#[utoipa::path(get, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/active", tag = "instances",
    operation_id = "getActiveInstances", params(PartyPath),
    responses((status = 200, description = "Those that the caller may read", body = Vec<SimpleInstance>)))]
pub(super) async fn active(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(PartyPath { org, app, instance_owner_party_id }): InPath<PartyPath>,
) -> Result<Json<Vec<SimpleInstance>>, ApiError> {
    let service = ServicePath::new(org, app).service(&api)?;
    let party = PartyId::new(instance_owner_party_id);
    let active = api.altinn().submissions().active(&actor, service.id(), party).await?;
    Ok(Json(active.iter().map(SimpleInstance::of).collect()))
}

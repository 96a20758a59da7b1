//! What users keep with a data element: tags, and values of their own.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::at::ElementPath;
use super::patches::IssuesOfSource;
use crate::http::Api;
use crate::http::altinn3::KeyValue;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::language::language_of;
use crate::http::query::{Asked, InPath};

/// The tags of an element.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct TagsList {
    /// Letters, `-` and `_`.
    tags: Vec<String>,
}

/// The tags of an element after they were set.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TagsSet {
    tags: Vec<String>,
    /// What is wrong with the instance now, by what found it; where it was asked for.
    validation_issues: Vec<IssuesOfSource>,
}

/// What is told of an instance whose tags are set.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ignored {
    /// Sources of issues that are not told, with commas between; where it is left out, none are told.
    ignored_validators: Option<String>,
}

/// A tag of an element: `.../data/{dataGuid}/tags/{tag}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct TagPath {
    /// The service owner.
    org: String,
    /// The app.
    app: String,
    /// The party that the instance is of.
    instance_owner_party_id: i64,
    /// The instance.
    instance_guid: Uuid,
    /// The data element.
    data_guid: Uuid,
    /// The tag.
    tag: String,
}

/// What users keep with an element.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserDefinedMetadata {
    /// Values by their keys, each key once.
    user_defined_metadata: Vec<KeyValue>,
}

/// The tags of an element.
#[utoipa::path(get, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/data/{dataGuid}/tags",
    tag = "data", operation_id = "getTags", params(ElementPath),
    responses((status = 200, description = "The tags", body = TagsList)))]
pub(super) async fn tags(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ElementPath>,
) -> Result<Json<TagsList>, ApiError> {
    let (_, _, element) = at.read(&api, &actor).await?;
    Ok(Json(TagsList { tags: element.metadata().tags.clone() }))
}

/// Gives an element a tag more.
#[utoipa::path(post, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/data/{dataGuid}/tags",
    tag = "data", operation_id = "addTag", params(ElementPath), request_body(content = String, content_type = "application/json"),
    responses((status = 201, description = "It has the tag", body = TagsList, headers(("Location" = String)))))]
pub(super) async fn add(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ElementPath>,
    OriginalUri(uri): OriginalUri,
    JsonBody(tag): JsonBody<String>,
) -> Result<Response, ApiError> {
    at.read(&api, &actor).await?;
    let id = at.instance().id();
    let element = api.altinn().submissions().add_tag(&actor, &id, at.data_guid, &tag).await?;
    let body = Json(TagsList { tags: element.metadata().tags.clone() });
    let mut response = (StatusCode::CREATED, body).into_response();
    if let Ok(location) = HeaderValue::from_str(uri.path()) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// Gives an element these tags instead of those that it has.
#[utoipa::path(put, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/data/{dataGuid}/tags",
    tag = "data", operation_id = "setTags", params(ElementPath, Ignored), request_body = TagsList,
    responses((status = 200, description = "It has these tags", body = TagsSet)))]
pub(super) async fn set(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ElementPath>,
    Asked(Ignored { ignored_validators }): Asked<Ignored>,
    headers: HeaderMap,
    JsonBody(TagsList { tags }): JsonBody<TagsList>,
) -> Result<Json<TagsSet>, ApiError> {
    at.read(&api, &actor).await?;
    let (id, submissions) = (at.instance().id(), api.altinn().submissions());
    let element = submissions.set_tags(&actor, &id, at.data_guid, &tags).await?;
    let tags = element.metadata().tags.clone();
    let Some(ignored) = ignored_validators else {
        return Ok(Json(TagsSet { tags, validation_issues: Vec::new() }));
    };
    let found = submissions.validate(&actor, &id).await?;
    let ignored: Vec<String> = ignored.split(',').map(|source| source.trim().to_owned()).collect();
    let validation_issues = IssuesOfSource::of(&found, &ignored, language_of(&headers));
    Ok(Json(TagsSet { tags, validation_issues }))
}

/// Takes a tag from an element.
#[utoipa::path(delete, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/data/{dataGuid}/tags/{tag}",
    tag = "data", operation_id = "removeTag", params(TagPath),
    responses((status = 204, description = "It does not have the tag")))]
pub(super) async fn remove(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<TagPath>,
) -> Result<StatusCode, ApiError> {
    let (element, tag) = at.parts();
    element.read(&api, &actor).await?;
    let id = element.instance().id();
    api.altinn().submissions().remove_tag(&actor, &id, element.data_guid, &tag).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl TagPath {
    /// The element, and the tag.
    fn parts(self) -> (ElementPath, String) {
        let element = ElementPath::new(
            (self.org, self.app),
            (self.instance_owner_party_id, self.instance_guid),
            self.data_guid,
        );
        (element, self.tag)
    }
}

/// What users keep with an element.
#[utoipa::path(get, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/data/{dataGuid}/user-defined-metadata",
    tag = "data", operation_id = "getUserDefinedMetadata", params(ElementPath),
    responses((status = 200, description = "What is kept", body = UserDefinedMetadata)))]
pub(super) async fn user_defined(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ElementPath>,
) -> Result<Json<UserDefinedMetadata>, ApiError> {
    let (_, _, element) = at.read(&api, &actor).await?;
    Ok(Json(UserDefinedMetadata { user_defined_metadata: KeyValue::all_of(&element) }))
}

/// Keeps these values with an element instead of those that are kept, under the keys that its data type allows.
#[utoipa::path(put, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/data/{dataGuid}/user-defined-metadata",
    tag = "data", operation_id = "setUserDefinedMetadata", params(ElementPath), request_body = UserDefinedMetadata,
    responses((status = 200, description = "What is kept now", body = UserDefinedMetadata)))]
pub(super) async fn set_user_defined(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ElementPath>,
    JsonBody(asked): JsonBody<UserDefinedMetadata>,
) -> Result<Json<UserDefinedMetadata>, ApiError> {
    at.read(&api, &actor).await?;
    let values: Vec<_> = asked.user_defined_metadata.into_iter().map(KeyValue::into_pair).collect();
    let (id, submissions) = (at.instance().id(), api.altinn().submissions());
    let element = submissions.set_user_defined_metadata(&actor, &id, at.data_guid, &values).await?;
    Ok(Json(UserDefinedMetadata { user_defined_metadata: KeyValue::all_of(&element) }))
}

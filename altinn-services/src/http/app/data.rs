//! Data elements: forms and files, read, added, replaced and removed.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::header::{CONTENT_DISPOSITION, ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::at::{ElementPath, InstancePath, not_found};
use super::content::content;
use super::content_disposition::file_name;
use crate::definition::DataType;
use crate::form::{FormFormat, FormLimits};
use crate::http::Api;
use crate::http::altinn3::DataElementAnswer;
use crate::http::body::RawBody;
use crate::http::caller::Caller;
use crate::http::condition::{etag, if_match, versioned};
use crate::http::error::ApiError;
use crate::http::query::{Asked, InPath};
use crate::submission::{Attachment, FormOf, Instance, Saved, SubmissionError};

/// What an element is of.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfType {
    /// The data type, as `applicationmetadata.json` names it.
    data_type: String,
}

/// A data element after a form in it was replaced, with what the app worked out itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Calculated {
    #[serde(flatten)]
    element: DataElementAnswer,
    /// The form as it is kept now.
    #[schema(value_type = Object)]
    new_data_model: Value,
}

/// The content of an element: a form as JSON or XML by `Accept`, a file as it was sent, in parts by `Range`.
#[utoipa::path(get, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/data/{dataGuid}",
    tag = "data", operation_id = "getData",
    params(ElementPath, ("Range" = Option<String>, Header, description = "A range of bytes, of a file")),
    responses((status = 200, description = "The content", headers(("ETag" = String)),
               content((Object = "application/json"), (String = "application/xml"), (Vec<u8> = "application/octet-stream"))),
              (status = 206, description = "The part that was asked for", headers(("Content-Range" = String)),
               content((Vec<u8> = "application/octet-stream")))))]
pub(super) async fn get(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ElementPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (service, instance, element) = at.read(&api, &actor).await?;
    content(&element, &instance, &service, &headers, FormFormat::Json)
}

/// Adds a form or a file; the name of a file stands in `Content-Disposition`.
#[utoipa::path(post, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/data",
    tag = "data", operation_id = "addData",
    params(InstancePath, OfType, ("Content-Disposition" = Option<String>, Header, description = "The name of a file")),
    request_body(content((Vec<u8> = "application/octet-stream"), (Vec<u8> = "application/pdf"), (Object = "application/json"), (String = "application/xml"))),
    responses((status = 201, description = "It was added", body = DataElementAnswer,
               headers(("Location" = String), ("ETag" = String)))))]
pub(super) async fn add(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
    Asked(OfType { data_type }): Asked<OfType>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: RawBody,
) -> Result<Response, ApiError> {
    let (service, instance) = at.read(&api, &actor).await?;
    let unknown = || ApiError::from(SubmissionError::UnknownForm { data_type: data_type.clone() });
    let kind = service.definition().metadata().data_type(&data_type).ok_or_else(unknown)?;
    let submissions = api.altinn().submissions();
    let (instance, element) = if kind.is_form() {
        let takes_several = instance.task().is_some_and(|task| service.takes_several(task, kind));
        if instance.element(&data_type).is_some() && !takes_several {
            return Err(ApiError::new("SUBMISSION-CHANGED", "the instance has this form: replace it"));
        }
        let form = service.read_form(&data_type, &body.content_type, &body.bytes, FormLimits::default())?;
        let of = FormOf::New(&data_type);
        let saved = submissions.save(&actor, &at.id(), of, &form).await.map_err(refused_form)?;
        let Saved { instance, element, .. } = saved;
        (instance, element)
    } else {
        let attachment = attachment_of(&headers, body, &data_type);
        let attached = submissions.attach_element(&actor, &at.id(), &data_type, &attachment).await;
        attached.map_err(refused_file)?
    };
    let answer = DataElementAnswer::of(&element, &instance, Some(&service));
    Ok(kept(&instance, answer, &format!("{}/{}", uri.path(), element.id())))
}

fn attachment_of(headers: &HeaderMap, body: RawBody, data_type: &str) -> Attachment {
    let named = headers.get(CONTENT_DISPOSITION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    let content_type = body.content_type.split(';').next().unwrap_or_default().trim().to_owned();
    Attachment {
        file_name: named.and_then(file_name).unwrap_or_else(|| data_type.to_owned()),
        content_type: if content_type.is_empty() {
            "application/octet-stream".to_owned()
        } else {
            content_type
        },
        content: body.bytes.to_vec(),
    }
}

/// What a file that the service does not take is answered with: why not.
pub(super) fn refused_file(error: SubmissionError) -> ApiError {
    match error {
        SubmissionError::Invalid(issues) => {
            ApiError::new("HTTP-FILE", "the service does not take the file").with_issues(issues)
        }
        error => error.into(),
    }
}

/// What a form that there is no room for is answered with.
fn refused_form(error: SubmissionError) -> ApiError {
    match error {
        SubmissionError::Invalid(issues) => {
            ApiError::new("SUBMISSION-CHANGED", "the instance has as many of this form as it may have")
                .with_issues(issues)
        }
        error => error.into(),
    }
}

/// Replaces a form, or a file. With `If-Match`, only where the instance is of that version still.
///
/// What is kept as it was sent is answered with 201, as Altinn's apps do, and a form that the app changed with 200.
#[utoipa::path(put, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/data/{dataGuid}",
    tag = "data", operation_id = "replaceData",
    params(ElementPath, ("If-Match" = Option<String>, Header, description = "The version that is replaced"),
           ("Content-Disposition" = Option<String>, Header, description = "The name of a file")),
    request_body(content((Object = "application/json"), (String = "application/xml"), (Vec<u8> = "application/octet-stream"), (Vec<u8> = "application/pdf"))),
    responses((status = 201, description = "It is kept as it was sent", body = DataElementAnswer, headers(("ETag" = String))),
              (status = 200, description = "It is kept as the app worked it out", body = Calculated, headers(("ETag" = String)))))]
pub(super) async fn replace(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ElementPath>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: RawBody,
) -> Result<Response, ApiError> {
    let (service, _, element) = at.read(&api, &actor).await?;
    let data_type = element.data_type().to_owned();
    let version = if_match(&headers)?;
    let (submissions, id) = (api.altinn().submissions(), at.instance().id());
    let kind = service.definition().metadata().data_type(&data_type);
    if !kind.is_some_and(DataType::is_form) {
        let file = attachment_of(&headers, body, &data_type);
        let replaced = submissions.replace_attachment(&actor, &id, at.data_guid, &file, version).await;
        let instance = replaced.map_err(|error| match error {
            SubmissionError::Changed => versioned(error, version),
            error => refused_file(error),
        })?;
        let element = instance.elements().iter().find(|element| element.id() == at.data_guid);
        let answer = DataElementAnswer::of(element.ok_or_else(not_found)?, &instance, Some(&service));
        return Ok(kept(&instance, answer, uri.path()));
    }
    let form = service.read_form(&data_type, &body.content_type, &body.bytes, FormLimits::default())?;
    let saved = submissions.save_version(&actor, &id, at.data_guid, &form, version).await;
    let Saved { instance, element, .. } = saved.map_err(|error| versioned(error, version))?;
    let answer = DataElementAnswer::of(&element, &instance, Some(&service));
    let new_data_model = element.form()?;
    if new_data_model != *form.value() {
        let tag = [(ETAG, etag(instance.version()))];
        return Ok((tag, Json(Calculated { element: answer, new_data_model })).into_response());
    }
    Ok(kept(&instance, answer, uri.path()))
}

/// What is kept as it was sent.
fn kept(instance: &Instance, answer: DataElementAnswer, path: &str) -> Response {
    let mut response =
        (StatusCode::CREATED, [(ETAG, etag(instance.version()))], Json(answer)).into_response();
    if let Ok(location) = HeaderValue::from_str(path) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

/// Removes a file, or one of several forms of a data type (a sub-form).
#[utoipa::path(delete, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/data/{dataGuid}",
    tag = "data", operation_id = "removeData", params(ElementPath),
    responses((status = 200, description = "It was removed", body = DataElementAnswer)))]
pub(super) async fn remove(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ElementPath>,
) -> Result<Json<DataElementAnswer>, ApiError> {
    let (service, instance, element) = at.read(&api, &actor).await?;
    let answer = DataElementAnswer::of(&element, &instance, Some(&service));
    api.altinn().submissions().detach(&actor, instance.id(), at.data_guid).await?;
    Ok(Json(answer))
}

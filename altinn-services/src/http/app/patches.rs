//! Forms changed field by field (RFC 6902).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::ETAG;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::at::{ElementPath, answer_of};
use super::data::versioned;
use crate::form::Patch;
use crate::http::Api;
use crate::http::altinn3::{ISSUE_SOURCES, InstanceAnswer, IssueAnswer};
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::condition::{etag, if_match};
use crate::http::error::ApiError;
use crate::http::language::language_of;
use crate::http::query::InPath;
use crate::submission::Saved;

/// A change of a form.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DataPatch {
    /// The operations of a JSON Patch (RFC 6902): all are done, or none.
    patch: Vec<Operation>,
    /// Sources of issues that are not told.
    #[serde(default)]
    ignored_validators: Vec<String>,
}

/// An operation of a JSON Patch.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Operation {
    /// What is done.
    op: OperationName,
    /// Where, as a JSON pointer.
    path: String,
    /// From where, as a JSON pointer: `move` and `copy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// The value: `add`, `replace` and `test`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "even_null")]
    #[schema(value_type = Value, required = false)]
    value: Option<Value>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum OperationName {
    Add,
    Remove,
    Replace,
    Move,
    Copy,
    Test,
}

/// `null` is a value that may be added.
fn even_null<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// A form after a change.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DataPatched {
    /// What is wrong with the form now, by what found it.
    validation_issues: BTreeMap<&'static str, Vec<IssueAnswer>>,
    /// The form as it is kept now.
    #[schema(value_type = Object)]
    new_data_model: Value,
    /// The instance as it is now.
    instance: InstanceAnswer,
}

/// Changes a form. With `If-Match`, only where the instance is of that version still.
#[utoipa::path(patch, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/data/{dataGuid}",
    tag = "data", operation_id = "patchData",
    params(ElementPath, ("If-Match" = Option<String>, Header, description = "The version that is changed")),
    request_body = DataPatch,
    responses((status = 200, description = "It was changed", body = DataPatched, headers(("ETag" = String)))))]
pub(super) async fn patch(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ElementPath>,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<DataPatch>,
) -> Result<Response, ApiError> {
    let (_, _, element) = at.read(&api, &actor).await?;
    let (id, data_type) = (element.id(), element.data_type().to_owned());
    let version = if_match(&headers)?;
    let operations = serde_json::to_vec(&asked.patch);
    let operations = operations.map_err(|error| ApiError::new("HTTP-BODY", error))?;
    let patch = Patch::parse(&operations).map_err(|error| ApiError::new(error.code(), error))?;
    let (submissions, at) = (api.altinn().submissions(), at.instance().id());
    let saved = submissions.patch(&actor, &at, &data_type, &patch, version).await;
    let Saved { instance, element, issues } = saved.map_err(|error| versioned(error, version))?;
    let language = language_of(&headers);
    let [form, _] = ISSUE_SOURCES;
    let mut validation_issues = BTreeMap::new();
    if !asked.ignored_validators.iter().any(|ignored| ignored == form) {
        let issues = issues.iter().map(|issue| IssueAnswer::of_form(issue, id, language));
        validation_issues.insert(form, issues.collect());
    }
    let new_data_model = element.form()?;
    let body = DataPatched { validation_issues, new_data_model, instance: answer_of(&api, &instance).await? };
    Ok(([(ETAG, etag(instance.version()))], Json(body)).into_response())
}

//! Forms changed field by field (RFC 6902).

use std::collections::BTreeMap;

use altinn_core::Language;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::ETAG;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::at::{ElementPath, InstancePath, answer_of, not_found};
use crate::form::Patch;
use crate::http::Api;
use crate::http::altinn3::{ISSUE_SOURCES, InstanceAnswer, IssueAnswer};
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::condition::{etag, if_match, versioned};
use crate::http::error::ApiError;
use crate::http::language::language_of;
use crate::http::query::InPath;
use crate::submission::{ElementIssue, Saved, SavedTogether};

/// The most forms that are changed at once.
const MOST: usize = 64;

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

/// A change of several forms.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DataPatches {
    /// The changes: all are done, or none.
    #[schema(min_items = 1, max_items = 64)]
    patches: Vec<ElementPatch>,
    /// Sources of issues that are not told.
    #[serde(default)]
    ignored_validators: Vec<String>,
}

/// A change of one of several forms.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ElementPatch {
    /// The form.
    data_element_id: Uuid,
    /// The operations of a JSON Patch (RFC 6902).
    patch: Vec<Operation>,
}

/// Forms after a change.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DataPatchedTogether {
    /// What is wrong with the instance's forms now, by what found it.
    validation_issues: Vec<IssuesOfSource>,
    /// The changed forms as they are kept now.
    new_data_models: Vec<DataModel>,
    /// The instance as it is now.
    instance: InstanceAnswer,
}

/// What one source found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IssuesOfSource {
    source: &'static str,
    issues: Vec<IssueAnswer>,
}

impl IssuesOfSource {
    /// What is wrong with an instance, by what found it, but for the sources that are not told.
    pub(super) fn of(found: &[ElementIssue], ignored: &[String], language: Language) -> Vec<Self> {
        let by_source = IssueAnswer::by_source(found.iter(), language).into_iter();
        let told = by_source.filter(|(source, _)| !ignored.iter().any(|ignored| ignored == source));
        told.map(|(source, issues)| Self { source, issues }).collect()
    }
}

/// A form.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DataModel {
    data_element_id: Uuid,
    #[schema(value_type = Object)]
    data: Value,
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
    let id = element.id();
    let version = if_match(&headers)?;
    let patch = read(&asked.patch)?;
    let (submissions, at) = (api.altinn().submissions(), at.instance().id());
    let saved = submissions.patch(&actor, &at, id, &patch, version).await;
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

/// Changes several forms at once. With `If-Match`, only where the instance is of that version still.
#[utoipa::path(patch, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/data",
    tag = "data", operation_id = "patchDataElements",
    params(InstancePath, ("If-Match" = Option<String>, Header, description = "The version that is changed")),
    request_body = DataPatches,
    responses((status = 200, description = "They were changed", body = DataPatchedTogether, headers(("ETag" = String)))))]
pub(super) async fn patch_all(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<DataPatches>,
) -> Result<Response, ApiError> {
    if asked.patches.is_empty() || asked.patches.len() > MOST {
        return Err(ApiError::new("HTTP-BODY", format!("`patches` has 1 to {MOST} changes")));
    }
    let (_, instance) = at.read(&api, &actor).await?;
    let version = if_match(&headers)?;
    let mut patches = Vec::new();
    for ElementPatch { data_element_id, patch } in &asked.patches {
        let element = instance.elements().iter().find(|element| element.id() == *data_element_id);
        patches.push((element.ok_or_else(not_found)?.id(), read(patch)?));
    }
    let patches: Vec<_> = patches.iter().map(|(element, patch)| (*element, patch)).collect();
    let saved = api.altinn().submissions().patch_all(&actor, &at.id(), &patches, version).await;
    let SavedTogether { instance, issues } = saved.map_err(|error| versioned(error, version))?;
    let validation_issues = IssuesOfSource::of(&issues, &asked.ignored_validators, language_of(&headers));
    let mut new_data_models = Vec::new();
    for ElementPatch { data_element_id, .. } in &asked.patches {
        let element = instance.elements().iter().find(|element| element.id() == *data_element_id);
        let data = element.ok_or_else(not_found)?.form()?;
        new_data_models.push(DataModel { data_element_id: *data_element_id, data });
    }
    let instance_answer = answer_of(&api, &instance).await?;
    let body = DataPatchedTogether { validation_issues, new_data_models, instance: instance_answer };
    Ok(([(ETAG, etag(instance.version()))], Json(body)).into_response())
}

/// A patch as the forms take it.
fn read(operations: &[Operation]) -> Result<Patch, ApiError> {
    let operations = serde_json::to_vec(operations).map_err(|error| ApiError::new("HTTP-BODY", error))?;
    Patch::parse(&operations).map_err(|error| ApiError::new(error.code(), error))
}

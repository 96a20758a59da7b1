//! What an app is: metadata, texts, schemas, process and policy. Everybody may read it, as at Altinn.

use altinn_core::Language;
use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::at::{ServicePath, not_found};
use crate::http::Api;
use crate::http::error::ApiError;
use crate::http::query::InPath;
use crate::submission::Service;

/// A service, and something of its by name.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct NamedPath {
    /// The service owner.
    org: String,
    /// The app.
    app: String,
    /// The name.
    id: String,
}

impl NamedPath {
    fn service(&self, api: &Api) -> Result<Service, ApiError> {
        ServicePath::new(self.org.clone(), self.app.clone()).service(api)
    }
}

/// The texts of an app in a language.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Texts {
    /// `{org}-{app}-{language}`.
    id: String,
    org: String,
    language: String,
    resources: Vec<TextAnswer>,
}

/// A text.
#[derive(Debug, Serialize, ToSchema)]
struct TextAnswer {
    id: String,
    value: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    variables: Vec<VariableAnswer>,
}

/// What fills a place in a text.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct VariableAnswer {
    key: String,
    data_source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_value: Option<String>,
}

/// The metadata of an app, as its `applicationmetadata.json` has it.
#[utoipa::path(get, path = "/{org}/{app}/api/v1/applicationmetadata", tag = "metadata", operation_id = "getMetadata",
    params(ServicePath), security(()),
    responses((status = 200, description = "The metadata", body = Object)))]
pub(super) async fn application(
    State(api): State<Api>,
    InPath(at): InPath<ServicePath>,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(at.service(&api)?.definition().metadata().raw().clone()))
}

/// The texts of an app in a language: `nb`, `nn`, `en`, `se`.
#[utoipa::path(get, path = "/{org}/{app}/api/v1/texts/{id}", tag = "metadata", operation_id = "getTexts",
    params(NamedPath), security(()), responses((status = 200, description = "The texts", body = Texts)))]
pub(super) async fn texts(
    State(api): State<Api>,
    InPath(at): InPath<NamedPath>,
) -> Result<Json<Texts>, ApiError> {
    Ok(Json(Texts::of(&at.service(&api)?, &at.id).ok_or_else(not_found)?))
}

impl Texts {
    /// The texts of a service in the language of a code; none where it has none in it.
    pub(in crate::http) fn of(service: &Service, language: &str) -> Option<Self> {
        let language: Language = language.parse().ok()?;
        let texts = service.definition().texts();
        texts.languages().find(|known| *known == language)?;
        let resources = texts.ids().filter_map(|id| texts.get(language, id)).map(|text| TextAnswer {
            id: text.id.clone(),
            value: text.value.clone(),
            variables: text
                .variables
                .iter()
                .map(|variable| VariableAnswer {
                    key: variable.key.clone(),
                    data_source: variable.data_source.clone(),
                    default_value: variable.default_value.clone(),
                })
                .collect(),
        });
        let (org, app) = (service.id().org(), service.id().name());
        Some(Self {
            id: format!("{org}-{app}-{language}"),
            org: org.to_owned(),
            language: language.code().to_owned(),
            resources: resources.collect(),
        })
    }
}

/// The JSON Schema of a form.
#[utoipa::path(get, path = "/{org}/{app}/api/jsonschema/{id}", tag = "metadata", operation_id = "getSchema",
    params(NamedPath), security(()), responses((status = 200, description = "The schema", body = Object)))]
pub(super) async fn schema(
    State(api): State<Api>,
    InPath(at): InPath<NamedPath>,
) -> Result<Json<Value>, ApiError> {
    let service = at.service(&api)?;
    Ok(Json(service.definition().form_schema(&at.id).ok_or_else(not_found)?.document().clone()))
}

/// The tasks of an app's process.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProcessOverview {
    id: String,
    start_event: String,
    tasks: Vec<TaskAnswer>,
}

/// A task.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TaskAnswer {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    altinn_task_type: String,
    /// What moves the process on from it.
    actions: Vec<String>,
}

/// The process of an app.
#[utoipa::path(get, path = "/{org}/{app}/api/v1/meta/process", tag = "metadata", operation_id = "getProcessDefinition",
    params(ServicePath), security(()),
    responses((status = 200, description = "The tasks", body = ProcessOverview)))]
pub(super) async fn process(
    State(api): State<Api>,
    InPath(at): InPath<ServicePath>,
) -> Result<Json<ProcessOverview>, ApiError> {
    let service = at.service(&api)?;
    let process = service.definition().process();
    let tasks = process.tasks().map(|task| TaskAnswer {
        id: task.id.clone(),
        name: task.name.clone(),
        altinn_task_type: task.kind.name().to_owned(),
        actions: task.allowed_actions().into_iter().map(str::to_owned).collect(),
    });
    Ok(Json(ProcessOverview {
        id: process.id().to_owned(),
        start_event: process.start_event().to_owned(),
        tasks: tasks.collect(),
    }))
}

/// The policy of an app, in XACML.
#[utoipa::path(get, path = "/{org}/{app}/api/v1/meta/authorizationpolicy", tag = "metadata", operation_id = "getPolicy",
    params(ServicePath), security(()),
    responses((status = 200, description = "The policy", body = String, content_type = "application/xml")))]
pub(super) async fn policy(
    State(api): State<Api>,
    InPath(at): InPath<ServicePath>,
) -> Result<Response, ApiError> {
    let policy = at.service(&api)?.definition().policy_xml().to_owned();
    Ok(([(CONTENT_TYPE, "application/xml; charset=utf-8")], policy).into_response())
}

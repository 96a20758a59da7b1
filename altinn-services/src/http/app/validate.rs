//! What stands in the way of going on.

use altinn_core::Language;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use utoipa::IntoParams;

use super::at::{ElementPath, InstancePath};
use crate::http::Api;
use crate::http::altinn3::IssueAnswer;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::language::{LanguageName, language_of};
use crate::http::query::{Asked, InPath};

/// In which language.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct In {
    /// By `Accept-Language` where it is left out.
    #[param(inline)]
    language: Option<LanguageName>,
}

impl In {
    fn language(&self, headers: &HeaderMap) -> Language {
        self.language.map_or_else(|| language_of(headers), Language::from)
    }
}

/// What is wrong with an instance in the task at hand.
#[utoipa::path(get, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/validate",
    tag = "validation", operation_id = "validateInstance", params(InstancePath, In),
    responses((status = 200, description = "What is wrong, and where", body = Vec<IssueAnswer>)))]
pub(super) async fn instance(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
    Asked(asked): Asked<In>,
    headers: HeaderMap,
) -> Result<Json<Vec<IssueAnswer>>, ApiError> {
    at.read(&api, &actor).await?;
    let language = asked.language(&headers);
    let found = api.altinn().submissions().validate(&actor, &at.id()).await?;
    Ok(Json(found.iter().map(|issue| IssueAnswer::of(issue, language)).collect()))
}

/// What is wrong with one element.
#[utoipa::path(get, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/data/{dataGuid}/validate",
    tag = "validation", operation_id = "validateData", params(ElementPath, In),
    responses((status = 200, description = "What is wrong, and where", body = Vec<IssueAnswer>)))]
pub(super) async fn element(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ElementPath>,
    Asked(asked): Asked<In>,
    headers: HeaderMap,
) -> Result<Json<Vec<IssueAnswer>>, ApiError> {
    let (_, instance, element) = at.read(&api, &actor).await?;
    let id = element.id();
    let language = asked.language(&headers);
    let found = api.altinn().submissions().validate(&actor, instance.id()).await?;
    let of_element = found.iter().filter(|issue| issue.element == Some(id));
    Ok(Json(of_element.map(|issue| IssueAnswer::of(issue, language)).collect()))
}

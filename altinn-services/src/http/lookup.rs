//! Lookup (innsyn): what a register holds of a party. Altinn 3 has no such API, so it stands under `/v1`.

use altinn_core::PartyId;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::body::JsonBody;
use super::caller::Caller;
use super::error::ApiError;
use super::idempotency::key_of;
use super::query::InPath;
use super::{Api, router};
use crate::lookup::{LookupError, LookupRequest};

/// The lookup API: `POST /v1/lookups/{org}/{service}` asks, and leaves a trace of who asked, for whom and why.
pub fn lookup(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(ask))
}

/// A service: `/v1/lookups/{org}/{service}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct LookupPath {
    /// The service owner.
    org: String,
    /// The lookup service.
    service: String,
}

/// What is asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Lookup {
    /// Whom it is about: the party's id.
    party_id: i64,
    /// The query, by the schema of the service.
    #[serde(default)]
    #[schema(value_type = Object, required = false)]
    query: Value,
    /// Why, in words: it stands in the trace.
    #[schema(max_length = 1000)]
    purpose: Option<String>,
}

/// What the register holds.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Answer {
    /// The id of the lookup, as the trace has it.
    id: Uuid,
    /// When it was answered.
    at: DateTime<Utc>,
    /// The answer, by the schema of the service.
    #[schema(value_type = Object)]
    answer: Value,
    /// The entry of the archive, where the service archives its answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    archive_entry: Option<String>,
}

/// Asks a register. With `Idempotency-Key`, the same question again leaves no second trace.
#[utoipa::path(post, path = "/v1/lookups/{org}/{service}", tag = "lookup", operation_id = "lookUp",
    params(LookupPath, ("Idempotency-Key" = Option<String>, Header, description = "A random key of the caller's")),
    request_body = Lookup, responses((status = 200, description = "What the register holds", body = Answer)))]
async fn ask(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(LookupPath { org, service }): InPath<LookupPath>,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<Lookup>,
) -> Result<Json<Answer>, ApiError> {
    let id = format!("{org}/{service}").parse().ok();
    let service = id.and_then(|id| api.altinn().lookup_service(&id)).ok_or(LookupError::NotFound)?;
    let mut request = LookupRequest::new(asked.query);
    request.purpose = asked.purpose;
    request.idempotency_key = key_of(&headers)?;
    let party = PartyId::new(asked.party_id);
    let answer = api.altinn().lookups().ask(&actor, &service, party, &request).await?;
    Ok(Json(Answer {
        id: answer.id,
        at: answer.at,
        answer: answer.answer,
        archive_entry: answer.entry.map(|entry| entry.to_string()),
    }))
}

impl From<LookupError> for ApiError {
    fn from(error: LookupError) -> Self {
        match error {
            LookupError::Access(error) => error.into(),
            LookupError::Query(issues) => {
                let code = LookupError::Query(Vec::new()).code();
                Self::new(code, format!("the query has {} errors", issues.len())).with_issues(issues)
            }
            error => Self::new(error.code(), &error),
        }
    }
}

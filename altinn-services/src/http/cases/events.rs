//! Events of a collaboration's own: sent by the agency, and by participants.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::CaseEventAnswer;
use super::at::{CasePath, ForParty, ServicePath};
use crate::collaboration::{Address, CaseId, NewCaseEvent};
use crate::http::Api;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::idempotency::key_of;
use crate::http::query::{Asked, InPath};

/// An event of a participant's. `Debug` does not show what it carries.
#[derive(Deserialize, ToSchema)]
pub(super) struct CaseEventRequest {
    /// The event, by the name that the definition gives it.
    event: String,
    /// What it carries, by the names of the definition.
    #[serde(default)]
    #[schema(value_type = Object)]
    data: Map<String, Value>,
}

/// An event of the agency's, for one case or for all that are open. `Debug` does not show what it carries.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServiceEvent {
    /// The event, by the name that the definition gives it.
    event: String,
    /// What it carries, by the names of the definition.
    #[serde(default)]
    #[schema(value_type = Object)]
    data: Map<String, Value>,
    /// The case; all that are open where it is left out, a hundred in a call.
    case_id: Option<Uuid>,
    /// Of all cases, those after this one: what the call before said.
    after: Option<Uuid>,
}

/// What an event has come to, case by case.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NotifyResult {
    answers: Vec<CaseEventAnswer>,
    /// What to go on `after`; nothing when there are no more cases.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Uuid>,
}

/// The agency tells cases of an event (Altinn II's NotifyEvent): one, or all that are open. With `Idempotency-Key`, the same
/// event again gets the same answers.
#[utoipa::path(post, path = "/v1/cases/{org}/{service}/events", tag = "collaboration", operation_id = "notifyEvent",
    params(ServicePath, ("Idempotency-Key" = Option<String>, Header, description = "The agency's id of the event")),
    request_body = ServiceEvent,
    responses((status = 200, description = "What it has come to, case by case", body = NotifyResult)))]
pub(super) async fn notify(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(path): InPath<ServicePath>,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<ServiceEvent>,
) -> Result<Json<NotifyResult>, ApiError> {
    let service = path.service(&api)?;
    let address = match asked.case_id {
        Some(case) => Address::Case(CaseId::new(case)),
        None => Address::All { after: asked.after.map(CaseId::new) },
    };
    let event = event_of(&api, asked.event, asked.data, &headers)?;
    let told = api.altinn().collaborations().notify_event(&actor, &service, address, &event).await?;
    Ok(Json(NotifyResult {
        answers: told.answers.into_iter().map(CaseEventAnswer::from).collect(),
        next: told.next.map(CaseId::as_uuid),
    }))
}

/// A participant tells its case of an event: answers whether the state changed, which condition was decisive, and why not. With
/// `Idempotency-Key`, the same event again gets the same answer.
#[utoipa::path(post, path = "/v1/cases/{org}/{service}/{caseId}/events", tag = "collaboration", operation_id = "raiseEvent",
    params(CasePath, ForParty, ("Idempotency-Key" = Option<String>, Header, description = "The sender's id of the event")),
    request_body = CaseEventRequest,
    responses((status = 200, description = "What it has come to", body = CaseEventAnswer)))]
pub(super) async fn raise(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(path): InPath<CasePath>,
    Asked(of): Asked<ForParty>,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<CaseEventRequest>,
) -> Result<Json<CaseEventAnswer>, ApiError> {
    let (service, id) = path.case(&api)?;
    let event = event_of(&api, asked.event, asked.data, &headers)?;
    let answer = api.altinn().collaborations().raise(&actor, &service, of.party(), id, &event).await?;
    Ok(Json(answer.into()))
}

/// An event under the id that its sender gave it, else one of its own.
fn event_of(
    api: &Api,
    name: String,
    data: Map<String, Value>,
    headers: &HeaderMap,
) -> Result<NewCaseEvent, ApiError> {
    let id = key_of(headers)?.unwrap_or_else(|| api.altinn().ids().next_id().to_string());
    let event = NewCaseEvent::new(name, id);
    Ok(data.into_iter().fold(event, |event, (field, value)| event.with(field, value)))
}

impl std::fmt::Debug for CaseEventRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseEventRequest").field("event", &self.event).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for ServiceEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServiceEvent").field("event", &self.event).finish_non_exhaustive()
    }
}

//! The room of a case: what participants say to each other, and how far each has seen it.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{SeenAnswer, TransmissionAnswer};
use super::at::{CasePath, ForParty};
use crate::collaboration::NewTransmission;
use crate::http::Api;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::idempotency::key_of;
use crate::http::query::{Asked, InPath};

/// Which transmissions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct After {
    /// Those after this number; from the first where it is left out.
    #[param(minimum = 0)]
    after: Option<i64>,
}

/// Something that a participant says. `Debug` does not show it.
#[derive(Deserialize, ToSchema)]
#[schema(title = "NewTransmission")]
pub(super) struct NewTransmissionRequest {
    /// Plain text.
    #[schema(min_length = 1, max_length = 255)]
    title: String,
    /// Plain text.
    #[schema(min_length = 1, max_length = 30000)]
    body: String,
}

/// What was said.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TransmissionNumber {
    /// Its number in the case, from 1.
    number: i64,
}

/// What was said in a case, in its order: at most 100. The party has seen it then.
#[utoipa::path(get, path = "/v1/cases/{org}/{service}/{caseId}/transmissions", tag = "collaboration",
    operation_id = "listTransmissions", params(CasePath, ForParty, After),
    responses((status = 200, description = "What was said", body = Vec<TransmissionAnswer>)))]
pub(super) async fn transmissions(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(path): InPath<CasePath>,
    Asked(of): Asked<ForParty>,
    Asked(After { after }): Asked<After>,
) -> Result<Json<Vec<TransmissionAnswer>>, ApiError> {
    let after = after.unwrap_or_default();
    if after < 0 {
        return Err(ApiError::new("HTTP-QUERY", "`after` is 0 or more"));
    }
    let (service, id) = path.case(&api)?;
    let said = api.altinn().collaborations().transmissions(&actor, &service, of.party(), id, after).await?;
    Ok(Json(said.into_iter().map(TransmissionAnswer::from).collect()))
}

/// Says something to the other participants. With `Idempotency-Key`, the same again is the same transmission.
#[utoipa::path(post, path = "/v1/cases/{org}/{service}/{caseId}/transmissions", tag = "collaboration",
    operation_id = "transmit",
    params(CasePath, ForParty, ("Idempotency-Key" = Option<String>, Header, description = "A random key of the sender's")),
    request_body = NewTransmissionRequest, responses((status = 201, description = "It is said", body = TransmissionNumber)))]
pub(super) async fn transmit(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(path): InPath<CasePath>,
    Asked(of): Asked<ForParty>,
    headers: HeaderMap,
    JsonBody(NewTransmissionRequest { title, body }): JsonBody<NewTransmissionRequest>,
) -> Result<(StatusCode, Json<TransmissionNumber>), ApiError> {
    let (service, id) = path.case(&api)?;
    let key = key_of(&headers)?.unwrap_or_else(|| api.altinn().ids().next_id().to_string());
    let new = NewTransmission::new(key, title, body);
    let number = api.altinn().collaborations().transmit(&actor, &service, of.party(), id, &new).await?;
    Ok((StatusCode::CREATED, Json(TransmissionNumber { number })))
}

/// How far each participant has seen what was said; whoever has seen nothing is not named.
#[utoipa::path(get, path = "/v1/cases/{org}/{service}/{caseId}/seenlog", tag = "collaboration", operation_id = "getSeenLog",
    params(CasePath, ForParty),
    responses((status = 200, description = "How far each has seen", body = Vec<SeenAnswer>)))]
pub(super) async fn seen(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(path): InPath<CasePath>,
    Asked(of): Asked<ForParty>,
) -> Result<Json<Vec<SeenAnswer>>, ApiError> {
    let (service, id) = path.case(&api)?;
    let seen = api.altinn().collaborations().seen(&actor, &service, of.party(), id).await?;
    Ok(Json(seen.into_iter().map(SeenAnswer::from).collect()))
}

impl std::fmt::Debug for NewTransmissionRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewTransmissionRequest(***)")
    }
}

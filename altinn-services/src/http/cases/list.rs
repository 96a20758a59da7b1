//! Cases: listed, opened, and looked at.

use std::collections::BTreeMap;

use altinn_core::PartyId;
use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::answer::{CaseAnswer, CaseHistoryAnswer, CaseList};
use super::at::{CasePath, ForParty, ServicePath};
use crate::collaboration::{CaseId, NewCase};
use crate::http::Api;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::idempotency::key_of;
use crate::http::query::{Asked, InPath};

/// Which cases.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Before {
    /// Those before this one.
    before: Option<Uuid>,
}

/// A case that is to be opened.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(title = "NewCase")]
pub(super) struct NewCaseRequest {
    /// Which party has which role, by the party's id: those that the definition does not name.
    participants: BTreeMap<String, i64>,
}

/// A case that was opened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OpenedCase {
    case_id: Uuid,
}

/// Whose turn it is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CaseTurn {
    /// The parties' ids; none when the case is closed.
    parties: Vec<i64>,
}

/// A party's cases in a collaboration, the latest first: at most 100.
#[utoipa::path(get, path = "/v1/cases/{org}/{service}", tag = "collaboration", operation_id = "listCases",
    params(ServicePath, ForParty, Before), responses((status = 200, description = "The cases", body = CaseList)))]
pub(super) async fn list(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(path): InPath<ServicePath>,
    Asked(of): Asked<ForParty>,
    Asked(Before { before }): Asked<Before>,
) -> Result<Json<CaseList>, ApiError> {
    let service = path.service(&api)?;
    let before = before.map(CaseId::new);
    let page = api.altinn().collaborations().list(&actor, &service, of.party(), before).await?;
    Ok(Json(CaseList {
        cases: page.cases.into_iter().map(|case| CaseAnswer::of(case, &service)).collect(),
        before: page.before.map(CaseId::as_uuid),
    }))
}

/// Opens a case: the agency that owns the collaboration for whom it wants, anybody else for those that they represent. With
/// `Idempotency-Key`, the same again is the same case.
#[utoipa::path(post, path = "/v1/cases/{org}/{service}", tag = "collaboration", operation_id = "openCase",
    params(ServicePath, ("Idempotency-Key" = Option<String>, Header, description = "A random key of the caller's")),
    request_body = NewCaseRequest,
    responses((status = 201, description = "The case", body = OpenedCase, headers(("Location" = String)))))]
pub(super) async fn open(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(path): InPath<ServicePath>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    JsonBody(NewCaseRequest { participants }): JsonBody<NewCaseRequest>,
) -> Result<Response, ApiError> {
    let service = path.service(&api)?;
    let named = participants.into_iter();
    let mut new = named.fold(NewCase::new(), |new, (role, party)| new.with(role, PartyId::new(party)));
    if let Some(key) = key_of(&headers)? {
        new = new.once(key);
    }
    let case = api.altinn().collaborations().open(&actor, &service, &new).await?;
    let body = Json(OpenedCase { case_id: case.as_uuid() });
    let mut response = (StatusCode::CREATED, body).into_response();
    if let Ok(location) = HeaderValue::from_str(&format!("{}/{case}", uri.path())) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// A case, for a party that takes part in it.
#[utoipa::path(get, path = "/v1/cases/{org}/{service}/{caseId}", tag = "collaboration", operation_id = "getCase",
    params(CasePath, ForParty), responses((status = 200, description = "The case", body = CaseAnswer)))]
pub(super) async fn get(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(path): InPath<CasePath>,
    Asked(of): Asked<ForParty>,
) -> Result<Json<CaseAnswer>, ApiError> {
    let (service, id) = path.case(&api)?;
    let case = api.altinn().collaborations().case(&actor, &service, of.party(), id).await?;
    Ok(Json(CaseAnswer::of(case, &service)))
}

/// What has happened in a case, in its order: the latest 1,000 events, and what each came to.
#[utoipa::path(get, path = "/v1/cases/{org}/{service}/{caseId}/history", tag = "collaboration", operation_id = "getCaseHistory",
    params(CasePath, ForParty),
    responses((status = 200, description = "What has happened", body = Vec<CaseHistoryAnswer>)))]
pub(super) async fn history(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(path): InPath<CasePath>,
    Asked(of): Asked<ForParty>,
) -> Result<Json<Vec<CaseHistoryAnswer>>, ApiError> {
    let (service, id) = path.case(&api)?;
    let history = api.altinn().collaborations().history(&actor, &service, of.party(), id).await?;
    Ok(Json(history.into_iter().map(CaseHistoryAnswer::from).collect()))
}

/// Whose turn it is in a case.
#[utoipa::path(get, path = "/v1/cases/{org}/{service}/{caseId}/turn", tag = "collaboration", operation_id = "getTurn",
    params(CasePath, ForParty), responses((status = 200, description = "Whose turn it is", body = CaseTurn)))]
pub(super) async fn turn(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(path): InPath<CasePath>,
    Asked(of): Asked<ForParty>,
) -> Result<Json<CaseTurn>, ApiError> {
    let (service, id) = path.case(&api)?;
    let parties = api.altinn().collaborations().turn(&actor, &service, of.party(), id).await?;
    Ok(Json(CaseTurn { parties: parties.into_iter().map(PartyId::get).collect() }))
}

//! Decisions: requests in XACML 3.0, as JSON or XML, and answers in the same.

use altinn_auth::decision::Endpoint;
use altinn_auth::xacml::{JsonSpelling, RequestDocument, Response as XacmlResponse, ResponseResult};
use altinn_core::{Actor, Subject};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::http::Api;
use crate::http::body::{RawBody, is_json};
use crate::http::caller::Caller;
use crate::http::error::ApiError;

/// The scopes of which one lets somebody else than the agency ask.
const SCOPES: [&str; 2] = ["altinn:authorization/authorize", "altinn:authorization/authorize.admin"];

/// The most decisions that one call may ask for.
const MOST: usize = 100;

/// Decides what the agency's own programs ask.
#[utoipa::path(post, path = "/authorization/api/v1/decision", tag = "authorization", operation_id = "decide",
    request_body(content((Object = "application/json"), (String = "application/xml"))),
    responses((status = 200, description = "The decisions; only `Permit` gives access, when its obligations are met",
               content((Object = "application/json"), (String = "application/xml")))))]
pub(super) async fn decide(
    State(api): State<Api>,
    Caller(actor): Caller,
    headers: HeaderMap,
    body: RawBody,
) -> Result<Response, ApiError> {
    if !matches!(actor.subject(), Subject::ServiceOwner { .. }) {
        return Err(ApiError::new("HTTP-SCOPE", "only the agency's own programs ask here"));
    }
    answer(&api, Endpoint::Decision, &headers, &body).await
}

/// Decides what those with the scope `altinn:authorization/authorize` ask.
#[utoipa::path(post, path = "/authorization/api/v1/authorize", tag = "authorization", operation_id = "authorize",
    request_body(content((Object = "application/json"), (String = "application/xml"))),
    responses((status = 200, description = "The decisions; only `Permit` gives access, when its obligations are met",
               content((Object = "application/json"), (String = "application/xml")))))]
pub(super) async fn authorize(
    State(api): State<Api>,
    Caller(actor): Caller,
    headers: HeaderMap,
    body: RawBody,
) -> Result<Response, ApiError> {
    if !may_ask(&actor) {
        let text = "the token lacks the scope `altinn:authorization/authorize`";
        return Err(ApiError::new("HTTP-SCOPE", text));
    }
    answer(&api, Endpoint::Authorize, &headers, &body).await
}

fn may_ask(actor: &Actor) -> bool {
    SCOPES.iter().any(|scope| actor.has_scope(scope))
}

async fn answer(
    api: &Api,
    endpoint: Endpoint,
    headers: &HeaderMap,
    body: &RawBody,
) -> Result<Response, ApiError> {
    let document = read(body)?;
    if document.requests().len() > MOST {
        return Err(ApiError::new("HTTP-BODY", format!("at most {MOST} decisions are asked for at once")));
    }
    let point = api.altinn().authorizer().decision_point();
    let mut results = Vec::new();
    for request in document.requests() {
        results.push(match point.decide(request.clone(), endpoint).await {
            Ok(ruling) => ResponseResult::from(&ruling),
            Err(fault) => fault.result(endpoint),
        });
    }
    let response = XacmlResponse::new(results);
    if wants_xml(headers, body) {
        return Ok(([(CONTENT_TYPE, "application/xml; charset=utf-8")], response.to_xml()).into_response());
    }
    Ok(Json(response.to_json(JsonSpelling::Altinn)).into_response())
}

fn read(body: &RawBody) -> Result<RequestDocument, ApiError> {
    let read = if is_json(&body.content_type) {
        RequestDocument::read_json(&body.bytes)
    } else if is_xml(&body.content_type) {
        RequestDocument::read_xml(&body.bytes)
    } else {
        return Err(ApiError::new(
            "HTTP-CONTENT-TYPE",
            "a request is `application/json` or `application/xml`",
        ));
    };
    read.map_err(|error| ApiError::new("HTTP-BODY", error))
}

fn is_xml(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    matches!(essence, "application/xml" | "text/xml") || essence.ends_with("+xml")
}

/// The answer is in the format that `Accept` names, else in that of the request.
fn wants_xml(headers: &HeaderMap, body: &RawBody) -> bool {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match (accepted.contains("xml"), accepted.contains("json")) {
        (true, false) => true,
        (false, true) => false,
        _ => is_xml(&body.content_type),
    }
}

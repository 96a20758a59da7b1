//! Forms of stateless apps: worked out and given back, and kept nowhere.

use std::collections::BTreeMap;

use altinn_auth::register::PartyRegister as _;
use altinn_core::{Actor, PartyId, PartyIdentifier};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use super::at::ServicePath;
use crate::form::FormLimits;
use crate::http::Api;
use crate::http::body::{RawBody, read_json};
use crate::http::caller::{Caller, own_party};
use crate::http::error::ApiError;
use crate::http::query::{Asked, InPath};
use crate::submission::{Service, StatelessRequest};

/// Which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfForm {
    /// The data type, as `applicationmetadata.json` names it.
    data_type: String,
}

/// What the address of the page said.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FromAddress {
    /// Texts by their names, as a JSON object: what the app's prefill takes from the address (`QueryParameters`).
    prefill: Option<String>,
}

impl FromAddress {
    fn read(self, api: &Api) -> Result<BTreeMap<String, String>, ApiError> {
        let Some(text) = self.prefill else { return Ok(BTreeMap::new()) };
        let read = read_json(text.as_bytes(), api.limits().depth);
        read.map_err(|_| ApiError::new("HTTP-QUERY", "`prefill` is no JSON object of texts"))
    }
}

/// A new form, prefilled and calculated.
#[utoipa::path(get, path = "/{org}/{app}/v1/data", tag = "stateless", operation_id = "getStatelessData",
    params(ServicePath, OfForm, FromAddress,
           ("party" = Option<String>, Header, description = "Whom it is for: `partyid:`, `person:` or `org:` and the number; the caller's own party where it is left out")),
    responses((status = 200, description = "The form", body = Object)))]
pub(super) async fn get(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ServicePath>,
    Asked(of): Asked<OfForm>,
    Asked(from): Asked<FromAddress>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let service = at.service(&api)?;
    let request = StatelessRequest { query: from.read(&api)?, ..StatelessRequest::default() };
    worked_out(&api, &actor, &service, &of, &headers, &request).await
}

/// A form as it is filled in so far, prefilled and calculated. As Altinn's apps, it takes `PUT` too.
#[utoipa::path(post, path = "/{org}/{app}/v1/data", tag = "stateless", operation_id = "calculateStatelessData",
    params(ServicePath, OfForm,
           ("party" = Option<String>, Header, description = "Whom it is for: `partyid:`, `person:` or `org:` and the number; the caller's own party where it is left out")),
    request_body(content((Object = "application/json"), (String = "application/xml"))),
    responses((status = 200, description = "The form", body = Object)))]
pub(super) async fn post(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ServicePath>,
    Asked(of): Asked<OfForm>,
    headers: HeaderMap,
    body: RawBody,
) -> Result<Json<Value>, ApiError> {
    let service = at.service(&api)?;
    let request = sent(&service, &of, &body)?;
    worked_out(&api, &actor, &service, &of, &headers, &request).await
}

/// The same as `POST`, as earlier versions of Altinn's apps have it.
#[utoipa::path(put, path = "/{org}/{app}/v1/data", tag = "stateless", operation_id = "recalculateStatelessData",
    params(ServicePath, OfForm,
           ("party" = Option<String>, Header, description = "Whom it is for: `partyid:`, `person:` or `org:` and the number; the caller's own party where it is left out")),
    request_body(content((Object = "application/json"), (String = "application/xml"))),
    responses((status = 200, description = "The form", body = Object)))]
pub(super) async fn put(
    state: State<Api>,
    caller: Caller,
    at: InPath<ServicePath>,
    of: Asked<OfForm>,
    headers: HeaderMap,
    body: RawBody,
) -> Result<Json<Value>, ApiError> {
    post(state, caller, at, of, headers, body).await
}

/// A new form that is open to anyone, calculated.
#[utoipa::path(get, path = "/{org}/{app}/v1/data/anonymous", tag = "stateless", operation_id = "getAnonymousData",
    params(ServicePath, OfForm), security(()),
    responses((status = 200, description = "The form", body = Object)))]
pub(super) async fn get_anonymous(
    State(api): State<Api>,
    InPath(at): InPath<ServicePath>,
    Asked(of): Asked<OfForm>,
) -> Result<Json<Value>, ApiError> {
    let service = at.service(&api)?;
    anonymous(&api, &service, &of, &StatelessRequest::default()).await
}

/// A form that is open to anyone as it is filled in so far, calculated.
#[utoipa::path(post, path = "/{org}/{app}/v1/data/anonymous", tag = "stateless", operation_id = "calculateAnonymousData",
    params(ServicePath, OfForm), security(()),
    request_body(content((Object = "application/json"), (String = "application/xml"))),
    responses((status = 200, description = "The form", body = Object)))]
pub(super) async fn post_anonymous(
    State(api): State<Api>,
    InPath(at): InPath<ServicePath>,
    Asked(of): Asked<OfForm>,
    body: RawBody,
) -> Result<Json<Value>, ApiError> {
    let service = at.service(&api)?;
    let request = sent(&service, &of, &body)?;
    anonymous(&api, &service, &of, &request).await
}

/// The same as `POST`, as earlier versions of Altinn's apps have it.
#[utoipa::path(put, path = "/{org}/{app}/v1/data/anonymous", tag = "stateless", operation_id = "recalculateAnonymousData",
    params(ServicePath, OfForm), security(()),
    request_body(content((Object = "application/json"), (String = "application/xml"))),
    responses((status = 200, description = "The form", body = Object)))]
pub(super) async fn put_anonymous(
    state: State<Api>,
    at: InPath<ServicePath>,
    of: Asked<OfForm>,
    body: RawBody,
) -> Result<Json<Value>, ApiError> {
    post_anonymous(state, at, of, body).await
}

fn sent(service: &Service, of: &OfForm, body: &RawBody) -> Result<StatelessRequest, ApiError> {
    let form = service.read_form(&of.data_type, &body.content_type, &body.bytes, FormLimits::default())?;
    Ok(StatelessRequest::of(form))
}

async fn worked_out(
    api: &Api,
    actor: &Actor,
    service: &Service,
    of: &OfForm,
    headers: &HeaderMap,
    request: &StatelessRequest,
) -> Result<Json<Value>, ApiError> {
    let party = party_of(api, actor, headers).await?;
    let submissions = api.altinn().submissions();
    let form = submissions.stateless(actor, service, party, &of.data_type, request).await?;
    Ok(Json(form.data))
}

async fn anonymous(
    api: &Api,
    service: &Service,
    of: &OfForm,
    request: &StatelessRequest,
) -> Result<Json<Value>, ApiError> {
    let submissions = api.altinn().submissions();
    Ok(Json(submissions.stateless_anonymous(service, &of.data_type, request).await?.data))
}

/// The party that the header names: `partyid:50000002`, `person:{number}` or `org:{number}`; without it that of the caller.
async fn party_of(api: &Api, actor: &Actor, headers: &HeaderMap) -> Result<PartyId, ApiError> {
    let unknown = || {
        ApiError::new("HTTP-HEADER", "`party` is `partyid:`, `person:` or `org:` and the number of a party")
    };
    let Some(header) = headers.get("party") else {
        return own_party(api, actor).await?.ok_or_else(unknown);
    };
    let (kind, number) = header.to_str().ok().and_then(|text| text.split_once(':')).ok_or_else(unknown)?;
    let identifier = match kind.to_ascii_lowercase().as_str() {
        "partyid" => return number.parse().map_err(|_| unknown()),
        "person" => PartyIdentifier::Person(number.parse().map_err(|_| unknown())?),
        "org" => PartyIdentifier::Organization(number.parse().map_err(|_| unknown())?),
        _ => return Err(unknown()),
    };
    // A number that the register does not know is answered as one that is not in order.
    let party = api.altinn().register().party_by_identifier(&identifier).await?;
    party.map(|party| party.id).ok_or_else(unknown)
}

//! Who signs, and what.

use altinn_auth::register::PartyRegister as _;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::at::InstancePath;
use crate::http::Api;
use crate::http::altinn3::DataElementAnswer;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::InPath;

/// Those who sign in the task at hand.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SigningState {
    signee_states: Vec<SigneeState>,
}

/// Somebody who signs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SigneeState {
    party_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_time: Option<DateTime<Utc>>,
    /// Whether they have been given what they need to read and sign.
    delegation_successful: bool,
    /// `Sent`, `NotSent` or `Failed`.
    notification_status: &'static str,
}

/// What is signed in the task at hand.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignedElements {
    data_elements: Vec<DataElementAnswer>,
}

/// Who signs in the task at hand, and who has.
#[utoipa::path(get, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/signing",
    tag = "signing", operation_id = "getSigning", params(InstancePath),
    responses((status = 200, description = "Those who sign; none where one signature of anybody who may does", body = SigningState)))]
pub(super) async fn signees(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
) -> Result<Json<SigningState>, ApiError> {
    at.read(&api, &actor).await?;
    let signees = api.altinn().submissions().signees(&actor, &at.id()).await?;
    let mut signee_states = Vec::new();
    for signee in signees {
        let party = api.altinn().register().party(signee.party).await?;
        signee_states.push(SigneeState {
            party_id: signee.party.get(),
            name: party.map(|party| party.name),
            signed_time: signee.signed_time,
            delegation_successful: signee.is_access_delegated,
            notification_status: signee.notification_status().name(),
        });
    }
    Ok(Json(SigningState { signee_states }))
}

/// The elements that are signed in the task at hand.
#[utoipa::path(get, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/signing/data-elements",
    tag = "signing", operation_id = "getSignedElements", params(InstancePath),
    responses((status = 200, description = "What is signed", body = SignedElements)))]
pub(super) async fn data_elements(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
) -> Result<Json<SignedElements>, ApiError> {
    let (service, instance) = at.read(&api, &actor).await?;
    let task = instance.task().and_then(|task| service.definition().process().task(task));
    let signed = task.and_then(|task| task.signature.as_ref());
    let is_signed = |data_type: &str| {
        signed.is_some_and(|signature| signature.data_types_to_sign.iter().any(|name| name == data_type))
    };
    let elements = instance.elements().iter().filter(|element| is_signed(element.data_type()));
    let data_elements = elements.map(|element| DataElementAnswer::of(element, &instance, Some(&service)));
    Ok(Json(SignedElements { data_elements: data_elements.collect() }))
}

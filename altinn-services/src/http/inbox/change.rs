//! Moving, labelling, reading.

use altinn_core::PartyId;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::answer::PlaceName;
use crate::http::Api;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::InPath;
use crate::inbox::{InboxError, LabelChange, OwnLabel, Place};

/// An element: `/v1/inbox/{partyId}/{id}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct ElementPath {
    /// Whose inbox it is in: the party's id.
    party_id: i64,
    /// The element.
    id: Uuid,
}

/// What is done with an element: one of the three.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::enum_variant_names, reason = "the names are the members of the body")]
pub(super) enum LabelRequest {
    /// The party has it somewhere else, for all who represent it.
    #[schema(value_type = PlaceName)]
    SystemLabel(Place),
    /// It gets a label of the caller's own, which nobody else sees.
    AddLabel(String),
    /// It loses one.
    RemoveLabel(String),
}

/// Whether the caller has seen all of an element.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReadMark {
    /// Whether they have, or want it to be as if they had not.
    is_read: bool,
}

/// Moves an element for all who represent the party, or gives or takes a label of the caller's own. Doing so again changes nothing.
#[utoipa::path(post, path = "/v1/inbox/{partyId}/{id}/labels", tag = "inbox", operation_id = "labelInboxElement",
    params(ElementPath), request_body = LabelRequest, responses((status = 204, description = "It is done")))]
pub(super) async fn label(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(ElementPath { party_id, id }): InPath<ElementPath>,
    JsonBody(asked): JsonBody<LabelRequest>,
) -> Result<StatusCode, ApiError> {
    let change = match asked {
        LabelRequest::SystemLabel(place) => LabelChange::Move(place),
        LabelRequest::AddLabel(text) => LabelChange::Add(own(&text)?),
        LabelRequest::RemoveLabel(text) => LabelChange::Remove(own(&text)?),
    };
    api.altinn().inbox().label(&actor, PartyId::new(party_id), id, &change).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says that the caller has seen all of an element, or wants it to be as if they had not. It is theirs alone.
#[utoipa::path(put, path = "/v1/inbox/{partyId}/{id}/read", tag = "inbox", operation_id = "readInboxElement",
    params(ElementPath), request_body = ReadMark, responses((status = 204, description = "It is done")))]
pub(super) async fn read(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(ElementPath { party_id, id }): InPath<ElementPath>,
    JsonBody(ReadMark { is_read }): JsonBody<ReadMark>,
) -> Result<StatusCode, ApiError> {
    api.altinn().inbox().read(&actor, PartyId::new(party_id), id, is_read).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn own(text: &str) -> Result<OwnLabel, ApiError> {
    text.parse().map_err(|error| ApiError::new("HTTP-BODY", error))
}

impl From<InboxError> for ApiError {
    fn from(error: InboxError) -> Self {
        match error {
            InboxError::Access(error) => error.into(),
            error => Self::new(error.code(), &error),
        }
    }
}

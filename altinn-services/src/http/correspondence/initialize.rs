//! Sending.

use altinn_core::{Actor, PartyId};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{attachment_id, recipient_name};
use super::at::service;
use super::request::InitializeCorrespondences;
use crate::correspondence::{
    CorrespondenceError, CorrespondenceService, CorrespondenceStatus, NewCorrespondence, Sent,
};
use crate::http::Api;
use crate::http::acting::{Acting, OnBehalfOf, organization};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::idempotency::key_of;

/// What was sent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InitializedCorrespondences {
    /// One for each recipient; of a longer list than 500, those that have theirs by now.
    correspondences: Vec<InitializedCorrespondence>,
    /// The files that go with it.
    attachment_ids: Vec<Uuid>,
    /// What one call has sent to all: its id.
    mailing_id: Uuid,
    /// How many recipients there are.
    recipient_count: u64,
}

/// A recipient's correspondence.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct InitializedCorrespondence {
    correspondence_id: Uuid,
    // As Altinn names it.
    #[schema(inline, value_type = super::answer::StatusName)]
    status: CorrespondenceStatus,
    /// `urn:altinn:organization:identifier-no:` or `urn:altinn:person:identifier-no:` and the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<String>,
}

impl std::fmt::Debug for InitializedCorrespondence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InitializedCorrespondence")
            .field("id", &self.correspondence_id)
            .finish_non_exhaustive()
    }
}

/// Sends a correspondence to one or many. With `Idempotency-Key`, or `idempotentKey`, the same again is the same correspondence.
#[utoipa::path(post, path = "/correspondence/api/v1/correspondence", tag = "correspondence",
    operation_id = "initializeCorrespondences",
    params(OnBehalfOf, ("Idempotency-Key" = Option<String>, Header, description = "A random key of the sender's")),
    request_body = InitializeCorrespondences,
    responses((status = 200, description = "It is sent", body = InitializedCorrespondences)))]
pub(super) async fn initialize(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<InitializeCorrespondences>,
) -> Result<Json<InitializedCorrespondences>, ApiError> {
    let service = sender_of(&api, &asked, party).await?;
    let existing = asked.existing_attachments.clone();
    let new = asked.read(key_of(&headers)?, api.synthetic_numbers())?;
    Ok(Json(send(&api, (&actor, party), &service, &new, (0, existing)).await?))
}

/// The service that something is sent in, by the organization that is to send it.
pub(super) async fn sender_of(
    api: &Api,
    asked: &InitializeCorrespondences,
    sender: PartyId,
) -> Result<CorrespondenceService, ApiError> {
    let service = service(api, &asked.correspondence.resource_id)?;
    if let Some(named) = &asked.correspondence.sender
        && organization(api, named).await? != Some(sender)
    {
        return Err(CorrespondenceError::NotFound.into());
    }
    Ok(service)
}

/// Sends a correspondence with so many files of its own, and those that are there already.
pub(super) async fn send(
    api: &Api,
    (actor, sender): (&Actor, PartyId),
    service: &CorrespondenceService,
    new: &NewCorrespondence,
    (own, existing): (usize, Vec<Uuid>),
) -> Result<InitializedCorrespondences, ApiError> {
    let Sent { mailing, recipients, .. } =
        api.altinn().correspondences().send(actor, service, sender, new).await?;
    let ids: Vec<PartyId> =
        recipients.iter().filter_map(|recipient| Some(recipient.correspondence?.owner)).collect();
    let mut parties = api.altinn().register().parties(&ids).await?.into_iter();
    let mut correspondences = Vec::with_capacity(recipients.len());
    for recipient in recipients {
        let party = recipient.correspondence.and_then(|_| parties.next()).flatten();
        correspondences.push(InitializedCorrespondence {
            correspondence_id: recipient.id,
            status: recipient.status,
            recipient: party.and_then(|party| recipient_name(&party)),
        });
    }
    Ok(InitializedCorrespondences {
        correspondences,
        attachment_ids: (0..own).map(|index| attachment_id(mailing.id, index)).chain(existing).collect(),
        mailing_id: mailing.id,
        recipient_count: mailing.recipients,
    })
}

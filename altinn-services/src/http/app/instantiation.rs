//! What an instance begins with.

use std::collections::BTreeMap;

use altinn_auth::register::PartyRegister as _;
use altinn_core::{InstanceId, PartyId, PartyIdentifier};
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::form::FormData;
use crate::http::Api;
use crate::http::error::ApiError;
use crate::http::idempotency::key_of;
use crate::submission::{Attachment, StartOptions};

/// Whom an instance is of: one of the three.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "NewInstanceOwner")]
pub(super) struct Owner {
    /// The party's id.
    #[schema(pattern = "^[0-9]{1,18}$")]
    pub(super) party_id: Option<String>,
    /// A person's national identity number.
    #[schema(pattern = "^[0-9]{11}$")]
    person_number: Option<String>,
    /// An organization's number.
    #[schema(pattern = "^[0-9]{9}$")]
    organisation_number: Option<String>,
}

/// An instance as the caller wants it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstanceTemplate {
    instance_owner: Option<Owner>,
    due_before: Option<DateTime<Utc>>,
    visible_after: Option<DateTime<Utc>>,
}

/// An instance as the caller wants it, filled in or copied.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Instantiation {
    instance_owner: Owner,
    due_before: Option<DateTime<Utc>>,
    visible_after: Option<DateTime<Utc>>,
    /// The earlier instance that it is a copy of: `{partyId}/{guid}`.
    #[schema(pattern = "^[0-9]{1,18}/[0-9a-fA-F-]{36}$")]
    source_instance_id: Option<String>,
    /// Fields that are filled in: `applicant.name` to a value.
    #[serde(default)]
    prefill: BTreeMap<String, Value>,
}

/// What an instance begins with.
#[derive(Debug, Default)]
pub(super) struct Begun {
    pub(super) owner: Owner,
    pub(super) due_before: Option<DateTime<Utc>>,
    pub(super) visible_after: Option<DateTime<Utc>>,
    pub(super) forms: Vec<(String, FormData)>,
    pub(super) attachments: Vec<(String, Attachment)>,
    pub(super) prefill: BTreeMap<String, Value>,
}

impl From<InstanceTemplate> for Begun {
    fn from(template: InstanceTemplate) -> Self {
        Self {
            owner: template.instance_owner.unwrap_or_default(),
            due_before: template.due_before,
            visible_after: template.visible_after,
            ..Self::default()
        }
    }
}

impl From<Instantiation> for Begun {
    fn from(asked: Instantiation) -> Self {
        Self {
            owner: asked.instance_owner,
            due_before: asked.due_before,
            visible_after: asked.visible_after,
            prefill: asked.prefill,
            ..Self::default()
        }
    }
}

impl Instantiation {
    /// The earlier instance that is copied.
    pub(super) fn source(&self) -> Result<Option<InstanceId>, ApiError> {
        let source = self.source_instance_id.as_deref().map(str::parse).transpose();
        source.map_err(|error: altinn_core::IdentifierError| ApiError::new("HTTP-BODY", error))
    }
}

impl Owner {
    /// The party that it names. A number that the register does not know is answered as one that is not in order, so that
    /// nobody learns by trying whose numbers there are.
    pub(super) async fn party(&self, api: &Api) -> Result<PartyId, ApiError> {
        let unknown =
            || ApiError::new("HTTP-OWNER", "`instanceOwner` names no party that an instance can be of");
        let identifier = match (&self.party_id, &self.person_number, &self.organisation_number) {
            (Some(id), None, None) => return id.parse().map_err(|_| unknown()),
            (None, Some(number), None) => PartyIdentifier::Person(number.parse().map_err(|_| unknown())?),
            (None, None, Some(number)) => {
                PartyIdentifier::Organization(number.parse().map_err(|_| unknown())?)
            }
            _ => return Err(unknown()),
        };
        let party = api.altinn().register().party_by_identifier(&identifier).await?;
        party.map(|party| party.id).ok_or_else(unknown)
    }
}

impl Begun {
    /// The same as the facade takes it, with the sender's key.
    pub(super) fn options(self, headers: &HeaderMap) -> Result<StartOptions, ApiError> {
        Ok(StartOptions {
            idempotency_key: key_of(headers)?,
            due_before: self.due_before,
            visible_after: self.visible_after,
            forms: self.forms,
            attachments: self.attachments,
            prefill: self.prefill,
        })
    }
}

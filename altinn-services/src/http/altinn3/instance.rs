//! `Instance` of Altinn's storage.

use std::collections::BTreeMap;

use altinn_core::{Party, PartyIdentifier};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{DataElementAnswer, ProcessAnswer};
use crate::submission::{Instance, ReadStatus, Service};

/// An instance: one person's or business's case in a service.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "Instance")]
pub(in crate::http) struct InstanceAnswer {
    /// `{partyId}/{guid}`.
    id: String,
    instance_owner: InstanceOwner,
    /// `{org}/{app}`.
    app_id: String,
    org: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_before: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    visible_after: Option<DateTime<Utc>>,
    process: ProcessAnswer,
    status: Status,
    complete_confirmations: Vec<Confirmation>,
    data: Vec<DataElementAnswer>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    presentation_texts: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    data_values: BTreeMap<String, String>,
    created: DateTime<Utc>,
    last_changed: DateTime<Utc>,
}

/// Whom an instance is of.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct InstanceOwner {
    party_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    person_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
}

/// How an instance stands beside its process.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Status {
    is_archived: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    archived: Option<DateTime<Utc>>,
    is_soft_deleted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    soft_deleted: Option<DateTime<Utc>>,
    is_hard_deleted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    hard_deleted: Option<DateTime<Utc>>,
    /// `Unread`, `Read` or `UpdatedSinceLastReview`.
    read_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    substatus: Option<SubstatusAnswer>,
}

/// What the agency says of how far an instance has come.
#[derive(Debug, Serialize, ToSchema)]
#[schema(title = "Substatus")]
struct SubstatusAnswer {
    label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

/// That an agency has got what it needs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Confirmation {
    stakeholder_id: String,
    confirmed_on: DateTime<Utc>,
}

impl InstanceAnswer {
    /// An instance of a service, with what the register knows of its owner.
    pub(in crate::http) fn of(instance: &Instance, service: Option<&Service>, owner: Option<&Party>) -> Self {
        let status = instance.status();
        let elements = instance.elements().iter();
        let confirmations = status.complete_confirmations.iter().map(|confirmation| Confirmation {
            stakeholder_id: confirmation.stakeholder_id.clone(),
            confirmed_on: confirmation.confirmed_on,
        });
        Self {
            id: instance.id().to_string(),
            instance_owner: InstanceOwner::of(instance, owner),
            app_id: instance.service().to_string(),
            org: instance.service().org().to_owned(),
            due_before: status.due_before,
            visible_after: status.visible_after,
            process: ProcessAnswer::of(instance.process()),
            status: Status::of(instance),
            complete_confirmations: confirmations.collect(),
            data: elements.map(|element| DataElementAnswer::of(element, instance, service)).collect(),
            presentation_texts: status.presentation_texts.clone(),
            data_values: status.data_values.clone(),
            created: instance.created(),
            last_changed: instance.changed(),
        }
    }
}

impl InstanceOwner {
    fn of(instance: &Instance, owner: Option<&Party>) -> Self {
        let (mut person_number, mut organisation_number, mut username) = (None, None, None);
        match owner.map(|owner| &owner.identifier) {
            Some(PartyIdentifier::Person(number)) => person_number = Some(number.expose().to_owned()),
            Some(PartyIdentifier::Organization(number)) => organisation_number = Some(number.to_string()),
            Some(PartyIdentifier::SelfIdentified(name)) => username = Some(name.clone()),
            None => {}
        }
        Self { party_id: instance.id().owner.to_string(), person_number, organisation_number, username }
    }
}

impl Status {
    fn of(instance: &Instance) -> Self {
        let status = instance.status();
        Self {
            is_archived: instance.process().has_ended(),
            archived: instance.process().ended,
            is_soft_deleted: status.soft_deleted.is_some(),
            soft_deleted: status.soft_deleted,
            is_hard_deleted: status.hard_deleted.is_some(),
            hard_deleted: status.hard_deleted,
            read_status: match status.read_status {
                ReadStatus::Unread => "Unread",
                ReadStatus::Read => "Read",
                ReadStatus::UpdatedSinceLastReview => "UpdatedSinceLastReview",
            },
            substatus: status.substatus.as_ref().map(|substatus| SubstatusAnswer {
                label: substatus.label.clone(),
                description: substatus.description.clone(),
            }),
        }
    }
}

/// An instance that has not come to its end, as a party is shown what it has begun.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct SimpleInstance {
    id: String,
    presentation_texts: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_before: Option<DateTime<Utc>>,
    last_changed: DateTime<Utc>,
}

impl SimpleInstance {
    pub(in crate::http) fn of(instance: &Instance) -> Self {
        let status = instance.status();
        Self {
            id: instance.id().to_string(),
            presentation_texts: status.presentation_texts.clone(),
            due_before: status.due_before,
            last_changed: instance.changed(),
        }
    }
}

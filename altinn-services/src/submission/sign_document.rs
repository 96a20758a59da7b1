//! What somebody signed, in the form of Altinn's `SignDocument`.

use altinn_core::{Actor, Digest, Subject};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::element::DataElement;
use crate::process::Task;

/// What somebody signed: the digests of the data elements, who, and when, in the form of Altinn's `SignDocument`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignDocument {
    id: Uuid,
    instance_guid: Uuid,
    signed_time: DateTime<Utc>,
    signee_info: SigneeInfo,
    /// The signee under the pseudonym that the trail knows.
    signed_by: String,
    data_element_signatures: Vec<DataElementSignature>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SigneeInfo {
    #[serde(skip_serializing_if = "Option::is_none")]
    system_user_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation_number: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DataElementSignature {
    data_element_id: Uuid,
    sha256_hash: Digest,
    signed: bool,
}

impl SignDocument {
    /// The signature of `actor` on these elements.
    pub(super) fn new(
        id: Uuid,
        instance: Uuid,
        actor: &Actor,
        at: DateTime<Utc>,
        elements: &[&DataElement],
    ) -> Self {
        let signatures = elements.iter().map(|element| DataElementSignature {
            data_element_id: element.id,
            sha256_hash: Digest::of(&element.content),
            signed: true,
        });
        Self {
            id,
            instance_guid: instance,
            signed_time: at,
            signee_info: SigneeInfo::of(actor.subject()),
            signed_by: actor.reference(),
            data_element_signatures: signatures.collect(),
        }
    }
}

/// Who gave a signature that is kept so, and when.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignedBy {
    pub(super) signed_by: String,
    pub(super) signed_time: DateTime<Utc>,
}

/// The data type that the signatures of a task are kept in.
pub(super) fn signature_data_type(task: &Task) -> &str {
    let named = task.signature.as_ref().and_then(|config| config.signature_data_type.as_deref());
    named.unwrap_or("signature")
}

impl SigneeInfo {
    fn of(subject: &Subject) -> Self {
        let nobody = Self { system_user_id: None, person_number: None, organisation_number: None };
        match subject {
            Subject::Person { number, .. } => {
                Self { person_number: number.as_ref().map(|number| number.expose().to_owned()), ..nobody }
            }
            Subject::Organization { number, .. } => {
                Self { organisation_number: Some(number.to_string()), ..nobody }
            }
            Subject::SystemUser { id, owner, .. } => {
                Self { system_user_id: Some(*id), organisation_number: Some(owner.to_string()), ..nobody }
            }
            _ => nobody,
        }
    }
}

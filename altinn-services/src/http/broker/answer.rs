//! What a file transfer is answered as.

use std::collections::BTreeMap;

use altinn_core::PartyId;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::broker::{Transfer, Transition};
use crate::http::Api;
use crate::http::acting::name_of;
use crate::http::error::ApiError;

/// A transfer that was announced.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Initialised {
    pub(super) file_transfer_id: Uuid,
}

/// How a transfer stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileTransferOverview {
    file_transfer_id: Uuid,
    resource_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_name: Option<String>,
    /// Bytes that are there.
    file_transfer_size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    senders_file_transfer_reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum: Option<String>,
    /// `Initialized`, `UploadStarted`, `UploadProcessing`, `Published`, `Cancelled`, `AllConfirmedDownloaded`, `Purged`, `Failed`.
    file_transfer_status: &'static str,
    created: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_time: Option<DateTime<Utc>>,
    /// `0192:` and the organization's number.
    sender: String,
    /// Those that the caller may know of.
    recipients: Vec<RecipientAnswer>,
    property_list: BTreeMap<String, String>,
}

/// How far a recipient has come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RecipientAnswer {
    recipient: String,
    /// `Initialized`, `DownloadStarted`, `DownloadConfirmed`.
    current_recipient_file_transfer_status_code: &'static str,
    current_recipient_file_transfer_status_changed: DateTime<Utc>,
}

/// How a transfer came to where it stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileTransferDetails {
    #[serde(flatten)]
    overview: FileTransferOverview,
    file_transfer_status_history: Vec<StatusEvent>,
    recipient_file_transfer_status_history: Vec<RecipientStatusEvent>,
}

/// A status of a transfer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct StatusEvent {
    file_transfer_status: String,
    file_transfer_status_changed: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_transfer_status_text: Option<String>,
}

/// A status of a recipient.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RecipientStatusEvent {
    recipient: String,
    recipient_file_transfer_status_code: String,
    recipient_file_transfer_status_changed: DateTime<Utc>,
}

impl FileTransferOverview {
    pub(super) async fn of(api: &Api, transfer: &Transfer) -> Result<Self, ApiError> {
        let mut recipients = Vec::new();
        for recipient in &transfer.recipients {
            recipients.push(RecipientAnswer {
                recipient: name_of(api, recipient.party).await?,
                current_recipient_file_transfer_status_code: recipient.status.as_str(),
                current_recipient_file_transfer_status_changed: recipient.at,
            });
        }
        Ok(Self {
            file_transfer_id: transfer.id.as_uuid(),
            resource_id: transfer.service.to_string(),
            file_name: transfer.file_name.as_ref().map(|name| name.as_str().to_owned()),
            file_transfer_size: transfer.received,
            senders_file_transfer_reference: transfer.reference.clone(),
            checksum: transfer.checksum.map(|checksum| checksum.to_string()),
            file_transfer_status: transfer.status.as_str(),
            created: transfer.created_at,
            expiration_time: transfer.expires_at,
            sender: name_of(api, transfer.sender).await?,
            recipients,
            property_list: transfer.properties.clone(),
        })
    }
}

impl FileTransferDetails {
    pub(super) async fn of(
        api: &Api,
        transfer: &Transfer,
        history: Vec<Transition>,
    ) -> Result<Self, ApiError> {
        let mut names: BTreeMap<PartyId, String> = BTreeMap::new();
        let (mut of_transfer, mut of_recipients) = (Vec::new(), Vec::new());
        for step in history {
            let Some(recipient) = step.recipient else {
                of_transfer.push(StatusEvent {
                    file_transfer_status: step.status,
                    file_transfer_status_changed: step.at,
                    file_transfer_status_text: step.reason,
                });
                continue;
            };
            let name = match names.get(&recipient) {
                Some(known) => known.clone(),
                None => name_of(api, recipient).await?,
            };
            names.insert(recipient, name.clone());
            of_recipients.push(RecipientStatusEvent {
                recipient: name,
                recipient_file_transfer_status_code: step.status,
                recipient_file_transfer_status_changed: step.at,
            });
        }
        Ok(Self {
            overview: FileTransferOverview::of(api, transfer).await?,
            file_transfer_status_history: of_transfer,
            recipient_file_transfer_status_history: of_recipients,
        })
    }
}

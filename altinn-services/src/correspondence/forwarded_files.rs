//! The files of correspondences that are forwarded, as mails take them.

use altinn_archive::{Archive, ArchiveError};
use altinn_core::store::Store;
use altinn_notify::channel::{AttachmentError, AttachmentSource};
use async_trait::async_trait;
use uuid::Uuid;

use super::CorrespondenceError;
use super::download::opened;
use super::forwarding::Forwarding;
use super::receive::content_of;

/// What the references of such files begin with.
pub(crate) const FORWARDED_FILES: &str = "altinn-services/forwarding/";

/// What a file of a forwarding is referred to by.
pub(super) fn reference(forwarding: Uuid, index: usize) -> String {
    format!("{FORWARDED_FILES}{forwarding}/{index}")
}

/// Reads the files of correspondences that are forwarded from the sender's archive.
#[derive(Debug)]
pub(crate) struct ForwardedFiles {
    store: Store,
    archive: Archive,
}

impl ForwardedFiles {
    pub(crate) fn new(store: Store, archive: Archive) -> Self {
        Self { store, archive }
    }

    async fn bytes(
        &self,
        forwarding: Uuid,
        index: usize,
        limit: u64,
    ) -> Result<Vec<u8>, CorrespondenceError> {
        let mailing = Forwarding::mailing_of(&self.store, forwarding).await?;
        let mailing = mailing.ok_or(CorrespondenceError::NotFound)?;
        let attachment = content_of(&self.archive, &mailing).await?.attachments.into_iter().nth(index);
        let attachment = attachment.ok_or(CorrespondenceError::Nothing("attachment"))?;
        let download = opened(&self.archive, &mailing, index, attachment).await?;
        Ok(download.content.bytes(limit).await.map_err(ArchiveError::from)?.to_vec())
    }
}

#[async_trait]
impl AttachmentSource for ForwardedFiles {
    async fn read(&self, reference: &str, limit: u64) -> Result<Vec<u8>, AttachmentError> {
        let parts = reference.strip_prefix(FORWARDED_FILES).and_then(|rest| rest.split_once('/'));
        let parts = parts.and_then(|(id, index)| Some((id.parse().ok()?, index.parse().ok()?)));
        let (forwarding, index) = parts.ok_or(AttachmentError::NotFound)?;
        self.bytes(forwarding, index, limit).await.map_err(|error| match error {
            CorrespondenceError::NotFound | CorrespondenceError::Nothing(_) => AttachmentError::NotFound,
            error if error.is_erased() => AttachmentError::NotFound,
            error => AttachmentError::Unavailable { reason: error.code().to_owned() },
        })
    }
}

//! Files as recipients get them.

use altinn_archive::Archive;
use altinn_core::{Actor, InstanceId};

use super::mailing::Mailing;
use super::send::file_element;
use super::shared_attachment::FILE;
use super::{
    Attachment, AttachmentRefusal, CorrespondenceError, CorrespondenceEvent, CorrespondenceService,
    Correspondences, Download,
};

impl Correspondences<'_> {
    /// Gets an attachment, by its place among them from 0.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch); [`CorrespondenceError::Nothing`] when there is no such attachment.
    pub async fn attachment(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        id: &InstanceId,
        index: usize,
    ) -> Result<Download, CorrespondenceError> {
        let (_, mailing) = self.known(actor, service, id).await?;
        let attachment = self.content_of(&mailing).await?.attachments.into_iter().nth(index);
        let attachment = attachment.ok_or(CorrespondenceError::Nothing("attachment"))?;
        let download = opened(self.altinn.archive(), &mailing, index, attachment).await?;
        self.act(actor, service, id, |_| vec![CorrespondenceEvent::DownloadAttachment.into()]).await?;
        Ok(download)
    }

    /// Gets all attachments, in their order, where they have at most so many bytes together.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch); [`CorrespondenceError::Nothing`] when there are none;
    /// [`AttachmentRefusal::Together`] when they have more bytes.
    pub async fn attachments(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        id: &InstanceId,
        most_bytes: u64,
    ) -> Result<Vec<Download>, CorrespondenceError> {
        let (_, mailing) = self.known(actor, service, id).await?;
        let attachments = self.content_of(&mailing).await?.attachments;
        if attachments.is_empty() {
            return Err(CorrespondenceError::Nothing("attachment"));
        }
        if attachments.iter().map(|attachment| attachment.size).sum::<u64>() > most_bytes {
            return Err(CorrespondenceError::Attachment { reason: AttachmentRefusal::Together });
        }
        let mut downloads = Vec::with_capacity(attachments.len());
        for (index, attachment) in attachments.into_iter().enumerate() {
            downloads.push(opened(self.altinn.archive(), &mailing, index, attachment).await?);
        }
        self.act(actor, service, id, |_| vec![CorrespondenceEvent::DownloadAttachment.into()]).await?;
        Ok(downloads)
    }
}

/// A file of a mailing, opened.
pub(super) async fn opened(
    archive: &Archive,
    mailing: &Mailing,
    index: usize,
    attachment: Attachment,
) -> Result<Download, CorrespondenceError> {
    let content = match attachment.entry {
        Some(entry) => archive.content(entry, FILE).await?,
        None => archive.content(mailing.entry, &file_element(index)).await?,
    };
    Ok(Download { attachment, content })
}

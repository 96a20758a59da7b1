//! Uploading files that go with correspondences.

use altinn_archive::{ArchiveError, ContentWriter, NewElement, NewEntry, Participant, StoredContent};
use altinn_auth::register::PartyRegister as _;
use altinn_auth::trail::Deed;
use altinn_core::store::{Batch, params};
use altinn_core::{Actor, Language, PartyId, Text};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use md5::{Digest as _, Md5};
use uuid::Uuid;

use super::attachment::content_type;
use super::shared_attachment::FILE;
use super::{
    AttachmentRefusal, AttachmentStatus, CorrespondenceError, CorrespondenceService, Correspondences, SEND,
    SharedAttachment,
};

impl Correspondences<'_> {
    /// Takes the bytes of a file, piece by piece with bounded memory, and keeps it in the sender's archive; what breaks off is
    /// given up, and uploaded anew.
    ///
    /// # Errors
    /// [`CorrespondenceError::Attachment`] says why the file is not kept; [`CorrespondenceError::NotFound`],
    /// [`CorrespondenceError::Access`].
    pub async fn upload_attachment<E>(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        (sender, id): (PartyId, Uuid),
        bytes: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<SharedAttachment, CorrespondenceError> {
        let access = self.permit(actor, service, sender, SEND, None).await?;
        let store = self.altinn.store();
        let shared = SharedAttachment::of_sender(store, (service.id(), sender), id).await?;
        let mut shared = shared.ok_or(CorrespondenceError::NotFound)?;
        if shared.status != AttachmentStatus::Initialized {
            return Err(refused(AttachmentRefusal::Uploaded));
        }
        let (content, md5) = self.kept(bytes, service.max_attachment_bytes()).await?;
        if shared.checksum.is_some_and(|checksum| !checksum.is_of(md5)) {
            return Err(refused(AttachmentRefusal::Checksum));
        }
        let now = self.altinn.clock().now();
        let party = self.altinn.register().party(sender).await?.ok_or(CorrespondenceError::NotFound)?;
        let (size, sha256) = (content.size(), content.sha256());
        let kind = content_type(&shared.file_name).unwrap_or("application/octet-stream");
        let file = NewElement::new(FILE, kind, content).with_file_name(shared.file_name.clone());
        let entry = NewEntry::new(
            service.id().to_string(),
            Participant::new(sender.to_string(), party.name),
            Participant::new(actor.reference(), ""),
            actor.level(),
        )
        .at(now)
        .with_title(Text::new(Language::Nb, shared.file_name.clone()))
        .with_label("attachment", id.to_string())
        .with_element(file);
        let mut batch = Batch::new();
        let entry = self.altinn.archive().stage(&mut batch, entry).await?;
        batch.execute_one(
            "update services_shared_attachment set status = $1, size = $2, sha256 = $3, entry = $4, published_at = $5, \
             version = version + 1 where id = $6 and version = $7",
            params![
                AttachmentStatus::Published.number(),
                i64::try_from(size).unwrap_or(i64::MAX),
                sha256,
                entry,
                now,
                id,
                shared.version
            ],
        );
        access.guard_with(&mut batch, &Deed::to(format!("attachment/{id}")));
        store.commit(batch).await?;
        shared.status = AttachmentStatus::Published;
        (shared.size, shared.sha256, shared.entry) = (Some(size), Some(sha256), Some(entry));
        (shared.published, shared.version) = (Some(now), shared.version + 1);
        Ok(shared)
    }

    /// Keeps a file as it comes; gives its MD5 beside it. What breaks off, has no bytes or more than so many is not kept.
    pub(crate) async fn kept<E>(
        &self,
        bytes: impl Stream<Item = Result<Bytes, E>> + Send,
        limit: u64,
    ) -> Result<(StoredContent, [u8; 16]), CorrespondenceError> {
        let mut writer = self.altinn.archive().content_writer()?;
        let mut md5 = Md5::new();
        let taken = take(&mut writer, &mut md5, bytes, limit).await;
        if let Err(error) = taken {
            // What stays behind is removed with all that no entry names.
            drop(writer.abort().await);
            return Err(error);
        }
        let content = writer.finish().await.map_err(ArchiveError::from)?;
        Ok((content, md5.finalize().into()))
    }
}

async fn take<E>(
    writer: &mut ContentWriter,
    md5: &mut Md5,
    bytes: impl Stream<Item = Result<Bytes, E>> + Send,
    limit: u64,
) -> Result<(), CorrespondenceError> {
    let (mut bytes, mut size) = (std::pin::pin!(bytes), 0);
    while let Some(piece) = bytes.next().await {
        let piece = piece.map_err(|_| refused(AttachmentRefusal::BrokenOff))?;
        size += piece.len() as u64;
        if size > limit {
            return Err(refused(AttachmentRefusal::Size));
        }
        md5.update(&piece);
        writer.write(&piece).await.map_err(ArchiveError::from)?;
    }
    if size == 0 { Err(refused(AttachmentRefusal::Size)) } else { Ok(()) }
}

fn refused(reason: AttachmentRefusal) -> CorrespondenceError {
    CorrespondenceError::Attachment { reason }
}

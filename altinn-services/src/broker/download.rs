//! Downloading.

use std::fmt;
use std::ops::Range;

use altinn_archive::{Archive, ContentError, EntryId};
use altinn_auth::decision::{Access, AccessRequest};
use altinn_core::store::{Batch, params};
use altinn_core::{Actor, Digest, PartyId};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};

use super::{
    Broker, BrokerError, BrokerService, FileName, RecipientStatus, TRIES, Transfer, TransferId, segment,
};

/// A file that is given out.
pub struct Download {
    archive: Archive,
    entry: EntryId,
    /// The segments' elements with their sizes.
    segments: Vec<(String, u64)>,
    range: Range<u64>,
    file_name: Option<FileName>,
    size: u64,
    sha256: Option<Digest>,
}

impl Download {
    /// The name that its sender gave it.
    pub fn file_name(&self) -> Option<&FileName> {
        self.file_name.as_ref()
    }

    /// How many bytes the whole has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The SHA-256 of the whole.
    pub fn sha256(&self) -> Option<Digest> {
        self.sha256
    }

    /// Only these bytes, as far as there are any.
    #[must_use]
    pub fn range(mut self, range: Range<u64>) -> Self {
        let end = range.end.min(self.size);
        self.range = range.start.min(end)..end;
        self
    }

    /// The bytes in pieces. An error as the last item says that they are not what was published: act on them only once
    /// the stream has ended well.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, BrokerError>> + Send + 'static {
        let sizes: Vec<_> = self.segments.iter().map(|(_, size)| *size).collect();
        let parts = segment::parts(&sizes, &self.range);
        let Self { archive, entry, segments, .. } = self;
        let open = move |(number, range): (usize, Range<u64>)| {
            let (archive, segment) = (archive.clone(), segments.get(number).cloned());
            async move {
                let (name, size) = segment.ok_or(ContentError::Missing)?;
                let content = archive.content(entry, &name).await?;
                let content = if range == (0..size) { content } else { content.range(range) };
                Ok::<_, BrokerError>(content.into_stream().map_err(BrokerError::from))
            }
        };
        stream::iter(parts).then(open).try_flatten()
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("size", &self.size)
            .field("range", &self.range)
            .finish_non_exhaustive()
    }
}

impl Broker<'_> {
    /// Gives a file to one of its recipients. That the download has begun is noted before the first byte.
    ///
    /// # Errors
    /// [`BrokerError::NotFound`] for everybody who does not receive it, and for a file that is not published;
    /// [`BrokerError::Status`] when it is purged.
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id(), transfer = %id), err(level = "debug"))]
    pub async fn download(
        &self,
        actor: &Actor,
        service: &BrokerService,
        recipient: PartyId,
        id: TransferId,
    ) -> Result<Download, BrokerError> {
        let mut tries = 1;
        loop {
            match self.try_download(actor, service, recipient, id).await {
                Err(BrokerError::Changed) if tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn try_download(
        &self,
        actor: &Actor,
        service: &BrokerService,
        recipient: PartyId,
        id: TransferId,
    ) -> Result<Download, BrokerError> {
        let (access, mut transfer) = self.of_recipient(actor, service, recipient, id).await?;
        if !transfer.status.gives_bytes() {
            return Err(BrokerError::Status { status: transfer.status });
        }
        let archive = self.altinn.archive().clone();
        let entry = transfer.entry.ok_or(BrokerError::NotFound)?;
        let elements = archive.get(entry).await?.elements;
        let segments = elements.into_iter().filter(|element| segment::is_segment(&element.name));
        let segments = segments.map(|element| (element.name, element.size)).collect();
        let now = self.altinn.clock().now();
        let mut batch = Batch::new();
        access.guard_with(&mut batch, &id.deed());
        if transfer.recipients.iter().any(|own| own.status == RecipientStatus::Initialized) {
            let started = RecipientStatus::DownloadStarted.as_str();
            transfer.update(&mut batch);
            transfer.note(&mut batch, now, (Some(recipient), started), None);
            batch.execute_one(
                "update services_broker_recipient set status = $1, at = $2 where transfer = $3 and party = $4",
                params![started, now, id, recipient],
            );
        }
        self.commit(batch).await?;
        let (file_name, size, sha256) = (transfer.file_name, transfer.received, transfer.sha256);
        Ok(Download { archive, entry, segments, range: 0..size, file_name, size, sha256 })
    }

    /// A transfer that somebody receives, and the permission to.
    pub(super) async fn of_recipient(
        &self,
        actor: &Actor,
        service: &BrokerService,
        recipient: PartyId,
        id: TransferId,
    ) -> Result<(Access, Transfer), BrokerError> {
        let request = AccessRequest::new("read", service.id().clone(), recipient);
        let access = self.altinn.permit(actor, &request).await?;
        match Transfer::of(self.altinn.store(), service.id(), id, recipient).await? {
            Some(transfer) if transfer.sender != recipient => Ok((access, transfer)),
            _ => Err(BrokerError::NotFound),
        }
    }
}

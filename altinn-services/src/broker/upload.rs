//! Uploading.

use std::fmt::Display;

use altinn_archive::{ContentWriter, StoredContent};
use altinn_auth::decision::{Access, AccessRequest};
use altinn_core::store::Batch;
use altinn_core::{Actor, PartyId};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};

use super::checksum::Hasher;
use super::segment::{self, MAX_UNANNOUNCED, segment_size};
use super::{Broker, BrokerError, BrokerService, Transfer, TransferId, TransferStatus};

impl Broker<'_> {
    /// Takes the bytes of a file from a place on, piece by piece, and keeps them as they come; gives where the upload
    /// stands. When all the bytes are there that were announced, the file is checked and published.
    ///
    /// When the sender's stream breaks off, what came is kept: go on from [`Transfer::received`], which
    /// [`Broker::transfer`] tells. Memory is bounded whatever the size.
    ///
    /// # Errors
    /// [`BrokerError::Offset`] when the upload stands elsewhere, or somebody else uploads as well;
    /// [`BrokerError::Interrupted`] when the stream breaks off; [`BrokerError::TooLarge`], after which nothing of the
    /// surplus is kept; [`BrokerError::Checksum`] when the whole is not what was announced: the transfer has failed then.
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id(), transfer = %id), err(level = "debug"))]
    pub async fn upload<E: Display>(
        &self,
        (actor, sender): (&Actor, PartyId),
        service: &BrokerService,
        id: TransferId,
        from: u64,
        bytes: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<u64, BrokerError> {
        let (access, transfer) = self.of_sender(actor, service, sender, id).await?;
        if !transfer.status.takes_bytes() {
            return Err(BrokerError::Status { status: transfer.status });
        }
        if transfer.received != from {
            return Err(BrokerError::Offset { expected: transfer.received, found: from });
        }
        let limit = transfer.announced.unwrap_or_else(|| service.max_size().min(MAX_UNANNOUNCED));
        let hasher = (from == 0).then(|| Hasher::new(transfer.checksum));
        let mut upload = Upload { broker: self, access, transfer, limit, hasher, writer: None, open: 0 };
        upload.begin().await?;
        let outcome = upload.take_all(bytes).await;
        upload.keep_open_segment().await?;
        outcome?;
        let Upload { access, transfer, hasher, .. } = upload;
        let received = transfer.received;
        if transfer.announced == Some(received) {
            self.publish(&access, service, transfer, hasher).await?;
        }
        Ok(received)
    }

    /// Says that a file is complete whose size was not announced: it is checked and published. One that is published
    /// already stays so.
    ///
    /// # Errors
    /// [`BrokerError::Incomplete`] when more was announced; [`BrokerError::Checksum`]; [`BrokerError::Status`].
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id(), transfer = %id), err(level = "debug"))]
    pub async fn complete(
        &self,
        actor: &Actor,
        service: &BrokerService,
        sender: PartyId,
        id: TransferId,
    ) -> Result<(), BrokerError> {
        let (access, transfer) = self.of_sender(actor, service, sender, id).await?;
        match (transfer.status, transfer.announced) {
            (status, _) if status.gives_bytes() => Ok(()),
            (TransferStatus::UploadStarted | TransferStatus::UploadProcessing, None) => {
                self.publish(&access, service, transfer, None).await
            }
            (TransferStatus::UploadStarted | TransferStatus::UploadProcessing, Some(announced)) => {
                let received = transfer.received;
                if received == announced {
                    self.publish(&access, service, transfer, None).await
                } else {
                    Err(BrokerError::Incomplete { received, announced })
                }
            }
            (status, _) => Err(BrokerError::Status { status }),
        }
    }

    /// Takes a transfer back that is not published.
    ///
    /// # Errors
    /// [`BrokerError::Status`] when it is; [`BrokerError::Changed`].
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id(), transfer = %id), err(level = "debug"))]
    pub async fn cancel(
        &self,
        actor: &Actor,
        service: &BrokerService,
        sender: PartyId,
        id: TransferId,
    ) -> Result<(), BrokerError> {
        let (access, mut transfer) = self.of_sender(actor, service, sender, id).await?;
        if transfer.status == TransferStatus::Cancelled {
            return Ok(());
        }
        if !transfer.status.may_become(TransferStatus::Cancelled) {
            return Err(BrokerError::Status { status: transfer.status });
        }
        let mut batch = Batch::new();
        access.guard_with(&mut batch, &id.deed());
        let now = self.altinn.clock().now();
        self.give_up(&mut batch, &mut transfer, TransferStatus::Cancelled, now, None).await?;
        self.commit(batch).await
    }

    /// A transfer that somebody sends, and the permission to.
    async fn of_sender(
        &self,
        actor: &Actor,
        service: &BrokerService,
        sender: PartyId,
        id: TransferId,
    ) -> Result<(Access, Transfer), BrokerError> {
        let request = AccessRequest::new("write", service.id().clone(), sender);
        let access = self.altinn.permit(actor, &request).await?;
        let transfer = Transfer::of(self.altinn.store(), service.id(), id, sender).await?;
        match transfer {
            Some(transfer) if transfer.sender == sender => Ok((access, transfer)),
            _ => Err(BrokerError::NotFound),
        }
    }
}

/// An upload under way.
struct Upload<'a> {
    broker: &'a Broker<'a>,
    access: Access,
    transfer: Transfer,
    /// How many bytes the file may have.
    limit: u64,
    /// Over all bytes of the file, when this upload has seen them all.
    hasher: Option<Hasher>,
    /// The segment that is being written, and how many bytes it has.
    writer: Option<ContentWriter>,
    open: u64,
}

impl Upload<'_> {
    /// Says that the upload has begun.
    async fn begin(&mut self) -> Result<(), BrokerError> {
        if self.transfer.status != TransferStatus::Initialized {
            return Ok(());
        }
        let mut batch = Batch::new();
        self.access.guard_with(&mut batch, &self.transfer.id.deed());
        let now = self.broker.altinn.clock().now();
        self.transfer.step(&mut batch, TransferStatus::UploadStarted, now, None);
        self.broker.commit(batch).await
    }

    async fn take_all<E: Display>(
        &mut self,
        bytes: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<(), BrokerError> {
        let mut bytes = std::pin::pin!(bytes);
        while let Some(piece) = bytes.next().await {
            match piece {
                Ok(piece) => self.take(&piece).await?,
                Err(error) => {
                    let received = self.transfer.received + self.open;
                    let reason = error.to_string().chars().take(200).collect();
                    return Err(BrokerError::Interrupted { received, reason });
                }
            }
        }
        Ok(())
    }

    async fn take(&mut self, piece: &[u8]) -> Result<(), BrokerError> {
        let room = self.limit - self.transfer.received - self.open;
        if piece.len() as u64 > room {
            return Err(BrokerError::TooLarge { limit: self.limit });
        }
        if let Some(hasher) = &mut self.hasher {
            hasher.update(piece);
        }
        let segment = segment_size(self.transfer.announced);
        let mut rest = piece;
        while !rest.is_empty() {
            let room = usize::try_from(segment - self.open).unwrap_or(usize::MAX);
            let (now, later) = rest.split_at(room.min(rest.len()));
            let writer = match &mut self.writer {
                Some(writer) => writer,
                empty => empty.insert(self.broker.altinn.archive().content_writer()?),
            };
            writer.write(now).await?;
            self.open += now.len() as u64;
            rest = later;
            if self.open == segment {
                self.keep_open_segment().await?;
            }
        }
        Ok(())
    }

    /// Makes the open segment durable, if there is one.
    async fn keep_open_segment(&mut self) -> Result<(), BrokerError> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        self.open = 0;
        let content: StoredContent = writer.finish().await?;
        let (mut batch, now) = (Batch::new(), self.broker.altinn.clock().now());
        self.access.guard_with(&mut batch, &self.transfer.id.deed());
        let found = self.transfer.received;
        segment::keep(&mut batch, self.broker.altinn.archive(), &mut self.transfer, &content, now)?;
        self.transfer.due_at = Some(now + super::transfer::STUCK_AFTER);
        self.transfer.update(&mut batch);
        match self.broker.commit(batch).await {
            Err(BrokerError::Changed) => {
                let stands = Transfer::load(self.broker.altinn.store(), self.transfer.id).await?;
                Err(BrokerError::Offset { expected: stands.received, found })
            }
            outcome => outcome,
        }
    }
}

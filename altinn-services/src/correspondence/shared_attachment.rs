//! Files that are there before the correspondences that they go with, and go with any number of them.

use std::fmt;

use altinn_archive::{ArchiveError, Digest, EntryId};
use altinn_auth::register::PartyRegister as _;
use altinn_auth::trail::Deed;
use altinn_core::store::{Batch, Row, Store, params};
use altinn_core::{Actor, Idempotency, IdempotencyAnswer, PartyId, ServiceId, canonical_json};
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::attachment::{check_name, content_type};
use super::fault::Fault;
use super::send::may_send_as;
use super::{
    Attachment, AttachmentRefusal, AttachmentStatus, CorrespondenceError, CorrespondenceService,
    Correspondences, Download, Md5Checksum, SEND,
};

/// The element that holds the file in its entry of the sender's archive.
pub(super) const FILE: &str = "file";

/// The most correspondences that are told of one file.
const MOST_TOLD: i64 = 1_000;

/// A file that is to be uploaded. `Debug` hides its name.
///
/// ```
/// use altinn_services::correspondence::NewSharedAttachment;
///
/// let plan = NewSharedAttachment::new("plan.pdf").under("2026/17").once("plan-17");
/// ```
#[derive(Clone)]
#[must_use]
pub struct NewSharedAttachment {
    file_name: String,
    senders_reference: String,
    checksum: Option<Md5Checksum>,
    idempotency_key: Option<String>,
}

impl NewSharedAttachment {
    /// A file of this name.
    pub fn new(file_name: impl Into<String>) -> Self {
        let file_name = file_name.into();
        Self { file_name, senders_reference: String::new(), checksum: None, idempotency_key: None }
    }

    /// The same under the sender's own reference (`sendersReference`), at most 4,096 bytes.
    pub fn under(mut self, senders_reference: impl Into<String>) -> Self {
        self.senders_reference = senders_reference.into();
        self
    }

    /// The same with the MD5 that its bytes must have.
    pub fn with_checksum(mut self, checksum: Md5Checksum) -> Self {
        self.checksum = Some(checksum);
        self
    }

    /// The same under an idempotency key: twice with one key it is one file.
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    fn canonical(&self, service: &ServiceId) -> Vec<u8> {
        canonical_json(&json!({
            "service": service.to_string(),
            "fileName": self.file_name,
            "sendersReference": self.senders_reference,
            "checksum": self.checksum.map(|checksum| checksum.to_string()),
        }))
    }
}

impl fmt::Debug for NewSharedAttachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewSharedAttachment(***)")
    }
}

/// A file that can go with correspondences. `Debug` hides its name.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SharedAttachment {
    /// Its id.
    pub id: Uuid,
    /// The service that it is of.
    pub service: ServiceId,
    /// Whose it is.
    pub sender: PartyId,
    /// What it is called.
    pub file_name: String,
    /// The sender's own reference; nothing when there is none.
    pub senders_reference: String,
    /// The MD5 that its bytes must have.
    pub checksum: Option<Md5Checksum>,
    /// What has become of it.
    pub status: AttachmentStatus,
    /// How many bytes it has, once it is there.
    pub size: Option<u64>,
    /// The SHA-256 of its bytes, once it is there.
    pub sha256: Option<Digest>,
    /// When it was initialized.
    pub created: DateTime<Utc>,
    /// When it was published.
    pub published: Option<DateTime<Utc>>,
    /// When it was deleted.
    pub purged: Option<DateTime<Utc>>,
    /// The entry of the archive that holds it.
    pub(super) entry: Option<EntryId>,
    pub(super) version: i64,
}

impl fmt::Debug for SharedAttachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedAttachment")
            .field("id", &self.id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl SharedAttachment {
    /// What it is among the files of a correspondence, once it is there.
    pub(super) fn as_attachment(&self) -> Option<Attachment> {
        (self.status == AttachmentStatus::Published).then_some(())?;
        Some(Attachment {
            file_name: self.file_name.clone(),
            content_type: content_type(&self.file_name).unwrap_or("application/octet-stream").to_owned(),
            size: self.size?,
            sha256: self.sha256?,
            id: Some(self.id),
            entry: Some(self.entry?),
        })
    }

    fn from_row(row: &Row) -> Result<Self, CorrespondenceError> {
        let stored = |column| CorrespondenceError::Stored { column };
        let (service, checksum): (String, Option<String>) = (row.get("service")?, row.get("checksum")?);
        let size: Option<i64> = row.get("size")?;
        Ok(Self {
            id: row.get("id")?,
            service: service.parse().map_err(|_| stored("service"))?,
            sender: row.get("sender")?,
            file_name: row.get("file_name")?,
            senders_reference: row.get("senders_reference")?,
            checksum: checksum.map(|text| text.parse()).transpose().map_err(|_| stored("checksum"))?,
            status: AttachmentStatus::numbered(row.get("status")?).ok_or_else(|| stored("status"))?,
            size: size.map(u64::try_from).transpose().map_err(|_| stored("size"))?,
            sha256: row.get("sha256")?,
            created: row.get("created_at")?,
            published: row.get("published_at")?,
            purged: row.get("purged_at")?,
            entry: row.get("entry")?,
            version: row.get("version")?,
        })
    }

    /// A file of a party's in a service.
    pub(super) async fn of_sender(
        store: &Store,
        (service, sender): (&ServiceId, PartyId),
        id: Uuid,
    ) -> Result<Option<Self>, CorrespondenceError> {
        let sql = "select * from services_shared_attachment where id = $1 and sender = $2 and service = $3";
        let row = store.query_opt(sql, params![id, sender, service.to_string()]).await?;
        row.map(|row| Self::from_row(&row)).transpose()
    }

    /// Adds that it goes with a mailing, if it still may when the batch commits.
    pub(super) fn link(&self, batch: &mut Batch, mailing: Uuid) {
        batch.execute_one(
            "update services_shared_attachment set links = links + 1 where id = $1 and status = $2",
            params![self.id, AttachmentStatus::Published.number()],
        );
        batch.execute(
            "insert into services_shared_attachment_mailing (attachment, mailing) values ($1, $2) on conflict do nothing",
            params![self.id, mailing],
        );
    }
}

/// Adds that a file is gone whose entry is erased, with what its sender has said of it.
pub(crate) fn forget_file(batch: &mut Batch, entry: EntryId) {
    batch.execute(
        "update services_shared_attachment set file_name = '', senders_reference = '', status = $1, \
         version = version + 1 where entry = $2",
        params![AttachmentStatus::Purged.number(), entry],
    );
}

impl Correspondences<'_> {
    /// Says that a party is going to upload a file, which can go with any number of its correspondences in the service
    /// then. With an idempotency key, saying it again gives the same id.
    ///
    /// # Errors
    /// [`CorrespondenceError::Invalid`] when the file may not be called so; [`CorrespondenceError::NotFound`],
    /// [`CorrespondenceError::Access`].
    pub async fn initialize_attachment(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        sender: PartyId,
        new: &NewSharedAttachment,
    ) -> Result<Uuid, CorrespondenceError> {
        let access = self.permit(actor, service, sender, SEND, None).await?;
        let party = self.altinn.register().party(sender).await?.ok_or(CorrespondenceError::NotFound)?;
        if !may_send_as(actor, &party) {
            return Err(CorrespondenceError::NotFound);
        }
        let (store, now) = (self.altinn.store(), self.altinn.clock().now());
        let once = new.idempotency_key.as_ref().map(|key| {
            let request = new.canonical(service.id());
            Idempotency::new(actor.subject(), party.uuid, "correspondence.attachment", key, &request)
        });
        let once = once.transpose()?;
        if let Some(once) = &once
            && let IdempotencyAnswer::Repeated(id) = once.lookup(store, now).await?
        {
            return Ok(id);
        }
        if let Some(rule) = check_name(&new.file_name) {
            return Err(CorrespondenceError::Invalid(vec![Fault::new(rule, "/fileName")]));
        }
        if let Some(rule) = super::check::reference_fault(&new.senders_reference) {
            return Err(CorrespondenceError::Invalid(vec![Fault::new(rule, "/sendersReference")]));
        }
        let (id, mut batch) = (self.altinn.ids().next_id(), Batch::new());
        if let Some(once) = &once {
            once.claim(&mut batch, id, now);
        }
        batch.execute_one(
            "insert into services_shared_attachment (id, service, sender, file_name, senders_reference, checksum, status, \
             created_at, version, links) values ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0)",
            params![
                id,
                service.id().to_string(),
                sender,
                new.file_name.as_str(),
                new.senders_reference.as_str(),
                new.checksum.map(|checksum| checksum.to_string()),
                AttachmentStatus::Initialized.number(),
                now
            ],
        );
        access.guard_with(&mut batch, &Deed::to(format!("attachment/{id}")));
        store.commit(batch).await?;
        Ok(id)
    }

    /// A file of a party's, as it stands.
    ///
    /// # Errors
    /// [`CorrespondenceError::NotFound`], [`CorrespondenceError::Access`].
    pub async fn shared_attachment(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        sender: PartyId,
        id: Uuid,
    ) -> Result<SharedAttachment, CorrespondenceError> {
        self.permit(actor, service, sender, SEND, None).await?;
        let found = SharedAttachment::of_sender(self.altinn.store(), (service.id(), sender), id).await?;
        found.ok_or(CorrespondenceError::NotFound)
    }

    /// The correspondences that a file of a party's goes with, the first 1,000.
    ///
    /// # Errors
    /// As [`shared_attachment`](Self::shared_attachment).
    pub async fn correspondences_with(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        sender: PartyId,
        id: Uuid,
    ) -> Result<Vec<Uuid>, CorrespondenceError> {
        self.shared_attachment(actor, service, sender, id).await?;
        let sql = "select c.id from services_shared_attachment_mailing l join services_correspondence c \
                   on c.mailing = l.mailing where l.attachment = $1 order by l.mailing, c.number limit $2";
        let rows = self.altinn.store().query(sql, params![id, MOST_TOLD]).await?;
        Ok(rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?)
    }

    /// Gets a file of a party's own back.
    ///
    /// # Errors
    /// As [`shared_attachment`](Self::shared_attachment); [`CorrespondenceError::Nothing`] when it is not there, or not any more.
    pub async fn download_shared(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        sender: PartyId,
        id: Uuid,
    ) -> Result<Download, CorrespondenceError> {
        let shared = self.shared_attachment(actor, service, sender, id).await?;
        let attachment = shared.as_attachment().ok_or(CorrespondenceError::Nothing("attachment"))?;
        let entry = attachment.entry.ok_or(CorrespondenceError::Nothing("attachment"))?;
        let content = self.altinn.archive().content(entry, FILE).await?;
        Ok(Download { attachment, content })
    }

    /// Deletes a file of a party's that goes with no correspondence, for good. Deleting it again changes nothing.
    ///
    /// # Errors
    /// As [`shared_attachment`](Self::shared_attachment); [`CorrespondenceError::Attachment`] when it goes with one.
    pub async fn purge_attachment(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        sender: PartyId,
        id: Uuid,
    ) -> Result<(), CorrespondenceError> {
        let access = self.permit(actor, service, sender, SEND, None).await?;
        let store = self.altinn.store();
        let shared = SharedAttachment::of_sender(store, (service.id(), sender), id).await?;
        let shared = shared.ok_or(CorrespondenceError::NotFound)?;
        if shared.status != AttachmentStatus::Purged {
            let linked =
                "select mailing from services_shared_attachment_mailing where attachment = $1 limit 1";
            if store.query_opt(linked, params![id]).await?.is_some() {
                return Err(CorrespondenceError::Attachment { reason: AttachmentRefusal::Linked });
            }
            let mut batch = Batch::new();
            batch.execute_one(
                "update services_shared_attachment set status = $1, purged_at = $2, version = version + 1 \
                 where id = $3 and version = $4 and links = 0",
                params![AttachmentStatus::Purged.number(), self.altinn.clock().now(), id, shared.version],
            );
            access.guard_with(&mut batch, &Deed::to(format!("attachment/{id}")));
            store.commit(batch).await?;
        }
        let Some(entry) = shared.entry else { return Ok(()) };
        let by = altinn_archive::Participant::new(actor.reference(), "");
        let order = altinn_archive::ErasureOrder::new(by, actor.level(), "the sender deleted the file");
        match self.altinn.archive().erase(entry, &order).await {
            // It is erased, and the log says so in a moment.
            Ok(_) | Err(ArchiveError::NotYetProved { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

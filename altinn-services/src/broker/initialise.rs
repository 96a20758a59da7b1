//! Announcing a file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use altinn_auth::decision::AccessRequest;
use altinn_auth::register::{AccessLists as _, ListVersion, PartyRegister as _, StoredAccessLists};
use altinn_core::store::Batch;
use altinn_core::{Actor, Idempotency, IdempotencyAnswer, Party, PartyId, PartyIdentifier, canonical_json};
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::transfer::STUCK_AFTER;
use super::{
    Broker, BrokerError, BrokerService, Checksum, FileName, Recipient, RecipientStatus, TRIES, Transfer,
    TransferId, TransferStatus, inbox,
};

/// What an access list must let recipients in for.
const READ: &str = "read";
/// The most recipients of a transfer.
const MAX_RECIPIENTS: usize = 1_000;
/// The most characters of a reference, as Altinn has it.
const MAX_REFERENCE: usize = 4_096;
/// How many properties there may be, and the characters of a name and of a value, as Altinn has them.
const MAX_PROPERTIES: usize = 10;
const MAX_PROPERTY_NAME: usize = 50;
const MAX_PROPERTY_VALUE: usize = 300;

/// A file that is to be sent.
///
/// ```
/// use altinn_core::PartyId;
/// use altinn_services::broker::NewTransfer;
///
/// let new = NewTransfer::new("årsregnskap.zip".parse()?, [PartyId::new(50001)])
///     .with_size(5_368_709_120)
///     .with_checksum("900150983cd24fb0d6963f7d28e17f72".parse()?)
///     .once("accounts-2026");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct NewTransfer {
    file_name: FileName,
    recipients: Vec<PartyId>,
    reference: Option<String>,
    properties: BTreeMap<String, String>,
    checksum: Option<Checksum>,
    size: Option<u64>,
    idempotency_key: Option<String>,
}

impl NewTransfer {
    /// A file for recipients.
    pub fn new(file_name: FileName, recipients: impl IntoIterator<Item = PartyId>) -> Self {
        Self {
            file_name,
            recipients: recipients.into_iter().collect(),
            reference: None,
            properties: BTreeMap::new(),
            checksum: None,
            size: None,
            idempotency_key: None,
        }
    }

    /// The sender's own name for it (`sendersFileTransferReference`).
    pub fn with_reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// Something that the sender says of it (`propertyList`).
    pub fn with_property(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.properties.insert(name.into(), value.into());
        self
    }

    /// What its digest must be.
    pub fn with_checksum(mut self, checksum: Checksum) -> Self {
        self.checksum = Some(checksum);
        self
    }

    /// How many bytes it has (`Upload-Length`): with the last one, it is published. Without a size, say when it is
    /// [complete](Broker::complete).
    pub fn with_size(mut self, size: u64) -> Self {
        self.size = Some(size);
        self
    }

    /// The same key twice announces one file, and gives its id both times.
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    fn check(&self, service: &BrokerService) -> Result<(), BrokerError> {
        let found = self.recipients.len();
        if !(1..=MAX_RECIPIENTS).contains(&found) {
            return Err(BrokerError::RecipientCount { found, limit: MAX_RECIPIENTS });
        }
        let fits = |what, found: usize, limit| {
            if found > limit { Err(BrokerError::TooLong { what, limit }) } else { Ok(()) }
        };
        fits("the reference", self.reference.as_ref().map_or(0, |text| text.chars().count()), MAX_REFERENCE)?;
        fits("the number of properties", self.properties.len(), MAX_PROPERTIES)?;
        for (name, value) in &self.properties {
            fits("the name of a property", name.chars().count(), MAX_PROPERTY_NAME)?;
            fits("the value of a property", value.chars().count(), MAX_PROPERTY_VALUE)?;
        }
        match self.size {
            Some(size) if size > service.max_size() => {
                Err(BrokerError::TooLarge { limit: service.max_size() })
            }
            _ => Ok(()),
        }
    }

    /// What an idempotency key stands for.
    fn request(&self, service: &BrokerService) -> Vec<u8> {
        canonical_json(&json!({
            "service": service.id().to_string(), "fileName": self.file_name.as_str(),
            "recipients": self.recipients.iter().map(|party| party.get()).collect::<Vec<_>>(),
            "reference": self.reference, "properties": self.properties, "size": self.size,
            "checksum": self.checksum.map(|checksum| checksum.to_string()),
        }))
    }

    fn transfer(&self, id: Uuid, service: &BrokerService, sender: PartyId, now: DateTime<Utc>) -> Transfer {
        let recipient = |party: &PartyId| Recipient {
            party: *party,
            status: RecipientStatus::Initialized,
            at: now,
            confirmation: None,
        };
        Transfer {
            id: TransferId::new(id),
            service: service.id().clone(),
            sender,
            status: TransferStatus::Initialized,
            file_name: Some(self.file_name.clone()),
            reference: self.reference.clone(),
            properties: self.properties.clone(),
            checksum: self.checksum,
            announced: self.size,
            received: 0,
            sha256: None,
            entry: None,
            created_at: now,
            expires_at: None,
            recipients: self.recipients.iter().map(recipient).collect(),
            segments: 0,
            due_at: Some(now + STUCK_AFTER),
            version: 1,
        }
    }
}

impl Broker<'_> {
    /// Announces a file that somebody sends on behalf of a party.
    ///
    /// # Errors
    /// [`BrokerError::Access`] when the caller may not send; the others say what is wrong with the announcement.
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id()), err(level = "debug"))]
    pub async fn initialise(
        &self,
        actor: &Actor,
        service: &BrokerService,
        sender: PartyId,
        new: &NewTransfer,
    ) -> Result<TransferId, BrokerError> {
        let mut tries = 1;
        loop {
            match self.try_initialise(actor, service, sender, new).await {
                Err(error) if error.is_conflict() && tries < TRIES => tries += 1,
                Err(error) if error.is_conflict() => return Err(BrokerError::Changed),
                outcome => return outcome,
            }
        }
    }

    async fn try_initialise(
        &self,
        actor: &Actor,
        service: &BrokerService,
        sender: PartyId,
        new: &NewTransfer,
    ) -> Result<TransferId, BrokerError> {
        let request = AccessRequest::new("write", service.id().clone(), sender);
        let access = self.altinn.permit(actor, &request).await?;
        let sender = self.altinn.register().party(sender).await?.ok_or(BrokerError::NotFound)?;
        new.check(service)?;
        let once = new.idempotency_key.as_ref().map(|key| {
            Idempotency::new(actor.subject(), sender.uuid, "broker.initialise", key, &new.request(service))
        });
        let (once, now) = (once.transpose()?, self.altinn.clock().now());
        if let Some(once) = &once
            && let IdempotencyAnswer::Repeated(id) = once.lookup(self.altinn.store(), now).await?
        {
            return Ok(TransferId::new(id));
        }
        let lists = self.check_recipients(service, &sender, &new.recipients).await?;
        let transfer = new.transfer(self.altinn.ids().next_id(), service, sender.id, now);
        let mut batch = Batch::new();
        access.guard_with(&mut batch, &transfer.id.deed());
        lists.iter().for_each(|list| list.guard(&mut batch));
        if let Some(once) = &once {
            once.claim(&mut batch, transfer.id.as_uuid(), now);
        }
        transfer.insert(&mut batch);
        inbox::show(&transfer, self.altinn.inbox_key(), &mut batch, now);
        self.tell(&mut batch, &transfer, transfer.sender, "filetransferinitialized", now)?;
        self.altinn.store().commit(batch).await?;
        Ok(transfer.id)
    }

    /// Refuses those who may not receive; gives the access lists by which the others may.
    async fn check_recipients(
        &self,
        service: &BrokerService,
        sender: &Party,
        recipients: &[PartyId],
    ) -> Result<Vec<ListVersion>, BrokerError> {
        let lists =
            StoredAccessLists::new(self.altinn.store().clone(), Arc::new(self.altinn.register().clone()));
        let resource = service.id().resource_id();
        let are_required = lists.are_required(&resource).await?;
        let mut admitted_by = Vec::new();
        let mut seen = BTreeSet::from([sender.id]);
        for (party, position) in recipients.iter().zip(1..) {
            let cannot = |reason| BrokerError::Recipient { position, reason };
            if !seen.insert(*party) {
                return Err(cannot("it is the sender, or named twice"));
            }
            // Whoever is not on the list is not told from whoever is not there.
            let refused = || cannot("it is not one of those who may receive");
            let known = self.altinn.register().party(*party).await?;
            let known = known.filter(|party| !party.deleted && service.may_receive(&party.identifier));
            let known = known.ok_or_else(refused)?;
            if are_required {
                let PartyIdentifier::Organization(number) = known.identifier else { return Err(refused()) };
                let memberships = lists.memberships(number, &resource).await?;
                let covering = memberships.into_iter().filter(|membership| membership.covers(READ));
                let list = covering.filter_map(|membership| membership.list).next().ok_or_else(refused)?;
                admitted_by.push(list);
            }
        }
        Ok(admitted_by)
    }
}

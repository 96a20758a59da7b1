//! An instance: one person's or business's case in a service.

use altinn_archive::EntryId;
use altinn_core::store::{Batch, Row, Store, params};
use altinn_core::{InstanceId, ServiceId};
use chrono::{DateTime, Utc};

use super::element::DataElement;
use super::{InstanceStatus, SubmissionError};
use crate::process::ProcessState;

/// An instance as it stands: where it is in its process, and what it holds.
#[derive(Debug, Clone)]
pub struct Instance {
    pub(super) id: InstanceId,
    pub(super) service: ServiceId,
    pub(super) process: ProcessState,
    pub(super) version: i64,
    pub(super) created: DateTime<Utc>,
    pub(super) changed: DateTime<Utc>,
    pub(super) entry: Option<EntryId>,
    pub(super) status: InstanceStatus,
    pub(super) elements: Vec<DataElement>,
}

impl Instance {
    /// The id: `{partyId}/{guid}`.
    pub fn id(&self) -> &InstanceId {
        &self.id
    }

    /// The service.
    pub fn service(&self) -> &ServiceId {
        &self.service
    }

    /// Where it stands in its process.
    pub fn process(&self) -> &ProcessState {
        &self.process
    }

    /// The task it stands in, by id; none before the start and after the end.
    pub fn task(&self) -> Option<&str> {
        self.process.current_task().map(|task| task.element_id.as_str())
    }

    /// How often it was changed; what a writer read must still be so when it writes.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// When it was created.
    pub fn created(&self) -> DateTime<Utc> {
        self.created
    }

    /// When it was last changed.
    pub fn changed(&self) -> DateTime<Utc> {
        self.changed
    }

    /// The entry of the archive that holds what was submitted, once it has been.
    pub fn archive_entry(&self) -> Option<EntryId> {
        self.entry
    }

    /// How it stands beside its process.
    pub fn status(&self) -> &InstanceStatus {
        &self.status
    }

    /// Whether its own end deleted it (`autoDeleteOnProcessEnd` of the service): then it is there for the service's agency
    /// alone.
    pub fn was_deleted_by_its_end(&self) -> bool {
        self.status.hard_deleted.is_some() && self.status.hard_deleted == self.process.ended
    }

    /// Whether it stands for the form of a stateless service: it is kept nowhere, and has no process and no elements.
    pub fn is_stateless(&self) -> bool {
        self.version == 0
    }

    /// What it holds: forms, signatures, documents.
    pub fn elements(&self) -> &[DataElement] {
        &self.elements
    }

    /// The first element of a data type.
    pub fn element(&self, data_type: &str) -> Option<&DataElement> {
        self.elements.iter().find(|element| element.data_type == data_type)
    }

    /// The name of an element in the archive: its data type and, from the second of a type on, its place.
    pub(super) fn name_in_archive(&self, index: usize, element: &DataElement) -> String {
        let before = self.elements.iter().take(index);
        match before.filter(|other| other.data_type == element.data_type).count() {
            0 => element.data_type.clone(),
            earlier => format!("{}-{}", element.data_type, earlier + 1),
        }
    }

    /// Reads an instance and all that it holds, in one query, so that all of it is of one version; nothing when there
    /// is none.
    pub(super) async fn load(store: &Store, id: &InstanceId) -> Result<Option<Self>, SubmissionError> {
        let sql = "select i.service, i.process, i.version, i.created_at, i.changed_at, i.entry, i.status, \
                   d.id as element_id, d.data_type, d.content_type, d.file_name, d.content, d.file_scan, \
                   d.metadata, d.created_at as element_created_at, d.changed_at as element_changed_at \
                   from services_instance i left join services_data d on d.instance = i.id \
                   where i.id = $1 and i.party = $2";
        let mut rows = store.query(sql, params![id.guid, id.owner]).await?;
        let elements = rows.iter_mut().filter_map(|row| DataElement::from_row(row).transpose());
        let mut elements: Vec<DataElement> = elements.collect::<Result<_, _>>()?;
        // The store would copy what they hold to put them in order.
        elements.sort_unstable_by_key(|element| (element.created, element.id));
        rows.first().map(|row| Self::from_row(id, row, elements)).transpose()
    }

    fn from_row(id: &InstanceId, row: &Row, elements: Vec<DataElement>) -> Result<Self, SubmissionError> {
        let stored = |column: &str, text: String| SubmissionError::Stored { column: column.to_owned(), text };
        let service = row.text("service")?.unwrap_or_default();
        let process = row.text("process")?.unwrap_or_default();
        let status = row.text("status")?.map(serde_json::from_str).transpose();
        Ok(Self {
            id: *id,
            service: service.parse().map_err(|_| stored("service", service.to_owned()))?,
            process: serde_json::from_str(process).map_err(|error| stored("process", error.to_string()))?,
            version: row.get("version")?,
            created: row.get("created_at")?,
            changed: row.get("changed_at")?,
            entry: row.get("entry")?,
            status: status.map_err(|error| stored("status", error.to_string()))?.unwrap_or_default(),
            elements,
        })
    }

    /// Adds a new instance to a batch.
    pub(super) fn insert(&self, batch: &mut Batch) -> Result<(), SubmissionError> {
        batch.execute_one(
            "insert into services_instance (id, party, service, process, version, created_at, changed_at, entry, status) \
             values ($1, $2, $3, $4, $5, $6, $7, null, $8)",
            params![
                self.id.guid,
                self.id.owner,
                self.service.to_string(),
                self.process_json()?,
                self.version,
                self.created,
                self.changed,
                self.status_json()?
            ],
        );
        Ok(())
    }

    /// Adds the change from the version before this one to a batch; the batch conflicts when another came first.
    pub(super) fn update(&self, batch: &mut Batch) -> Result<(), SubmissionError> {
        batch.execute_one(
            "update services_instance set process = $1, version = $2, changed_at = $3, entry = $4, \
             status = $5 where id = $6 and version = $7",
            params![
                self.process_json()?,
                self.version,
                self.changed,
                self.entry,
                self.status_json()?,
                self.id.guid,
                self.version - 1
            ],
        );
        Ok(())
    }

    fn process_json(&self) -> Result<String, SubmissionError> {
        to_json("process", &self.process)
    }

    /// The status; nothing where there is nothing to say.
    fn status_json(&self) -> Result<Option<String>, SubmissionError> {
        let is_said = self.status != InstanceStatus::default();
        is_said.then(|| to_json("status", &self.status)).transpose()
    }
}

fn to_json(column: &str, value: &impl serde::Serialize) -> Result<String, SubmissionError> {
    serde_json::to_string(value)
        .map_err(|error| SubmissionError::Stored { column: column.to_owned(), text: error.to_string() })
}

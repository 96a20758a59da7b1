//! A data element: one form, signature or document of an instance.

use altinn_core::store::{Batch, Row, StoreError, params};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{ElementMetadata, FileScanResult, SubmissionError};
use crate::definition::ElementFacts;

/// The content type of forms in the store. Altinn's own storage keeps them as XML; see the documentation of the crate.
pub(super) const FORM: &str = "application/json";

/// A data element: one form, signature or document of an instance.
#[derive(Clone, PartialEq, Eq)]
pub struct DataElement {
    pub(super) id: Uuid,
    pub(super) data_type: String,
    pub(super) content_type: String,
    pub(super) file_name: Option<String>,
    pub(super) content: Vec<u8>,
    pub(super) file_scan: FileScanResult,
    pub(super) metadata: ElementMetadata,
    pub(super) created: DateTime<Utc>,
    pub(super) changed: DateTime<Utc>,
}

impl std::fmt::Debug for DataElement {
    /// Leaves the content out: it is personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DataElement")
            .field("id", &self.id)
            .field("data_type", &self.data_type)
            .field("content_type", &self.content_type)
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

impl DataElement {
    /// A new element.
    pub(super) fn new(
        id: Uuid,
        data_type: impl Into<String>,
        content_type: &str,
        content: Vec<u8>,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            data_type: data_type.into(),
            content_type: content_type.to_owned(),
            file_name: None,
            content,
            file_scan: FileScanResult::NotApplicable,
            metadata: ElementMetadata::default(),
            created: at,
            changed: at,
        }
    }

    /// The id.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The data type, as the service defines it.
    pub fn data_type(&self) -> &str {
        &self.data_type
    }

    /// The content type.
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// The name of the file, for what has one.
    pub fn file_name(&self) -> Option<&str> {
        self.file_name.as_deref()
    }

    /// The bytes.
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// What a scan for malware found in it.
    pub fn file_scan(&self) -> FileScanResult {
        self.file_scan
    }

    /// What users keep with it: tags, and values of their own.
    pub fn metadata(&self) -> &ElementMetadata {
        &self.metadata
    }

    /// When it was made.
    pub fn created(&self) -> DateTime<Utc> {
        self.created
    }

    /// When its content was last changed.
    pub fn changed(&self) -> DateTime<Utc> {
        self.changed
    }

    /// The content as a form.
    ///
    /// # Errors
    /// [`SubmissionError::Stored`] when it is none.
    pub fn form(&self) -> Result<Value, SubmissionError> {
        serde_json::from_slice(&self.content).map_err(|error| SubmissionError::Stored {
            column: self.data_type.clone(),
            text: error.to_string(),
        })
    }

    /// What the rules on counts, sizes and types ask about it.
    pub(super) fn facts(&self) -> ElementFacts {
        ElementFacts {
            data_type: self.data_type.clone(),
            content_type: self.content_type.clone(),
            size: self.content.len() as u64,
            file_scan: self.file_scan,
        }
    }

    /// The element in a row of an instance, taken out of it; nothing when the instance holds none.
    pub(super) fn from_row(row: &mut Row) -> Result<Option<Self>, StoreError> {
        let Some(id) = row.get("element_id")? else { return Ok(None) };
        Ok(Some(Self {
            id,
            data_type: row.take("data_type")?,
            content_type: row.take("content_type")?,
            file_name: row.take("file_name")?,
            content: row.take("content")?,
            file_scan: FileScanResult::from_row(row)?,
            metadata: ElementMetadata::from_row(row)?,
            created: row.get("element_created_at")?,
            changed: row.get("element_changed_at")?,
        }))
    }

    /// Adds a new element to a batch.
    pub(super) fn insert(&self, batch: &mut Batch, instance: Uuid) {
        batch.execute_one(
            "insert into services_data (id, instance, data_type, content_type, file_name, content, created_at, changed_at, \
             file_scan, metadata) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            params![
                self.id,
                instance,
                self.data_type.as_str(),
                self.content_type.as_str(),
                self.file_name.clone(),
                self.content.as_slice(),
                self.created,
                self.changed,
                self.file_scan.as_str(),
                self.metadata.to_column()
            ],
        );
    }

    /// Adds new content of an element to a batch. The version of its instance guards it.
    pub(super) fn update(&self, batch: &mut Batch) {
        batch.execute_one(
            "update services_data set content = $1, content_type = $2, file_name = $3, file_scan = $4, changed_at = $5 \
             where id = $6",
            params![
                self.content.as_slice(),
                self.content_type.as_str(),
                self.file_name.clone(),
                self.file_scan.as_str(),
                self.changed,
                self.id
            ],
        );
    }

    /// Adds to a batch that an element goes. The version of its instance guards it.
    pub(super) fn delete(batch: &mut Batch, id: Uuid) {
        batch.execute_one("delete from services_data where id = $1", params![id]);
    }
}

//! The log's word that an entry will be in it.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use altinn_core::canonical_json;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::error::ReceiptError;
use super::statement::Statement;
use super::{VERSION, parse, same_log};
use crate::entry::{EntryId, Field, Fields};
use crate::log::{CheckpointError, LogKey, NoteError, SignedNote, VerifierKey};

/// The log's signed word that an entry, which is archived and durable, will be in the log. The receipt takes its place.
///
/// What is signed is a note whose text no checkpoint can have: the line `altinn-archive/promise/v1`, then a line each
/// for the log's origin, the entry's id and the leaf hash in base64.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "PromiseDocument", try_from = "PromiseDocument")]
pub struct Promise {
    log: String,
    key_id: String,
    statement: Statement,
    note: String,
}

/// A promise as JSON.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PromiseDocument {
    version: u8,
    log: String,
    key_id: String,
    entry: EntryId,
    fields: Vec<Field>,
    promise: String,
}

impl Promise {
    pub(crate) fn new(key: &LogKey, statement: Statement) -> Self {
        let note = key.sign_note(text(key.origin(), &statement)).to_string();
        let key = key.verifier_key();
        Self { log: key.name().to_owned(), key_id: key.key_id(), statement, note }
    }

    /// The promise in JSON.
    pub fn to_json(&self) -> String {
        String::from_utf8_lossy(&canonical_json(&json!(self))).into_owned()
    }

    /// Which entry it is about.
    pub fn entry(&self) -> EntryId {
        self.statement.entry
    }

    /// The same promise for somebody who may not know of the elements of these data types: it verifies as before, and has of
    /// them only the log's commitments.
    #[must_use]
    pub fn without_data_types(mut self, hidden: &BTreeSet<String>) -> Self {
        self.statement = self.statement.without_data_types(hidden);
        self
    }

    /// What the entry says, but for its labels.
    pub fn fields(&self) -> &Fields {
        &self.statement.fields
    }

    /// Verifies that the log of this key has promised the entry exactly as it is shown.
    ///
    /// # Errors
    /// Which part of the promise is wrong.
    pub fn verify(&self, key: &VerifierKey) -> Result<(), ReceiptError> {
        same_log(&self.log, &self.key_id, key)?;
        let refused = |error: NoteError| ReceiptError::from(CheckpointError::from(error));
        let note: SignedNote = self.note.parse().map_err(refused)?;
        let promised = key.open(&note).map_err(refused)?;
        if promised == text(key.name(), &self.statement) { Ok(()) } else { Err(ReceiptError::Promise) }
    }
}

fn text(origin: &str, statement: &Statement) -> String {
    format!("altinn-archive/promise/v1\n{origin}\n{}\n{}\n", statement.entry, statement.leaf_hash())
}

impl FromStr for Promise {
    type Err = ReceiptError;

    fn from_str(text: &str) -> Result<Self, ReceiptError> {
        parse::<PromiseDocument>(text)?.try_into()
    }
}

impl From<Promise> for PromiseDocument {
    fn from(promise: Promise) -> Self {
        let Promise { log, key_id, statement, note } = promise;
        let Statement { entry, openings: fields, .. } = statement;
        Self { version: VERSION, log, key_id, entry, fields, promise: note }
    }
}

impl TryFrom<PromiseDocument> for Promise {
    type Error = ReceiptError;

    fn try_from(document: PromiseDocument) -> Result<Self, ReceiptError> {
        let PromiseDocument { version, log, key_id, entry, fields, promise } = document;
        if version != VERSION {
            return Err(ReceiptError::Version { found: version });
        }
        Ok(Self { log, key_id, statement: Statement::from_parts(entry, fields)?, note: promise })
    }
}

impl fmt::Debug for Promise {
    /// Shows nothing of what the entry says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Promise")
            .field("log", &self.log)
            .field("entry", &self.statement.entry)
            .finish_non_exhaustive()
    }
}

//! What is given out for an archived entry, and can be verified by anyone without the archive.

mod error;
mod promise;
mod proof;
mod statement;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use altinn_core::{Digest, canonical_json};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::entry::{EntryId, Field, Fields};
use crate::log::{
    Checkpoint, Cosigned, NoteSignature, SignedNote, VerifierKey, WitnessKey, verify_inclusion,
};
pub use error::ReceiptError;
pub use promise::Promise;
pub(crate) use proof::Proof;
pub(crate) use statement::Statement;

/// The version of the form of receipts and promises.
const VERSION: u8 = 1;

/// The proof that an entry is in an archive's log: one JSON document that its party can keep.
///
/// It holds the entry's fields with the salts that bind them to the log's leaf (only the labels stay hidden), the
/// leaf's place, the inclusion proof, and the checkpoint that the log has signed. Whoever has the log's public key
/// verifies it without asking anyone, and without this library:
///
/// 1. the commitment to a field is the SHA-256 of the canonical JSON (RFC 8785) `[salt, name, value]`, in hexadecimal;
/// 2. the leaf is the canonical JSON `{"commitments": [...], "entry": "...", "version": 1}`, with the commitments in
///    the order of the fields;
/// 3. the hash of the leaf and the inclusion proof lead to the root in the checkpoint (RFC 6962, section 2.1);
/// 4. the checkpoint's signature is the log's (C2SP's signed-note);
/// 5. the cosignatures, if there are any, are lines of witnesses beneath the checkpoint (C2SP's tlog-cosignature).
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "ReceiptDocument", try_from = "ReceiptDocument")]
pub struct Receipt {
    log: String,
    key_id: String,
    statement: Statement,
    proof: Proof,
    /// Lines of witnesses beneath the checkpoint.
    cosignatures: Vec<String>,
}

/// A receipt as JSON.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReceiptDocument {
    version: u8,
    log: String,
    key_id: String,
    entry: EntryId,
    fields: Vec<Field>,
    leaf_index: u64,
    inclusion_proof: Vec<Digest>,
    checkpoint: String,
    cosignatures: Vec<String>,
}

impl Receipt {
    /// The longest receipt that is read: in bytes.
    pub const MAX_LENGTH: usize = 2 * 1024 * 1024;

    pub(crate) fn new(key: &VerifierKey, statement: Statement, proof: Proof) -> Self {
        Self { log: key.name().to_owned(), key_id: key.key_id(), statement, proof, cosignatures: Vec::new() }
    }

    pub(crate) fn with_cosignatures(mut self, lines: &[NoteSignature]) -> Self {
        self.cosignatures = lines.iter().map(NoteSignature::to_string).collect();
        self
    }

    /// The receipt in JSON; every field has its place, so that the same receipt is the same text.
    pub fn to_json(&self) -> String {
        String::from_utf8_lossy(&canonical_json(&json!(self))).into_owned()
    }

    /// Which entry it is about.
    pub fn entry(&self) -> EntryId {
        self.statement.entry
    }

    /// The same receipt for somebody who may not know of the elements of these data types: it verifies as before, and has of
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

    /// The name of the log, its origin.
    pub fn log(&self) -> &str {
        &self.log
    }

    /// The id of the key with which the log is signed.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The leaf's place in the log, counted from 0.
    pub fn leaf_index(&self) -> u64 {
        self.proof.leaf_index
    }

    /// The checkpoint, as the note that the log has signed.
    pub fn checkpoint(&self) -> &str {
        &self.proof.checkpoint
    }

    /// Verifies that the log of this key holds the entry exactly as the receipt shows it.
    ///
    /// # Errors
    /// Which part of the receipt is wrong.
    pub fn verify(&self, key: &VerifierKey) -> Result<(), ReceiptError> {
        self.verified_checkpoint(key).map(drop)
    }

    /// Verifies the cosignatures of these witnesses, and says which of them have signed the checkpoint. Those of others
    /// are passed over. It says something only about a receipt that is [verified](Receipt::verify) itself.
    ///
    /// # Errors
    /// [`ReceiptError::Cosignature`] when one of a witness does not fit the checkpoint.
    pub fn verify_cosignatures(&self, witnesses: &[WitnessKey]) -> Result<Vec<Cosigned>, ReceiptError> {
        let note: SignedNote = self.proof.checkpoint.parse()?;
        let mut found = Vec::new();
        for signature in self.cosignatures.iter().filter_map(|line| NoteSignature::parse(line)) {
            if let Some(witness) = witnesses.iter().find(|witness| witness.is_named_in(&signature)) {
                let wrong = |_| ReceiptError::Cosignature { witness: witness.name().to_owned() };
                found.push(witness.verify(note.text(), &signature).map_err(wrong)?);
            }
        }
        Ok(found)
    }

    /// What the log committed to, once the receipt has been verified.
    pub(crate) fn verified_checkpoint(&self, key: &VerifierKey) -> Result<Checkpoint, ReceiptError> {
        same_log(&self.log, &self.key_id, key)?;
        let checkpoint = Checkpoint::verify(&self.proof.checkpoint, key)?;
        let leaf = self.statement.leaf_hash();
        let Proof { leaf_index, inclusion_proof, .. } = &self.proof;
        verify_inclusion(&leaf, *leaf_index, checkpoint.size, inclusion_proof, &checkpoint.root)?;
        Ok(checkpoint)
    }

    /// Verifies that these bytes are the content of the element of this name. It says something only about a receipt
    /// that is [verified](Receipt::verify) itself.
    ///
    /// # Errors
    /// [`ReceiptError::NoElement`], [`ReceiptError::Content`].
    pub fn verify_content(&self, element: &str, bytes: &[u8]) -> Result<(), ReceiptError> {
        let short = || element.chars().take(255).collect();
        let found =
            self.fields().element(element).ok_or_else(|| ReceiptError::NoElement { name: short() })?;
        if found.size == bytes.len() as u64 && found.sha256 == Digest::of(bytes) {
            Ok(())
        } else {
            Err(ReceiptError::Content { name: short() })
        }
    }
}

/// Refuses a document of another log than the key's.
fn same_log(log: &str, key_id: &str, key: &VerifierKey) -> Result<(), ReceiptError> {
    if log == key.name() && key_id == key.key_id() {
        return Ok(());
    }
    let (expected, found) = (format!("{}+{}", key.name(), key.key_id()), format!("{log}+{key_id}"));
    Err(ReceiptError::OtherLog { expected, found: found.chars().take(300).collect() })
}

/// Refuses text that is too long or not JSON of the right form.
fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, ReceiptError> {
    if text.len() > Receipt::MAX_LENGTH {
        return Err(ReceiptError::TooLong { found: text.len() });
    }
    serde_json::from_str(text)
        .map_err(|error| ReceiptError::Form { line: error.line(), column: error.column() })
}

impl FromStr for Receipt {
    type Err = ReceiptError;

    fn from_str(text: &str) -> Result<Self, ReceiptError> {
        parse::<ReceiptDocument>(text)?.try_into()
    }
}

impl From<Receipt> for ReceiptDocument {
    fn from(receipt: Receipt) -> Self {
        Self {
            version: VERSION,
            log: receipt.log,
            key_id: receipt.key_id,
            entry: receipt.statement.entry,
            fields: receipt.statement.openings,
            leaf_index: receipt.proof.leaf_index,
            inclusion_proof: receipt.proof.inclusion_proof,
            checkpoint: receipt.proof.checkpoint,
            cosignatures: receipt.cosignatures,
        }
    }
}

impl TryFrom<ReceiptDocument> for Receipt {
    type Error = ReceiptError;

    fn try_from(document: ReceiptDocument) -> Result<Self, ReceiptError> {
        if document.version != VERSION {
            return Err(ReceiptError::Version { found: document.version });
        }
        check_cosignatures(&document.cosignatures)?;
        Ok(Self {
            log: document.log,
            key_id: document.key_id,
            statement: Statement::from_parts(document.entry, document.fields)?,
            proof: Proof {
                leaf_index: document.leaf_index,
                inclusion_proof: document.inclusion_proof,
                checkpoint: document.checkpoint,
            },
            cosignatures: document.cosignatures,
        })
    }
}

/// Refuses cosignatures that are no lines of a note, or that could stand there in more than one way.
fn check_cosignatures(lines: &[String]) -> Result<(), ReceiptError> {
    let mut seen = BTreeSet::new();
    let is_line = |line: &String| {
        let signature = NoteSignature::parse(line);
        signature
            .is_some_and(|it| it.to_string() == *line && seen.insert((it.name().to_owned(), it.key_id())))
    };
    let whole = lines.len() < SignedNote::MAX_SIGNATURES && lines.iter().all(is_line);
    if whole { Ok(()) } else { Err(ReceiptError::Cosignatures) }
}

impl fmt::Debug for Receipt {
    /// Shows nothing of what the entry says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt")
            .field("log", &self.log)
            .field("entry", &self.statement.entry)
            .field("leaf_index", &self.proof.leaf_index)
            .finish_non_exhaustive()
    }
}

//! What the log's key signs of an erasure, and of the destruction of a key.

use altinn_core::Digest;
use chrono::{DateTime, SecondsFormat, Utc};

use crate::entry::EntryId;
use crate::keys::KeyGeneration;
use crate::log::{LogKey, SignedNote, VerifierKey};

/// The service of the archive's own entries.
pub(crate) const SERVICE: &str = "altinn-archive";

/// The name of the element that holds the note.
pub(crate) const ELEMENT: &str = "note";

const ERASURE: &str = "altinn-archive/erasure/v1";
const DESTRUCTION: &str = "altinn-archive/destruction/v1";

/// The log's signed word that entries were erased: the lines `altinn-archive/erasure/v1`, the log's origin, the time,
/// the reason, and one for every entry: its id and its leaf hash in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ErasureNote {
    pub(crate) time: DateTime<Utc>,
    pub(crate) reason: String,
    pub(crate) entries: Vec<(EntryId, Digest)>,
}

impl ErasureNote {
    pub(crate) fn sign(&self, key: &LogKey) -> String {
        let Self { time, reason, entries } = self;
        let lines = entries.iter().map(|(entry, leaf)| format!("{entry} {leaf}\n"));
        let entries: String = lines.collect();
        let text = format!("{ERASURE}\n{}\n{}\n{reason}\n{entries}", key.origin(), shown(*time));
        key.sign_note(text).to_string()
    }

    /// What the log of this key has signed; none when it has not, or something else.
    pub(crate) fn verify(note: &str, key: &VerifierKey) -> Option<Self> {
        let note: SignedNote = note.parse().ok()?;
        let mut lines = key.open(&note).ok()?.lines();
        if lines.next()? != ERASURE || lines.next()? != key.name() {
            return None;
        }
        let time = lines.next()?.parse().ok()?;
        let reason = lines.next()?.to_owned();
        let entries = lines.map(|line| {
            let (entry, leaf) = line.split_once(' ')?;
            Some((entry.parse().ok()?, leaf.parse().ok()?))
        });
        Some(Self { time, reason, entries: entries.collect::<Option<_>>()? })
    }
}

/// The log's signed word that a generation of the agency's key was destroyed, with which all erasures beneath it are
/// final: the lines `altinn-archive/destruction/v1`, the log's origin, the time and the generation.
pub(super) fn sign_destruction(key: &LogKey, time: DateTime<Utc>, generation: &KeyGeneration) -> String {
    let text = format!("{DESTRUCTION}\n{}\n{}\n{generation}\n", key.origin(), shown(time));
    key.sign_note(text).to_string()
}

/// The generation that the log of this key says was destroyed; none when it has not signed that.
pub(crate) fn verify_destruction(note: &str, key: &VerifierKey) -> Option<KeyGeneration> {
    let note: SignedNote = note.parse().ok()?;
    let mut lines = key.open(&note).ok()?.lines();
    let named = lines.next()? == DESTRUCTION && lines.next()? == key.name();
    named.then(|| lines.nth(1).map(KeyGeneration::new)).flatten()
}

fn shown(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

//! Files that go with a correspondence.

use std::fmt;

use altinn_archive::{ContentReader, Digest, EntryId, StoredContent};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::fault::FaultRule;

/// The kinds of files that Altinn lets through, and their content types.
const KINDS: [(&str, &str); 20] = [
    ("bmp", "image/bmp"),
    ("csv", "text/csv"),
    ("dcm", "application/dicom"),
    ("dicom", "application/dicom"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("gif", "image/gif"),
    ("html", "text/html"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("pps", "application/vnd.ms-powerpoint"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("txt", "text/plain"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("xml", "application/xml"),
    ("zip", "application/zip"),
];

/// The most bytes of a file name, which is as much as file systems take.
const MAX_NAME: usize = 255;

/// A file that is to go with a correspondence. `Debug` hides its name.
#[derive(Clone)]
pub struct NewAttachment {
    pub(super) file_name: String,
    pub(super) content: StoredContent,
}

impl NewAttachment {
    /// A file: its bytes, or what was streamed into the archive's
    /// [`content_writer`](altinn_archive::Archive::content_writer) before, of any size.
    pub fn new(file_name: impl Into<String>, content: impl Into<StoredContent>) -> Self {
        Self { file_name: file_name.into(), content: content.into() }
    }

    /// Whether a file may go with a correspondence by its name.
    pub(crate) fn lets_through(file_name: &str) -> bool {
        check_name(file_name).is_none()
    }
}

impl fmt::Debug for NewAttachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAttachment").field("content", &self.content).finish_non_exhaustive()
    }
}

/// A file of a correspondence, without its content. `Debug` hides its name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Attachment {
    /// What it is called.
    pub file_name: String,
    /// What it is, by its name.
    pub content_type: String,
    /// How many bytes it has.
    pub size: u64,
    /// The SHA-256 of its bytes.
    pub sha256: Digest,
    /// Its own id, when it was there before and goes with others too ([`SharedAttachment`](super::SharedAttachment)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// The entry of the archive that holds it then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) entry: Option<EntryId>,
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment")
            .field("content_type", &self.content_type)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// A file that a recipient gets.
#[derive(Debug)]
#[non_exhaustive]
pub struct Download {
    /// Which.
    pub attachment: Attachment,
    /// Its content, as a stream: whole, or a range of it. It is to be saved rather than shown (`Content-Disposition:
    /// attachment`), since an HTML file may hold script.
    pub content: ContentReader,
}

/// What is wrong with a file name.
pub(super) fn check_name(name: &str) -> Option<FaultRule> {
    if name.trim().is_empty() {
        return Some(FaultRule::Required);
    }
    if name.len() > MAX_NAME {
        return Some(FaultRule::TooLong { limit: MAX_NAME });
    }
    if name.chars().any(is_hidden) {
        return Some(FaultRule::Characters);
    }
    if name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|'])
        || name.starts_with([' ', '.'])
        || name.ends_with([' ', '.'])
        || is_reserved(name)
    {
        return Some(FaultRule::FileName);
    }
    content_type(name).is_none().then_some(FaultRule::FileType)
}

/// The content type that a file name says, when its kind is let through.
pub(super) fn content_type(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    KINDS
        .iter()
        .find(|(known, _)| extension.eq_ignore_ascii_case(known))
        .map(|(_, content_type)| *content_type)
}

/// Whether a character is not seen, or changes how others are: control characters, marks of direction and of no width,
/// line separators.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Names that stand for devices on Windows, whatever their extension.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str()) || numbered("COM") || numbered("LPT")
}

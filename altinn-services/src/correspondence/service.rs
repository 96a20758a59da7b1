//! A correspondence service.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use altinn_core::{ServiceId, Text};
use serde::Deserialize;

use crate::definition::{DefinitionError, ServiceFolder, StatedLevel};

/// A published correspondence service. Cheap to clone.
///
/// Its folder has a `service.toml` and a `policy.xml`, which lets the agency `write` for the party that sends, and
/// recipients `read`:
///
/// ```toml
/// type = "correspondence"
/// id = "mattilsynet/decisions"
/// title = { nb = "Vedtak", nn = "Vedtak", en = "Decisions" }
///
/// [correspondence]                  # may be left out, and each of its lines
/// max_attachments = 100             # as Altinn has it
/// max_attachment_bytes = 2147483648 # of one file
/// ```
#[derive(Clone)]
pub struct CorrespondenceService(Arc<Parts>);

struct Parts {
    id: ServiceId,
    title: Text,
    limits: Limits,
    /// Whether its policy asks for a level of authentication above 0.
    asks_for_level: bool,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    correspondence: Limits,
}

/// How much may go with one correspondence.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Limits {
    pub(super) max_attachments: usize,
    pub(super) max_attachment_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_attachments: 100, max_attachment_bytes: 2 * 1024 * 1024 * 1024 }
    }
}

impl CorrespondenceService {
    /// Reads the definition of a folder; gives the text of its policy beside it.
    pub(crate) fn load(folder: &Path) -> Result<(Self, String), DefinitionError> {
        let folder = ServiceFolder::open(folder, "correspondence")?;
        let File { correspondence: limits } = folder.settings()?;
        let policy = folder.policy_xml()?;
        let asks_for_level = StatedLevel::all(&policy).iter().any(|stated| stated.value.parse() != Ok(0_u8));
        let parts = Parts { id: folder.id().clone(), title: folder.title().clone(), limits, asks_for_level };
        Ok((Self(Arc::new(parts)), policy))
    }

    /// The service's id.
    pub fn id(&self) -> &ServiceId {
        &self.0.id
    }

    /// What it is called.
    pub fn title(&self) -> &Text {
        &self.0.title
    }

    /// How many files may go with one correspondence.
    pub fn max_attachments(&self) -> usize {
        self.limits().max_attachments
    }

    /// How many bytes one of them may have.
    pub fn max_attachment_bytes(&self) -> u64 {
        self.limits().max_attachment_bytes
    }

    /// Whether its policy asks for a level of authentication above 0: its letters are not forwarded by mail then, since
    /// whoever reads a mail has not logged in.
    pub(super) fn asks_for_level(&self) -> bool {
        self.0.asks_for_level
    }

    pub(super) fn limits(&self) -> Limits {
        self.0.limits
    }
}

impl fmt::Debug for CorrespondenceService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CorrespondenceService").field("id", self.id()).finish_non_exhaustive()
    }
}

//! A lookup service.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use altinn_core::{ServiceId, Text};
use serde::Deserialize;

use super::Lookup;
use crate::definition::{DefinitionError, ServiceFolder};
use crate::form::FormSchema;

/// A published lookup service: its definition, and the register that answers. Cheap to clone.
#[derive(Clone)]
pub struct LookupService(Arc<Parts>);

struct Parts {
    definition: LookupDefinition,
    register: Arc<dyn Lookup>,
}

/// What the folder of a lookup says.
pub(crate) struct LookupDefinition {
    id: ServiceId,
    title: Text,
    query: FormSchema,
    answer: FormSchema,
    archive: bool,
    needs_purpose: bool,
    at_most: Duration,
}

/// What `service.toml` says of a lookup.
#[derive(Deserialize)]
struct File {
    lookup: Settings,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The schema of the query.
    query: String,
    /// The schema of the answer.
    answer: String,
    /// Whether query and answer are archived.
    #[serde(default)]
    archive: bool,
    /// Whether the caller must say why.
    #[serde(default)]
    purpose: bool,
    /// How long the register may take.
    #[serde(default = "ten")]
    timeout_seconds: u32,
}

fn ten() -> u32 {
    10
}

impl LookupDefinition {
    /// Reads the definition of a folder; gives the text of its policy beside it.
    pub(crate) fn read(folder: &Path) -> Result<(Self, String), DefinitionError> {
        let folder = ServiceFolder::open(folder, "lookup")?;
        let File { lookup } = folder.settings()?;
        let definition = Self {
            id: folder.id().clone(),
            title: folder.title().clone(),
            query: folder.schema(&lookup.query)?,
            answer: folder.schema(&lookup.answer)?,
            archive: lookup.archive,
            needs_purpose: lookup.purpose,
            at_most: Duration::from_secs(lookup.timeout_seconds.into()),
        };
        Ok((definition, folder.policy_xml()?))
    }

    /// The service's id.
    pub(crate) fn id(&self) -> &ServiceId {
        &self.id
    }
}

impl LookupService {
    /// Reads the definition of a folder; gives the text of its policy beside it.
    pub(crate) fn load(folder: &Path, register: Arc<dyn Lookup>) -> Result<(Self, String), DefinitionError> {
        let (definition, policy) = LookupDefinition::read(folder)?;
        Ok((Self(Arc::new(Parts { definition, register })), policy))
    }

    /// The service's id.
    pub fn id(&self) -> &ServiceId {
        &self.0.definition.id
    }

    /// What it is called.
    pub fn title(&self) -> &Text {
        &self.0.definition.title
    }

    /// What a query must be.
    pub fn query_schema(&self) -> &FormSchema {
        &self.0.definition.query
    }

    /// What an answer is.
    pub fn answer_schema(&self) -> &FormSchema {
        &self.0.definition.answer
    }

    /// Whether query and answer are archived.
    pub fn is_archived(&self) -> bool {
        self.0.definition.archive
    }

    /// Whether the caller must say why.
    pub fn needs_purpose(&self) -> bool {
        self.0.definition.needs_purpose
    }

    pub(super) fn at_most(&self) -> Duration {
        self.0.definition.at_most
    }

    pub(super) fn register(&self) -> &dyn Lookup {
        &*self.0.register
    }
}

impl fmt::Debug for LookupService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LookupService").field("id", self.id()).finish_non_exhaustive()
    }
}

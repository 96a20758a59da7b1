//! A service that was made without Altinn Studio: a folder with `service.toml`.

use std::path::Path;

use altinn_core::{ServiceId, Text};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use super::error::DefinitionError;
use super::folder::AppFolder;
use super::json_file;
use super::position::Position;
use crate::form::FormSchema;

/// The file that says what the service is.
const FILE: &str = "service.toml";
const POLICY: &str = "policy.xml";

const MAX_FILE_BYTES: u64 = 256 * 1024;
const MAX_POLICY_BYTES: u64 = 10 * 1024 * 1024;
const MAX_SCHEMA_BYTES: u64 = 10 * 1024 * 1024;

/// A service's folder: `service.toml`, which says its type, id and title; `policy.xml`, which says who may do what; and
/// the files that its type has beside them.
///
/// ```toml
/// type = "lookup"
/// id = "brreg/organization"
/// title = { nb = "Oppslag i Enhetsregisteret", en = "Look up an organization" }
///
/// [lookup]                      # what the type has of its own
/// query = "query.schema.json"
/// answer = "answer.schema.json"
/// ```
#[derive(Debug)]
pub struct ServiceFolder {
    folder: AppFolder,
    text: String,
    id: ServiceId,
    title: Text,
}

#[derive(Deserialize)]
struct Head {
    r#type: Spanned<String>,
    id: Spanned<String>,
    title: Text,
}

impl ServiceFolder {
    /// Reads the folder of a service of a type.
    ///
    /// # Errors
    /// Says in which file, where and why when it is not one.
    pub fn open(folder: impl AsRef<Path>, service_type: &str) -> Result<Self, DefinitionError> {
        Self::read(folder.as_ref(), Some(service_type))
    }

    /// Reads the folder of a service, whatever its type.
    ///
    /// # Errors
    /// Says in which file, where and why when it is not one.
    pub fn open_any(folder: impl AsRef<Path>) -> Result<Self, DefinitionError> {
        Self::read(folder.as_ref(), None)
    }

    /// The type that the folder of a service says; nothing where it says none that can be read.
    pub(crate) fn type_in(folder: &Path) -> Option<String> {
        #[derive(Deserialize)]
        struct Typed {
            r#type: String,
        }
        let folder = AppFolder::open(folder, &[FILE]).ok()?;
        let typed: Typed = parse(&folder.text(FILE, MAX_FILE_BYTES).ok()?).ok()?;
        Some(typed.r#type)
    }

    fn read(folder: &Path, service_type: Option<&str>) -> Result<Self, DefinitionError> {
        let folder = AppFolder::open(folder, &[FILE])?;
        let text = folder.text(FILE, MAX_FILE_BYTES)?;
        let head: Head = parse(&text)?;
        let found = head.r#type.get_ref();
        if let Some(expected) = service_type.filter(|expected| expected != found) {
            let problem = format!("the type is `{found}` where `{expected}` is expected");
            return Err(fault(&text, head.r#type.span().start, problem));
        }
        let id = head.id.get_ref().parse().map_err(|error: altinn_core::IdentifierError| {
            fault(&text, head.id.span().start, error.to_string())
        })?;
        Ok(Self { folder, id, title: head.title, text })
    }

    /// The service's id.
    pub fn id(&self) -> &ServiceId {
        &self.id
    }

    /// What the service is called.
    pub fn title(&self) -> &Text {
        &self.title
    }

    /// What `service.toml` says, as the type reads it.
    ///
    /// # Errors
    /// [`DefinitionError::Toml`] says where and why it is not so.
    pub fn settings<T: DeserializeOwned>(&self) -> Result<T, DefinitionError> {
        parse(&self.text)
    }

    /// Says that `service.toml` is wrong at an offset in bytes (as [`toml::Spanned`] gives it), and why.
    pub fn fault(&self, at: usize, problem: String) -> DefinitionError {
        fault(&self.text, at, problem)
    }

    /// The text of `policy.xml`.
    ///
    /// # Errors
    /// When it is not there, or not text.
    pub fn policy_xml(&self) -> Result<String, DefinitionError> {
        self.folder.text(POLICY, MAX_POLICY_BYTES)
    }

    /// A JSON Schema of the folder, compiled.
    ///
    /// # Errors
    /// When it is not there, not JSON or no schema.
    pub fn schema(&self, file: &str) -> Result<FormSchema, DefinitionError> {
        let document = json_file(file, &self.folder.text(file, MAX_SCHEMA_BYTES)?)?;
        FormSchema::compile(&document)
            .map_err(|source| DefinitionError::Schema { file: file.to_owned(), source })
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, DefinitionError> {
    toml::from_str(text)
        .map_err(|error| fault(text, error.span().map_or(0, |span| span.start), error.message().to_owned()))
}

fn fault(text: &str, at: usize, problem: String) -> DefinitionError {
    DefinitionError::Toml { file: FILE.to_owned(), at: Position::of(text, at), problem }
}

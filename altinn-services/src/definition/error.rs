//! What can be wrong with an app folder.

use std::io;

use thiserror::Error;

use super::position::Position;
use crate::expression::LayoutError;
use crate::form::{ExpressionValidationError, PrefillError, SchemaError, XmlModelError};
use crate::process::ProcessError;

/// Why a folder gives no app definition. Files are named as they lie below the `App` folder.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DefinitionError {
    /// The folder is not there, or holds no app, or no service.
    #[error("expected `{expected}` in `{folder}` or in its folder `App`, found none")]
    NotAnApp {
        /// The folder, as it was given.
        folder: String,
        /// The file that says what it is.
        expected: &'static str,
    },
    /// A file that every app has is not there.
    #[error("file `{file}` is not there")]
    FileMissing {
        /// The file.
        file: String,
    },
    /// A file can not be read.
    #[error("file `{file}` can not be read")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// A file is a link that leads out of the folder, or no ordinary file.
    #[error("`{file}` is not an ordinary file inside the app's folder")]
    OutsideFolder {
        /// The file.
        file: String,
    },
    /// A file is larger than its kind may be.
    #[error("file `{file}` is larger than {limit} bytes")]
    TooLarge {
        /// The file.
        file: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// There are more files of a kind than may be.
    #[error("folder `{folder}` holds more than {limit} files")]
    TooManyFiles {
        /// The folder.
        folder: String,
        /// The limit.
        limit: usize,
    },
    /// A file is not UTF-8.
    #[error("file `{file}` is not UTF-8 from byte {valid_up_to} on")]
    NotUtf8 {
        /// The file.
        file: String,
        /// How many bytes are in order.
        valid_up_to: usize,
    },
    /// A file is not JSON, or not the JSON that is expected there.
    #[error("file `{file}`, {at}: {problem}")]
    Json {
        /// The file.
        file: String,
        /// Where.
        at: Position,
        /// What was found and what was expected.
        problem: String,
    },
    /// `service.toml` is not TOML, or not what is expected there.
    #[error("file `{file}`, {at}: {problem}")]
    Toml {
        /// The file.
        file: String,
        /// Where.
        at: Position,
        /// What was found and what was expected.
        problem: String,
    },
    /// The metadata says something that can not hold.
    #[error("file `{file}` at `{path}`: {problem}")]
    Metadata {
        /// The file.
        file: String,
        /// The place, as a JSON pointer.
        path: String,
        /// What was found and what was expected.
        problem: String,
    },
    /// The process is not in order.
    #[error("file `{file}`{}: {source}", .source.position().map(|at| format!(", {at}")).unwrap_or_default())]
    Process {
        /// The file.
        file: String,
        /// What is wrong.
        source: ProcessError,
    },
    /// A JSON Schema is not in order.
    #[error("file `{file}`: {source}")]
    Schema {
        /// The file.
        file: String,
        /// What is wrong.
        source: SchemaError,
    },
    /// The layouts of a task are not in order.
    #[error("the layouts in `{file}` are not in order: {source}")]
    Layout {
        /// The folder.
        file: String,
        /// What is wrong.
        source: Box<LayoutError>,
    },
    /// Rules of a form that are expressions are not in order.
    #[error("the rules in `{file}` are not in order: {source}")]
    Rules {
        /// The file.
        file: String,
        /// What is wrong.
        source: Box<ExpressionValidationError>,
    },
    /// What a form is prefilled with is not in order.
    #[error("the prefill in `{file}` is not in order: {source}")]
    Prefill {
        /// The file.
        file: String,
        /// What is wrong.
        source: PrefillError,
    },
    /// It can not be told how a form is written as XML.
    #[error("`{file}` does not say how a form is written as XML: {source}")]
    XmlModel {
        /// The file.
        file: String,
        /// What is wrong.
        source: XmlModelError,
    },
}

impl DefinitionError {
    /// The stable code of this kind of error; for a process or a schema, the code of what is wrong in it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAnApp { .. } => "APP-NOT-AN-APP",
            Self::FileMissing { .. } => "APP-FILE-MISSING",
            Self::Unreadable { .. } => "APP-UNREADABLE",
            Self::OutsideFolder { .. } => "APP-OUTSIDE-FOLDER",
            Self::TooLarge { .. } => "APP-TOO-LARGE",
            Self::TooManyFiles { .. } => "APP-TOO-MANY-FILES",
            Self::NotUtf8 { .. } => "APP-NOT-UTF8",
            Self::Json { .. } => "APP-JSON",
            Self::Toml { .. } => "APP-TOML",
            Self::Metadata { .. } => "APP-METADATA",
            Self::Process { source, .. } => source.code(),
            Self::Schema { source, .. } => source.code(),
            Self::Layout { source, .. } => source.code(),
            Self::Rules { source, .. } => source.code(),
            Self::Prefill { source, .. } => source.code(),
            Self::XmlModel { .. } => "APP-XML-MODEL",
        }
    }

    /// The file, as it lies below the `App` folder, for what is about one file.
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::FileMissing { file }
            | Self::Unreadable { file, .. }
            | Self::OutsideFolder { file }
            | Self::TooLarge { file, .. }
            | Self::NotUtf8 { file, .. }
            | Self::Json { file, .. }
            | Self::Toml { file, .. }
            | Self::Metadata { file, .. }
            | Self::Process { file, .. }
            | Self::Schema { file, .. }
            | Self::Layout { file, .. }
            | Self::Rules { file, .. }
            | Self::Prefill { file, .. }
            | Self::XmlModel { file, .. } => Some(file),
            Self::NotAnApp { .. } | Self::TooManyFiles { .. } => None,
        }
    }

    /// The line and column, for what has them.
    pub fn position(&self) -> Option<Position> {
        match self {
            Self::Json { at, .. } | Self::Toml { at, .. } => Some(*at),
            Self::Process { source, .. } => source.position(),
            _ => None,
        }
    }

    /// The place as a JSON pointer, for what has one.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Metadata { path, .. } => Some(path),
            Self::Schema { source, .. } => source.path(),
            _ => None,
        }
    }
}

//! `archive.export`.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::PathBuf;

use altinn_archive::EntryId;
use altinn_archive::export::{ExportError, Period};
use altinn_archive::noark::{ArchiveDescription, Arkivmelding, Dialect};
use altinn_archive::seal::{KeySealer, SealError};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::Failure;
use crate::world::World;

/// The system that messages say that they come from.
const SYSTEM: &str = "altinn";

#[derive(Deserialize)]
#[serde(tag = "format", rename_all = "kebab-case")]
pub(crate) enum Export {
    /// An entry as a sealed container.
    Asic { entry: EntryId, file: PathBuf, key: PathBuf, certificate: PathBuf },
    /// An entry as an arkivmelding.
    Noark { entry: EntryId, dialect: NamedDialect, file: Option<PathBuf> },
    /// The entries of a period, for a depot.
    Extraction { from: DateTime<Utc>, to: DateTime<Utc>, folder: PathBuf },
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NamedDialect {
    Eformidling,
    FiksArkiv,
}

/// Writes an entry, or those of a period, as others take them.
pub(crate) async fn export(world: &World, asked: Export) -> Result<Value, Failure> {
    let archive = world.altinn.archive();
    match asked {
        Export::Asic { entry, file, key, certificate } => {
            let sealer = KeySealer::read_files(key, certificate).map_err(no_seal)?;
            let writer = BufWriter::new(File::create_new(&file).map_err(|error| failed(error.into()))?);
            let written = archive.export_asic(entry, &sealer, writer).await.map_err(failed);
            let flushed = written.and_then(|writer| {
                let file = writer.into_inner().map_err(|error| failed(error.into_error().into()))?;
                file.sync_all().map_err(|error| failed(error.into()))
            });
            if let Err(failure) = flushed {
                // What was written so far is of no use.
                let _ = fs::remove_file(&file);
                return Err(failure);
            }
            Ok(json!({"entry": entry, "file": file}))
        }
        Export::Noark { entry, dialect, file } => {
            let dialect = match dialect {
                NamedDialect::Eformidling => Dialect::EFormidling,
                NamedDialect::FiksArkiv => Dialect::FiksArkiv,
            };
            let message = Arkivmelding::new(dialect, SYSTEM);
            let xml = archive.export_arkivmelding(entry, &message).await.map_err(failed)?;
            if let Some(file) = &file {
                fs::write(file, &xml).map_err(|error| failed(error.into()))?;
            }
            Ok(json!({"entry": entry, "file": file, "arkivmelding": xml}))
        }
        Export::Extraction { from, to, folder } => {
            let description = ArchiveDescription::new(Uuid::nil(), Uuid::max(), SYSTEM, SYSTEM, SYSTEM);
            let found = archive.extract(Period { from, to }, &description, &folder).await.map_err(failed)?;
            Ok(json!({
                "folder": folder, "entries": found.entries, "documents": found.documents, "erased": found.erased,
            }))
        }
    }
}

fn failed(error: ExportError) -> Failure {
    Failure::new(error.code(), error)
}

fn no_seal(error: SealError) -> Failure {
    Failure::new(error.code(), error)
}

//! The extraction of a period, for a depot (arkivuttrekk).

use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Write as _};
use std::path::Path;

use altinn_core::Sha256;
use altinn_core::store::params;
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;

use super::ExportError;
use crate::Digest;
use crate::archive::{Archive, Kept, Record};
use crate::entry::{EntryId, Fields};
use crate::error::ArchiveError;
use crate::noark::{ArchiveDescription, Arkivuttrekk, Registration};

/// How many entries are read at a time.
const PAGE: i64 = 64;

/// The time from which on, and up to which, entries belong to an extraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first moment that belongs to it.
    pub from: DateTime<Utc>,
    /// The first moment after it.
    pub to: DateTime<Utc>,
}

/// What an extraction holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Extraction {
    /// How many entries.
    pub entries: u64,
    /// How many files of content.
    pub documents: u64,
    /// How many entries of the log were passed over because they are erased; their times are not known any more.
    pub erased: u64,
}

impl Archive {
    /// Writes all entries of a period into a new folder: `arkivstruktur.xml`, `arkivuttrekk.xml` (ADDML), and the
    /// content below `dokumenter`. The folder is there once it is whole: until then it has `.unfinished` behind its name,
    /// which only a program that was ended in the middle leaves behind. The whole log is read once, in bounded memory;
    /// it writes to the local disk and blocks meanwhile, so it is work for a thread of its own.
    ///
    /// # Errors
    /// [`ExportError::Io`] when the folder or its unfinished one is there already or cannot be written;
    /// [`ExportError::Archive`] and [`ExportError::Content`] when an entry cannot be read. Nothing is left behind then.
    #[tracing::instrument(level = "debug", skip(self, archive))]
    pub async fn extract(
        &self,
        period: Period,
        archive: &ArchiveDescription,
        folder: &Path,
    ) -> Result<Extraction, ExportError> {
        if folder.try_exists()? {
            return Err(std::io::Error::from(ErrorKind::AlreadyExists).into());
        }
        let mut unfinished = folder.as_os_str().to_owned();
        unfinished.push(".unfinished");
        let unfinished = Path::new(&unfinished);
        fs::create_dir(unfinished)?;
        let extracted = self.extract_into(period, archive, unfinished).await;
        let renamed = extracted.and_then(|counts| Ok(fs::rename(unfinished, folder).map(|()| counts)?));
        if renamed.is_err() {
            let _ = fs::remove_dir_all(unfinished);
        }
        renamed
    }

    async fn extract_into(
        &self,
        period: Period,
        archive: &ArchiveDescription,
        folder: &Path,
    ) -> Result<Extraction, ExportError> {
        let mut counts = Extraction { entries: 0, documents: 0, erased: 0 };
        let mut structure = StructureFile::create(&folder.join("arkivstruktur.xml"))?;
        let mut writer = Arkivuttrekk::new(archive, period.from, period.to, self.now());
        structure.write(&writer.begin())?;
        let mut after = -1;
        loop {
            let page = self.log_page(after).await?;
            let Some((last, _, _)) = page.last() else { break };
            after = *last;
            for (_, entry, fields) in page {
                let Some(fields) = fields else {
                    counts.erased += 1;
                    continue;
                };
                if fields.time < period.from || fields.time >= period.to {
                    continue;
                }
                let registration = Registration::new(entry, &fields);
                structure.write(&writer.registration(&registration))?;
                counts.documents += self.extract_documents(&registration, folder).await?;
                counts.entries += 1;
            }
        }
        structure.write(&writer.end())?;
        let digest = structure.finish()?;
        let mut description = File::create_new(folder.join("arkivuttrekk.xml"))?;
        let addml = writer.addml(&digest, counts.entries, counts.documents);
        description.write_all(addml.as_bytes())?;
        description.sync_all()?;
        Ok(counts)
    }

    /// The entries of the log behind a place; without fields when they are erased.
    async fn log_page(&self, after: i64) -> Result<Vec<(i64, EntryId, Option<Fields>)>, ArchiveError> {
        let sql = format!(
            "select l.leaf_index, {} from {} join archive_leaf l on l.entry_id = e.id \
             where l.leaf_index > $1 order by l.leaf_index limit $2",
            Record::COLUMNS,
            Record::TABLES
        );
        let mut page = Vec::new();
        for row in self.store().query(sql, params![after, PAGE]).await? {
            let index = row.get("leaf_index")?;
            let found = match self.kept(&row).await? {
                Kept::Erased { header, .. } => (index, header.entry, None),
                Kept::Whole(record) => {
                    let entry = record.header.entry;
                    let damaged = |what| ArchiveError::damaged(format!("{what} of entry `{entry}`"));
                    (index, entry, Some(record.fields().map_err(damaged)?))
                }
            };
            page.push(found);
        }
        Ok(page)
    }

    async fn extract_documents(
        &self,
        registration: &Registration<'_>,
        folder: &Path,
    ) -> Result<u64, ExportError> {
        let mut written = 0;
        for (element, path) in registration.documents() {
            let path = folder.join(path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            let mut file = BufWriter::new(File::create_new(path)?);
            let content = self.content(registration.entry(), &element.name).await?;
            let mut pieces = std::pin::pin!(content.into_stream());
            while let Some(piece) = pieces.try_next().await? {
                file.write_all(&piece)?;
            }
            file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
            written += 1;
        }
        Ok(written)
    }
}

/// A file that is hashed as it is written.
struct StructureFile {
    file: BufWriter<File>,
    sha256: Sha256,
}

impl StructureFile {
    fn create(path: &Path) -> Result<Self, std::io::Error> {
        Ok(Self { file: BufWriter::new(File::create_new(path)?), sha256: Sha256::new() })
    }

    fn write(&mut self, text: &str) -> Result<(), std::io::Error> {
        self.sha256.update(text.as_bytes());
        self.file.write_all(text.as_bytes())
    }

    fn finish(self) -> Result<Digest, std::io::Error> {
        self.file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        Ok(self.sha256.finish())
    }
}

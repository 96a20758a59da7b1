//! An entry as an ASiC-E container.

use std::io::{Seek, Write};

use futures_util::TryStreamExt as _;

use super::{ExportError, file_names};
use crate::archive::Archive;
use crate::asic::ContainerWriter;
use crate::entry::EntryId;
use crate::seal::Sealer;

/// The name of the receipt in the container.
const RECEIPT: &str = "receipt.json";

impl Archive {
    /// Writes an entry with its content and its receipt as an ASiC-E container, sealed by the agency. Memory is bounded
    /// whatever the size of the content.
    ///
    /// # Errors
    /// [`ExportError::Archive`], also when the entry waits for the log; [`ExportError::Content`] when content is not
    /// what was archived; [`ExportError::Container`].
    #[tracing::instrument(level = "debug", skip(self, sealer, writer))]
    pub async fn export_asic<W: Write + Seek>(
        &self,
        entry: EntryId,
        sealer: &dyn Sealer,
        writer: W,
    ) -> Result<W, ExportError> {
        let receipt = self.cosigned_receipt(entry).await?;
        let fields = receipt.fields();
        let mut container = ContainerWriter::new(writer, self.now())?;
        let json = receipt.to_json();
        container.begin_file(RECEIPT, "application/json", json.len() as u64)?;
        container.write(json.as_bytes())?;
        for (element, name) in fields.elements.iter().zip(file_names(fields)) {
            let name = if name.to_lowercase() == RECEIPT { format!("element {name}") } else { name };
            container.begin_file(&name, &element.content_type, element.size)?;
            let content = self.content(entry, &element.name).await?;
            let mut pieces = std::pin::pin!(content.into_stream());
            while let Some(piece) = pieces.try_next().await? {
                container.write(&piece)?;
            }
        }
        Ok(container.seal(sealer).await?)
    }
}

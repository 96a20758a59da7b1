//! Cosignatures of witnesses.

use altinn_core::store::{Batch, params};

use super::Archive;
use super::head::stored;
use crate::entry::EntryId;
use crate::error::ArchiveError;
use crate::log::{Checkpoint, Cosigned, NoteSignature, SignedNote, WitnessKey};
use crate::receipt::{Receipt, ReceiptError};

/// The most cosignatures that are kept of one checkpoint: together with the log's own they fit beneath a note.
const MAX_COSIGNATURES: i64 = SignedNote::MAX_SIGNATURES as i64 - 1;

impl Archive {
    /// Keeps the cosignatures of these witnesses beneath a checkpoint that the log has signed. Each is verified first;
    /// those of others are passed over, and one that is there already is kept as it is.
    ///
    /// `cosigned` is the checkpoint's note with the lines of the witnesses.
    ///
    /// # Errors
    /// [`ArchiveError::Anchor`] when the note is not of this log, or a witness's signature does not verify: nothing is
    /// kept then. [`ArchiveError::NoCheckpoint`] when the log has not signed it.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn cosign(
        &self,
        cosigned: &str,
        witnesses: &[WitnessKey],
    ) -> Result<Vec<Cosigned>, ArchiveError> {
        let checkpoint =
            Checkpoint::verify_cosigned(cosigned, self.verifier_key()).map_err(ReceiptError::from)?;
        let note: SignedNote = cosigned.parse().map_err(ReceiptError::from)?;
        let own = self.checkpoint_of(checkpoint.size).await?;
        if own.text() != note.text() {
            return Err(ArchiveError::NoCheckpoint { size: checkpoint.size });
        }
        let found = verify_all(note.text(), note.signatures(), witnesses)?;
        let mut batch = Batch::new();
        for (_, line) in &found {
            batch.execute(
                "insert into archive_cosignature (size, witness, line) values ($1, $2, $3) \
                 on conflict (size, witness) do nothing",
                params![stored(checkpoint.size), line.signer(), line.to_string()],
            );
        }
        self.store.commit(batch).await?;
        Ok(found.into_iter().map(|(cosigned, _)| cosigned).collect())
    }

    /// The receipt of an entry that is in the log, with the cosignatures that its checkpoint has now. It proves the
    /// same as [`Archive::receipt`], and to those who trust a witness that everyone was shown the same log.
    ///
    /// # Errors
    /// As [`Archive::receipt`]; [`ArchiveError::NotYetProved`] when the entry waits for the log.
    pub async fn cosigned_receipt(&self, entry: EntryId) -> Result<Receipt, ArchiveError> {
        let receipt = self.receipt(entry).await?.proved().ok_or(ArchiveError::NotYetProved { entry })?;
        let checkpoint = receipt.verified_checkpoint(self.verifier_key())?;
        Ok(receipt.with_cosignatures(&self.cosignatures(checkpoint.size).await?))
    }

    /// The cosignatures beneath the checkpoint of this size.
    pub(super) async fn cosignatures(&self, size: u64) -> Result<Vec<NoteSignature>, ArchiveError> {
        let sql = "select line from archive_cosignature where size = $1 order by witness limit $2";
        let rows = self.store.query(sql, params![stored(size), MAX_COSIGNATURES]).await?;
        let damaged = || ArchiveError::damaged(format!("a cosignature of the checkpoint of size {size}"));
        rows.iter().map(|row| NoteSignature::parse(&row.get::<String>("line")?).ok_or_else(damaged)).collect()
    }
}

/// The signatures of these witnesses, each verified.
fn verify_all<'a>(
    text: &str,
    signatures: &'a [NoteSignature],
    witnesses: &[WitnessKey],
) -> Result<Vec<(Cosigned, &'a NoteSignature)>, ReceiptError> {
    let mut found = Vec::new();
    for signature in signatures {
        if let Some(witness) = witnesses.iter().find(|witness| witness.is_named_in(signature)) {
            found.push((witness.verify(text, signature)?, signature));
        }
    }
    Ok(found)
}

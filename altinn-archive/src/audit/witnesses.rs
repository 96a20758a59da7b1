//! The cosignatures of witnesses.

use altinn_core::store::{Row, params};

use super::fault::{Fault, Stop};
use crate::archive::Archive;
use crate::log::{Checkpoint, NoteSignature, SignedNote, WitnessKey};

/// How many rows are read at a time.
const PAGE: i64 = 256;

/// Checks every cosignature: it stands beneath a checkpoint that the log has signed, has the name that its row says,
/// and verifies by the key of one of these witnesses; without any, signatures are not verified. Gives how many there
/// are.
pub(super) async fn check(archive: &Archive, witnesses: Option<&[WitnessKey]>) -> Result<u64, Stop> {
    let sql = "select s.size, s.witness, s.line, c.note from archive_cosignature s \
               left join archive_checkpoint c on c.size = s.size \
               where s.size > $1 or (s.size = $1 and s.witness > $2) order by s.size, s.witness limit $3";
    let (mut count, mut size, mut witness) = (0, i64::MIN, String::new());
    loop {
        let rows = archive.store().query(sql, params![size, witness.as_str(), PAGE]).await?;
        let Some(last) = rows.last() else { return Ok(count) };
        (size, witness) = (last.get("size")?, last.get("witness")?);
        count += rows.len() as u64;
        for row in &rows {
            if !is_true(archive, row, witnesses)? {
                let size = u64::try_from(row.get::<i64>("size")?).unwrap_or(0);
                return Err(Fault::Cosignature { size, witness: row.get("witness")? }.into());
            }
        }
    }
}

fn is_true(archive: &Archive, row: &Row, witnesses: Option<&[WitnessKey]>) -> Result<bool, Stop> {
    let note: Option<String> = row.get("note")?;
    let signed = note.as_deref().and_then(|note| Checkpoint::verify(note, archive.verifier_key()).ok());
    let note = note.and_then(|note| note.parse::<SignedNote>().ok());
    let line = NoteSignature::parse(&row.get::<String>("line")?);
    let (Some(signed), Some(note), Some(line)) = (signed, note, line) else { return Ok(false) };
    let named = line.signer() == row.get::<String>("witness")?;
    let beneath = i64::try_from(signed.size) == Ok(row.get("size")?);
    let verified = witnesses.is_none_or(|witnesses| {
        let of = |witness: &&WitnessKey| witness.is_named_in(&line);
        witnesses.iter().filter(of).any(|witness| witness.verify(note.text(), &line).is_ok())
    });
    Ok(named && beneath && verified)
}

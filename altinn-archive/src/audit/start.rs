//! Where an audit begins: the log's state and how far its rows reach, all of one moment.

use altinn_core::store::{StoreError, params};

use super::fault::Stop;
use crate::archive::{Archive, Head};
use crate::log::Checkpoint;

/// The log's state and how far its rows reach, all of one moment.
pub(super) struct Start {
    /// The log's state; none when its row is not there or not of the right form, or of another key.
    pub(super) head: Option<Head>,
    /// How many entries there must be: as many as the last checkpoint covers, and more when both the log's state and
    /// the rows say so.
    pub(super) entries: u64,
}

impl Start {
    pub(super) async fn read(archive: &Archive) -> Result<Self, Stop> {
        let sql = "select h.verifier_key, h.version, h.size, h.root, \
                   (select max(l.leaf_index) from archive_leaf l) as last_leaf, \
                   (select c.note from archive_checkpoint c order by c.size desc limit 1) as last_note \
                   from (select 1 as there) as always left join archive_log_head h on h.id = 1";
        let row = archive.store().query_one(sql, params![]).await?;
        let head = Head::from_row(&row).ok().filter(|_| {
            let kept: Result<String, StoreError> = row.get("verifier_key");
            kept.is_ok_and(|kept| kept == archive.verifier_key().to_string())
        });
        let note: Option<String> = row.get("last_note")?;
        let signed = note.and_then(|note| Checkpoint::verify(&note, archive.verifier_key()).ok());
        let signed = signed.map_or(0, |signed| signed.size);
        let leaves = row.get::<Option<u64>>("last_leaf").ok().flatten().map_or(0, |last| last + 1);
        let entries = signed.max(leaves.min(head.map_or(0, |head| head.size)));
        Ok(Self { head, entries })
    }
}

//! Wrapping keys that take the place of others, without writing content anew.

use std::sync::Arc;

use altinn_core::store::{Batch, Row, params};
use uuid::Uuid;

use crate::archive::{Archive, CONTENT_COLUMNS, ContentRow, WrappingKey, bound_to, content_bound_to};
use crate::entry::EntryId;
use crate::error::ArchiveError;
use crate::listing::Tag;

/// How many entries get their keys wrapped anew in one batch.
const SLICE: i64 = 64;

/// What a rotation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Rotated {
    /// How many entries had their keys wrapped anew.
    pub entries: u64,
    /// How many wrapping keys were replaced and destroyed.
    pub keys: u64,
    /// Whether wrapping keys of older generations are left: call again.
    pub more: bool,
}

impl Archive {
    /// Replaces at most so many wrapping keys of older generations of the agency's key by new ones under the current
    /// generation: what they wrap is wrapped anew, content stays as it is, and the old ones are destroyed. Others may go
    /// on using the archive; what was cut off goes on with the next call.
    ///
    /// # Errors
    /// [`ArchiveError::Key`] when the agency's keys cannot be used, [`ArchiveError::Store`].
    #[tracing::instrument(level = "debug", skip(self))]
    pub async fn rotate_keys(&self, limit: u32) -> Result<Rotated, ArchiveError> {
        let current = self.provider().current().await?;
        let sql = "select id as key_id, owner, number, generation, wrapped from archive_key \
                   where generation < $1 or generation > $1 limit $2";
        let rows = self.store().query(sql, params![current.as_str(), i64::from(limit) + 1]).await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut rotated = Rotated { more: rows.len() > limit, ..Rotated::default() };
        for row in rows.iter().take(limit) {
            rotated.entries += self.replace(row).await?;
            rotated.keys += 1;
        }
        Ok(rotated)
    }

    /// Replaces one wrapping key; gives how many entries it wrapped.
    async fn replace(&self, row: &Row) -> Result<u64, ArchiveError> {
        let (old, owner) = (self.wrapping_key(row).await?, row.get::<Tag>("owner")?);
        let mut new = self.newer_key(owner, old.number).await?;
        self.retire(&old).await?;
        let mut entries = 0;
        loop {
            let sql = "select id, key_id, wrap from archive_entry where key_id = $1 limit $2";
            let rows = self.store().query(sql, params![old.id, SLICE]).await?;
            let mut batch = Batch::new();
            if rows.is_empty() {
                batch.execute("delete from archive_key where id = $1", params![old.id]);
                self.store().commit(batch).await?;
                return Ok(entries);
            }
            new.guard(&mut batch);
            for row in &rows {
                self.wrap_anew(&mut batch, row, &old, &new).await?;
            }
            match self.store().commit(batch).await {
                // One of them was erased meanwhile, or the new key is being replaced too.
                Err(error) if error.is_conflict() => new = self.newer_key(owner, old.number).await?,
                outcome => {
                    outcome?;
                    entries += rows.len() as u64;
                }
            }
        }
    }

    /// Sees to it that nothing more is wrapped with a key: what is being committed with it is waited for.
    async fn retire(&self, key: &WrappingKey) -> Result<(), ArchiveError> {
        let mut batch = Batch::new();
        batch.execute("update archive_key set live = 0 where id = $1", params![key.id]);
        self.store().commit(batch).await?;
        Ok(())
    }

    /// The key that takes the place of one of this number.
    async fn newer_key(&self, owner: Tag, number: i64) -> Result<Arc<WrappingKey>, ArchiveError> {
        loop {
            let key = self.key_in_use(owner).await?;
            if key.number > number {
                return Ok(key);
            }
            self.make_key(owner, number + 1).await?;
        }
    }

    async fn wrap_anew(
        &self,
        batch: &mut Batch,
        row: &Row,
        old: &WrappingKey,
        new: &WrappingKey,
    ) -> Result<(), ArchiveError> {
        let entry: EntryId = row.get("id")?;
        let damaged = || ArchiveError::damaged(format!("the keys of entry `{entry}`"));
        let own = old.unwrap(&row.get::<Vec<u8>>("wrap")?, &bound_to(entry)).ok_or_else(damaged)?;
        batch.execute_one(
            "update archive_entry set wrap = $1, key_id = $2 where id = $3 and key_id = $4",
            params![new.wrap(&own, &bound_to(entry))?, new.id, entry, row.get::<Uuid>("key_id")?],
        );
        let sql = format!("select {CONTENT_COLUMNS} from archive_content c where c.entry_id = $1");
        for content in self.store().query(sql, params![entry]).await? {
            let content = ContentRow::from_row(&content)?.ok_or_else(damaged)?;
            let own = content.key(old, entry).ok_or_else(damaged)?;
            let wrap = new.wrap(&own, &content_bound_to(entry, content.position))?;
            batch.execute_one(
                "update archive_content set wrap = $1 where entry_id = $2 and position = $3",
                params![wrap, entry, content.position],
            );
        }
        Ok(())
    }
}

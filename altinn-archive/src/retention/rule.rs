//! Rules: how long entries of a service and an archive class are kept.

use altinn_core::store::{Batch, Row, StoreError, params};

use crate::archive::Archive;
use crate::cipher::random_name;
use crate::error::ArchiveError;

/// How long entries of a service and an archive class are kept, from their time on. What no rule speaks of is kept for
/// ever.
///
/// ```
/// use altinn_archive::RetentionRule;
///
/// let ten_years = RetentionRule::new("ttd/bakery-licence", "case-file", 3_652);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetentionRule {
    /// The service.
    pub service: String,
    /// The archive class (arkivklasse).
    pub class: String,
    /// For how many days.
    pub keep_days: u32,
}

impl RetentionRule {
    /// Entries of a service and a class are kept for so many days.
    pub fn new(service: impl Into<String>, class: impl Into<String>, keep_days: u32) -> Self {
        Self { service: service.into(), class: class.into(), keep_days }
    }

    /// Decodes the columns of a rule's row.
    pub(super) fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self { service: row.get("service")?, class: row.get("class")?, keep_days: row.get("keep_days")? })
    }
}

impl Archive {
    /// Sets a rule, in the place of an earlier one for the same service and class. It goes for what is archived
    /// already too.
    ///
    /// # Errors
    /// [`ArchiveError::Store`].
    pub async fn set_rule(&self, rule: &RetentionRule) -> Result<(), ArchiveError> {
        let mut batch = Batch::new();
        batch.execute(
            "insert into archive_rule (id, service, class, keep_days, due_at, lease_until, lease_generation) \
             values ($1, $2, $3, $4, $5, 0, 0) on conflict (service, class) \
             do update set keep_days = excluded.keep_days, due_at = excluded.due_at",
            params![random_name()?, rule.service.as_str(), rule.class.as_str(), rule.keep_days, self.now()],
        );
        self.store().commit(batch).await?;
        Ok(())
    }

    /// Takes a rule away: entries of the service and class are kept for ever.
    ///
    /// # Errors
    /// [`ArchiveError::Store`].
    pub async fn remove_rule(&self, service: &str, class: &str) -> Result<(), ArchiveError> {
        let mut batch = Batch::new();
        batch.execute("delete from archive_rule where service = $1 and class = $2", params![service, class]);
        self.store().commit(batch).await?;
        Ok(())
    }

    /// All rules.
    ///
    /// # Errors
    /// [`ArchiveError::Store`].
    pub async fn rules(&self) -> Result<Vec<RetentionRule>, ArchiveError> {
        let sql = "select service, class, keep_days from archive_rule order by service, class";
        let rows = self.store().query(sql, params![]).await?;
        Ok(rows.iter().map(RetentionRule::from_row).collect::<Result<_, _>>()?)
    }
}

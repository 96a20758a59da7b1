//! Many parties at once.

use std::collections::HashMap;
use std::hash::Hash;

use altinn_core::store::Value;
use altinn_core::{Party, PartyId, PartyIdentifier};

use super::stored::PARTIES_WHERE;
use super::{RegisterError, StoredRegister};

/// How many parties one query asks for.
const AT_ONCE: usize = 500;

impl StoredRegister {
    /// The parties of identifiers, in their order; nothing for those that are not known.
    ///
    /// # Errors
    /// [`RegisterError`] when the register cannot tell.
    pub async fn parties_by_identifier(
        &self,
        identifiers: &[PartyIdentifier],
    ) -> Result<Vec<Option<Party>>, RegisterError> {
        let key = |identifier: &PartyIdentifier| self.key.lookup(identifier).into();
        self.many("identifier_lookup", identifiers, key, |party| party.identifier.clone()).await
    }

    /// The parties of ids, in their order; nothing for those that are not known.
    ///
    /// # Errors
    /// [`RegisterError`] when the register cannot tell.
    pub async fn parties(&self, ids: &[PartyId]) -> Result<Vec<Option<Party>>, RegisterError> {
        self.many("id", ids, |id| (*id).into(), |party| party.id).await
    }

    async fn many<K: Hash + Eq + Sync>(
        &self,
        column: &'static str,
        asked: &[K],
        value: impl Fn(&K) -> Value + Send + Sync,
        key_of: impl Fn(&Party) -> K + Send + Sync,
    ) -> Result<Vec<Option<Party>>, RegisterError> {
        let mut all = Vec::with_capacity(asked.len());
        for asked in asked.chunks(AT_ONCE) {
            let places = (1..=asked.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
            let sql = format!("{PARTIES_WHERE}{column} in ({places})");
            let rows = self.store.query(sql, asked.iter().map(&value).collect()).await?;
            let parties = rows.iter().map(|row| self.party_of(row));
            let parties = parties.map(|party| party.map(|party| (key_of(&party), party)));
            let found: HashMap<K, Party> = parties.collect::<Result<_, _>>()?;
            all.extend(asked.iter().map(|key| found.get(key).cloned()));
        }
        Ok(all)
    }
}

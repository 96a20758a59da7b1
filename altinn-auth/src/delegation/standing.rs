//! Whether a delegation stands: it, and all that it rests on.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use altinn_core::PartyId;
use altinn_core::store::{Store, Value, params};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::entry::{Basis, DelegationEntry};
use crate::register::{HeldRoles, RegisterError, RightsVersion, RoleRegister};

/// The most delegations that are read as resting on each other, whatever the store says.
const DEEPEST: u32 = 64;

/// Tells which delegations stand at a time.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) store: Store,
    pub(super) roles: Arc<dyn RoleRegister>,
}

impl Standing {
    /// Those of the delegations that stand at a time: neither they nor any that they rest on has been revoked or is
    /// over, and an organization that passed on what a role gave it still holds the role. With each come the versions of
    /// the rights that the role rests on.
    pub(super) async fn of(
        &self,
        entries: Vec<DelegationEntry>,
        at: DateTime<Utc>,
    ) -> Result<Vec<(DelegationEntry, Vec<RightsVersion>)>, RegisterError> {
        let above = self.above(&entries).await?;
        let mut held = HashMap::new();
        let mut standing = Vec::new();
        for entry in entries {
            let Some(root) = root_of(&entry, &above, at) else { continue };
            let rights = match &root.basis {
                Basis::Role { unit, role } => {
                    let roles = self.roles((*unit, root.from), &mut held).await?;
                    roles.roles().any(|held| held == role).then(|| roles.rights().to_vec())
                }
                _ => Some(Vec::new()),
            };
            standing.extend(rights.map(|rights| (entry, rights)));
        }
        Ok(standing)
    }

    /// Whether a system user was deleted: then nothing counts that it was given.
    pub(super) async fn is_deleted(&self, system_user: Uuid) -> Result<bool, RegisterError> {
        let select = "select 1 as found from auth_system_user where id = $1 and deleted_at is not null";
        Ok(self.store.query_opt(select, params![system_user]).await?.is_some())
    }

    /// The roles that an organization holds for a party, asked for once.
    async fn roles<'a>(
        &self,
        (unit, of): (PartyId, PartyId),
        held: &'a mut HashMap<(PartyId, PartyId), HeldRoles>,
    ) -> Result<&'a HeldRoles, RegisterError> {
        Ok(match held.entry((unit, of)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(self.roles.roles(unit, of).await?),
        })
    }

    /// All that the delegations rest on.
    async fn above(
        &self,
        entries: &[DelegationEntry],
    ) -> Result<HashMap<Uuid, DelegationEntry>, RegisterError> {
        let mut above = HashMap::new();
        let mut wanted: Vec<Uuid> = entries.iter().filter_map(parent_of).collect();
        for _ in 0..DEEPEST {
            wanted.retain(|id| !above.contains_key(id));
            wanted.sort_unstable();
            wanted.dedup();
            if wanted.is_empty() {
                break;
            }
            let found = self.by_id(&wanted).await?;
            wanted = found.iter().filter_map(parent_of).collect();
            above.extend(found.into_iter().map(|entry| (entry.id, entry)));
        }
        Ok(above)
    }

    async fn by_id(&self, ids: &[Uuid]) -> Result<Vec<DelegationEntry>, RegisterError> {
        let mut found = Vec::new();
        for some in ids.chunks(MOST_IN_LIST) {
            let list = placeholders(1, some.len());
            let select = format!("select * from auth_delegation where id in ({list})");
            let params = some.iter().copied().map(Value::from).collect();
            for row in &self.store.query(select, params).await? {
                found.push(DelegationEntry::read(row)?);
            }
        }
        Ok(found)
    }
}

/// The most values of a list in one statement.
pub(super) const MOST_IN_LIST: usize = 500;

/// `$3, $4, $5`: so many parameters from a number on.
pub(super) fn placeholders(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

fn parent_of(entry: &DelegationEntry) -> Option<Uuid> {
    match entry.basis {
        Basis::Delegation(parent) => Some(parent),
        _ => None,
    }
}

/// What a delegation rests on in the end; nothing when it or anything in between is revoked or over, or is not there.
fn root_of<'a>(
    entry: &'a DelegationEntry,
    above: &'a HashMap<Uuid, DelegationEntry>,
    at: DateTime<Utc>,
) -> Option<&'a DelegationEntry> {
    let mut entry = entry;
    for _ in 0..DEEPEST {
        if !entry.is_within_its_time(at) {
            return None;
        }
        match parent_of(entry) {
            Some(parent) => entry = above.get(&parent)?,
            None => return Some(entry),
        }
    }
    None
}

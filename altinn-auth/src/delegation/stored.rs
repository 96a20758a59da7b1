//! The delegations of the store, as decisions ask for them.

use std::sync::Arc;

use altinn_core::Clock;
use altinn_core::store::{Row, Store, Value};
use async_trait::async_trait;

use super::entry::{DelegationEntry, RIGHT, RecipientKind};
use super::offer::{Receiver, What};
use super::standing::{MOST_IN_LIST, Standing, placeholders};
use crate::decision::{Delegated, Delegation, DelegationQuery, Delegations, Recipient};
use crate::register::{RegisterError, RightsVersion, RoleRegister};

/// The delegations that are kept in the store, for decisions.
///
/// They are read anew for every decision, on every node: nothing of them is cached, so what has been revoked is seen by
/// the next. Those of the party's main unit count too, and those that were given to a unit in which the caller has a
/// key role.
///
/// ```
/// # use std::sync::Arc;
/// # use altinn_auth::decision::{Authorizer, Policies, Registers};
/// # use altinn_auth::register::StoredRegister;
/// # use altinn_core::store::Store;
/// use altinn_auth::delegation::StoredDelegations;
/// use altinn_core::SystemClock;
///
/// # fn shown(store: Store, register: Arc<StoredRegister>, policies: Arc<Policies>) {
/// let delegations = StoredDelegations::new(store, register.clone(), Arc::new(SystemClock));
/// let registers = Registers::new(register.clone(), register).with_delegations(Arc::new(delegations));
/// let authorizer = Authorizer::with_registers(policies, registers);
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct StoredDelegations {
    standing: Standing,
    clock: Arc<dyn Clock>,
}

impl StoredDelegations {
    /// The delegations in a store whose tables are there ([`MIGRATIONS`](crate::register::MIGRATIONS)).
    pub fn new(store: Store, roles: Arc<dyn RoleRegister>, clock: Arc<dyn Clock>) -> Self {
        Self { standing: Standing { store, roles }, clock }
    }

    async fn given(
        &self,
        query: &DelegationQuery,
        receivers: &[String],
    ) -> Result<Vec<(DelegationEntry, Delegation)>, RegisterError> {
        let main_unit = query.main_unit.unwrap_or(query.party);
        let now = self.clock.now();
        let mut params: Vec<Value> =
            vec![query.party.into(), main_unit.into(), RIGHT.into(), now.into(), now.into()];
        params.extend(receivers.iter().map(Value::from));
        let mut of_resource = String::new();
        if let Some(resource) = &query.resource {
            params.push(resource.as_str().into());
            of_resource = format!("and given.name = ${}", params.len());
        }
        let select = format!(
            "select given.*, giver.version as giver_version, receiver.uuid as receiver_uuid, \
             receiver.version as receiver_version from auth_delegation given \
             join auth_party giver on giver.id = given.offered_by and not giver.deleted \
             left join auth_party receiver on receiver.id = given.recipient_party \
             where given.offered_by in ($1, $2) and given.kind = $3 \
             and given.revoked_at is null and given.valid_from <= $4 \
             and (given.valid_to is null or given.valid_to > $5) \
             and given.recipient in ({}) {of_resource} order by given.id",
            placeholders(6, receivers.len())
        );
        let rows = self.standing.store.query(select, params).await?;
        rows.iter().map(delegation_of).collect()
    }
}

#[async_trait]
impl Delegations for StoredDelegations {
    async fn delegations(&self, query: &DelegationQuery) -> Result<Vec<Delegation>, RegisterError> {
        if let Recipient::SystemUser(id) = query.subject
            && self.standing.is_deleted(id).await?
        {
            return Ok(Vec::new());
        }
        let receivers = receivers_of(query);
        let mut given = Vec::new();
        for some in receivers.chunks(MOST_IN_LIST) {
            given.extend(self.given(query, some).await?);
        }
        let entries = given.iter().map(|(entry, _)| entry.clone()).collect();
        let mut standing = self.standing.of(entries, self.clock.now()).await?.into_iter().peekable();
        let mut delegations = Vec::new();
        for (entry, mut delegation) in given {
            // Those that stand come in the same order.
            if let Some((_, rights)) = standing.next_if(|(standing, _)| standing.id == entry.id) {
                delegation.rights.extend(rights);
                delegations.push(delegation);
            }
        }
        Ok(delegations)
    }
}

/// Everybody whose delegations a query counts, as they are kept.
fn receivers_of(query: &DelegationQuery) -> Vec<String> {
    let parties = query.key_role_units.iter().copied().chain(query.own_party);
    let own = match query.subject {
        Recipient::Organization { party, .. } => party.map(Receiver::Party),
        Recipient::SystemUser(id) => Some(Receiver::SystemUser(id)),
        Recipient::User(_) | Recipient::Person(_) => None,
    };
    let mut receivers: Vec<Receiver> = parties.map(Receiver::Party).chain(own).collect();
    receivers.sort_unstable();
    receivers.dedup();
    receivers.iter().map(Receiver::key).collect()
}

/// A delegation as a decision takes it: it rests on the rights that the giver has given, and on what the receiver is.
fn delegation_of(row: &Row) -> Result<(DelegationEntry, Delegation), RegisterError> {
    let entry = DelegationEntry::read(row)?;
    let mut rights = vec![RightsVersion { party: entry.from, version: row.get("giver_version")? }];
    if let (Receiver::Party(party), RecipientKind::Organization) = (entry.to, entry.recipient_kind) {
        let version = row.get("receiver_version")?;
        rights.push(RightsVersion { party, version });
    }
    let what = match &entry.what {
        What::Right(right) | What::InstanceRight(right, _) => Delegated::Right(right.clone()),
        What::Package(_) => return Err(RegisterError::Corrupt { column: "kind" }),
    };
    let delegation = Delegation {
        id: Some(entry.id),
        from: entry.from,
        to: entry.recipient(row.get("receiver_uuid")?),
        instance: entry.what.instance().map(|instance| instance.guid.to_string()),
        what,
        rights,
    };
    Ok((entry, delegation))
}

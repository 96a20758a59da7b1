//! What a caller may see, found out before any element is looked at.

use std::collections::{BTreeMap, BTreeSet};

use altinn_auth::delegation::{AuthorizedParty, DelegationError, Representation};
use altinn_core::store::{Store, params};
use altinn_core::{Actor, InstanceId, PartyId, ServiceId};
use uuid::Uuid;

use super::scope::Scope;
use super::select::Visible;
use super::{InboxError, InboxQuery};
use crate::altinn::Altinn;

/// How many parties one list takes together.
const MOST_PARTIES: usize = 100;

/// Finds out what a caller may see of what a query is about.
///
/// Every scope that there is anywhere is decided for every party, whether the party has elements in it or not: so what it
/// costs tells nothing of what a party has and the caller may not see.
pub(super) async fn sight(
    altinn: &Altinn,
    actor: &Actor,
    query: &InboxQuery,
) -> Result<Vec<Visible>, InboxError> {
    let represented = represented(altinn, actor).await?;
    let wanted = |party: &PartyId| query.parties.is_empty() || query.parties.contains(party);
    if query.parties.iter().any(|party| !represented.contains_key(party)) {
        return Err(InboxError::NotFound);
    }
    let parties: BTreeMap<_, _> = represented.into_iter().filter(|(party, _)| wanted(party)).collect();
    if parties.len() > MOST_PARTIES {
        return Err(InboxError::TooManyParties { found: parties.len(), limit: MOST_PARTIES });
    }
    let scopes: Vec<Scope> =
        scopes(altinn.store()).await?.into_iter().filter(|scope| is_asked(scope, query)).collect();
    let mut visible = Vec::new();
    for (party, by) in &parties {
        let mut whole = BTreeSet::new();
        for scope in &scopes {
            if altinn.authorizer().foresees(actor, &scope.request(*party)).await? {
                visible.push(Visible::Scope(*party, scope.clone()));
                whole.insert(scope);
            }
        }
        for id in instances(*party, by, &query.services) {
            let scope = scope_of(altinn.store(), *party, id).await?;
            if let Some(scope) = scope.filter(|scope| is_asked(scope, query) && !whole.contains(scope))
                && altinn.authorizer().foresees(actor, &scope.request_of(*party, id)).await?
            {
                visible.push(Visible::One(*party, id));
            }
        }
    }
    Ok(visible)
}

fn is_asked(scope: &Scope, query: &InboxQuery) -> bool {
    (query.services.is_empty() || query.services.contains(&scope.service))
        && (query.kinds.is_empty() || query.kinds.contains(&scope.kind))
}

/// Everybody whom the caller may represent, and by what.
pub(crate) async fn represented(
    altinn: &Altinn,
    actor: &Actor,
) -> Result<BTreeMap<PartyId, Representation>, DelegationError> {
    let mut all = BTreeMap::new();
    let mut add = |party: AuthorizedParty| {
        if !party.by.is_empty() {
            all.insert(party.party.id, party.by);
        }
    };
    for mut party in altinn.access_management().authorized_parties(actor).await? {
        std::mem::take(&mut party.subunits).into_iter().for_each(&mut add);
        add(party);
    }
    Ok(all)
}

/// The instances of a party to which alone something was delegated.
fn instances(party: PartyId, by: &Representation, services: &BTreeSet<ServiceId>) -> Vec<Uuid> {
    let of_service = |resource: &altinn_core::ResourceId| {
        services.is_empty() || services.iter().any(|service| service.resource_id() == *resource)
    };
    let named = by.instances.iter().filter(|(resource, _)| of_service(resource));
    let ids = named.filter_map(|(_, name)| name.parse::<InstanceId>().ok());
    ids.filter(|id| id.owner == party).map(|id| id.guid).collect()
}

async fn scopes(store: &Store) -> Result<Vec<Scope>, InboxError> {
    let select = "select service, scope, kind from services_inbox_scope order by service, scope";
    let rows = store.query(select, params![]).await?;
    Ok(rows.iter().map(Scope::from_row).collect::<Result<_, _>>()?)
}

async fn scope_of(store: &Store, party: PartyId, id: Uuid) -> Result<Option<Scope>, InboxError> {
    let select = "select service, scope, kind from services_inbox where party = $1 and id = $2";
    let row = store.query_opt(select, params![party, id]).await?;
    Ok(row.map(|row| Scope::from_row(&row)).transpose()?)
}

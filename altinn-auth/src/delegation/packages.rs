//! Access packages: the catalogue, and who holds which.

use std::collections::BTreeSet;
use std::sync::Arc;

use altinn_core::store::{Batch, Store, Value, params};
use altinn_core::{Clock, PartyId};
use async_trait::async_trait;
use uuid::Uuid;

use super::entry::{DelegationEntry, PACKAGE};
use super::offer::{Receiver, What};
use super::standing::{Standing, placeholders};
use crate::register::{AccessPackages, NOBODY, PartyRegister, RegisterError, Role, RoleRegister};

/// The most packages that one page of the catalogue holds.
const PAGE: u32 = 500;

/// An access package (tilgangspakke) of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessPackage {
    /// Its name, as policies write it: `skatt-naering`.
    pub name: String,
    /// The area that it belongs to: `skatt-avgift-regnskap-og-toll`.
    pub area: String,
    /// Whether it may be given to others.
    pub is_delegable: bool,
    /// The roles whose holders have it.
    pub roles: Vec<Role>,
}

/// The catalogue of access packages, in the store.
#[derive(Debug, Clone)]
pub struct PackageCatalogue(Store);

impl PackageCatalogue {
    /// The catalogue in a store whose tables are there ([`MIGRATIONS`](crate::register::MIGRATIONS)).
    pub fn new(store: Store) -> Self {
        Self(store)
    }

    /// Adds a package, or replaces what is said of it.
    pub fn put(&self, batch: &mut Batch, package: &AccessPackage) {
        let name = package.name.as_str();
        batch.execute_one(
            "insert into auth_access_package (name, area, delegable) values ($1, $2, $3) \
             on conflict (name) do update set area = excluded.area, delegable = excluded.delegable",
            params![name, package.area.as_str(), package.is_delegable],
        );
        batch.execute("delete from auth_access_package_role where package = $1", params![name]);
        for role in &package.roles {
            batch.execute(
                "insert into auth_access_package_role (role, package) values ($1, $2) on conflict do nothing",
                params![role, name],
            );
        }
    }

    /// A package; none when the catalogue does not have it.
    ///
    /// # Errors
    /// [`RegisterError::Store`].
    pub async fn package(&self, name: &str) -> Result<Option<AccessPackage>, RegisterError> {
        let select = "select area, delegable from auth_access_package where name = $1";
        let Some(row) = self.0.query_opt(select, params![name]).await? else { return Ok(None) };
        let select = "select role from auth_access_package_role where package = $1 order by role";
        let roles = self.0.query(select, params![name]).await?;
        Ok(Some(AccessPackage {
            name: name.to_owned(),
            area: row.get("area")?,
            is_delegable: row.get("delegable")?,
            roles: roles.iter().map(|row| row.get("role")).collect::<Result<_, _>>()?,
        }))
    }

    /// The packages of the catalogue by name: at most 500 after one.
    ///
    /// # Errors
    /// [`RegisterError::Store`].
    pub async fn packages(&self, after: Option<&str>) -> Result<Vec<AccessPackage>, RegisterError> {
        let select =
            "select name, area, delegable from auth_access_package where name > $1 order by name limit $2";
        let rows = self.0.query(select, params![after.unwrap_or_default(), PAGE]).await?;
        let mut packages = Vec::new();
        for row in &rows {
            let (name, area): (String, String) = (row.get("name")?, row.get("area")?);
            packages.push(AccessPackage {
                name,
                area,
                is_delegable: row.get("delegable")?,
                roles: Vec::new(),
            });
        }
        let (Some(first), Some(last)) = (packages.first(), packages.last()) else { return Ok(packages) };
        let select = "select package, role from auth_access_package_role where package >= $1 and package <= $2 \
            order by package, role";
        for row in &self.0.query(select, params![first.name.as_str(), last.name.as_str()]).await? {
            let name: String = row.get("package")?;
            let place = packages.binary_search_by(|package| package.name.cmp(&name));
            if let Some(package) = place.ok().and_then(|place| packages.get_mut(place)) {
                package.roles.push(row.get("role")?);
            }
        }
        Ok(packages)
    }

    /// The packages that roles have.
    async fn of_roles(&self, roles: &[Role]) -> Result<Vec<String>, RegisterError> {
        if roles.is_empty() {
            return Ok(Vec::new());
        }
        let list = placeholders(1, roles.len());
        let select = format!("select distinct package from auth_access_package_role where role in ({list})");
        let rows = self.0.query(select, roles.iter().map(Value::from).collect()).await?;
        rows.iter().map(|row| Ok(row.get("package")?)).collect()
    }
}

/// The access packages that are held by roles and by delegations of the store, for decisions. Read anew for each.
#[derive(Debug, Clone)]
pub struct StoredAccessPackages {
    standing: Standing,
    catalogue: PackageCatalogue,
    parties: Arc<dyn PartyRegister>,
    clock: Arc<dyn Clock>,
}

impl StoredAccessPackages {
    /// The packages in a store whose tables are there ([`MIGRATIONS`](crate::register::MIGRATIONS)).
    pub fn new(
        store: Store,
        parties: Arc<dyn PartyRegister>,
        roles: Arc<dyn RoleRegister>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let catalogue = PackageCatalogue::new(store.clone());
        Self { standing: Standing { store, roles }, catalogue, parties, clock }
    }
}

#[async_trait]
impl AccessPackages for StoredAccessPackages {
    async fn packages(&self, holder: Uuid, party: Uuid) -> Result<Vec<String>, RegisterError> {
        // A party that there is not costs as much as one that gave nothing.
        let party = self.parties.party_by_uuid(party).await?;
        let (party, main_unit) = party.map_or((NOBODY, None), |party| (party.id, party.parent));
        let givers = [Some(party), main_unit];
        let mut held = BTreeSet::new();
        let receivers = match self.parties.party_by_uuid(holder).await? {
            Some(holder) => {
                let roles = self.standing.roles.roles(holder.id, party).await?;
                let mut roles: Vec<Role> = roles.roles().cloned().collect();
                roles.dedup();
                held.extend(self.catalogue.of_roles(&roles).await?);
                let units = self.standing.roles.key_role_units(holder.id).await?;
                units.into_iter().chain([holder.id]).map(Receiver::Party).collect()
            }
            None if self.standing.is_deleted(holder).await? => Vec::new(),
            None => vec![Receiver::SystemUser(holder)],
        };
        for entry in given_packages(&self.standing, &givers, &receivers, self.clock.as_ref()).await? {
            if let What::Package(name) = entry.what {
                held.insert(name);
            }
        }
        Ok(held.into_iter().collect())
    }
}

/// The packages that any of these gave any of these, and that stand now.
pub(super) async fn given_packages(
    standing: &Standing,
    givers: &[Option<PartyId>; 2],
    receivers: &[Receiver],
    clock: &dyn Clock,
) -> Result<Vec<DelegationEntry>, RegisterError> {
    let [giver, main_unit] = givers;
    let now = clock.now();
    let mut entries = Vec::new();
    for some in receivers.chunks(super::standing::MOST_IN_LIST) {
        let select = format!(
            "select * from auth_delegation where offered_by in ($1, $2) and kind = $3 and revoked_at is null \
             and valid_from <= $4 and (valid_to is null or valid_to > $5) and recipient in ({}) order by id",
            placeholders(6, some.len())
        );
        let main_unit = main_unit.or(*giver);
        let mut params = params![*giver, main_unit, PACKAGE, now, now];
        params.extend(some.iter().map(|receiver| Value::from(receiver.key())));
        for row in &standing.store.query(select, params).await? {
            entries.push(DelegationEntry::read(row)?);
        }
    }
    Ok(standing.of(entries, now).await?.into_iter().map(|(entry, _)| entry).collect())
}

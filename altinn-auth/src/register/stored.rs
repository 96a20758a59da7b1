//! The register that is kept in the store.

use std::sync::{Arc, LazyLock};

use altinn_core::store::{Batch, Row, Store, Value, params};
use altinn_core::{Clock, IdSource, Party, PartyId, PartyIdentifier, PartyKind, SystemClock};
use async_trait::async_trait;
use uuid::Uuid;

use super::key::parts;
use super::role::KEY_ROLES;
use super::{
    HeldRole, HeldRoles, PartyRegister, RegisterError, RegisterKey, RightsVersion, Role, RoleHolder,
    RoleRegister, Through,
};
use crate::delegation::Period;

/// Parties and roles in the store.
///
/// Writes are added to a batch; every change of what a party is or has given raises its version, so that a decision
/// which rests on it can be guarded until the commit.
///
/// ```
/// use altinn_auth::register::{MIGRATIONS, RegisterKey, RoleAssignment, RoleRegister, StoredRegister};
/// use altinn_core::store::{Batch, Store};
/// use altinn_core::testing::SyntheticPeople;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let store = Store::open("sqlite::memory:").await?;
/// store.migrate(&[MIGRATIONS]).await?;
/// let register = StoredRegister::new(store.clone(), RegisterKey::from_bytes(&[7; 32]));
///
/// let mut people = SyntheticPeople::from_seed(1);
/// let (kari, bakery) = (people.person(), people.organization());
/// let mut batch = Batch::new();
/// register.put_party(&mut batch, &kari)?;
/// register.put_party(&mut batch, &bakery)?;
/// register.grant_role(&mut batch, &RoleAssignment { role: "DAGL".parse()?, of: bakery.id, to: kari.id });
/// store.commit(batch).await?;
///
/// assert!(register.roles(kari.id, bakery.id).await?.roles().eq(["DAGL".parse()?].iter()));
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct StoredRegister {
    pub(super) store: Store,
    pub(super) key: RegisterKey,
    clock: Arc<dyn Clock>,
}

const INSERT_PARTY: &str = "insert into auth_party (id, uuid, kind, name, identifier_kind, identifier_lookup, \
    identifier_sealed, parent, deleted, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)";

/// Where the ids of parties begin that this register took in itself.
const OWN_IDS: i64 = 1 << 32;

/// A role that a party has given to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleAssignment {
    /// The role.
    pub role: Role,
    /// The party that the role is for (avgiver).
    pub of: PartyId,
    /// Who holds it.
    pub to: PartyId,
}

/// Parties of whom something is true.
macro_rules! parties_where {
    ($condition:literal) => {
        concat!(
            "select id, uuid, kind, name, identifier_kind, identifier_sealed, parent, deleted from auth_party where ",
            $condition
        )
    };
}

pub(super) const PARTIES_WHERE: &str = parties_where!("");

impl StoredRegister {
    /// The register in a store whose tables are there ([`MIGRATIONS`](super::MIGRATIONS)).
    pub fn new(store: Store, key: RegisterKey) -> Self {
        Self { store, key, clock: Arc::new(SystemClock) }
    }

    /// The same, by another clock: it tells which roles are in force.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Makes the store the register of this key, or refuses when it is that of another: what is kept under two keys
    /// could be read with neither.
    ///
    /// # Errors
    /// [`RegisterError::OtherKey`], [`RegisterError::Store`].
    pub async fn claim(&self) -> Result<(), RegisterError> {
        let mut batch = Batch::new();
        let check = self.key.check();
        batch.execute(
            "insert into auth_register (id, key_check) values (1, $1) on conflict (id) do nothing",
            params![check.as_slice()],
        );
        self.store.commit(batch).await?;
        let kept = self.store.query_one("select key_check from auth_register", params![]).await?;
        if kept.get::<Vec<u8>>("key_check")? == check { Ok(()) } else { Err(RegisterError::OtherKey) }
    }

    /// Adds a party, or replaces what is known of it.
    ///
    /// # Errors
    /// [`RegisterError::Randomness`] when the identifier cannot be sealed.
    pub fn put_party(&self, batch: &mut Batch, party: &Party) -> Result<(), RegisterError> {
        let replace = format!(
            "{INSERT_PARTY} on conflict (id) do update set uuid = excluded.uuid, kind = excluded.kind, \
             name = excluded.name, identifier_kind = excluded.identifier_kind, \
             identifier_lookup = excluded.identifier_lookup, \
             identifier_sealed = excluded.identifier_sealed, parent = excluded.parent, \
             deleted = excluded.deleted, version = auth_party.version + 1"
        );
        batch.execute_one(replace, self.party_values(party)?);
        Ok(())
    }

    /// Takes in a party that the register does not know yet, under an id of its own choice. Of two calls at once for one
    /// identifier, both get the same party.
    ///
    /// # Errors
    /// [`RegisterError::Store`], [`RegisterError::Randomness`].
    pub async fn enroll(
        &self,
        kind: PartyKind,
        identifier: &PartyIdentifier,
        ids: &dyn IdSource,
    ) -> Result<Party, RegisterError> {
        loop {
            if let Some(party) = self.party_by_identifier(identifier).await? {
                return Ok(party);
            }
            let uuid = ids.next_id();
            let party = Party {
                id: own_id(uuid),
                uuid,
                kind,
                name: String::new(),
                identifier: identifier.clone(),
                parent: None,
                deleted: false,
            };
            let mut batch = Batch::new();
            batch.execute_one(INSERT_PARTY, self.party_values(&party)?);
            match self.store.commit(batch).await {
                Ok(_) => return Ok(party),
                // The id is taken, or somebody else took the same party in at this moment.
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn party_values(&self, party: &Party) -> Result<Vec<Value>, RegisterError> {
        let (identifier_kind, _) = parts(&party.identifier);
        Ok(params![
            party.id,
            party.uuid,
            u8::from(party.kind),
            &party.name,
            identifier_kind,
            self.key.lookup(&party.identifier),
            self.key.seal(party.id, &party.identifier)?,
            party.parent,
            party.deleted,
        ])
    }

    /// Gives a role, from now on and without an end; giving it again changes nothing but the version and the time. The
    /// batch conflicts when the register does not know the party that gives it.
    pub fn grant_role(&self, batch: &mut Batch, assignment: &RoleAssignment) {
        self.put_role(batch, assignment, (0, i64::MAX));
    }

    /// Gives a role for a time: decisions count it from its beginning up to its end, the end not included, and nothing
    /// has to be done when it is over. Given again, it is for the new time.
    pub fn grant_role_during(&self, batch: &mut Batch, assignment: &RoleAssignment, period: Period) {
        let to = period.to.map_or(i64::MAX, |to| to.timestamp_micros());
        self.put_role(batch, assignment, (period.from.timestamp_micros(), to));
    }

    fn put_role(&self, batch: &mut Batch, assignment: &RoleAssignment, (from, to): (i64, i64)) {
        raise_version(batch, assignment.of);
        batch.execute_one(
            "insert into auth_role (offered_by, held_by, role, valid_from, valid_to) values ($1, $2, $3, $4, $5) \
             on conflict (offered_by, held_by, role) do update \
             set valid_from = excluded.valid_from, valid_to = excluded.valid_to",
            params![assignment.of, assignment.to, &assignment.role, from, to],
        );
    }

    /// Takes a role back; whoever has decided on it and not committed yet will be refused.
    pub fn revoke_role(&self, batch: &mut Batch, assignment: &RoleAssignment) {
        raise_version(batch, assignment.of);
        batch.execute(
            "delete from auth_role where offered_by = $1 and held_by = $2 and role = $3",
            params![assignment.of, assignment.to, &assignment.role],
        );
    }

    async fn find(
        &self,
        select: &'static str,
        key: impl Into<Value> + Send,
    ) -> Result<Option<Party>, RegisterError> {
        let row = self.store.query_opt(select, vec![key.into()]).await?;
        row.map(|row| self.party_of(&row)).transpose()
    }

    pub(super) fn party_of(&self, row: &Row) -> Result<Party, RegisterError> {
        let id: PartyId = row.get("id")?;
        let text = self.key.open(id, row.get("identifier_sealed")?)?;
        let corrupt = |column| RegisterError::Corrupt { column };
        let kind: u8 = row.get("kind")?;
        Ok(Party {
            id,
            uuid: row.get("uuid")?,
            kind: PartyKind::try_from(kind).map_err(|_| corrupt("kind"))?,
            name: row.get("name")?,
            identifier: identifier(row.get("identifier_kind")?, text)
                .ok_or_else(|| corrupt("identifier_kind"))?,
            parent: row.get("parent")?,
            deleted: row.get("deleted")?,
        })
    }
}

#[async_trait]
impl PartyRegister for StoredRegister {
    async fn party(&self, id: PartyId) -> Result<Option<Party>, RegisterError> {
        self.find(parties_where!("id = $1"), id).await
    }

    async fn party_by_uuid(&self, uuid: Uuid) -> Result<Option<Party>, RegisterError> {
        self.find(parties_where!("uuid = $1"), uuid).await
    }

    async fn party_by_identifier(
        &self,
        identifier: &PartyIdentifier,
    ) -> Result<Option<Party>, RegisterError> {
        self.find(parties_where!("identifier_lookup = $1"), self.key.lookup(identifier)).await
    }

    async fn sub_units(&self, main_unit: PartyId) -> Result<Vec<Party>, RegisterError> {
        let select = parties_where!("parent = $1 and not deleted order by id");
        let rows = self.store.query(select, params![main_unit]).await?;
        rows.iter().map(|row| self.party_of(row)).collect()
    }
}

/// What the party and its main unit have given that is in force at a time: to the holder, or to a unit that has given
/// the holder any role, which is for Rust to tell from a key role; and at least one row for each giver, for the version
/// of its rights. What it costs grows with the roles that the giver has given, not with those that the holder has.
static ROLES: LazyLock<String> = LazyLock::new(|| {
    let given_by = |givers: &str| {
        format!(
            "select giver.id as giver, giver.version as giver_version, given.role as role, given.held_by as holder, \
             key_role.role as key_role, unit.version as unit_version, unit.deleted as unit_deleted from {givers} \
             left join auth_role given on given.offered_by = giver.id \
             and given.valid_from <= $1 and given.valid_to > $1 and (given.held_by = $2 or exists \
             (select 1 from auth_role own where own.offered_by = given.held_by and own.held_by = $2)) \
             left join auth_role key_role on given.held_by <> $2 and key_role.offered_by = given.held_by \
             and key_role.held_by = $2 and key_role.valid_from <= $1 and key_role.valid_to > $1 \
             left join auth_party unit on given.held_by <> $2 and unit.id = given.held_by"
        )
    };
    format!(
        "{} where giver.id = $3 and not giver.deleted union all {} \
         where sub.id = $3 and not sub.deleted and not giver.deleted",
        given_by("auth_party giver"),
        given_by("auth_party sub join auth_party giver on giver.id = sub.parent"),
    )
});

/// Everybody who holds a role: to whom the party or its main unit gave one, and who has a key role in such a unit.
static HOLDERS: LazyLock<String> = LazyLock::new(|| {
    let key_roles = key_roles();
    format!(
        "with given_by as (\
         select id from auth_party where id = $1 and not deleted \
         union all \
         select main.id from auth_party sub join auth_party main on main.id = sub.parent \
         where sub.id = $1 and not sub.deleted and not main.deleted) \
         select given.offered_by as giver, given.held_by as unit, given.held_by as holder, given.role as role \
         from given_by join auth_role given on given.offered_by = given_by.id \
         and given.valid_from <= $2 and given.valid_to > $2 \
         union all \
         select given.offered_by, given.held_by, key_role.held_by, given.role \
         from given_by join auth_role given on given.offered_by = given_by.id \
         and given.valid_from <= $2 and given.valid_to > $2 \
         join auth_role key_role on key_role.offered_by = given.held_by and key_role.role in ({key_roles}) \
         and key_role.valid_from <= $2 and key_role.valid_to > $2 \
         join auth_party unit on unit.id = given.held_by and not unit.deleted \
         order by holder, role"
    )
});

/// The units in which somebody has a key role.
static UNITS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "select distinct auth_role.offered_by from auth_role \
         join auth_party on auth_party.id = auth_role.offered_by and not auth_party.deleted \
         where auth_role.held_by = $1 and auth_role.valid_from <= $2 and auth_role.valid_to > $2 \
         and auth_role.role in ({}) order by auth_role.offered_by",
        key_roles()
    )
});

/// The roles that somebody was given, and those that a unit was given in which they have a key role.
static HELD_BY: LazyLock<String> = LazyLock::new(|| {
    let key_roles = key_roles();
    format!(
        "select given.offered_by as offered_by, given.held_by as held_by, given.role as role from auth_role given \
         join auth_party giver on giver.id = given.offered_by and not giver.deleted where given.held_by = $1 \
         and given.valid_from <= $2 and given.valid_to > $2 \
         union \
         select given.offered_by, given.held_by, given.role from auth_role key_role \
         join auth_party unit on unit.id = key_role.offered_by and not unit.deleted \
         join auth_role given on given.held_by = key_role.offered_by \
         and given.valid_from <= $2 and given.valid_to > $2 \
         join auth_party giver on giver.id = given.offered_by and not giver.deleted \
         where key_role.held_by = $1 and key_role.valid_from <= $2 and key_role.valid_to > $2 \
         and key_role.role in ({key_roles}) \
         order by offered_by, role"
    )
});

/// The codes of the key roles as SQL lists them.
fn key_roles() -> String {
    KEY_ROLES.map(|code| format!("'{code}'")).join(", ")
}

#[async_trait]
impl RoleRegister for StoredRegister {
    async fn roles(&self, holder: PartyId, party: PartyId) -> Result<HeldRoles, RegisterError> {
        let rows = self.store.query(ROLES.as_str(), params![self.clock.now(), holder, party]).await?;
        let (mut held, mut rights) = (Vec::new(), Vec::new());
        for row in &rows {
            let giver: PartyId = row.get("giver")?;
            rights.push(RightsVersion { party: giver, version: row.get("giver_version")? });
            let Some(role) = row.get::<Option<Role>>("role")? else { continue };
            let unit: PartyId = row.get("holder")?;
            if unit != holder {
                let key_role: Option<Role> = row.get("key_role")?;
                if row.get("unit_deleted")? || !key_role.is_some_and(|role| role.is_key_role()) {
                    continue;
                }
                rights.push(RightsVersion { party: unit, version: row.get("unit_version")? });
            }
            held.push((role, unit, giver));
        }
        held.sort_unstable();
        held.dedup();
        rights.sort_unstable_by_key(|rights| rights.party);
        rights.dedup();
        let way = |(role, unit, giver)| HeldRole { role, through: way(party, giver, unit, holder) };
        Ok(rights.into_iter().fold(HeldRoles::of(held.into_iter().map(way)), HeldRoles::resting_on))
    }

    async fn holders(&self, party: PartyId) -> Result<Option<Vec<RoleHolder>>, RegisterError> {
        let rows = self.store.query(HOLDERS.as_str(), params![party, self.clock.now()]).await?;
        let holders = rows.iter().map(|row| {
            let (giver, unit, holder) = (row.get("giver")?, row.get("unit")?, row.get("holder")?);
            let held = HeldRole { role: row.get("role")?, through: way(party, giver, unit, holder) };
            Ok(RoleHolder { holder, held })
        });
        let mut holders: Vec<RoleHolder> = holders.collect::<Result<_, RegisterError>>()?;
        holders.dedup();
        Ok(Some(holders))
    }

    async fn held_by(&self, holder: PartyId) -> Result<Vec<RoleAssignment>, RegisterError> {
        let rows = self.store.query(HELD_BY.as_str(), params![holder, self.clock.now()]).await?;
        let assignment = |row: &Row| {
            Ok(RoleAssignment { role: row.get("role")?, of: row.get("offered_by")?, to: row.get("held_by")? })
        };
        rows.iter().map(assignment).collect()
    }

    async fn key_role_units(&self, holder: PartyId) -> Result<Vec<PartyId>, RegisterError> {
        let rows = self.store.query(UNITS.as_str(), params![holder, self.clock.now()]).await?;
        rows.iter().map(|row| Ok(row.get("offered_by")?)).collect()
    }
}

/// By what way somebody holds for a party what its giver gave a unit, or the holder themselves.
fn way(party: PartyId, giver: PartyId, unit: PartyId, holder: PartyId) -> Option<Through> {
    if unit != holder {
        return Some(Through::KeyRole(unit));
    }
    (giver != party).then_some(Through::MainUnit(giver))
}

/// An id of this register's own choice: above those of Altinn, which have 32 bits.
fn own_id(uuid: Uuid) -> PartyId {
    let random = uuid.as_u128() & 0xffff_ffff;
    PartyId::new(OWN_IDS | i64::try_from(random).unwrap_or_default())
}

fn raise_version(batch: &mut Batch, party: PartyId) {
    batch.execute_one("update auth_party set version = version + 1 where id = $1", params![party]);
}

fn identifier(kind: u8, text: String) -> Option<PartyIdentifier> {
    match kind {
        1 => text.parse().ok().map(PartyIdentifier::Person),
        2 => text.parse().ok().map(PartyIdentifier::Organization),
        3 => Some(PartyIdentifier::SelfIdentified(text)),
        _ => None,
    }
}

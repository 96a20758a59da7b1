//! The system register (systemregister): what vendors register.

use std::collections::BTreeSet;

use altinn_core::store::{Batch, Row, StoreError, params};
use altinn_core::{Actor, Subject, UncheckedOrganizationNumber};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{NewSystem, System, SystemUserError, SystemUsers};

/// The scope by which a vendor registers systems.
pub const SYSTEM_REGISTER_WRITE: &str = "altinn:authentication/systemregister.write";

/// The scope by which a vendor asks customers for system users.
pub const REQUEST_WRITE: &str = "altinn:authentication/systemuser.request.write";

/// The scope by which a vendor reads what has become of what it asked for.
pub const REQUEST_READ: &str = "altinn:authentication/systemuser.request.read";

/// Systems in a list.
const PAGE: u32 = 100;

/// A change of what is registered of a system.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SystemChange {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// What: `register`, `update` or `delete`.
    pub what: String,
    /// Who, as [`Subject::reference`].
    pub by: String,
}

impl SystemUsers {
    /// Registers a system.
    ///
    /// # Errors
    /// [`SystemUserError::NotAVendor`], [`SystemUserError::Invalid`]; [`SystemUserError::Taken`] when its id or a client id
    /// is another's.
    pub async fn register_system(&self, vendor: &Actor, new: &NewSystem) -> Result<System, SystemUserError> {
        let number = vendor_of(vendor, &[SYSTEM_REGISTER_WRITE])?;
        new.check(number)?;
        let mut batch = Batch::new();
        new.insert(&mut batch, number, self.access.clock.now());
        self.note_change(&mut batch, &new.id, "register", vendor);
        self.commit_system(batch, &new.id).await
    }

    /// Changes what is registered of a system, all of it. What its system users have been given stays as it is.
    ///
    /// # Errors
    /// As [`register_system`](Self::register_system); [`SystemUserError::NotFound`] when it is not the vendor's.
    pub async fn update_system(&self, vendor: &Actor, new: &NewSystem) -> Result<System, SystemUserError> {
        let number = vendor_of(vendor, &[SYSTEM_REGISTER_WRITE])?;
        new.check(number)?;
        self.of_vendor(&new.id, number).await?;
        let mut batch = Batch::new();
        new.update(&mut batch);
        self.note_change(&mut batch, &new.id, "update", vendor);
        self.commit_system(batch, &new.id).await
    }

    /// Takes a system out of the register. What was asked for it and not answered is denied.
    ///
    /// # Errors
    /// [`SystemUserError::NotFound`] when it is not the vendor's; [`SystemUserError::InUse`] while it has system users.
    pub async fn delete_system(&self, vendor: &Actor, id: &str) -> Result<(), SystemUserError> {
        let number = vendor_of(vendor, &[SYSTEM_REGISTER_WRITE])?;
        self.of_vendor(id, number).await?;
        let mut batch = Batch::new();
        batch.execute_one(
            "update auth_system set deleted_at = $1, version = version + 1 where id = $2 and deleted_at is null \
             and not exists (select 1 from auth_system_user where system = $3 and deleted_at is null)",
            params![self.access.clock.now(), id, id],
        );
        batch.execute("delete from auth_system_client where system = $1", params![id]);
        self.note_change(&mut batch, id, "delete", vendor);
        match self.access.store.commit(batch).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_conflict() => {
                self.of_vendor(id, number).await?;
                Err(SystemUserError::InUse)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A system; none when it is not registered, or not any more.
    ///
    /// # Errors
    /// [`SystemUserError::Store`].
    pub async fn system(&self, id: &str) -> Result<Option<System>, SystemUserError> {
        let select = "select * from auth_system where id = $1 and deleted_at is null";
        let row = self.access.store.query_opt(select, params![id]).await?;
        self.with_clients(id, row.as_ref()).await
    }

    /// A system of the vendor's own.
    ///
    /// # Errors
    /// [`SystemUserError::NotFound`] when it is not the vendor's.
    pub async fn own_system(&self, vendor: &Actor, id: &str) -> Result<System, SystemUserError> {
        let number = vendor_of(vendor, &[SYSTEM_REGISTER_WRITE, REQUEST_READ, REQUEST_WRITE])?;
        self.of_vendor(id, number).await
    }

    async fn with_clients(&self, id: &str, row: Option<&Row>) -> Result<Option<System>, SystemUserError> {
        let Some(row) = row else { return Ok(None) };
        let select = "select client_id from auth_system_client where system = $1";
        let clients = self.access.store.query(select, params![id]).await?;
        let clients: BTreeSet<String> =
            clients.iter().map(|row| row.get("client_id")).collect::<Result<_, _>>()?;
        Ok(Some(System::read(row, clients)?))
    }

    /// The systems that customers see, by id: at most 100 after one. Their clients are not told.
    ///
    /// # Errors
    /// [`SystemUserError::Store`].
    pub async fn systems(&self, after: Option<&str>) -> Result<Vec<System>, SystemUserError> {
        let select =
            "select * from auth_system where id > $1 and visible and deleted_at is null order by id limit $2";
        let rows = self.access.store.query(select, params![after.unwrap_or_default(), PAGE]).await?;
        Ok(rows.iter().map(|row| System::read(row, BTreeSet::new())).collect::<Result<_, _>>()?)
    }

    /// What has been changed of a system, the earliest first, for its vendor.
    ///
    /// # Errors
    /// [`SystemUserError::NotFound`] when it is not the vendor's.
    pub async fn system_changes(
        &self,
        vendor: &Actor,
        id: &str,
    ) -> Result<Vec<SystemChange>, SystemUserError> {
        let number = vendor_of(vendor, &[SYSTEM_REGISTER_WRITE])?;
        let select = "select change.* from auth_system_change change join auth_system system on system.id = change.system \
            where change.system = $1 and system.vendor = $2 order by change.at, change.id";
        let rows = self.access.store.query(select, params![id, number.to_string()]).await?;
        if rows.is_empty() {
            return Err(SystemUserError::NotFound);
        }
        Ok(rows.iter().map(SystemChange::read).collect::<Result<_, _>>()?)
    }

    /// A system of a vendor's.
    pub(super) async fn of_vendor(
        &self,
        id: &str,
        vendor: UncheckedOrganizationNumber,
    ) -> Result<System, SystemUserError> {
        let select = "select * from auth_system where id = $1 and vendor = $2 and deleted_at is null";
        let row = self.access.store.query_opt(select, params![id, vendor.to_string()]).await?;
        self.with_clients(id, row.as_ref()).await?.ok_or(SystemUserError::NotFound)
    }

    async fn commit_system(&self, batch: Batch, id: &str) -> Result<System, SystemUserError> {
        match self.access.store.commit(batch).await {
            Ok(_) => self.system(id).await?.ok_or(SystemUserError::NotFound),
            Err(error) if error.is_conflict() => Err(SystemUserError::Taken),
            Err(error) => Err(error.into()),
        }
    }

    fn note_change(&self, batch: &mut Batch, system: &str, what: &str, by: &Actor) {
        batch.execute_one(
            "insert into auth_system_change (id, system, at, what, by_whom) values ($1, $2, $3, $4, $5)",
            params![self.access.ids.next_id(), system, self.access.clock.now(), what, by.reference()],
        );
    }
}

impl SystemChange {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self { id: row.get("id")?, at: row.get("at")?, what: row.get("what")?, by: row.get("by_whom")? })
    }
}

/// The number of a vendor whose token has one of these scopes.
pub(super) fn vendor_of(
    actor: &Actor,
    scopes: &[&'static str],
) -> Result<UncheckedOrganizationNumber, SystemUserError> {
    match actor.subject() {
        Subject::Organization { number, .. } if scopes.iter().any(|scope| actor.has_scope(scope)) => {
            Ok((*number).into())
        }
        _ => Err(SystemUserError::NotAVendor { scope: scopes.first().copied().unwrap_or_default() }),
    }
}

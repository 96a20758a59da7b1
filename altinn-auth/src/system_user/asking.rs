//! What vendors ask customers for.

use altinn_core::store::params;
use altinn_core::{Actor, PartyId, PartyKind, UncheckedOrganizationNumber};
use uuid::Uuid;

use super::register::{REQUEST_READ, REQUEST_WRITE, vendor_of};
use super::request::SELECT;
use super::{
    ATTEMPTS, NewChange, NewRequest, Powers, RequestStatus, SystemUser, SystemUserError, SystemUserRequest,
    SystemUsers,
};
use crate::register::NOBODY;

/// Requests in a list.
const PAGE: u32 = 100;

impl SystemUsers {
    /// Asks an organization for a system user. While a request of the same system, organization and external reference
    /// waits for its answer, that one is given, whatever is asked.
    ///
    /// # Errors
    /// [`SystemUserError::NotFound`] when the system is not the vendor's or nobody knows the organization;
    /// [`SystemUserError::NotOfSystem`] when more is asked for than the system was registered with;
    /// [`SystemUserError::Exists`].
    pub async fn ask(&self, vendor: &Actor, new: &NewRequest) -> Result<SystemUserRequest, SystemUserError> {
        let number = vendor_of(vendor, &[REQUEST_WRITE])?;
        let system = self.of_vendor(&new.system, number).await?;
        new.check(&system)?;
        let owner = self.access.authorizer.organization(new.owner).await?;
        let owner = owner.filter(|party| !party.deleted && party.kind == PartyKind::Organization);
        let owner = owner.ok_or(SystemUserError::NotFound)?.id;
        let request = SystemUserRequest {
            id: self.access.ids.next_id(),
            system: system.id,
            owner,
            external_ref: new.external_ref.clone().unwrap_or_else(|| new.owner.to_string()),
            kind: new.kind,
            system_user: None,
            required: new.powers.clone(),
            unwanted: Powers::default(),
            redirect_url: new.redirect_url.clone(),
            created_at: self.now(),
            status: RequestStatus::New,
            escalated_at: None,
        };
        self.put_request(vendor, request).await
    }

    /// Asks the organization that has a system user to change what it may do. While another change of it waits for its
    /// answer, that one is given.
    ///
    /// # Errors
    /// As [`ask`](Self::ask); [`SystemUserError::Taken`] when the id that the change is to have is another's.
    pub async fn ask_for_change(
        &self,
        vendor: &Actor,
        system_user: Uuid,
        new: &NewChange,
    ) -> Result<SystemUserRequest, SystemUserError> {
        let number = vendor_of(vendor, &[REQUEST_WRITE])?;
        // One of another vendor's system costs what one costs that there is not.
        let select = "select had.* from auth_system_user had join auth_system system on system.id = had.system \
            where had.id = $1 and system.vendor = $2 and had.deleted_at is null";
        let row = self.access.store.query_opt(select, params![system_user, number.to_string()]).await?;
        let user = SystemUser::read(&row.ok_or(SystemUserError::NotFound)?)?;
        let system = self.of_vendor(&user.system, number).await?;
        new.check(&system, user.kind)?;
        if let Some(id) = new.id
            && let Some(known) = self.any_request(id).await?
        {
            let is_same = known.system_user == Some(system_user);
            return if is_same { Ok(known) } else { Err(SystemUserError::Taken) };
        }
        let request = SystemUserRequest {
            id: new.id.unwrap_or_else(|| self.access.ids.next_id()),
            system: system.id,
            owner: user.owner,
            external_ref: user.external_ref,
            kind: user.kind,
            system_user: Some(user.id),
            required: new.required.clone(),
            unwanted: new.unwanted.clone(),
            redirect_url: new.redirect_url.clone(),
            created_at: self.now(),
            status: RequestStatus::New,
            escalated_at: None,
        };
        self.put_request(vendor, request).await
    }

    /// A request as it stands, for the vendor that made it.
    ///
    /// # Errors
    /// [`SystemUserError::NotFound`] when it is not the vendor's.
    pub async fn request(&self, vendor: &Actor, id: Uuid) -> Result<SystemUserRequest, SystemUserError> {
        let number = vendor_of(vendor, &[REQUEST_READ, REQUEST_WRITE])?;
        let select = format!("{SELECT} request.id = $1 and system.vendor = $2");
        let row = self.access.store.query_opt(select, params![id, number.to_string()]).await?;
        let row = row.ok_or(SystemUserError::NotFound)?;
        Ok(SystemUserRequest::read(&row, self.now())?)
    }

    /// The requests of a vendor's system, the earliest first: at most 100 after one.
    ///
    /// # Errors
    /// [`SystemUserError::NotFound`] when the system is not the vendor's.
    pub async fn requests_of(
        &self,
        vendor: &Actor,
        system: &str,
        after: Option<Uuid>,
    ) -> Result<Vec<SystemUserRequest>, SystemUserError> {
        let number = vendor_of(vendor, &[REQUEST_READ, REQUEST_WRITE])?;
        self.of_vendor(system, number).await?;
        let select = format!("{SELECT} request.system = $1 and request.id > $2 order by request.id limit $3");
        let after = after.unwrap_or(Uuid::nil());
        let rows = self.access.store.query(select, params![system, after, PAGE]).await?;
        let now = self.now();
        Ok(rows.iter().map(|row| SystemUserRequest::read(row, now)).collect::<Result<_, _>>()?)
    }

    /// The latest request for a system user, or for a change of one, of a vendor's system to an organization under an
    /// external reference.
    ///
    /// # Errors
    /// [`SystemUserError::NotFound`] when the system is not the vendor's, or nothing such was asked.
    pub async fn request_by_ref(
        &self,
        vendor: &Actor,
        (system, owner, external_ref): (&str, UncheckedOrganizationNumber, &str),
        is_change: bool,
    ) -> Result<SystemUserRequest, SystemUserError> {
        let number = vendor_of(vendor, &[REQUEST_READ, REQUEST_WRITE])?;
        self.of_vendor(system, number).await?;
        let owner = self.access.authorizer.organization(owner).await?.map_or(NOBODY, |party| party.id);
        let change = if is_change { "is not null" } else { "is null" };
        let select = format!(
            "{SELECT} request.owner = $1 and request.system = $2 and request.external_ref = $3 \
             and request.system_user {change} order by request.created_at desc, request.id desc limit 1"
        );
        let row = self.access.store.query_opt(select, params![owner, system, external_ref]).await?;
        Ok(SystemUserRequest::read(&row.ok_or(SystemUserError::NotFound)?, self.now())?)
    }

    /// Takes back what a vendor asked for and nobody has answered.
    ///
    /// # Errors
    /// [`SystemUserError::NotFound`] when it is not the vendor's, [`SystemUserError::Settled`] when it is answered.
    pub async fn withdraw(&self, vendor: &Actor, id: Uuid) -> Result<(), SystemUserError> {
        vendor_of(vendor, &[REQUEST_WRITE])?;
        for _ in 0..ATTEMPTS {
            let request = self.request(vendor, id).await?;
            if matches!(request.status, RequestStatus::Accepted | RequestStatus::Rejected) {
                return Err(SystemUserError::Settled { status: request.status });
            }
            let mut batch = altinn_core::store::Batch::new();
            batch.execute_one(
                "delete from auth_system_user_request where id = $1 and status <> 'Accepted' and status <> 'Rejected'",
                params![id],
            );
            self.record(&mut batch, vendor, request.owner, &request.system, ("systemuser.withdraw", id));
            match self.access.store.commit(batch).await {
                Ok(_) => return Ok(()),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(SystemUserError::Busy)
    }

    async fn any_request(&self, id: Uuid) -> Result<Option<SystemUserRequest>, SystemUserError> {
        let row = self.access.store.query_opt(format!("{SELECT} request.id = $1"), params![id]).await?;
        let now = self.now();
        Ok(row.map(|row| SystemUserRequest::read(&row, now)).transpose()?)
    }

    async fn put_request(
        &self,
        vendor: &Actor,
        request: SystemUserRequest,
    ) -> Result<SystemUserRequest, SystemUserError> {
        for _ in 0..ATTEMPTS {
            if let Some(open) = self.open_request(&request).await? {
                return Ok(open);
            }
            let key = (request.owner, request.system.as_str(), request.external_ref.as_str());
            if request.system_user.is_none() && self.user_by_key(key).await?.is_some() {
                return Err(SystemUserError::Exists);
            }
            let mut batch = altinn_core::store::Batch::new();
            request.insert(&mut batch);
            let action = match request.system_user {
                Some(_) => "systemuser.changerequest",
                None => "systemuser.request",
            };
            self.record(&mut batch, vendor, request.owner, &request.system, (action, request.id));
            match self.access.store.commit(batch).await {
                Ok(_) => return Ok(request),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(SystemUserError::Busy)
    }

    /// The request of the same key that waits for its answer.
    async fn open_request(
        &self,
        request: &SystemUserRequest,
    ) -> Result<Option<SystemUserRequest>, SystemUserError> {
        let select = format!(
            "{SELECT} request.owner = $1 and request.system = $2 and request.external_ref = $3 \
             and request.status = 'New' order by request.id"
        );
        let key = params![request.owner, request.system.as_str(), request.external_ref.as_str()];
        let now = self.now();
        for row in &self.access.store.query(select, key).await? {
            let open = SystemUserRequest::read(row, now)?;
            let is_same = open.system_user == request.system_user;
            if open.status == RequestStatus::New && is_same {
                return Ok(Some(open));
            }
        }
        Ok(None)
    }

    pub(super) async fn request_to(
        &self,
        owner: PartyId,
        id: Uuid,
    ) -> Result<SystemUserRequest, SystemUserError> {
        let select = format!("{SELECT} request.id = $1 and request.owner = $2");
        let row = self.access.store.query_opt(select, params![id, owner]).await?;
        let row = row.ok_or(SystemUserError::NotFound)?;
        Ok(SystemUserRequest::read(&row, self.now())?)
    }
}

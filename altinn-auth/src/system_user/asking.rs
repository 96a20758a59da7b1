//! What vendors ask customers for.

use altinn_core::store::params;
use altinn_core::{Actor, PartyId, PartyKind};
use uuid::Uuid;

use super::register::{REQUEST_WRITE, vendor_of};
use super::request::SELECT;
use super::{
    ATTEMPTS, NewChange, NewRequest, Powers, RequestStatus, SystemUserError, SystemUserRequest, SystemUsers,
};

impl SystemUsers {
    /// Asks an organization for a system user. While a request of the same system, organization and external reference
    /// waits for its answer, that one is given, whatever is asked.
    ///
    /// # Errors
    /// [`SystemUserError::NotFound`] when the system is not the vendor's or nobody knows the organization;
    /// [`SystemUserError::NotOfSystem`] when more is asked for than the system was registered with;
    /// [`SystemUserError::Exists`].
    pub async fn ask(&self, vendor: &Actor, new: &NewRequest) -> Result<SystemUserRequest, SystemUserError> {
        let number = vendor_of(vendor, REQUEST_WRITE)?;
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
    /// As [`ask`](Self::ask).
    pub async fn ask_for_change(
        &self,
        vendor: &Actor,
        system_user: Uuid,
        new: &NewChange,
    ) -> Result<SystemUserRequest, SystemUserError> {
        let number = vendor_of(vendor, REQUEST_WRITE)?;
        let user = self.user(system_user).await?.ok_or(SystemUserError::NotFound)?;
        let system = self.of_vendor(&user.system, number).await?;
        new.check(&system, user.kind)?;
        let request = SystemUserRequest {
            id: self.access.ids.next_id(),
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
        let number = vendor_of(vendor, REQUEST_WRITE)?;
        let select = format!("{SELECT} request.id = $1 and system.vendor = $2");
        let row = self.access.store.query_opt(select, params![id, number.to_string()]).await?;
        let row = row.ok_or(SystemUserError::NotFound)?;
        Ok(SystemUserRequest::read(&row, self.now())?)
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

//! A request for a system user, or for a change of one.

use altinn_core::store::{Batch, Row, StoreError, params};
use altinn_core::{PartyId, UncheckedOrganizationNumber};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Powers, System, SystemUserError};

/// For how long a request can be answered.
pub const REQUEST_LASTS: TimeDelta = TimeDelta::days(10);

/// What a vendor asks a customer for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewRequest {
    /// The system.
    pub system: String,
    /// The organization that is asked.
    pub owner: UncheckedOrganizationNumber,
    /// What tells several system users of one system and organization apart; the organization's number, if none.
    pub external_ref: Option<String>,
    /// Whether it is to act for the organization itself, or for its clients.
    pub kind: SystemUserKind,
    /// What it is to have rights to. An agent is asked for access packages only.
    pub powers: Powers,
    /// Where the customer is sent after the answer: an address that the system was registered with.
    pub redirect_url: Option<String>,
}

/// For whom a system user acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemUserKind {
    /// For the organization that has it.
    Standard,
    /// For clients of the organization that has it.
    Agent,
}

/// What a vendor asks a customer to change of a system user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewChange {
    /// The id that the change is to have; a new one, if none. The same id again is the same change.
    pub id: Option<Uuid>,
    /// What it is to have besides.
    pub required: Powers,
    /// What it is to have no longer.
    pub unwanted: Powers,
    /// Where the customer is sent after the answer.
    pub redirect_url: Option<String>,
}

/// How a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestStatus {
    /// It waits for an answer.
    New,
    /// The customer has accepted it.
    Accepted,
    /// The customer has rejected it.
    Rejected,
    /// Nobody can accept it: the system is registered no longer.
    Denied,
    /// Nobody has answered it in ten days.
    Timedout,
}

/// A request as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SystemUserRequest {
    /// Its id.
    pub id: Uuid,
    /// The system.
    pub system: String,
    /// The party that is asked.
    pub owner: PartyId,
    /// What tells several system users of one system and organization apart.
    pub external_ref: String,
    /// For whom the system user acts.
    pub kind: SystemUserKind,
    /// The system user that is to be changed; none when a new one is asked for.
    pub system_user: Option<Uuid>,
    /// What it is to have, or to have besides.
    pub required: Powers,
    /// What it is to have no longer.
    pub unwanted: Powers,
    /// Where the customer is sent after the answer.
    pub redirect_url: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// How it stands.
    pub status: RequestStatus,
    /// When somebody who could not answer it themselves put it to those who manage access.
    pub escalated_at: Option<DateTime<Utc>>,
}

impl NewRequest {
    /// Asks for a standard system user.
    pub fn new(system: impl Into<String>, owner: UncheckedOrganizationNumber, powers: Powers) -> Self {
        let (external_ref, redirect_url) = (None, None);
        Self {
            system: system.into(),
            owner,
            external_ref,
            kind: SystemUserKind::Standard,
            powers,
            redirect_url,
        }
    }

    /// Asks for one that acts for clients, by access packages.
    #[must_use]
    pub fn for_agent(mut self) -> Self {
        self.kind = SystemUserKind::Agent;
        self
    }

    /// The same, under an external reference.
    #[must_use]
    pub fn referred_to_as(mut self, external_ref: impl Into<String>) -> Self {
        self.external_ref = Some(external_ref.into());
        self
    }

    /// The same, leading to an address after the answer.
    #[must_use]
    pub fn leading_to(mut self, url: impl Into<String>) -> Self {
        self.redirect_url = Some(url.into());
        self
    }

    /// What is not in order, or not of the system.
    pub(super) fn check(&self, system: &System) -> Result<(), SystemUserError> {
        let fault = |field, reason| Err(SystemUserError::Invalid { field, reason });
        if self.kind == SystemUserKind::Agent && !self.powers.resources.is_empty() {
            return fault("rights", "an agent acts by access packages only");
        }
        if self.powers.is_empty() {
            return fault("rights", "nothing is asked for");
        }
        if self.external_ref.as_ref().is_some_and(|text| text.is_empty() || text.len() > 255) {
            return fault("externalRef", "it is empty, or takes more than 255 bytes");
        }
        check_powers(&self.powers, system)?;
        check_url(self.redirect_url.as_deref(), system)
    }
}

impl NewChange {
    /// Asks for more, and for less.
    pub fn new(required: Powers, unwanted: Powers) -> Self {
        Self { id: None, required, unwanted, redirect_url: None }
    }

    /// The same, under an id.
    #[must_use]
    pub fn called(mut self, id: Uuid) -> Self {
        self.id = Some(id);
        self
    }

    /// The same, leading to an address after the answer.
    #[must_use]
    pub fn leading_to(mut self, url: impl Into<String>) -> Self {
        self.redirect_url = Some(url.into());
        self
    }

    pub(super) fn check(&self, system: &System, kind: SystemUserKind) -> Result<(), SystemUserError> {
        let fault = |reason| Err(SystemUserError::Invalid { field: "requiredRights", reason });
        if self.required.is_empty() && self.unwanted.is_empty() {
            return fault("nothing is asked for");
        }
        if kind == SystemUserKind::Agent && !self.required.resources.is_empty() {
            return fault("an agent acts by access packages only");
        }
        check_powers(&self.required, system)?;
        check_url(self.redirect_url.as_deref(), system)
    }
}

fn check_powers(powers: &Powers, system: &System) -> Result<(), SystemUserError> {
    powers.beyond(&system.powers).map_or(Ok(()), |asked| Err(SystemUserError::NotOfSystem { asked }))
}

fn check_url(url: Option<&str>, system: &System) -> Result<(), SystemUserError> {
    match url.filter(|url| !system.redirect_urls.contains(*url)) {
        Some(url) => Err(SystemUserError::NotOfSystem { asked: url.to_owned() }),
        None => Ok(()),
    }
}

impl SystemUserKind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Agent => "agent",
        }
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        match row.get::<String>("kind")?.as_str() {
            "standard" => Ok(Self::Standard),
            "agent" => Ok(Self::Agent),
            _ => Err(unreadable("kind", "a kind of system user")),
        }
    }
}

impl RequestStatus {
    /// Its name, as Altinn has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Accepted => "Accepted",
            Self::Rejected => "Rejected",
            Self::Denied => "Denied",
            Self::Timedout => "Timedout",
        }
    }

    fn of(name: &str) -> Result<Self, StoreError> {
        let all = [Self::New, Self::Accepted, Self::Rejected, Self::Denied, Self::Timedout];
        let found = all.into_iter().find(|status| status.name() == name);
        found.ok_or_else(|| unreadable("status", "the status of a request"))
    }
}

/// Requests with whether their system is still there.
pub(super) const SELECT: &str = "select request.*, system.deleted_at as system_deleted_at \
    from auth_system_user_request request join auth_system system on system.id = request.system where";

impl SystemUserRequest {
    pub(super) fn insert(&self, batch: &mut Batch) {
        batch.execute(
            "update auth_system_user_request set status = 'Timedout' where owner = $1 and status = 'New' \
             and created_at <= $2",
            params![self.owner, self.created_at - REQUEST_LASTS],
        );
        batch.execute_one(
            "insert into auth_system_user_request (id, system, owner, external_ref, kind, system_user, required, unwanted, \
             redirect_url, created_at, status) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            params![
                self.id,
                self.system.as_str(),
                self.owner,
                self.external_ref.as_str(),
                self.kind.name(),
                self.system_user,
                self.required.as_kept(),
                self.unwanted.as_kept(),
                self.redirect_url.clone(),
                self.created_at,
                self.status.name()
            ],
        );
    }

    /// Adds to a batch that it has been answered; the batch conflicts when it was before, or its system is gone.
    pub(super) fn settle(&self, batch: &mut Batch, status: RequestStatus, by: &str, now: DateTime<Utc>) {
        batch.execute_one(
            "update auth_system_user_request set status = $1, settled_at = $2, settled_by = $3 \
             where id = $4 and status = 'New' \
             and exists (select 1 from auth_system where id = $5 and deleted_at is null)",
            params![status.name(), now, by, self.id, self.system.as_str()],
        );
    }

    /// A request as it stands at a time, whatever has been written of it.
    pub(super) fn read(row: &Row, now: DateTime<Utc>) -> Result<Self, StoreError> {
        let created_at: DateTime<Utc> = row.get("created_at")?;
        let kept = RequestStatus::of(&row.get::<String>("status")?)?;
        let status = match (kept, row.get::<Option<DateTime<Utc>>>("system_deleted_at")?) {
            (RequestStatus::New, Some(_)) => RequestStatus::Denied,
            (RequestStatus::New, None) if created_at + REQUEST_LASTS <= now => RequestStatus::Timedout,
            (kept, _) => kept,
        };
        Ok(Self {
            id: row.get("id")?,
            system: row.get("system")?,
            owner: row.get("owner")?,
            external_ref: row.get("external_ref")?,
            kind: SystemUserKind::read(row)?,
            system_user: row.get("system_user")?,
            required: Powers::read(row, "required")?,
            unwanted: Powers::read(row, "unwanted")?,
            redirect_url: row.get("redirect_url")?,
            created_at,
            status,
            escalated_at: row.get("escalated_at")?,
        })
    }
}

fn unreadable(column: &str, expected: &'static str) -> StoreError {
    StoreError::Decode { column: column.to_owned(), expected }
}

//! A request for rights.

use altinn_core::store::{Batch, Row, StoreError, params};
use altinn_core::{PartyId, ResourceId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::decision::Right;
use crate::delegation::What;

/// What somebody asks a party for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestedAccess {
    /// Rights to a resource: these, or all that can be given where none is named.
    Resource {
        /// The resource; an app's is `app_<org>_<app>`.
        resource: ResourceId,
        /// The rights.
        rights: Vec<Right>,
    },
    /// An access package (tilgangspakke), by its name: `skatt-naering`.
    Package(String),
}

/// A request that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct NewDelegationRequest {
    pub(super) from: PartyId,
    pub(super) to: PartyId,
    pub(super) what: RequestedAccess,
    pub(super) is_draft: bool,
}

/// How a request stands, with Altinn's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DelegationRequestStatus {
    /// Whoever made it has not sent it yet.
    Draft,
    /// It waits for an answer.
    Pending,
    /// What it asks for was given.
    Approved,
    /// It was rejected.
    Rejected,
    /// Whoever made it has taken it back.
    Withdrawn,
}

/// A request as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DelegationRequest {
    /// Its id.
    pub id: Uuid,
    /// The party that is asked to give.
    pub from: PartyId,
    /// The party that it is to be given to.
    pub to: PartyId,
    /// What is asked for.
    pub what: RequestedAccess,
    /// How it stands.
    pub status: DelegationRequestStatus,
    /// By whom it was made, as [`Subject::reference`](altinn_core::Subject::reference).
    pub created_by: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it came to where it stands.
    pub changed_at: DateTime<Utc>,
}

/// A right as it is kept: its resource stands beside it.
#[derive(Serialize, Deserialize)]
struct KeptRight {
    action: String,
    #[serde(default)]
    within: Vec<(String, String)>,
}

impl RequestedAccess {
    /// All rights to a resource that whoever answers may give.
    pub fn all_of(resource: ResourceId) -> Self {
        Self::Resource { resource, rights: Vec::new() }
    }

    /// What it is of: the resource, or the access package.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Resource { resource, .. } => resource.to_string(),
            Self::Package(package) => What::Package(package.clone()).name(),
        }
    }

    /// `resource` or `package`, as Altinn calls it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Resource { .. } => "resource",
            Self::Package(_) => "package",
        }
    }

    /// The rights as they are kept: the same for the same rights.
    fn kept_rights(&self) -> String {
        let Self::Resource { rights, .. } = self else { return "[]".to_owned() };
        let mut rights: Vec<&Right> = rights.iter().collect();
        rights.sort();
        rights.dedup();
        let kept = rights
            .into_iter()
            .map(|right| KeptRight { action: right.action.clone(), within: right.within.clone() });
        serde_json::json!(kept.collect::<Vec<_>>()).to_string()
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        let unreadable = |column: &str, expected| StoreError::Decode { column: column.to_owned(), expected };
        let (kind, name): (String, String) = (row.get("kind")?, row.get("name")?);
        match kind.as_str() {
            "package" => Ok(Self::Package(name)),
            "resource" => {
                let resource: ResourceId = name.parse().map_err(|_| unreadable("name", "a resource"))?;
                let kept: Vec<KeptRight> = serde_json::from_str(&row.get::<String>("rights")?)
                    .map_err(|_| unreadable("rights", "rights"))?;
                let right = |kept: KeptRight| Right {
                    resource: resource.clone(),
                    within: kept.within,
                    action: kept.action,
                };
                let rights = kept.into_iter().map(right).collect();
                Ok(Self::Resource { resource, rights })
            }
            _ => Err(unreadable("kind", "what is asked for")),
        }
    }

    /// What a row names: the package without the beginning that others give it.
    fn kept_name(&self) -> String {
        match self {
            Self::Resource { resource, .. } => resource.to_string(),
            Self::Package(package) => package.clone(),
        }
    }
}

impl NewDelegationRequest {
    /// Asks a party (`from`) to give something to another (`to`): the caller's own, or one whose access they manage.
    pub fn new(from: PartyId, to: PartyId, what: RequestedAccess) -> Self {
        Self { from, to, what, is_draft: false }
    }

    /// The same as a draft, which is sent when it is confirmed.
    pub fn as_draft(mut self) -> Self {
        self.is_draft = true;
        self
    }
}

impl DelegationRequestStatus {
    /// All of them, in Altinn's order.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Pending, Self::Approved, Self::Rejected, Self::Withdrawn];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Pending => "Pending",
            Self::Approved => "Approved",
            Self::Rejected => "Rejected",
            Self::Withdrawn => "Withdrawn",
        }
    }

    /// The status of a name, in whatever case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name().eq_ignore_ascii_case(name))
    }
}

impl DelegationRequest {
    /// The request that is to be made, as it is kept.
    pub(super) fn of(new: &NewDelegationRequest, id: Uuid, by: String, now: DateTime<Utc>) -> Self {
        let status = match new.is_draft {
            true => DelegationRequestStatus::Draft,
            false => DelegationRequestStatus::Pending,
        };
        Self {
            id,
            from: new.from,
            to: new.to,
            what: new.what.clone(),
            status,
            created_by: by,
            created_at: now,
            changed_at: now,
        }
    }

    /// Adds it to a batch, which conflicts where the same is open.
    pub(super) fn insert(&self, batch: &mut Batch) {
        batch.execute_one(
            "insert into auth_delegation_request (id, offered_by, recipient, kind, name, rights, status, created_at, \
             created_by, changed_at, changed_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, $9) \
             on conflict do nothing",
            params![
                self.id,
                self.from,
                self.to,
                self.what.kind(),
                self.what.kept_name(),
                self.what.kept_rights(),
                self.status.name(),
                self.created_at,
                self.created_by.as_str()
            ],
        );
    }

    /// What tells it from other open requests.
    pub(super) fn key(&self) -> Vec<altinn_core::store::Value> {
        params![self.from, self.to, self.what.kind(), self.what.kept_name(), self.what.kept_rights()]
    }

    /// Adds to a batch that it comes to a status, if it still stands where it was read.
    pub(super) fn come_to(
        &self,
        batch: &mut Batch,
        status: DelegationRequestStatus,
        by: &str,
        now: DateTime<Utc>,
    ) -> Self {
        batch.execute_one(
            "update auth_delegation_request set status = $1, changed_at = $2, changed_by = $3 \
             where id = $4 and status = $5",
            params![status.name(), now, by, self.id, self.status.name()],
        );
        Self { status, changed_at: now, ..self.clone() }
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        let status: String = row.get("status")?;
        let status = DelegationRequestStatus::named(&status).ok_or_else(|| StoreError::Decode {
            column: "status".to_owned(),
            expected: "the status of a request",
        })?;
        Ok(Self {
            id: row.get("id")?,
            from: row.get("offered_by")?,
            to: row.get("recipient")?,
            what: RequestedAccess::read(row)?,
            status,
            created_by: row.get("created_by")?,
            created_at: row.get("created_at")?,
            changed_at: row.get("changed_at")?,
        })
    }
}

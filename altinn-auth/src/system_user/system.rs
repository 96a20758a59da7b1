//! A system as its vendor registers it.

use std::collections::BTreeSet;

use altinn_core::store::{Batch, Row, StoreError, Value, params};
use altinn_core::{ResourceId, Text, UncheckedOrganizationNumber};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::SystemUserError;

/// The most bytes of a system's id, a client id or an address.
const MAX_BYTES: usize = 255;

/// The most resources, packages, clients or addresses of a system.
const MOST: usize = 500;

/// What a system user may have rights to: resources, whole, and access packages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Powers {
    /// Resources; an app's is `app_<org>_<app>`.
    pub resources: BTreeSet<ResourceId>,
    /// Access packages (tilgangspakker), by name: `regnskapsforer-lonn`.
    pub packages: BTreeSet<String>,
}

/// A system, as its vendor registers it or changes it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewSystem {
    /// Its id: the vendor's organization number, `_` and a name, as `991825827_smartcloud`.
    pub id: String,
    /// What customers see.
    pub name: Text,
    /// What it is for.
    pub description: Text,
    /// The clients in Maskinporten that act as it.
    pub client_ids: BTreeSet<String>,
    /// What its system users may ask for.
    pub powers: Powers,
    /// Where a customer may be sent after an answer.
    pub redirect_urls: BTreeSet<String>,
    /// Whether customers see it.
    pub is_visible: bool,
}

/// A system in the register.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct System {
    /// Its id.
    pub id: String,
    /// The organization that sells it.
    pub vendor: UncheckedOrganizationNumber,
    /// What customers see.
    pub name: Text,
    /// What it is for.
    pub description: Text,
    /// The clients in Maskinporten that act as it.
    pub client_ids: BTreeSet<String>,
    /// What its system users may ask for.
    pub powers: Powers,
    /// Where a customer may be sent after an answer.
    pub redirect_urls: BTreeSet<String>,
    /// Whether customers see it.
    pub is_visible: bool,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
}

impl Powers {
    /// Rights to resources.
    pub fn to_resources(resources: impl IntoIterator<Item = ResourceId>) -> Self {
        Self { resources: resources.into_iter().collect(), ..Self::default() }
    }

    /// Access packages.
    pub fn of_packages(packages: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { packages: packages.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.packages.is_empty()
    }

    /// The first of these that the other ones do not have.
    pub(super) fn beyond(&self, other: &Self) -> Option<String> {
        let resource = self.resources.difference(&other.resources).next().map(ToString::to_string);
        resource.or_else(|| self.packages.difference(&other.packages).next().cloned())
    }

    pub(super) fn as_kept(&self) -> String {
        serde_json::json!(self).to_string()
    }

    pub(super) fn read(row: &Row, column: &'static str) -> Result<Self, StoreError> {
        from_json(row, column)
    }
}

impl NewSystem {
    /// A system that asks for nothing yet.
    pub fn new(id: impl Into<String>, name: Text) -> Self {
        Self {
            id: id.into(),
            name,
            description: Text::default(),
            client_ids: BTreeSet::new(),
            powers: Powers::default(),
            redirect_urls: BTreeSet::new(),
            is_visible: true,
        }
    }

    /// The same, used by these clients in Maskinporten.
    #[must_use]
    pub fn used_by(mut self, client_ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.client_ids = client_ids.into_iter().map(Into::into).collect();
        self
    }

    /// The same, whose system users may ask for these.
    #[must_use]
    pub fn asking_for(mut self, powers: Powers) -> Self {
        self.powers = powers;
        self
    }

    /// The same, from which customers may be sent on to these addresses.
    #[must_use]
    pub fn leading_to(mut self, urls: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.redirect_urls = urls.into_iter().map(Into::into).collect();
        self
    }

    /// What is not in order.
    pub(super) fn check(&self, vendor: UncheckedOrganizationNumber) -> Result<(), SystemUserError> {
        let fault = |field, reason| Err(SystemUserError::Invalid { field, reason });
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let own = self.id.strip_prefix(&format!("{vendor}_")).unwrap_or_default();
        if own.is_empty() || self.id.len() > MAX_BYTES || !self.id.bytes().all(allowed) {
            return fault("id", "it must be the vendor's organization number, `_` and a name in ASCII");
        }
        if self.name.languages().next().is_none() {
            return fault("name", "it is empty");
        }
        let sizes = [
            self.client_ids.len(),
            self.redirect_urls.len(),
            self.powers.resources.len(),
            self.powers.packages.len(),
        ];
        if sizes.iter().any(|size| *size > MOST) {
            return fault("rights", "a list has more than 500 values");
        }
        let is_short = |text: &String| !text.is_empty() && text.len() <= MAX_BYTES;
        if !self.client_ids.iter().chain(&self.powers.packages).all(is_short) {
            return fault("clientIds", "a client id or a package is empty, or takes more than 255 bytes");
        }
        let is_url = |url: &String| {
            is_short(url)
                && url.strip_prefix("https://").is_some_and(|rest| !rest.is_empty())
                && !url
                    .contains(|letter: char| letter.is_whitespace() || letter.is_control() || letter == '#')
        };
        if !self.redirect_urls.iter().all(is_url) {
            return fault(
                "allowedRedirectUrls",
                "an address does not begin with `https://`, or has a fragment",
            );
        }
        Ok(())
    }

    /// Adds it to the register; the batch conflicts when its id or one of its clients is taken.
    pub(super) fn insert(&self, batch: &mut Batch, vendor: UncheckedOrganizationNumber, now: DateTime<Utc>) {
        batch.execute_one(
            "insert into auth_system (name, description, powers, redirect_urls, visible, id, vendor, created_at, version) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
            self.values().into_iter().chain(params![vendor.to_string(), now]).collect(),
        );
        self.put_clients(batch);
    }

    /// Replaces what is known of it; the batch conflicts when it is registered no longer, or one of its clients is taken.
    pub(super) fn update(&self, batch: &mut Batch) {
        batch.execute_one(
            "update auth_system set name = $1, description = $2, powers = $3, redirect_urls = $4, visible = $5, \
             version = version + 1 where id = $6 and deleted_at is null",
            self.values(),
        );
        self.put_clients(batch);
    }

    fn values(&self) -> Vec<Value> {
        params![
            serde_json::json!(self.name).to_string(),
            serde_json::json!(self.description).to_string(),
            self.powers.as_kept(),
            serde_json::json!(self.redirect_urls).to_string(),
            self.is_visible,
            self.id.as_str(),
        ]
    }

    fn put_clients(&self, batch: &mut Batch) {
        batch.execute("delete from auth_system_client where system = $1", params![self.id.as_str()]);
        for client in &self.client_ids {
            batch.execute_one(
                "insert into auth_system_client (client_id, system) values ($1, $2)",
                params![client, self.id.as_str()],
            );
        }
    }
}

/// A system as it is registered, to be changed.
impl From<System> for NewSystem {
    fn from(system: System) -> Self {
        Self {
            id: system.id,
            name: system.name,
            description: system.description,
            client_ids: system.client_ids,
            powers: system.powers,
            redirect_urls: system.redirect_urls,
            is_visible: system.is_visible,
        }
    }
}

impl System {
    pub(super) fn read(row: &Row, client_ids: BTreeSet<String>) -> Result<Self, StoreError> {
        let vendor: String = row.get("vendor")?;
        let expected = "an organization number";
        Ok(Self {
            id: row.get("id")?,
            vendor: vendor
                .parse()
                .map_err(|_| StoreError::Decode { column: "vendor".to_owned(), expected })?,
            name: from_json(row, "name")?,
            description: from_json(row, "description")?,
            client_ids,
            powers: Powers::read(row, "powers")?,
            redirect_urls: from_json(row, "redirect_urls")?,
            is_visible: row.get("visible")?,
            created_at: row.get("created_at")?,
        })
    }
}

fn from_json<T: for<'de> Deserialize<'de>>(row: &Row, column: &'static str) -> Result<T, StoreError> {
    let text: String = row.get(column)?;
    let unreadable = |_| StoreError::Decode { column: column.to_owned(), expected: "JSON as it was kept" };
    serde_json::from_str(&text).map_err(unreadable)
}

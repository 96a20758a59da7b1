//! A broker service.

use std::path::Path;
use std::sync::Arc;

use altinn_core::{
    OrganizationNumber, PartyIdentifier, ServiceId, SyntheticNumbers, Text, UncheckedOrganizationNumber,
};
use chrono::TimeDelta;
use serde::Deserialize;
use toml::Spanned;

use crate::definition::{DefinitionError, ServiceFolder};

/// A published broker service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct BrokerService(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    id: ServiceId,
    title: Text,
    max_size: u64,
    time_to_live: TimeDelta,
    grace: Option<TimeDelta>,
    access_list: Option<Vec<UncheckedOrganizationNumber>>,
}

/// What `service.toml` says of a broker service.
#[derive(Deserialize)]
struct File {
    broker: Settings,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Settings {
    max_size: Option<u64>,
    time_to_live_days: Option<Spanned<i64>>,
    #[serde(default)]
    purge_when_confirmed: bool,
    grace_hours: Option<Spanned<i64>>,
    access_list: Option<Vec<Spanned<String>>>,
}

/// 100 GiB: what Altinn takes in production.
const MAX_SIZE: u64 = 100 * 1024 * 1024 * 1024;

impl BrokerService {
    /// Reads the definition of a folder; gives the text of its policy beside it.
    pub(crate) fn load(folder: &Path) -> Result<(Self, String), DefinitionError> {
        let folder = ServiceFolder::open(folder, "broker")?;
        let File { broker } = folder.settings()?;
        let number = |text: &Spanned<String>| {
            OrganizationNumber::parse(text.get_ref(), SyntheticNumbers::Accepted)
                .map(UncheckedOrganizationNumber::from)
                .map_err(|error| folder.fault(text.span().start, error.to_string()))
        };
        let days = within(&folder, broker.time_to_live_days.as_ref(), 30, 365)?;
        let hours = within(&folder, broker.grace_hours.as_ref(), 2, 24)?;
        let parts = Parts {
            id: folder.id().clone(),
            title: folder.title().clone(),
            max_size: broker.max_size.unwrap_or(MAX_SIZE),
            time_to_live: TimeDelta::days(days),
            grace: broker.purge_when_confirmed.then(|| TimeDelta::hours(hours)),
            access_list: match &broker.access_list {
                Some(list) => Some(list.iter().map(number).collect::<Result<_, _>>()?),
                None => None,
            },
        };
        Ok((Self(Arc::new(parts)), folder.policy_xml()?))
    }

    /// The service's id.
    pub fn id(&self) -> &ServiceId {
        &self.0.id
    }

    /// What it is called.
    pub fn title(&self) -> &Text {
        &self.0.title
    }

    /// The most bytes of a file.
    pub fn max_size(&self) -> u64 {
        self.0.max_size
    }

    /// How long a file stays after it was published.
    pub fn time_to_live(&self) -> TimeDelta {
        self.0.time_to_live
    }

    /// How long a file stays when all have confirmed; nothing when it stays as long as any other.
    pub fn grace(&self) -> Option<TimeDelta> {
        self.0.grace
    }

    /// Whether somebody is on the list of those who may receive.
    pub fn may_receive(&self, recipient: &PartyIdentifier) -> bool {
        match (&self.0.access_list, recipient) {
            (None, _) => true,
            (Some(list), PartyIdentifier::Organization(number)) => list.contains(number),
            (Some(_), _) => false,
        }
    }
}

/// A number from 1 to a limit.
fn within(
    folder: &ServiceFolder,
    found: Option<&Spanned<i64>>,
    unsaid: i64,
    limit: i64,
) -> Result<i64, DefinitionError> {
    match found {
        None => Ok(unsaid),
        Some(found) if (1..=limit).contains(found.get_ref()) => Ok(*found.get_ref()),
        Some(found) => {
            Err(folder.fault(found.span().start, format!("{} is not from 1 to {limit}", found.get_ref())))
        }
    }
}

//! A service of another type than submission: its folder is read as it is when the service is published.

use std::path::Path;

use altinn_auth::decision::ServicePolicy;
use altinn_core::ServiceId;

use super::Fault;
use super::fault::FaultSeverity;
use crate::definition::native::POLICY;
use crate::definition::{DefinitionError, ServiceFolder};

const TYPES: [&str; 5] = ["lookup", "correspondence", "link", "broker", "collaboration"];

/// The faults of such a service; nothing for a submission, and for a folder that does not say a type.
pub(super) fn look(folder: &Path) -> Option<Vec<Fault>> {
    let service_type = ServiceFolder::type_in(folder)?;
    let (service, policy) = match read(folder, &service_type)? {
        Ok(read) => read,
        Err(error) => return Some(vec![Fault::of_error(&error)]),
    };
    let fault = |error: altinn_auth::xacml::XacmlError| Fault {
        code: error.code(),
        severity: FaultSeverity::Error,
        file: POLICY.to_owned(),
        position: None,
        detail: error.to_string(),
    };
    Some(ServicePolicy::read(&service, policy).err().map(fault).into_iter().collect())
}

/// The service's id and the text of its policy; nothing for a type that is none of these.
fn read(folder: &Path, service_type: &str) -> Option<Result<(ServiceId, String), DefinitionError>> {
    Some(match service_type {
        #[cfg(feature = "lookup")]
        "lookup" => {
            let read = crate::lookup::LookupDefinition::read(folder);
            read.map(|(definition, policy)| (definition.id().clone(), policy))
        }
        #[cfg(feature = "correspondence")]
        "correspondence" => {
            let read = crate::correspondence::CorrespondenceService::load(folder);
            read.map(|(service, policy)| (service.id().clone(), policy))
        }
        #[cfg(feature = "link")]
        "link" => {
            let read = crate::link::LinkService::load(folder);
            read.map(|(service, policy)| (service.id().clone(), policy))
        }
        #[cfg(feature = "broker")]
        "broker" => {
            let read = crate::broker::BrokerService::load(folder);
            read.map(|(service, policy)| (service.id().clone(), policy))
        }
        #[cfg(feature = "collaboration")]
        "collaboration" => collaboration(folder),
        // A type whose feature is off: as far as its head goes.
        other if TYPES.contains(&other) => {
            let folder = ServiceFolder::open(folder, service_type);
            folder.and_then(|folder| Ok((folder.id().clone(), folder.policy_xml()?)))
        }
        _ => return None,
    })
}

/// Who answers for its members is for the program to say that publishes it.
#[cfg(feature = "collaboration")]
fn collaboration(folder: &Path) -> Result<(ServiceId, String), DefinitionError> {
    let folder = ServiceFolder::open(folder, "collaboration")?;
    crate::collaboration::Definition::of(&folder)?;
    Ok((folder.id().clone(), folder.policy_xml()?))
}

//! The names of what somebody wants to do something with.

use std::fmt::Write as _;

use altinn_core::ResourceId;

use super::{AccessRequest, attribute};

/// The names that policies, delegations and the trail know a service and its instance by, made once for a decision.
#[derive(Debug)]
pub(crate) struct ResourceNames {
    pub(crate) resource: ResourceId,
    pub(crate) instance: Option<InstanceNames>,
}

/// The names of an instance.
#[derive(Debug)]
pub(crate) struct InstanceNames {
    /// `50001/41c1099c-7edd-47f5-ad1f-6267b497796f`.
    pub(crate) id: String,
    /// The same without its owner.
    pub(crate) guid: String,
    /// `urn:altinn:instance-id:` and the id.
    pub(crate) urn: String,
}

impl ResourceNames {
    pub(crate) fn of(access: &AccessRequest) -> Self {
        let instance = access.instance.map(|instance| {
            let (mut id, mut guid) = (String::with_capacity(56), String::with_capacity(36));
            let _ = write!(id, "{instance}");
            let _ = write!(guid, "{}", instance.guid);
            let urn = [attribute::INSTANCE, ":", &id].concat();
            InstanceNames { id, guid, urn }
        });
        Self { resource: access.service.resource_id(), instance }
    }
}

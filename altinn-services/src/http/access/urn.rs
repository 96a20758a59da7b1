//! Attributes with a type and a value, as the instance delegations of apps have them.

use altinn_auth::decision::Right;
use altinn_auth::delegation::Receiver;
use altinn_core::{PartyId, ResourceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::Api;
use crate::http::error::ApiError;
use crate::http::party::{organization_of, party_of};

const PARTY: &str = "urn:altinn:party:uuid";
const ORGANIZATION: &str = "urn:altinn:organization:identifier-no";
const SYSTEM_USER: &str = "urn:altinn:systemuser:uuid";
const RESOURCE: &str = "urn:altinn:resource";
const ORG: &str = "urn:altinn:org";
const APP: &str = "urn:altinn:app";
const INSTANCE: &str = "urn:altinn:resource:instance-id";
const ACTION: &str = "urn:oasis:names:tc:xacml:1.0:action:action-id";

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(title = "UrnAttribute")]
pub(super) struct Urn {
    /// `urn:altinn:party:uuid`, `urn:altinn:resource`, ...
    #[serde(rename = "type")]
    kind: String,
    value: String,
}

/// A right, as attributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(title = "UrnRight")]
pub(super) struct UrnRight {
    /// The resource, and the part of it: a task, an end event.
    resource: Vec<Urn>,
    action: Urn,
}

impl Urn {
    fn new(kind: &str, value: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), value: value.into() }
    }

    /// A party, or a system user.
    pub(super) async fn receiver(&self, api: &Api) -> Result<Receiver, ApiError> {
        let wrong = || ApiError::new("HTTP-BODY", "a party is named by UUID or by organization number");
        match self.kind.as_str() {
            PARTY => Ok(Receiver::Party(party_of(api, self.value.parse().map_err(|_| wrong())?).await?)),
            ORGANIZATION => {
                let number = self.value.parse().map_err(|_| wrong())?;
                Ok(Receiver::Party(organization_of(api, number).await?))
            }
            SYSTEM_USER => Ok(Receiver::SystemUser(self.value.parse().map_err(|_| wrong())?)),
            _ => Err(wrong()),
        }
    }

    /// A party.
    pub(super) async fn party(&self, api: &Api) -> Result<PartyId, ApiError> {
        match self.receiver(api).await? {
            Receiver::Party(party) => Ok(party),
            Receiver::SystemUser(_) => Err(ApiError::new("HTTP-BODY", "a system user gives nothing")),
        }
    }

    pub(super) fn of_party(uuid: uuid::Uuid) -> Self {
        Self::new(PARTY, uuid.to_string())
    }

    pub(super) fn of_system_user(id: uuid::Uuid) -> Self {
        Self::new(SYSTEM_USER, id.to_string())
    }
}

impl UrnRight {
    pub(super) fn of(right: &Right) -> Self {
        let mut resource = vec![Urn::new(RESOURCE, right.resource.to_string())];
        resource.extend(right.within.iter().map(|(kind, value)| Urn::new(kind, value.clone())));
        Self { resource, action: Urn::new(ACTION, right.action.clone()) }
    }

    /// The right to an app's resource that the attributes name: whatever tells the part of it.
    pub(super) fn right(&self, resource: &ResourceId) -> Result<Right, ApiError> {
        let other = || ApiError::new("HTTP-BODY", "a right is to another resource than that of the path");
        let mut right = Right::new(resource.clone(), self.action.value.clone());
        let (mut org, mut app) = (None, None);
        for attribute in &self.resource {
            match attribute.kind.as_str() {
                RESOURCE if attribute.value == resource.as_str() => {}
                RESOURCE => return Err(other()),
                ORG => org = Some(attribute.value.as_str()),
                APP => app = Some(attribute.value.as_str()),
                INSTANCE => {}
                kind => right = right.within(kind, attribute.value.clone()),
            }
        }
        if let (Some(org), Some(app)) = (org, app)
            && format!("app_{org}_{app}") != resource.as_str()
        {
            return Err(other());
        }
        Ok(right)
    }
}

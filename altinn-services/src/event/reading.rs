//! Who may be told of an event.

use altinn_auth::decision::AccessRequest;
#[cfg(feature = "axum")]
use altinn_auth::decision::Authorizer;
use altinn_core::{Actor, InstanceId, ServiceId, Subject};

use super::CloudEvent;

/// What the resources of services begin with.
pub(crate) const APP: &str = "urn:altinn:resource:app_";

/// Whether somebody may read an event: by the policy of its service, as Altinn asks it (`read` on the app's resource
/// `events`); an event of no instance is for the agency that owns the resource.
#[cfg(feature = "axum")]
pub(crate) async fn may_read(authorizer: &Authorizer, actor: &Actor, event: &CloudEvent) -> bool {
    match asked(actor, event) {
        Asked::Decision(request) => authorizer.decide(actor, &request).await.is_ok(),
        Asked::Settled(may) => may,
    }
}

/// What has to be decided for somebody to read an event.
enum Asked {
    Decision(Box<AccessRequest>),
    Settled(bool),
}

fn asked(actor: &Actor, event: &CloudEvent) -> Asked {
    let Some(service) = event.resource().and_then(service_of) else { return Asked::Settled(false) };
    let instance = event.resource_instance().and_then(|instance| instance.parse::<InstanceId>().ok());
    let Some(instance) = instance else {
        let is_its_agency =
            matches!(actor.subject(), Subject::ServiceOwner { org, .. } if org == service.org());
        return Asked::Settled(is_its_agency);
    };
    let request = AccessRequest::new("read", service, instance.owner).on_instance(instance);
    Asked::Decision(Box::new(request.on_app_resource("events")))
}

/// The service of `urn:altinn:resource:app_{org}_{app}`.
fn service_of(resource: &str) -> Option<ServiceId> {
    let (org, app) = resource.strip_prefix(APP)?.split_once('_')?;
    format!("{org}/{app}").parse().ok()
}

/// What subscribers other than agencies may be told of, by the policies of the services.
#[cfg(feature = "webhooks")]
pub(crate) mod gate {
    use altinn_auth::decision::Authorizer;
    use altinn_core::{Actor, AuthenticationLevel, OrganizationNumber, Subject, SyntheticNumbers};
    use async_trait::async_trait;

    use super::{Asked, asked};
    use crate::event::{CloudEvent, EventGate};

    /// How organizations are named as subscribers.
    pub(crate) const ORGANIZATION: &str = "/organisation/";

    /// Organizations are told of what the policies let them read, decided for each event when it is sent. An agency is told
    /// of what its filter lets through: it subscribes to its own services alone.
    #[derive(Debug)]
    pub(crate) struct ByPolicy(pub(crate) Authorizer);

    #[async_trait]
    impl EventGate for ByPolicy {
        async fn lets_through(&self, consumer: &str, event: &CloudEvent) -> Option<bool> {
            let Some(number) = consumer.strip_prefix(ORGANIZATION) else { return Some(true) };
            // Whether it may be a made-up one was said when it subscribed.
            let Ok(number) = OrganizationNumber::parse(number, SyntheticNumbers::Accepted) else {
                return Some(false);
            };
            let subject = Subject::Organization { number, party: None };
            let actor = Actor::new(subject, AuthenticationLevel::Sensitive);
            match asked(&actor, event) {
                // Only what is sent stands in the trail of the party.
                Asked::Decision(request) => match self.0.foresees(&actor, &request).await {
                    Ok(true) => Some(self.0.decide(&actor, &request).await.is_ok()),
                    Ok(false) => Some(false),
                    Err(_) => None,
                },
                Asked::Settled(may) => Some(may),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::service_of;

    #[test]
    fn the_service_of_a_resource_is_that_of_an_app() {
        let service = service_of("urn:altinn:resource:app_ttd_bakery-licence").map(|id| id.to_string());
        assert_eq!(service.as_deref(), Some("ttd/bakery-licence"));
        assert_eq!(service_of("urn:altinn:resource:other"), None);
    }
}

//! Builds the request that a policy decides from what is known of caller and resource.

use altinn_core::{Actor, Subject};

use super::{AccessRequest, attribute};
use crate::register::Role;
use crate::xacml::{Request, name};

/// The request for what somebody wants to do, with the roles that they hold for the party.
pub(super) fn request_of(actor: &Actor, access: &AccessRequest, roles: &[Role]) -> Request {
    let mut request = resource_of(access);
    add_subject(&mut request, actor);
    for role in roles {
        add_role(&mut request, role);
    }
    request
}

/// The roles that somebody holds without anybody having given them: a person's, for themselves.
pub(super) fn own_role(actor: &Actor, access: &AccessRequest) -> Option<Role> {
    match actor.subject() {
        Subject::Person { party, .. } if *party == access.party => Some(Role::private_person()),
        Subject::SelfIdentified { party, .. } if *party == access.party => Some(Role::self_identified()),
        _ => None,
    }
}

/// The request without a subject.
pub(super) fn resource_of(access: &AccessRequest) -> Request {
    let mut request = Request::new().with_action(&access.action);
    let mut add = |id: &'static str, value: &str| request.add(name::RESOURCE, id, value);
    add(attribute::ORG, access.service.org());
    add(attribute::APP, access.service.name());
    add(attribute::RESOURCE, access.service.resource_id().as_str());
    add(attribute::PARTY, &access.party.to_string());
    if let Some(instance) = &access.instance {
        let instance = instance.to_string();
        add(attribute::INSTANCE, &instance);
        add(attribute::RESOURCE_INSTANCE, &instance);
    }
    for (id, value) in [
        (attribute::TASK, &access.task),
        (attribute::END_EVENT, &access.end_event),
        (attribute::APP_RESOURCE, &access.app_resource),
    ] {
        if let Some(value) = value {
            add(id, value);
        }
    }
    request
}

/// Adds a role in both families of names.
pub(super) fn add_role(request: &mut Request, role: &Role) {
    request.add(name::ACCESS_SUBJECT, attribute::ROLE_CODE, role.code());
    if let Some(external) = role.external_name() {
        request.add(name::ACCESS_SUBJECT, attribute::EXTERNAL_ROLE, external);
    }
}

fn add_subject(request: &mut Request, actor: &Actor) {
    let mut add = |id: &'static str, value: &str| request.add(name::ACCESS_SUBJECT, id, value);
    match actor.subject() {
        Subject::Person { uuid, .. } => add(attribute::PERSON, &uuid.to_string()),
        Subject::SelfIdentified { uuid, .. } => add(attribute::PARTY_UUID, &uuid.to_string()),
        Subject::Organization { number, .. } => add(attribute::ORGANIZATION, &number.to_string()),
        Subject::SystemUser { id, .. } => add(attribute::SYSTEM_USER, &id.to_string()),
        Subject::ServiceOwner { org, number } => {
            add(attribute::ORG, org);
            if let Some(number) = number {
                add(attribute::ORGANIZATION, &number.to_string());
            }
        }
    }
    for scope in actor.scopes() {
        add(attribute::SCOPE, scope);
    }
}

//! Adds to a request what is known of caller and resource, so that a policy can decide it.

use altinn_core::{Actor, PartyId, PartyKind, Subject};

use super::asked::{Asked, Endpoint};
use super::delegation::{Delegation, Recipient};
use super::facts::{Facts, Question};
use super::policy_source::ServicePolicy;
use super::resource_names::ResourceNames;
use super::{AccessRequest, attribute};
use crate::register::{InstanceFact, Role};
use crate::xacml::{Request, name};

/// The request for what somebody wants to do, without their rights.
pub(super) fn request_of(actor: &Actor, access: &AccessRequest, names: &ResourceNames) -> Request {
    let mut request = resource_of(access, names);
    add_subject(&mut request, actor);
    request
}

/// The request without a subject.
pub(super) fn resource_of(access: &AccessRequest, names: &ResourceNames) -> Request {
    let mut request = Request::new().with_action(&access.action);
    let mut add = |id: &'static str, value: &str| request.add(name::RESOURCE, id, value);
    add(attribute::ORG, access.service.org());
    add(attribute::APP, access.service.name());
    add(attribute::RESOURCE, names.resource.as_str());
    add(attribute::PARTY, &access.party.to_string());
    if let Some(instance) = &names.instance {
        add(attribute::INSTANCE, &instance.id);
        add(attribute::RESOURCE_INSTANCE, &instance.guid);
        add(attribute::RESOURCE_INSTANCE, &instance.urn);
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

/// Adds the text of every value of Altinn's attributes that has another type: Altinn compares texts, whatever the type
/// that a request gives.
pub(super) fn add_texts(request: &mut Request) {
    request.add_texts(|id| id.starts_with("urn:altinn:"));
}

/// Adds what is known of the instance that a request names, where the request does not say it itself; the party also
/// to the answer.
pub(super) fn add_instance(request: &mut Request, asked: &mut Asked, fact: &InstanceFact) {
    let resource = &mut asked.resource;
    let mut add = |id: &'static str, known: &mut Option<String>, found: Option<&str>| {
        if let (None, Some(found)) = (known.as_deref(), found) {
            request.add(name::RESOURCE, id, found);
            *known = Some(found.to_owned());
        }
    };
    add(attribute::ORG, &mut resource.org, Some(fact.service.org()));
    add(attribute::APP, &mut resource.app, Some(fact.service.name()));
    add(attribute::TASK, &mut resource.task, fact.task.as_deref());
    if fact.task.is_none() {
        add(attribute::END_EVENT, &mut resource.end_event, fact.end_event.as_deref());
    }
    let owner: Option<PartyId> =
        resource.instance.as_deref().and_then(|instance| instance.split('/').next()?.parse().ok());
    if let (None, Some(owner)) = (resource.party, owner) {
        request.add_included(name::RESOURCE, attribute::PARTY, owner.to_string());
    }
    resource.party = owner.or(resource.party);
}

/// Gives an instance both families of names: those of apps, and those of the resource registry.
pub(super) fn add_instance_names(request: &mut Request, asked: &Asked) {
    let resource = &asked.resource;
    let Some(guid) = &resource.instance_guid else { return };
    if let (Some(org), Some(app)) = (&resource.org, &resource.app) {
        if !resource.is_named {
            request.add(name::RESOURCE, attribute::RESOURCE, format!("app_{org}_{app}"));
        } else if request.values(name::RESOURCE, attribute::ORG).next().is_none() {
            request.add(name::RESOURCE, attribute::ORG, org.as_str());
            request.add(name::RESOURCE, attribute::APP, app.as_str());
        }
    }
    if !resource.names_guid {
        request.add(name::RESOURCE, attribute::RESOURCE_INSTANCE, guid.as_str());
    }
    if let Some(instance) = &resource.instance {
        let urn = format!("{}:{instance}", attribute::INSTANCE);
        request.add(name::RESOURCE, attribute::RESOURCE_INSTANCE, urn);
    }
}

/// Adds the other names of the subject: its user number, its party, and the newer name of an organization.
pub(super) fn add_subject_names(
    request: &mut Request,
    asked: &Asked,
    question: &Question,
    endpoint: Endpoint,
) {
    let subject = &asked.subject;
    if let Some(number) = &subject.legacy_organization {
        request.add(name::ACCESS_SUBJECT, attribute::ORGANIZATION, number.as_str());
    }
    if let (Some(_), Some(Recipient::User(user))) = (&subject.person, &question.subject.recipient) {
        request.add(name::ACCESS_SUBJECT, attribute::USER, user.to_string());
    }
    if let (Endpoint::Authorize, Some(_), Some(party)) =
        (endpoint, subject.organization, question.subject.own_party)
    {
        request.add(name::ACCESS_SUBJECT, attribute::PARTY, party.to_string());
    }
}

/// Adds the rights that the subject was found to have, as far as the policy asks for them.
pub(super) fn add_rights(request: &mut Request, policy: &ServicePolicy, facts: &Facts) {
    let mut roles: Vec<&Role> = facts.roles.roles().collect();
    roles.sort();
    roles.dedup();
    for role in roles {
        add_role(request, policy, role);
    }
    for package in &facts.access_packages {
        request.add(name::ACCESS_SUBJECT, attribute::ACCESS_PACKAGE, package.as_str());
    }
    for role in &facts.estate_roles {
        request.add(name::ACCESS_SUBJECT, attribute::ESTATE_ROLE, role.as_str());
    }
    for list in &facts.access_lists {
        request.add(name::ACCESS_SUBJECT, attribute::ACCESS_LIST, list.as_str());
    }
    match facts.party_kind {
        Some(PartyKind::Organization) => {
            request.add(name::ACCESS_SUBJECT, attribute::PARTY_TYPE, "organization");
        }
        Some(PartyKind::Person) => request.add(name::ACCESS_SUBJECT, attribute::PARTY_TYPE, "person"),
        _ => {}
    }
}

/// Adds a role under the names that the policy knows it by. Its code is also there in small letters for a policy that
/// writes it so, since older ones compare it letter by letter.
pub(super) fn add_role(request: &mut Request, policy: &ServicePolicy, role: &Role) {
    request.add(name::ACCESS_SUBJECT, attribute::ROLE_CODE, role.code());
    if policy.spells_roles_small() {
        request.add(name::ACCESS_SUBJECT, attribute::ROLE_CODE, role.code().to_lowercase());
    }
    if let Some(external) = role.external_name().filter(|_| policy.asks_for(attribute::EXTERNAL_ROLE)) {
        request.add(name::ACCESS_SUBJECT, attribute::EXTERNAL_ROLE, external);
    }
}

/// Adds the names that the policies of delegations know the subject by: its own, and those of the units in which it
/// has a key role.
pub(super) fn add_recipients(request: &mut Request, question: &Question, delegations: &[&Delegation]) {
    let mut add = |id: &'static str, value: String| {
        if !request.values(name::ACCESS_SUBJECT, id).any(|known| known.to_string() == value) {
            request.add(name::ACCESS_SUBJECT, id, value);
        }
    };
    if let Some(uuid) = question.subject.uuid {
        match question.subject.recipient {
            Some(Recipient::User(_) | Recipient::Person(_)) => {
                add(attribute::PERSON, uuid.to_string());
                add(attribute::PARTY_UUID, uuid.to_string());
            }
            Some(Recipient::Organization { .. }) => add(attribute::ORGANIZATION_UUID, uuid.to_string()),
            Some(Recipient::SystemUser(_)) | None => {}
        }
    }
    for delegation in delegations {
        if let Recipient::Organization { party, uuid } = delegation.to {
            if let Some(party) = party {
                add(attribute::PARTY, party.to_string());
            }
            if let Some(uuid) = uuid {
                add(attribute::ORGANIZATION_UUID, uuid.to_string());
            }
        }
    }
}

/// A request of which only the subject is known yet.
pub(super) fn request_of_subject(actor: &Actor) -> Request {
    let mut request = Request::new();
    add_subject(&mut request, actor);
    request
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

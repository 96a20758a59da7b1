//! The attributes of Altinn's authorization requests.

/// A service owner's short name, of the caller and of the resource.
pub const ORG: &str = "urn:altinn:org";
/// The name of an app.
pub const APP: &str = "urn:altinn:app";
/// A resource of the resource registry.
pub const RESOURCE: &str = "urn:altinn:resource";
/// An instance: party id and UUID with a slash between.
pub const INSTANCE: &str = "urn:altinn:instance-id";
/// The same, as the resource registry calls it.
pub const RESOURCE_INSTANCE: &str = "urn:altinn:resource:instance-id";
/// The task that an instance stands in.
pub const TASK: &str = "urn:altinn:task";
/// The end event that an instance has come to.
pub const END_EVENT: &str = "urn:altinn:end-event";
/// A part of an app, such as its events.
pub const APP_RESOURCE: &str = "urn:altinn:appresource";
/// The party on whose behalf something is done.
pub const PARTY: &str = "urn:altinn:partyid";

/// A user, by number.
pub const USER: &str = "urn:altinn:userid";
/// A person, by national identity number.
pub const PERSON_NUMBER: &str = "urn:altinn:person:identifier-no";
/// A role code, in the older family.
pub const ROLE_CODE: &str = "urn:altinn:rolecode";
/// A role of the business register, in the newer family.
pub const EXTERNAL_ROLE: &str = "urn:altinn:external-role:ccr";
/// An access package (tilgangspakke).
pub const ACCESS_PACKAGE: &str = "urn:altinn:accesspackage";
/// A person.
pub const PERSON: &str = "urn:altinn:person:uuid";
/// Any party.
pub const PARTY_UUID: &str = "urn:altinn:party:uuid";
/// An organization.
pub const ORGANIZATION: &str = "urn:altinn:organization:identifier-no";
/// An organization, by UUID.
pub const ORGANIZATION_UUID: &str = "urn:altinn:organization:uuid";
/// An organization, as older programs name it.
pub const LEGACY_ORGANIZATION: &str = "urn:altinn:organizationnumber";
/// What the caller's party is: `organization` or `person`.
pub const PARTY_TYPE: &str = "urn:altinn:partytype";
/// An access list (tilgangsliste) that the caller is on.
pub const ACCESS_LIST: &str = "urn:altinn:access-list";
/// A role in the estate of a deceased person (digitalt dødsbo).
pub const ESTATE_ROLE: &str = "urn:digitaltdodsbo:rolecode";
/// A system user (systembruker).
pub const SYSTEM_USER: &str = "urn:altinn:systemuser:uuid";
/// An app that may give rights on its instances by itself.
pub const RESOURCE_DELEGATION: &str = "urn:altinn:resource:delegation";
/// A scope of the caller's token.
pub const SCOPE: &str = "urn:scope";

/// The category of the obligation that names the lowest level of authentication.
pub const MINIMUM_LEVEL: &str = "urn:altinn:minimum-authenticationlevel";
/// The same for callers that are service owners.
pub const MINIMUM_LEVEL_OF_ORG: &str = "urn:altinn:minimum-authenticationlevel-org";

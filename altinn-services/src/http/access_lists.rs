//! Access lists (tilgangslister), as Altinn 3's resource registry has them: the service owner's own.

use altinn_auth::access_list::{AccessList, AccessListError, ListResource};
use altinn_auth::register::AccessListId;
use altinn_core::{PartyId, ResourceId, UncheckedOrganizationNumber};
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::JsonBody;
use super::caller::Caller;
use super::error::ApiError;
use super::party::{known, number_in, number_of};
use super::query::{Asked, InPath};
use super::{Api, router};

/// How many lists, members or resources a full page has.
const PAGE: usize = 100;

const BASE: &str = "/resourceregistry/api/v1/access-lists";

/// The access lists of service owners: kept by each for itself, with members, and the resources that they let their members in
/// to.
pub fn access_lists(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(lists))
        .routes(routes!(get, put, delete))
        .routes(routes!(members, add, remove))
        .routes(routes!(resources))
        .routes(routes!(connect, disconnect))
        .routes(routes!(lets_in))
}

/// A service owner: `/resourceregistry/api/v1/access-lists/{owner}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OwnerPath {
    /// Its short name: `ttd`.
    owner: String,
}

/// A list: `/resourceregistry/api/v1/access-lists/{owner}/{identifier}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct ListPath {
    /// The service owner's short name: `ttd`.
    owner: String,
    /// The list's name: `approved-banks`.
    identifier: String,
}

/// A resource of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct ConnectionPath {
    /// The service owner's short name: `ttd`.
    owner: String,
    /// The list's name: `approved-banks`.
    identifier: String,
    /// The resource; an app's is `app_{org}_{app}`.
    resource: String,
}

/// Where a page begins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListPage {
    /// What the page before said of the next one.
    token: Option<String>,
}

/// What a list is called and is for.
#[derive(Debug, Deserialize, ToSchema)]
struct AccessListInfo {
    name: String,
    #[serde(default)]
    description: String,
}

/// An access list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(title = "AccessList")]
struct AccessListAnswer {
    /// `urn:altinn:access-list:{owner}:{identifier}`.
    urn: String,
    identifier: String,
    name: String,
    description: String,
}

/// Access lists.
#[derive(Debug, Serialize, ToSchema)]
struct AccessListsAnswer {
    data: Vec<AccessListAnswer>,
    links: AccessListLinks,
}

/// Where a list goes on.
#[derive(Debug, Serialize, ToSchema)]
struct AccessListLinks {
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Organizations.
#[derive(Debug, Deserialize, ToSchema)]
struct AccessListMemberIds {
    /// `urn:altinn:organization:identifier-no:991825827`, at most 500.
    data: Vec<String>,
}

/// An organization on a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AccessListMemberAnswer {
    /// `urn:altinn:party:uuid:...`.
    id: String,
    since: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_number: Option<String>,
    name: String,
}

/// The organizations on a list.
#[derive(Debug, Serialize, ToSchema)]
struct AccessListMembersAnswer {
    data: Vec<AccessListMemberAnswer>,
    links: AccessListLinks,
}

/// For which actions members are let in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AccessListActions {
    /// All, where there are none.
    action_filters: Option<Vec<String>>,
}

/// A resource that a list lets its members in to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AccessListResourceAnswer {
    resource_identifier: String,
    /// The actions; all, where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    action_filters: Option<Vec<String>>,
}

/// The resources that a list lets its members in to.
#[derive(Debug, Serialize, ToSchema)]
struct AccessListResourcesAnswer {
    data: Vec<AccessListResourceAnswer>,
    links: AccessListLinks,
}

/// Whether an organization is let in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct AccessListQuestion {
    /// `urn:altinn:organization:identifier-no`.
    subject: AccessListAttribute,
    /// `urn:altinn:resource`.
    resource: AccessListAttribute,
    /// `urn:oasis:names:tc:xacml:1.0:action:action-id`.
    action: AccessListAttribute,
}

/// An attribute.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct AccessListAttribute {
    #[serde(rename = "type")]
    kind: String,
    value: String,
}

/// Whether an organization is let in, and by what question.
#[derive(Debug, Serialize, ToSchema)]
struct AccessListDecision {
    #[serde(flatten)]
    asked: AccessListQuestion,
    /// `Authorized` or `NotAuthorized`.
    result: &'static str,
}

impl From<AccessList> for AccessListAnswer {
    fn from(list: AccessList) -> Self {
        Self {
            urn: format!("urn:altinn:access-list:{}", list.id),
            identifier: list.id.name,
            name: list.title,
            description: list.description,
        }
    }
}

impl From<ListResource> for AccessListResourceAnswer {
    fn from(resource: ListResource) -> Self {
        Self { resource_identifier: resource.resource.to_string(), action_filters: resource.actions }
    }
}

impl From<AccessListError> for ApiError {
    fn from(error: AccessListError) -> Self {
        Self::new(error.code(), &error)
    }
}

impl ListPath {
    fn id(self) -> AccessListId {
        AccessListId { owner: self.owner, name: self.identifier }
    }
}

impl ConnectionPath {
    fn read(self) -> Result<(AccessListId, ResourceId), ApiError> {
        let wrong = |_| ApiError::new("HTTP-PATH", "a part of the path names no resource");
        let resource = self.resource.parse().map_err(wrong)?;
        Ok((AccessListId { owner: self.owner, name: self.identifier }, resource))
    }
}

impl AccessListLinks {
    fn after(path: &str, last: Option<String>, count: usize) -> Self {
        Self { next: last.filter(|_| count == PAGE).map(|last| format!("{path}?token={last}")) }
    }
}

impl AccessListMemberIds {
    fn read(&self) -> Result<Vec<UncheckedOrganizationNumber>, ApiError> {
        self.data.iter().map(|urn| number_in(urn, "data")).collect()
    }
}

/// The lists of the caller's agency, by name.
#[utoipa::path(get, path = "/resourceregistry/api/v1/access-lists/{owner}", tag = "access lists",
    operation_id = "listAccessLists", params(OwnerPath, ListPage),
    responses((status = 200, description = "The lists", body = AccessListsAnswer)))]
async fn lists(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(OwnerPath { owner }): InPath<OwnerPath>,
    Asked(page): Asked<ListPage>,
) -> Result<Json<AccessListsAnswer>, ApiError> {
    let lists = api.altinn().access_lists().lists(&actor, &owner, page.token.as_deref()).await?;
    let last = lists.last().map(|list| list.id.name.clone());
    let links = AccessListLinks::after(&format!("{BASE}/{owner}"), last, lists.len());
    Ok(Json(AccessListsAnswer { data: lists.into_iter().map(AccessListAnswer::from).collect(), links }))
}

/// A list.
#[utoipa::path(get, path = "/resourceregistry/api/v1/access-lists/{owner}/{identifier}", tag = "access lists",
    operation_id = "getAccessList", params(ListPath),
    responses((status = 200, description = "The list", body = AccessListAnswer)))]
async fn get(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ListPath>,
) -> Result<Json<AccessListAnswer>, ApiError> {
    Ok(Json(api.altinn().access_lists().list(&actor, &at.id()).await?.into()))
}

/// Makes a list, or says something else of it. Its members and resources stay.
#[utoipa::path(put, path = "/resourceregistry/api/v1/access-lists/{owner}/{identifier}", tag = "access lists",
    operation_id = "putAccessList", params(ListPath), request_body = AccessListInfo,
    responses((status = 200, description = "The list", body = AccessListAnswer)))]
async fn put(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ListPath>,
    JsonBody(info): JsonBody<AccessListInfo>,
) -> Result<Json<AccessListAnswer>, ApiError> {
    let lists = api.altinn().access_lists();
    Ok(Json(lists.put(&actor, &at.id(), &info.name, &info.description).await?.into()))
}

/// Deletes a list: it lets nobody in any more.
#[utoipa::path(delete, path = "/resourceregistry/api/v1/access-lists/{owner}/{identifier}", tag = "access lists",
    operation_id = "deleteAccessList", params(ListPath), responses((status = 204, description = "It is gone")))]
async fn delete(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ListPath>,
) -> Result<StatusCode, ApiError> {
    api.altinn().access_lists().delete(&actor, &at.id()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The organizations on a list.
#[utoipa::path(get, path = "/resourceregistry/api/v1/access-lists/{owner}/{identifier}/members", tag = "access lists",
    operation_id = "listAccessListMembers", params(ListPath, ListPage),
    responses((status = 200, description = "The members", body = AccessListMembersAnswer)))]
async fn members(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ListPath>,
    Asked(page): Asked<ListPage>,
) -> Result<Json<AccessListMembersAnswer>, ApiError> {
    let after = page.token.as_deref().map(str::parse::<PartyId>).transpose();
    let after = after.map_err(|_| ApiError::new("HTTP-QUERY", "`token` is not what a page said"))?;
    let id = at.id();
    let members = api.altinn().access_lists().members(&actor, &id, after).await?;
    let parties = known(&api, members.iter().map(|member| member.party).collect()).await?;
    let path = format!("{BASE}/{}/{}/members", id.owner, id.name);
    let last = members.last().map(|member| member.party.to_string());
    let links = AccessListLinks::after(&path, last, members.len());
    let member = |member: altinn_auth::access_list::ListMember| {
        let party = parties.get(&member.party)?;
        Some(AccessListMemberAnswer {
            id: format!("urn:altinn:party:uuid:{}", party.uuid),
            since: member.since,
            organization_number: number_of(party),
            name: party.name.clone(),
        })
    };
    Ok(Json(AccessListMembersAnswer { data: members.into_iter().filter_map(member).collect(), links }))
}

/// Puts organizations on a list, all of them or none.
#[utoipa::path(post, path = "/resourceregistry/api/v1/access-lists/{owner}/{identifier}/members", tag = "access lists",
    operation_id = "addAccessListMembers", params(ListPath), request_body = AccessListMemberIds,
    responses((status = 204, description = "They are on it")))]
async fn add(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ListPath>,
    JsonBody(members): JsonBody<AccessListMemberIds>,
) -> Result<StatusCode, ApiError> {
    api.altinn().access_lists().add_members(&actor, &at.id(), &members.read()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes organizations off a list, all of them or none.
#[utoipa::path(delete, path = "/resourceregistry/api/v1/access-lists/{owner}/{identifier}/members",
    tag = "access lists", operation_id = "removeAccessListMembers", params(ListPath),
    request_body = AccessListMemberIds, responses((status = 204, description = "They are not on it any more")))]
async fn remove(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ListPath>,
    JsonBody(members): JsonBody<AccessListMemberIds>,
) -> Result<StatusCode, ApiError> {
    api.altinn().access_lists().remove_members(&actor, &at.id(), &members.read()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The resources that a list lets its members in to.
#[utoipa::path(get, path = "/resourceregistry/api/v1/access-lists/{owner}/{identifier}/resource-connections",
    tag = "access lists", operation_id = "listAccessListResources", params(ListPath, ListPage),
    responses((status = 200, description = "The resources", body = AccessListResourcesAnswer)))]
async fn resources(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ListPath>,
    Asked(page): Asked<ListPage>,
) -> Result<Json<AccessListResourcesAnswer>, ApiError> {
    let after = page.token.as_deref().map(str::parse::<ResourceId>).transpose();
    let after = after.map_err(|_| ApiError::new("HTTP-QUERY", "`token` is not what a page said"))?;
    let id = at.id();
    let resources = api.altinn().access_lists().resources(&actor, &id, after.as_ref()).await?;
    let path = format!("{BASE}/{}/{}/resource-connections", id.owner, id.name);
    let last = resources.last().map(|resource| resource.resource.to_string());
    let links = AccessListLinks::after(&path, last, resources.len());
    let data = resources.into_iter().map(AccessListResourceAnswer::from).collect();
    Ok(Json(AccessListResourcesAnswer { data, links }))
}

/// Lets the members of a list in to one of the agency's resources.
#[utoipa::path(put, tag = "access lists", operation_id = "connectAccessList",
    path = "/resourceregistry/api/v1/access-lists/{owner}/{identifier}/resource-connections/{resource}",
    params(ConnectionPath), request_body = AccessListActions,
    responses((status = 204, description = "They are let in")))]
async fn connect(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ConnectionPath>,
    JsonBody(actions): JsonBody<AccessListActions>,
) -> Result<StatusCode, ApiError> {
    let (id, resource) = at.read()?;
    let actions = actions.action_filters.as_deref();
    api.altinn().access_lists().connect(&actor, &id, &resource, actions).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets the members of a list in to a resource no longer.
#[utoipa::path(delete, tag = "access lists", operation_id = "disconnectAccessList",
    path = "/resourceregistry/api/v1/access-lists/{owner}/{identifier}/resource-connections/{resource}",
    params(ConnectionPath), responses((status = 204, description = "They are not let in any more")))]
async fn disconnect(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ConnectionPath>,
) -> Result<StatusCode, ApiError> {
    let (id, resource) = at.read()?;
    api.altinn().access_lists().disconnect(&actor, &id, &resource).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether some list of the caller's agency lets an organization in to one of its resources for an action.
#[utoipa::path(post, path = "/authorization/api/v1/accesslist/accesslistauthorization", tag = "access lists",
    operation_id = "authorizeByAccessList", request_body = AccessListQuestion,
    responses((status = 200, description = "Whether", body = AccessListDecision)))]
async fn lets_in(
    State(api): State<Api>,
    Caller(actor): Caller,
    JsonBody(asked): JsonBody<AccessListQuestion>,
) -> Result<Json<AccessListDecision>, ApiError> {
    let organization = number_in(&asked.subject.value, "subject")?;
    let wrong = |_| ApiError::new("HTTP-BODY", "`resource` names no resource");
    let resource = asked.resource.value.parse().map_err(wrong)?;
    let lists = api.altinn().access_lists();
    let is_let_in = lists.lets_in(&actor, &resource, organization, &asked.action.value).await?;
    Ok(Json(AccessListDecision { asked, result: if is_let_in { "Authorized" } else { "NotAuthorized" } }))
}

//! Requests for rights: somebody asks a party for them, and whoever manages the party's access answers.

use std::collections::HashMap;

use altinn_auth::delegation_request::{
    DelegationRequest, DelegationRequestError, DelegationRequestStatus, NewDelegationRequest, RequestQuery,
    RequestedAccess,
};
use altinn_core::{Party, PartyId, ResourceId};
use axum::Json;
use axum::extract::{OriginalUri, State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::connections::ConnectionLinks;
use super::delegation::PACKAGE;
use super::packages::{WhichPackage, name_in};
use super::parties::AccessParty;
use super::resources::WhichResource;
use crate::http::Api;
use crate::http::body::MaybeJson;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::party::{known, party_of};
use crate::http::query::{Asked, Parameters};

/// Between whom something is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AskedOf {
    /// The party that is to get it, for which the caller acts: its UUID.
    party: Uuid,
    /// The party that is asked to give it.
    to: Uuid,
}

/// Which request, of which party.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OneRequest {
    /// The party that the caller acts for: its UUID.
    party: Uuid,
    /// The request.
    id: Uuid,
}

/// Which draft.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OneDraft {
    /// The draft, of the caller's own.
    id: Uuid,
}

/// Which requests a party has made.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "it describes parameters that are read one by one")]
pub(super) struct SentRequests {
    /// The party that the caller acts for: its UUID.
    party: Uuid,
    /// Only those to this party.
    to: Option<Uuid>,
    /// Only those of these statuses.
    #[param(inline)]
    status: Option<Vec<RequestStatusName>>,
    /// Only those for this.
    #[param(inline)]
    r#type: Option<RequestTypeName>,
    /// Where the page begins: what the page before said of the next one.
    token: Option<Uuid>,
}

/// Which requests a party has got.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "it describes parameters that are read one by one")]
pub(super) struct ReceivedRequests {
    /// The party that the caller acts for: its UUID.
    party: Uuid,
    /// Only those from this party.
    from: Option<Uuid>,
    /// Only those of these statuses.
    #[param(inline)]
    status: Option<Vec<RequestStatusName>>,
    /// Only those for this.
    #[param(inline)]
    r#type: Option<RequestTypeName>,
    /// Where the page begins: what the page before said of the next one.
    token: Option<Uuid>,
}

/// The statuses of requests, as Altinn names them.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes `DelegationRequestStatus`")]
enum RequestStatusName {
    Draft,
    Pending,
    Approved,
    Rejected,
    Withdrawn,
}

/// What a request is for, as Altinn names it.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[allow(dead_code, reason = "it describes `RequestedAccess`")]
enum RequestTypeName {
    Resource,
    Package,
}

/// A request for rights.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "AccessRequest")]
pub(super) struct AccessRequestAnswer {
    id: Uuid,
    #[schema(inline, value_type = RequestStatusName)]
    status: &'static str,
    #[serde(rename = "type")]
    #[schema(inline, value_type = RequestTypeName)]
    kind: &'static str,
    /// When it came to where it stands.
    last_updated: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<AccessRequestReference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<AccessRequestReference>,
    /// The keys of the rights that are asked for; none: all that can be given.
    rights: Vec<String>,
    /// The party that is asked to give.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<AccessParty>,
    /// The party that it is to be given to.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<AccessParty>,
}

/// What a request is for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccessRequestReference {
    /// The resource, or `urn:altinn:accesspackage:...`.
    reference_id: String,
}

/// Requests for rights.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccessRequestList {
    data: Vec<AccessRequestAnswer>,
    links: ConnectionLinks,
}

impl AccessRequestAnswer {
    fn of(request: &DelegationRequest, parties: &HashMap<PartyId, Party>) -> Self {
        let party = |id| parties.get(&id).map(AccessParty::from);
        let (mut resource, mut package, mut rights) = (None, None, Vec::new());
        match &request.what {
            RequestedAccess::Package(name) => {
                package = Some(AccessRequestReference { reference_id: format!("{PACKAGE}{name}") });
            }
            RequestedAccess::Resource { resource: asked, rights: of_it } => {
                resource = Some(AccessRequestReference { reference_id: asked.to_string() });
                rights = of_it.iter().map(altinn_auth::decision::Right::key).collect();
            }
        }
        Self {
            id: request.id,
            status: request.status.name(),
            kind: request.what.kind(),
            last_updated: request.changed_at,
            resource,
            package,
            rights,
            from: party(request.from),
            to: party(request.to),
        }
    }

    async fn alone(api: &Api, request: &DelegationRequest) -> Result<Json<Self>, ApiError> {
        let parties = known(api, vec![request.from, request.to]).await?;
        Ok(Json(Self::of(request, &parties)))
    }
}

/// Asks a party for rights to a resource: those whose keys or actions the body names, or all that can be given where it is
/// left out. While the same request waits for its answer, it is that one.
#[utoipa::path(post, path = "/accessmanagement/api/v1/enduser/request/resource", tag = "access",
    operation_id = "requestResourceAccess", params(AskedOf, WhichResource), request_body = Option<Vec<String>>,
    responses((status = 200, description = "The request", body = AccessRequestAnswer)))]
pub(super) async fn ask_for_resource(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(of): Asked<AskedOf>,
    Asked(which): Asked<WhichResource>,
    MaybeJson(rights): MaybeJson<Vec<String>>,
) -> Result<Json<AccessRequestAnswer>, ApiError> {
    let resource: ResourceId = which.read()?;
    let (to, from) = (party_of(&api, of.party).await?, party_of(&api, of.to).await?);
    let requests = api.altinn().delegation_requests();
    let what = match rights.filter(|rights| !rights.is_empty()) {
        Some(rights) => requests.rights_named(&resource, &rights).await?,
        None => RequestedAccess::all_of(resource),
    };
    let request = requests.ask(&actor, &NewDelegationRequest::new(from, to, what)).await?;
    AccessRequestAnswer::alone(&api, &request).await
}

/// Asks a party for an access package. While the same request waits for its answer, it is that one.
#[utoipa::path(post, path = "/accessmanagement/api/v1/enduser/request/package", tag = "access",
    operation_id = "requestPackageAccess", params(AskedOf, WhichPackage),
    responses((status = 200, description = "The request", body = AccessRequestAnswer)))]
pub(super) async fn ask_for_package(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(of): Asked<AskedOf>,
    Asked(which): Asked<WhichPackage>,
) -> Result<Json<AccessRequestAnswer>, ApiError> {
    let (to, from) = (party_of(&api, of.party).await?, party_of(&api, of.to).await?);
    let new = NewDelegationRequest::new(from, to, RequestedAccess::Package(name_in(&which.package)));
    let request = api.altinn().delegation_requests().ask(&actor, &new).await?;
    AccessRequestAnswer::alone(&api, &request).await
}

/// A request that a party has made or got.
#[utoipa::path(get, path = "/accessmanagement/api/v1/enduser/request", tag = "access",
    operation_id = "getAccessRequest", params(OneRequest),
    responses((status = 200, description = "The request", body = AccessRequestAnswer)))]
pub(super) async fn get(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(OneRequest { party, id }): Asked<OneRequest>,
) -> Result<Json<AccessRequestAnswer>, ApiError> {
    let party = party_of(&api, party).await?;
    let request = api.altinn().delegation_requests().request(&actor, party, id).await?;
    AccessRequestAnswer::alone(&api, &request).await
}

/// A draft of the caller's own.
#[utoipa::path(get, path = "/accessmanagement/api/v1/enduser/request/draft", tag = "access",
    operation_id = "getDraftAccessRequest", params(OneDraft),
    responses((status = 200, description = "The draft", body = AccessRequestAnswer)))]
pub(super) async fn draft(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(OneDraft { id }): Asked<OneDraft>,
) -> Result<Json<AccessRequestAnswer>, ApiError> {
    let own = actor.party().ok_or(DelegationRequestError::NotFound)?;
    let request = api.altinn().delegation_requests().request(&actor, own, id).await?;
    match request.status {
        DelegationRequestStatus::Draft => AccessRequestAnswer::alone(&api, &request).await,
        _ => Err(DelegationRequestError::NotFound.into()),
    }
}

/// Sends a draft.
#[utoipa::path(put, path = "/accessmanagement/api/v1/enduser/request/draft/confirm", tag = "access",
    operation_id = "confirmAccessRequest", params(OneRequest),
    responses((status = 200, description = "It waits for its answer", body = AccessRequestAnswer)))]
pub(super) async fn confirm(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(OneRequest { party, id }): Asked<OneRequest>,
) -> Result<Json<AccessRequestAnswer>, ApiError> {
    let party = party_of(&api, party).await?;
    let request = api.altinn().delegation_requests().confirm(&actor, party, id).await?;
    AccessRequestAnswer::alone(&api, &request).await
}

/// Takes back a request that nobody has answered.
#[utoipa::path(put, path = "/accessmanagement/api/v1/enduser/request/sent/withdraw", tag = "access",
    operation_id = "withdrawAccessRequest", params(OneRequest),
    responses((status = 200, description = "It is taken back", body = AccessRequestAnswer)))]
pub(super) async fn withdraw(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(OneRequest { party, id }): Asked<OneRequest>,
) -> Result<Json<AccessRequestAnswer>, ApiError> {
    let party = party_of(&api, party).await?;
    let request = api.altinn().delegation_requests().withdraw(&actor, party, id).await?;
    AccessRequestAnswer::alone(&api, &request).await
}

/// Approves a request: what it asks for is given, or of a resource the rights alone whose keys or actions the body names.
#[utoipa::path(put, path = "/accessmanagement/api/v1/enduser/request/received/approve", tag = "access",
    operation_id = "approveAccessRequest", params(OneRequest), request_body = Option<Vec<String>>,
    responses((status = 200, description = "It is approved, and given", body = AccessRequestAnswer)))]
pub(super) async fn approve(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(OneRequest { party, id }): Asked<OneRequest>,
    MaybeJson(only): MaybeJson<Vec<String>>,
) -> Result<Json<AccessRequestAnswer>, ApiError> {
    let party = party_of(&api, party).await?;
    let only = only.filter(|only| !only.is_empty());
    let request = api.altinn().delegation_requests().approve(&actor, party, id, only.as_deref()).await?;
    AccessRequestAnswer::alone(&api, &request).await
}

/// Rejects a request.
#[utoipa::path(put, path = "/accessmanagement/api/v1/enduser/request/received/reject", tag = "access",
    operation_id = "rejectAccessRequest", params(OneRequest),
    responses((status = 200, description = "It is rejected", body = AccessRequestAnswer)))]
pub(super) async fn reject(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(OneRequest { party, id }): Asked<OneRequest>,
) -> Result<Json<AccessRequestAnswer>, ApiError> {
    let party = party_of(&api, party).await?;
    let request = api.altinn().delegation_requests().reject(&actor, party, id).await?;
    AccessRequestAnswer::alone(&api, &request).await
}

/// The requests that a party has made, the earliest first: at most 100 at once.
#[utoipa::path(get, path = "/accessmanagement/api/v1/enduser/request/sent", tag = "access",
    operation_id = "listSentAccessRequests", params(SentRequests),
    responses((status = 200, description = "The requests", body = AccessRequestList)))]
pub(super) async fn sent(
    State(api): State<Api>,
    Caller(actor): Caller,
    parameters: Parameters,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<AccessRequestList>, ApiError> {
    let (party, query) = read(&api, &parameters, "to").await?;
    let found = api.altinn().delegation_requests().sent(&actor, party, &query).await?;
    AccessRequestList::of(&api, &found, &uri).await
}

/// How many requests a party has made.
#[utoipa::path(get, path = "/accessmanagement/api/v1/enduser/request/sent/count", tag = "access",
    operation_id = "countSentAccessRequests", params(SentRequests),
    responses((status = 200, description = "How many", body = u64, content_type = "application/json")))]
pub(super) async fn count_sent(
    State(api): State<Api>,
    Caller(actor): Caller,
    parameters: Parameters,
) -> Result<Json<u64>, ApiError> {
    let (party, query) = read(&api, &parameters, "to").await?;
    Ok(Json(api.altinn().delegation_requests().count_sent(&actor, party, &query).await?))
}

/// The requests that a party has got, the earliest first: at most 100 at once.
#[utoipa::path(get, path = "/accessmanagement/api/v1/enduser/request/received", tag = "access",
    operation_id = "listReceivedAccessRequests", params(ReceivedRequests),
    responses((status = 200, description = "The requests", body = AccessRequestList)))]
pub(super) async fn received(
    State(api): State<Api>,
    Caller(actor): Caller,
    parameters: Parameters,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<AccessRequestList>, ApiError> {
    let (party, query) = read(&api, &parameters, "from").await?;
    let found = api.altinn().delegation_requests().received(&actor, party, &query).await?;
    AccessRequestList::of(&api, &found, &uri).await
}

/// How many requests a party has got.
#[utoipa::path(get, path = "/accessmanagement/api/v1/enduser/request/received/count", tag = "access",
    operation_id = "countReceivedAccessRequests", params(ReceivedRequests),
    responses((status = 200, description = "How many", body = u64, content_type = "application/json")))]
pub(super) async fn count_received(
    State(api): State<Api>,
    Caller(actor): Caller,
    parameters: Parameters,
) -> Result<Json<u64>, ApiError> {
    let (party, query) = read(&api, &parameters, "from").await?;
    Ok(Json(api.altinn().delegation_requests().count_received(&actor, party, &query).await?))
}

impl AccessRequestList {
    async fn of(
        api: &Api,
        found: &[DelegationRequest],
        uri: &axum::http::Uri,
    ) -> Result<Json<Self>, ApiError> {
        let ids = found.iter().flat_map(|request| [request.from, request.to]).collect();
        let parties = known(api, ids).await?;
        let last = found.last().filter(|_| found.len() == RequestQuery::PAGE).map(|request| request.id);
        let data = found.iter().map(|request| AccessRequestAnswer::of(request, &parties)).collect();
        Ok(Json(Self { data, links: ConnectionLinks::after(uri, last) }))
    }
}

/// Whose requests are looked for, and which; the party on the other side is called differently on each.
async fn read(api: &Api, parameters: &Parameters, other: &str) -> Result<(PartyId, RequestQuery), ApiError> {
    let wrong = |name: &str| ApiError::new("HTTP-QUERY", format!("`{name}` is not what it must be"));
    let uuid = |name: &str| match parameters.one(name)? {
        Some(text) => text.parse::<Uuid>().map(Some).map_err(|_| wrong(name)),
        None => Ok(None),
    };
    let party = party_of(api, uuid("party")?.ok_or_else(|| wrong("party"))?).await?;
    let mut query = RequestQuery::default();
    if let Some(other) = uuid(other)? {
        query = query.with(party_of(api, other).await?);
    }
    for status in parameters.all("status") {
        query = query.of_status(DelegationRequestStatus::named(status).ok_or_else(|| wrong("status"))?);
    }
    query = match parameters.one("type")? {
        None => query,
        Some("resource") => query.for_resources(),
        Some("package") => query.for_packages(),
        Some(_) => return Err(wrong("type")),
    };
    if let Some(last) = uuid("token")? {
        query = query.after(last);
    }
    Ok((party, query))
}

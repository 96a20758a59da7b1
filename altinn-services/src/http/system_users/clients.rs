//! The clients of system users that are agents (klientdelegering).

use altinn_auth::system_user::SystemUserKind;
use altinn_core::PartyId;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::users::SystemUserAnswer;
use crate::http::Api;
use crate::http::caller::{Caller, own_party};
use crate::http::error::ApiError;
use crate::http::party::{NOBODY, known, number_of, party_of};
use crate::http::query::Asked;

/// Whose agents.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OfParty {
    /// The organization: its UUID. The caller's own party where it is left out.
    party: Option<Uuid>,
}

/// Which agent.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OfAgent {
    /// The system user.
    agent: Uuid,
}

/// Which agent, and which client.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OfClient {
    /// The system user.
    agent: Uuid,
    /// The client: its party's UUID.
    client: Uuid,
}

/// A client of an agent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AgentClient {
    /// The client's party: its UUID.
    client_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_organization_number: Option<String>,
    client_organization_name: String,
}

/// The clients of an agent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AgentClients {
    data: Vec<AgentClient>,
}

/// An agent, and one of its clients.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AgentAndClient {
    agent: Uuid,
    client: Uuid,
}

/// The agents that an organization has, for whoever manages its access.
#[utoipa::path(get, path = "/authentication/api/v1/enduser/systemuser/agents", tag = "system users",
    operation_id = "listAgents", params(OfParty),
    responses((status = 200, description = "The agents", body = Vec<SystemUserAnswer>)))]
pub(super) async fn agents(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(OfParty { party }): Asked<OfParty>,
) -> Result<Json<Vec<SystemUserAnswer>>, ApiError> {
    let party = match party {
        Some(party) => party_of(&api, party).await?,
        None => own_party(&api, &actor).await?.unwrap_or(NOBODY),
    };
    let mut users = api.altinn().system_users().system_users(&actor, party).await?;
    users.retain(|user| user.kind == SystemUserKind::Agent);
    Ok(Json(SystemUserAnswer::all(&api, users).await?))
}

/// The clients that an agent may act for, for whoever administers the organization's clients.
#[utoipa::path(get, path = "/authentication/api/v1/enduser/systemuser/clients", tag = "system users",
    operation_id = "listAgentClients", params(OfAgent),
    responses((status = 200, description = "The clients", body = AgentClients)))]
pub(super) async fn list(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(OfAgent { agent }): Asked<OfAgent>,
) -> Result<Json<AgentClients>, ApiError> {
    let owner = owner_of(&api, agent).await?;
    let ids = api.altinn().system_users().clients(&actor, owner, agent).await?;
    let parties = known(&api, ids.clone()).await?;
    let client = |id: &PartyId| {
        let party = parties.get(id)?;
        Some(AgentClient {
            client_id: party.uuid,
            client_organization_number: number_of(party),
            client_organization_name: party.name.clone(),
        })
    };
    Ok(Json(AgentClients { data: ids.iter().filter_map(client).collect() }))
}

/// Lets an agent act for a client of its organization, by all of its access packages.
#[utoipa::path(post, path = "/authentication/api/v1/enduser/systemuser/clients", tag = "system users",
    operation_id = "addAgentClient", params(OfClient),
    responses((status = 200, description = "It may", body = AgentAndClient)))]
pub(super) async fn add(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(OfClient { agent, client }): Asked<OfClient>,
) -> Result<Json<AgentAndClient>, ApiError> {
    let (owner, party) = (owner_of(&api, agent).await?, party_of(&api, client).await?);
    api.altinn().system_users().add_client(&actor, owner, agent, party).await?;
    Ok(Json(AgentAndClient { agent, client }))
}

/// Lets an agent act for a client no longer.
#[utoipa::path(delete, path = "/authentication/api/v1/enduser/systemuser/clients", tag = "system users",
    operation_id = "removeAgentClient", params(OfClient),
    responses((status = 200, description = "It may no longer", body = AgentAndClient)))]
pub(super) async fn remove(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(OfClient { agent, client }): Asked<OfClient>,
) -> Result<Json<AgentAndClient>, ApiError> {
    let (owner, party) = (owner_of(&api, agent).await?, party_of(&api, client).await?);
    api.altinn().system_users().remove_client(&actor, owner, agent, party).await?;
    Ok(Json(AgentAndClient { agent, client }))
}

/// Who has an agent; no party where there is no such agent.
async fn owner_of(api: &Api, agent: Uuid) -> Result<PartyId, ApiError> {
    Ok(api.altinn().system_users().owner_of(agent).await?.unwrap_or(NOBODY))
}

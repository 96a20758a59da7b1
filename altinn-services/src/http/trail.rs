//! The trail: who has looked, who did what on behalf of a party, and who was refused. Altinn 3 has no such API, so it stands
//! under `/v1`.

use std::collections::HashMap;

use altinn_auth::register::PartyRegister as _;
use altinn_auth::trail::{TrailEntry, TrailError};
use altinn_core::{PartyId, PartyIdentifier};
use axum::extract::State;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::caller::Caller;
use super::error::ApiError;
use super::query::{Asked, InPath};
use super::{Api, router};

/// The trail API: `GET /v1/trail/{partyId}` tells a party, and those who hold a role for it, who has looked.
pub fn trail(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(read))
}

/// A party: `/v1/trail/{partyId}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
struct TrailPath {
    /// The party: its id.
    party_id: i64,
}

/// Where a page begins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PageBefore {
    /// What the page before said.
    before: Option<String>,
}

/// Some lines of a trail, the latest first.
#[derive(Debug, Serialize, ToSchema)]
struct TrailAnswer {
    data: Vec<TrailLine>,
    /// What to ask for the lines before.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
}

/// A line of a trail: what somebody wanted to do on behalf of the party, and what they did.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TrailLine {
    id: Uuid,
    /// When; of what was asked several times, when first.
    at: DateTime<Utc>,
    /// Who, by a pseudonymous id.
    actor: String,
    /// What they are called, where the register knows them.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_name: Option<String>,
    /// How surely they were identified, 0 to 4.
    level: u8,
    /// On whose behalf: the party's id.
    party: i64,
    /// On which resource.
    resource: String,
    /// To what: an instance, or what a service calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    element: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<String>,
    action: String,
    permitted: bool,
    /// `AUTH-PERMITTED`, or the code of the refusal.
    code: String,
    /// The rule that permitted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_version: Option<String>,
    /// The delegation that permitted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    delegation: Option<Uuid>,
    /// Why they did it, in their own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    /// How many times the same was decided.
    times: i64,
}

/// What was decided and done on behalf of a party, the latest first: at most 100 lines. It is told to the party itself and to
/// those who hold a role for it.
#[utoipa::path(get, path = "/v1/trail/{partyId}", tag = "trail", operation_id = "readTrail",
    params(TrailPath, PageBefore), responses((status = 200, description = "The lines", body = TrailAnswer)))]
async fn read(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(TrailPath { party_id }): InPath<TrailPath>,
    Asked(page): Asked<PageBefore>,
) -> Result<Json<TrailAnswer>, ApiError> {
    let before = page.before.as_deref().map(place).transpose()?;
    let page = api.altinn().trail().of(&actor, PartyId::new(party_id), before).await?;
    let mut names = HashMap::new();
    for entry in &page.entries {
        if !names.contains_key(&entry.actor) {
            names.insert(entry.actor.clone(), name_of(&api, &entry.actor).await?);
        }
    }
    let line = |entry: TrailEntry| {
        let actor_name = names.get(&entry.actor).cloned().flatten();
        TrailLine::of(entry, actor_name)
    };
    let before = page.before.map(|(at, id)| format!("{}-{}", at.timestamp_micros(), id.simple()));
    Ok(Json(TrailAnswer { data: page.entries.into_iter().map(line).collect(), before }))
}

impl TrailLine {
    fn of(entry: TrailEntry, actor_name: Option<String>) -> Self {
        Self {
            id: entry.id,
            at: entry.at,
            actor: entry.actor,
            actor_name,
            level: entry.level,
            party: entry.party.get(),
            resource: entry.resource,
            element: entry.element,
            task: entry.task,
            action: entry.action,
            permitted: entry.permitted,
            code: entry.code,
            rule: entry.rule,
            policy_version: entry.policy_version,
            delegation: entry.delegation,
            purpose: entry.purpose,
            times: entry.times,
        }
    }
}

/// The place in a trail that a page said.
fn place(text: &str) -> Result<(DateTime<Utc>, Uuid), ApiError> {
    let read = || {
        let (at, id) = text.split_once('-')?;
        let at = DateTime::from_timestamp_micros(at.parse().ok()?)?;
        Some((at, Uuid::try_parse(id).ok()?))
    };
    read().ok_or_else(|| ApiError::new("HTTP-QUERY", "`before` is not what a page said"))
}

/// What somebody is called whom the trail names by a pseudonymous id.
async fn name_of(api: &Api, reference: &str) -> Result<Option<String>, ApiError> {
    let register = api.altinn().register();
    let (kind, value) = reference.rsplit_once(':').unwrap_or_default();
    let party = match (value.parse::<Uuid>(), value.parse()) {
        (Ok(uuid), _) if kind.ends_with(":uuid") => register.party_by_uuid(uuid).await?,
        (_, Ok(number)) => register.party_by_identifier(&PartyIdentifier::Organization(number)).await?,
        _ => None,
    };
    Ok(party.map(|party| party.name))
}

impl From<TrailError> for ApiError {
    fn from(error: TrailError) -> Self {
        Self::new(error.code(), &error)
    }
}

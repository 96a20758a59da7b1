//! How a correspondence stands, and what it says.

use altinn_core::Actor;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use super::answer::{DetailsAnswer, OverviewAnswer};
use super::at::{CorrespondencePath, Found};
use crate::correspondence::{CorrespondenceOverview, Side};
use crate::http::Api;
use crate::http::acting::{Acting, OnBehalfOf};
use crate::http::error::ApiError;
use crate::http::language::language_of;
use crate::http::query::InPath;

/// How a correspondence stands and what it says, for whoever has sent or got it. A recipient has fetched it then, and not read it.
#[utoipa::path(get, path = "/correspondence/api/v1/correspondence/{correspondenceId}", tag = "correspondence",
    operation_id = "getCorrespondence", params(CorrespondencePath, OnBehalfOf),
    responses((status = 200, description = "How it stands", body = OverviewAnswer)))]
pub(super) async fn overview(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<CorrespondencePath>,
    headers: HeaderMap,
) -> Result<Json<OverviewAnswer>, ApiError> {
    let overview = look(&api, &actor, path.at(&api, party).await?).await?;
    Ok(Json(OverviewAnswer::of(&api, overview, language_of(&headers)).await?))
}

/// How a correspondence stands, what it says, and what it has been through, for whoever has sent or got it.
#[utoipa::path(get, path = "/correspondence/api/v1/correspondence/{correspondenceId}/details", tag = "correspondence",
    operation_id = "getCorrespondenceDetails", params(CorrespondencePath, OnBehalfOf),
    responses((status = 200, description = "How it came to where it stands", body = DetailsAnswer)))]
pub(super) async fn details(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<CorrespondencePath>,
    headers: HeaderMap,
) -> Result<Json<DetailsAnswer>, ApiError> {
    let overview = look(&api, &actor, path.at(&api, party).await?).await?;
    Ok(Json(DetailsAnswer::of(&api, overview, language_of(&headers)).await?))
}

/// What a correspondence says, in Markdown, for whoever has got it. It is fetched then, and not read.
#[utoipa::path(get, path = "/correspondence/api/v1/correspondence/{correspondenceId}/content", tag = "correspondence",
    operation_id = "getCorrespondenceContent", params(CorrespondencePath, OnBehalfOf),
    responses((status = 200, description = "What it says", body = String, content_type = "text/plain; charset=utf-8")))]
pub(super) async fn content(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<CorrespondencePath>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let Found { service, id, .. } = path.received(&api, party).await?;
    let got = api.altinn().correspondences().fetch(&actor, &service, &id).await?;
    let body = got.content.message.body().in_language(language_of(&headers)).to_owned();
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], body))
}

async fn look(
    api: &Api,
    actor: &Actor,
    Found { service, side, id }: Found,
) -> Result<CorrespondenceOverview, ApiError> {
    let correspondences = api.altinn().correspondences();
    Ok(match side {
        Side::Recipient => correspondences.fetch_overview(actor, &service, &id).await?,
        Side::Sender => correspondences.sent_overview(actor, &service, id.owner, id.guid).await?,
    })
}

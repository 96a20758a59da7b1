//! Listing and counting.

use axum::Json;
use axum::extract::State;

use super::answer::{InboxCountAnswer, InboxList};
use super::which::{PageOfElements, WhichElements, page_of, query_of};
use crate::http::Api;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::Parameters;

/// The elements that the caller may see, of all whom they represent, page by page.
#[utoipa::path(get, path = "/v1/inbox", tag = "inbox", operation_id = "listInbox", params(WhichElements, PageOfElements),
    responses((status = 200, description = "The elements", body = InboxList)))]
pub(super) async fn list(
    State(api): State<Api>,
    Caller(actor): Caller,
    asked: Parameters,
) -> Result<Json<InboxList>, ApiError> {
    let page = api.altinn().inbox().list(&actor, &page_of(&asked)?).await?;
    Ok(Json(page.into()))
}

/// How many elements there are that the caller may see.
#[utoipa::path(get, path = "/v1/inbox/count", tag = "inbox", operation_id = "countInbox", params(WhichElements),
    responses((status = 200, description = "How many", body = InboxCountAnswer)))]
pub(super) async fn count(
    State(api): State<Api>,
    Caller(actor): Caller,
    asked: Parameters,
) -> Result<Json<InboxCountAnswer>, ApiError> {
    let count = api.altinn().inbox().count(&actor, &query_of(&asked)?).await?;
    Ok(Json(count.into()))
}

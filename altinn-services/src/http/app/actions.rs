//! What a user does in a task by its name.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::at::{InstancePath, answer_of};
use crate::http::Api;
use crate::http::altinn3::InstanceAnswer;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::InPath;

/// What a user does.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct UserAction {
    /// The action: `sign`, `pay`.
    action: String,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserActionAnswer {
    /// The instance as it is now.
    instance: InstanceAnswer,
    /// Where the user goes on, to pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
}

/// Does something in the task at hand: `sign` signs, `pay` begins a payment and tells where it is made.
#[utoipa::path(post, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/actions",
    tag = "process", operation_id = "performAction", params(InstancePath), request_body = UserAction,
    responses((status = 200, description = "It was done", body = UserActionAnswer)))]
pub(super) async fn act(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
    JsonBody(UserAction { action }): JsonBody<UserAction>,
) -> Result<Json<UserActionAnswer>, ApiError> {
    at.read(&api, &actor).await?;
    let submissions = api.altinn().submissions();
    let redirect_url = match action.as_str() {
        "pay" => {
            let payment = submissions.pay(&actor, &at.id()).await?;
            payment.payment_details.and_then(|details| details.redirect_url)
        }
        action => {
            submissions.next(&actor, &at.id(), Some(action)).await?;
            None
        }
    };
    let instance = submissions.get(&actor, &at.id()).await?;
    Ok(Json(UserActionAnswer { instance: answer_of(&api, &instance).await?, redirect_url }))
}

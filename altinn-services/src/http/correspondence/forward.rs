//! A correspondence is forwarded by mail.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::at::{CorrespondencePath, Found};
use super::done;
use crate::correspondence::{CorrespondenceError, NewForwarding, Refusal};
use crate::http::Api;
use crate::http::acting::{Acting, OnBehalfOf};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::language::language_of;
use crate::http::query::InPath;

/// To whom a correspondence is forwarded.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ForwardCorrespondence {
    /// A mail address.
    #[schema(format = Email)]
    forward_to: String,
    /// What stands above the correspondence: plain text.
    #[schema(max_length = 200)]
    forwarding_text: Option<String>,
}

/// Whether a correspondence may be forwarded.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ForwardingCheck {
    allow_forwarding: bool,
}

impl std::fmt::Debug for ForwardCorrespondence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ForwardCorrespondence(***)")
    }
}

/// Forwards a correspondence that was read to a mail address, with its files; once to each address. It is `Forwarded` when a
/// mail server has taken the mail over.
#[utoipa::path(post, path = "/correspondence/api/v1/correspondence/{correspondenceId}/forward", tag = "correspondence",
    operation_id = "forwardCorrespondence", params(CorrespondencePath, OnBehalfOf), request_body = ForwardCorrespondence,
    responses((status = 200, description = "The mail is ordered: the forwarding's id", body = Uuid, content_type = "application/json")))]
pub(super) async fn forward(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<CorrespondencePath>,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<ForwardCorrespondence>,
) -> Result<Json<Uuid>, ApiError> {
    let Found { service, id, .. } = path.received(&api, party).await?;
    let mut new = NewForwarding::to(asked.forward_to).written_in(language_of(&headers));
    if let Some(text) = asked.forwarding_text {
        new = new.saying(text);
    }
    match api.altinn().correspondences().forward(&actor, &service, &id, &new).await {
        Ok(forwarding) => Ok(Json(forwarding)),
        Err(error @ CorrespondenceError::Refused(Refusal::NotRead)) => {
            Err(ApiError::from(error).with_number(1065))
        }
        Err(error) => Err(done(error)),
    }
}

/// Whether a correspondence may be forwarded by whoever has got it, once it is read.
#[utoipa::path(get, path = "/correspondence/api/v1/correspondence/{correspondenceId}/forward/check", tag = "correspondence",
    operation_id = "canCorrespondenceBeForwarded", params(CorrespondencePath, OnBehalfOf),
    responses((status = 200, description = "Whether it may", body = ForwardingCheck)))]
pub(super) async fn check(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<CorrespondencePath>,
) -> Result<Json<ForwardingCheck>, ApiError> {
    let Found { service, id, .. } = path.received(&api, party).await?;
    let allow_forwarding = api.altinn().correspondences().allows_forwarding(&actor, &service, &id).await?;
    Ok(Json(ForwardingCheck { allow_forwarding }))
}

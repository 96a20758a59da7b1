//! Link (lenke): on to another solution. Altinn 3 has no such API, so it stands under `/v1`.

use altinn_core::{Language, PartyId};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::JsonBody;
use super::caller::Caller;
use super::error::ApiError;
use super::language::{LanguageName, language_of};
use super::query::InPath;
use super::{Api, router};
use crate::link::{HandOverForm, LinkError, LinkRequest, Onward};

/// The link API: `POST /v1/links/{org}/{service}` hands a user over, `POST /v1/links/redeem` is where a target redeems a code.
pub fn link(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(open)).routes(routes!(redeem))
}

/// A service: `/v1/links/{org}/{service}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct LinkPath {
    /// The service owner.
    org: String,
    /// The link service.
    service: String,
}

/// Where somebody wants to go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Open {
    /// For whom: the party's id.
    party_id: i64,
    /// The target, where the service leads to several.
    target: Option<String>,
    /// The language there: `nb`, `nn`, `en`, `se`.
    #[schema(inline)]
    language: Option<LanguageName>,
}

/// How the user goes on: by a form that the browser posts, or by an address.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OnwardAnswer {
    /// The form, where the target takes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<FormAnswer>,
    /// The address, where the target redeems a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
}

/// A form that the browser posts.
#[derive(Debug, Serialize, ToSchema)]
struct FormAnswer {
    /// Where to.
    action: String,
    /// The name of its only field.
    field: &'static str,
    /// The value of that field: signed, for a minute, and taken once.
    value: String,
}

/// A code that a target was given.
#[derive(Debug, Deserialize, ToSchema)]
struct Redeem {
    #[schema(max_length = 64)]
    code: String,
}

/// Hands a user over to the target of a service.
#[utoipa::path(post, path = "/v1/links/{org}/{service}", tag = "link", operation_id = "openLink", params(LinkPath),
    request_body = Open, responses((status = 200, description = "How the user goes on", body = OnwardAnswer)))]
async fn open(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(LinkPath { org, service }): InPath<LinkPath>,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<Open>,
) -> Result<Json<OnwardAnswer>, ApiError> {
    let id = format!("{org}/{service}").parse().ok();
    let service = id.and_then(|id| api.altinn().link_service(&id)).ok_or(LinkError::NotFound)?;
    let language = asked.language.map_or_else(|| language_of(&headers), Language::from);
    let mut request = LinkRequest::new(language);
    request.target = asked.target;
    let onward = api.altinn().links().open(&actor, &service, PartyId::new(asked.party_id), &request).await?;
    Ok(Json(match onward {
        Onward::Form(form) => OnwardAnswer {
            form: Some(FormAnswer {
                action: form.action().to_owned(),
                field: HandOverForm::FIELD,
                value: form.token().to_owned(),
            }),
            location: None,
        },
        Onward::Code(code) => OnwardAnswer { form: None, location: Some(code.location().to_owned()) },
    }))
}

/// Gives the target's own system what a code stands for, once.
#[utoipa::path(post, path = "/v1/links/redeem", tag = "link", operation_id = "redeemCode", request_body = Redeem,
    responses((status = 200, description = "Who was handed over, and for what", body = Object)))]
async fn redeem(
    State(api): State<Api>,
    Caller(actor): Caller,
    JsonBody(Redeem { code }): JsonBody<Redeem>,
) -> Result<Json<Value>, ApiError> {
    let hand_over = api.altinn().links().redeem(&actor, &code).await?;
    let body = serde_json::to_value(&hand_over);
    Ok(Json(body.map_err(|error| ApiError::new("INTERNAL", error))?))
}

impl From<LinkError> for ApiError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Access(error) => error.into(),
            error => Self::new(error.code(), &error),
        }
    }
}

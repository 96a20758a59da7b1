//! Who calls.

use altinn_auth::login::Callers;
use altinn_auth::register::PartyRegister as _;
use altinn_core::{Actor, PartyId, PartyIdentifier, Subject};
use axum::extract::{FromRef as _, FromRequestParts, MatchedPath};
use axum::http::HeaderValue;
use axum::http::header::{AUTHORIZATION, RETRY_AFTER};
use axum::http::request::Parts;

use super::error::ApiError;
use super::{Api, scopes};

/// Whoever calls: by a token or by a session, and not too often.
#[derive(Debug, Clone)]
pub(super) struct Caller(pub(super) Actor);

impl FromRequestParts<Api> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let actor = Callers::from_ref(api).actor(parts).await?;
        // Whoever has logged in here has no token that scopes could stand in.
        if parts.headers.contains_key(AUTHORIZATION) {
            scopes::check(api, &actor, parts).await?;
        }
        let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        match api.rates().count(&actor, (&parts.method, route), api.altinn().clock().now()) {
            Ok(()) => Ok(Self(actor)),
            Err(wait) => {
                let seconds = wait.num_milliseconds().max(1).unsigned_abs().div_ceil(1_000);
                let error =
                    ApiError::new("HTTP-RATE", "the caller calls this endpoint too often: come again");
                Err(error.with_header(RETRY_AFTER, HeaderValue::from(seconds)))
            }
        }
    }
}

/// The party that a caller's token speaks for.
pub(super) async fn own_party(api: &Api, actor: &Actor) -> Result<Option<PartyId>, ApiError> {
    let number = match (actor.subject(), actor.represents()) {
        (Subject::Organization { number, .. }, _) => Some(*number),
        (Subject::SystemUser { owner, .. }, _) => Some(*owner),
        (Subject::ServiceOwner { number, .. }, _) => *number,
        (Subject::Person { .. }, [number]) => Some(*number),
        _ => None,
    };
    let Some(number) = number else { return Ok(actor.party()) };
    let party = api.altinn().register().party_by_identifier(&PartyIdentifier::from(number)).await?;
    Ok(party.map(|party| party.id))
}

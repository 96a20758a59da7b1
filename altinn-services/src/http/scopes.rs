//! The scopes that an app asks for in the tokens of those who call its API (`apiScopes`).
//!
//! They guard what is of an instance, the beginning of instances, and the forms of stateless apps; what everybody may read
//! takes none. A token of Altinn's own portal (`altinn:portal/enduser`) does for users. Altinn's storage API asks for
//! scopes of its own, and not for these.

use altinn_core::{Actor, ServiceId, Subject};
use axum::extract::{FromRequestParts as _, MatchedPath, RawPathParams};
use axum::http::Method;
use axum::http::request::Parts;

use super::Api;
use super::error::ApiError;
use super::language::language_of;
use crate::definition::ApiScopes;
use crate::submission::Service;

/// The paths of instances in the app API.
const INSTANCES: &str = "/{org}/{app}/instances";

/// The paths of forms of stateless apps.
const STATELESS: &str = "/{org}/{app}/v1/data";

/// The scope of tokens of Altinn's portal.
const PORTAL: &str = "altinn:portal/enduser";

/// Refuses a caller whose token lacks the scope that the app asks for.
pub(super) async fn check(api: &Api, actor: &Actor, parts: &mut Parts) -> Result<(), ApiError> {
    let route =
        parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    // The routers may be mounted below a prefix.
    let is_of_instance = route.contains(INSTANCES);
    if !is_of_instance && !route.contains(STATELESS) {
        return Ok(());
    }
    let Ok(parameters) = RawPathParams::from_request_parts(parts, api).await else { return Ok(()) };
    let of = |name: &str| parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
    let (Some(org), Some(app)) = (of("org"), of("app")) else { return Ok(()) };
    let id: Option<ServiceId> = format!("{org}/{app}").parse().ok();
    let Some(service) = id.and_then(|id| api.altinn().service(&id)) else { return Ok(()) };
    // To have a form worked out is to read.
    let is_writing = is_of_instance && !matches!(parts.method, Method::GET | Method::HEAD);
    let scopes = service.definition().metadata().api_scopes();
    let is_owner = matches!(actor.subject(), Subject::ServiceOwner { .. });
    let pair = if is_owner { &scopes.service_owners } else { &scopes.users };
    let Some(scope) = pair.of(service.id().name(), is_writing) else { return Ok(()) };
    if actor.has_scope(&scope) || (!is_owner && actor.has_scope(PORTAL)) {
        return Ok(());
    }
    let own_words = told(&service, scopes, pair.error_message_text_resource_key.as_deref(), parts);
    let detail = own_words.unwrap_or_else(|| format!("the token lacks the scope `{scope}`"));
    Err(ApiError::new("HTTP-SCOPE", detail))
}

/// The app's own words for it.
fn told(service: &Service, scopes: &ApiScopes, key: Option<&str>, parts: &Parts) -> Option<String> {
    let key = key.or(scopes.error_message_text_resource_key.as_deref())?;
    let text = service.definition().texts().text(key)?;
    Some(text.in_language(language_of(&parts.headers)).to_owned())
}

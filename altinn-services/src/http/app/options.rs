//! What can be chosen in a form: from the app's files, or from the agency's code.

use std::collections::BTreeMap;

use altinn_core::Language;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::at::{InstancePath, ServicePath, not_found};
use crate::definition::Choice;
use crate::http::Api;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::language::{LanguageName, language_of};
use crate::http::query::{Asked, InPath};

/// The most parameters that the agency's code is given.
const MOST: usize = 32;

/// A list of options: `/{org}/{app}/api/options/{optionsId}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct OptionsPath {
    /// The service owner.
    org: String,
    /// The app.
    app: String,
    /// The list.
    options_id: String,
}

/// A list of options for an instance: `.../options/{optionsId}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstanceOptionsPath {
    /// The service owner.
    org: String,
    /// The app.
    app: String,
    /// The party that the instance is of.
    instance_owner_party_id: i64,
    /// The instance.
    instance_guid: Uuid,
    /// The list.
    options_id: String,
}

/// The language of the labels; every other parameter goes to the agency's code.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "it describes what is read as a map")]
pub(super) struct OptionsQuery {
    /// That of `Accept-Language` where it is left out.
    #[param(inline)]
    language: Option<LanguageName>,
}

/// A list of options that are the same for all.
#[utoipa::path(get, path = "/{org}/{app}/api/options/{optionsId}", tag = "metadata", operation_id = "getOptions",
    params(OptionsPath, OptionsQuery), security(()),
    responses((status = 200, description = "The options", body = Vec<Choice>)))]
pub(super) async fn of_service(
    State(api): State<Api>,
    InPath(at): InPath<OptionsPath>,
    Asked(asked): Asked<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Vec<Choice>>, ApiError> {
    let service = ServicePath::new(at.org, at.app).service(&api)?;
    let (language, parameters) = read(asked, &headers)?;
    let submissions = api.altinn().submissions();
    let options = submissions.options(&service, &at.options_id, language, &parameters).await;
    options.map(Json).ok_or_else(not_found)
}

/// A list of options for an instance.
#[utoipa::path(get, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/options/{optionsId}",
    tag = "metadata", operation_id = "getInstanceOptions", params(InstanceOptionsPath, OptionsQuery),
    responses((status = 200, description = "The options", body = Vec<Choice>)))]
pub(super) async fn of_instance(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstanceOptionsPath>,
    Asked(asked): Asked<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Vec<Choice>>, ApiError> {
    let (language, parameters) = read(asked, &headers)?;
    let instance = InstancePath {
        org: at.org,
        app: at.app,
        instance_owner_party_id: at.instance_owner_party_id,
        instance_guid: at.instance_guid,
    };
    instance.read(&api, &actor).await?;
    let submissions = api.altinn().submissions();
    let options =
        submissions.options_of(&actor, &instance.id(), &at.options_id, language, &parameters).await?;
    options.map(Json).ok_or_else(not_found)
}

/// The language, and what the agency's code is told.
fn read(
    mut asked: BTreeMap<String, String>,
    headers: &HeaderMap,
) -> Result<(Language, BTreeMap<String, String>), ApiError> {
    if asked.len() > MOST {
        return Err(ApiError::new("HTTP-QUERY", format!("at most {MOST} parameters are taken")));
    }
    let language = match asked.remove("language") {
        Some(code) => {
            code.parse().map_err(|_| ApiError::new("HTTP-QUERY", "`language` is none that is known"))?
        }
        None => language_of(headers),
    };
    Ok((language, asked))
}

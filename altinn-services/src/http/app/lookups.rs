//! Names that a form is filled in with, by number, from the register: as Altinn's apps look people and organizations up.

use altinn_auth::register::PartyRegister as _;
use altinn_core::{Party, PartyIdentifier};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::at::ServicePath;
use crate::http::Api;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::InPath;

/// An organization: `/{org}/{app}/api/v1/lookup/organisation/{orgNr}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct OrganizationPath {
    /// The service owner.
    org: String,
    /// The app.
    app: String,
    /// The organization's number.
    org_nr: String,
}

/// An organization as the register knows it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OrganizationLookup {
    /// Whether the register knows it.
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation_details: Option<OrganizationDetails>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OrganizationDetails {
    org_nr: String,
    name: String,
}

/// Whom somebody means.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PersonLookupRequest {
    social_security_number: String,
    /// The last name: a number alone tells nobody who has it.
    last_name: String,
}

/// A person as the register knows them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PersonLookup {
    /// Whether the register knows somebody with this number and this last name.
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    person_details: Option<PersonDetails>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PersonDetails {
    ssn: String,
    name: String,
    first_name: String,
    middle_name: String,
    last_name: String,
}

/// The organization of a number, with its name.
#[utoipa::path(get, path = "/{org}/{app}/api/v1/lookup/organisation/{orgNr}", tag = "lookup",
    operation_id = "lookUpOrganization", params(OrganizationPath),
    responses((status = 200, description = "The organization, or that there is none", body = OrganizationLookup)))]
pub(super) async fn organization(
    State(api): State<Api>,
    _caller: Caller,
    InPath(OrganizationPath { org, app, org_nr }): InPath<OrganizationPath>,
) -> Result<Json<OrganizationLookup>, ApiError> {
    ServicePath::new(org, app).service(&api)?;
    let number =
        org_nr.parse().map_err(|_| ApiError::new("HTTP-PATH", "`orgNr` is no organization number"))?;
    let party = found(&api, PartyIdentifier::Organization(number)).await?;
    let details = party.map(|party| OrganizationDetails { org_nr, name: party.name });
    Ok(Json(OrganizationLookup { success: details.is_some(), organisation_details: details }))
}

/// The person of a number and a last name, with their whole name. The number alone is not enough, and whether it is anybody's
/// is not told.
#[utoipa::path(post, path = "/{org}/{app}/api/v1/lookup/person", tag = "lookup", operation_id = "lookUpPerson",
    params(ServicePath), request_body = PersonLookupRequest,
    responses((status = 200, description = "The person, or that there is none", body = PersonLookup)))]
pub(super) async fn person(
    State(api): State<Api>,
    _caller: Caller,
    InPath(at): InPath<ServicePath>,
    JsonBody(asked): JsonBody<PersonLookupRequest>,
) -> Result<Json<PersonLookup>, ApiError> {
    at.service(&api)?;
    let wrong = || ApiError::new("HTTP-BODY", "`socialSecurityNumber` is no national identity number");
    let number = asked.social_security_number.parse().map_err(|_| wrong())?;
    let party = found(&api, PartyIdentifier::Person(number)).await?;
    let details = party.and_then(|party| {
        let (others, last_name) = parted(&party.name, &asked.last_name)?;
        let (first_name, middle_name) = others.split_once(' ').unwrap_or((&others, ""));
        Some(PersonDetails {
            first_name: first_name.to_owned(),
            middle_name: middle_name.to_owned(),
            last_name,
            ssn: asked.social_security_number,
            name: party.name,
        })
    });
    Ok(Json(PersonLookup { success: details.is_some(), person_details: details }))
}

/// Whom the register knows by a number, and has not closed.
async fn found(api: &Api, identifier: PartyIdentifier) -> Result<Option<Party>, ApiError> {
    let party = api.altinn().register().party_by_identifier(&identifier).await?;
    Ok(party.filter(|party| !party.deleted))
}

/// The names before a last name, and the last name as it stands there; nothing where the name does not end with it.
fn parted(name: &str, last_name: &str) -> Option<(String, String)> {
    let words: Vec<&str> = name.split_whitespace().collect();
    let wanted: Vec<String> = last_name.split_whitespace().map(str::to_lowercase).collect();
    let at = words.len().checked_sub(wanted.len()).filter(|_| !wanted.is_empty())?;
    let (others, last) = words.split_at_checked(at)?;
    let is_same = last.iter().map(|word| word.to_lowercase()).eq(wanted);
    is_same.then(|| (others.join(" "), last.join(" ")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn a_name_ends_with_a_last_name_or_does_not() {
        let parts = |last: &str| parted("Kari Ås Nordmann Berg", last);
        assert_eq!(parts("berg").unwrap(), ("Kari Ås Nordmann".to_owned(), "Berg".to_owned()));
        assert_eq!(parts(" NORDMANN  berg ").unwrap(), ("Kari Ås".to_owned(), "Nordmann Berg".to_owned()));
        for other in ["", " ", "erg", "Nordmann", "a b c d e Berg"] {
            assert_eq!(parts(other), None, "{other}");
        }
        assert_eq!(parted("Kari", "kari").unwrap(), (String::new(), "Kari".to_owned()));
    }
}

//! Parties that bodies and queries name.

use std::collections::HashMap;

use altinn_auth::register::PartyRegister as _;
use altinn_core::{Party, PartyId, PartyIdentifier, UncheckedOrganizationNumber};
use uuid::Uuid;

use super::Api;
use super::error::ApiError;

/// The id of no party: whoever names a party that there is not is answered as for one that is not theirs.
pub(super) const NOBODY: PartyId = PartyId::new(0);

/// The party of a UUID; no party where nobody has it.
pub(super) async fn party_of(api: &Api, uuid: Uuid) -> Result<PartyId, ApiError> {
    Ok(api.altinn().register().party_by_uuid(uuid).await?.map_or(NOBODY, |party| party.id))
}

/// The organization of a number, as Altinn's bodies name it: `991825827`, `0192:991825827` or a URN; no party where nobody
/// has it.
pub(super) async fn organization_of(
    api: &Api,
    number: UncheckedOrganizationNumber,
) -> Result<PartyId, ApiError> {
    let party = api.altinn().register().party_by_identifier(&PartyIdentifier::Organization(number)).await?;
    Ok(party.map_or(NOBODY, |party| party.id))
}

/// The number in `991825827`, `0192:991825827` or `urn:altinn:organization:identifier-no:991825827`.
pub(super) fn number_in(text: &str, of: &str) -> Result<UncheckedOrganizationNumber, ApiError> {
    let number = text.rsplit(':').next().unwrap_or_default();
    number.parse().map_err(|_| ApiError::new("HTTP-BODY", format!("`{of}` names no organization")))
}

/// The parties of ids, by id; those that the register does not know are left out.
pub(super) async fn known(api: &Api, mut ids: Vec<PartyId>) -> Result<HashMap<PartyId, Party>, ApiError> {
    ids.sort_unstable();
    ids.dedup();
    let parties = api.altinn().register().parties(&ids).await?;
    Ok(parties.into_iter().flatten().map(|party| (party.id, party)).collect())
}

/// The number of an organization.
pub(super) fn number_of(party: &Party) -> Option<String> {
    match &party.identifier {
        PartyIdentifier::Organization(number) => Some(number.to_string()),
        _ => None,
    }
}

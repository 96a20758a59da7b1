//! `identifier.parse`.

use altinn_core::{
    InstanceId, NationalIdentityNumber, OrganizationNumber, PartyId, ResourceId, ServiceId, SyntheticNumbers,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Failure;

#[derive(Deserialize)]
pub(crate) struct Parse {
    kind: String,
    value: String,
    /// Whether synthetic numbers are accepted.
    #[serde(default)]
    synthetic: bool,
}

/// Reads an identifier strictly. A national identity number is not repeated.
pub(crate) fn parse(asked: Parse) -> Result<Value, Failure> {
    let synthetic = if asked.synthetic { SyntheticNumbers::Accepted } else { SyntheticNumbers::Refused };
    let refuse = |error: altinn_core::IdentifierError| Failure::new(error.code(), error);
    let text = asked.value.as_str();
    match asked.kind.as_str() {
        "national-identity-number" => {
            let number = NationalIdentityNumber::parse(text, synthetic).map_err(refuse)?;
            Ok(
                json!({"kind": asked.kind, "birthDate": number.birth_date(), "synthetic": number.is_synthetic()}),
            )
        }
        "organization-number" => {
            let number = OrganizationNumber::parse(text, synthetic).map_err(refuse)?;
            Ok(json!({"kind": asked.kind, "value": number.to_string()}))
        }
        "party" => Ok(json!({"kind": asked.kind, "value": text.parse::<PartyId>().map_err(refuse)?})),
        "instance" => {
            let id: InstanceId = text.parse().map_err(refuse)?;
            Ok(json!({"kind": asked.kind, "party": id.owner, "guid": id.guid}))
        }
        "service" => {
            let id: ServiceId = text.parse().map_err(refuse)?;
            Ok(json!({"kind": asked.kind, "org": id.org(), "name": id.name(), "resource": id.resource_id()}))
        }
        "resource" => Ok(json!({"kind": asked.kind, "value": text.parse::<ResourceId>().map_err(refuse)?})),
        _ => Err(Failure::bad_command(
            "`kind` is none of national-identity-number, organization-number, party, instance, service and resource",
        )),
    }
}

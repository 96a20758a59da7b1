//! What system users may have rights to, as bodies say it.

use altinn_auth::system_user::Powers;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::error::ApiError;

const RESOURCE: &str = "urn:altinn:resource";
const PACKAGE: &str = "urn:altinn:accesspackage:";

/// A right to a resource, all of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct SystemRight {
    /// The resource: one `urn:altinn:resource`.
    resource: Vec<SystemRightAttribute>,
}

/// What names a resource.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct SystemRightAttribute {
    /// `urn:altinn:resource`.
    id: String,
    /// The resource; an app's is `app_{org}_{app}`.
    value: String,
}

/// An access package.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct SystemAccessPackage {
    /// `urn:altinn:accesspackage:skattegrunnlag`.
    urn: String,
}

/// The powers that a body names.
pub(super) fn powers_of(
    rights: &[SystemRight],
    packages: &[SystemAccessPackage],
) -> Result<Powers, ApiError> {
    let resource = |right: &SystemRight| match right.resource.as_slice() {
        [attribute] if attribute.id == RESOURCE => attribute.value.parse().ok(),
        _ => None,
    };
    let wrong = |text: &str| ApiError::new("HTTP-BODY", text);
    let resources = rights.iter().map(|right| {
        resource(right).ok_or_else(|| wrong("a right names one `urn:altinn:resource`, and nothing below it"))
    });
    let packages = packages.iter().map(|package| {
        let name = package.urn.strip_prefix(PACKAGE).filter(|name| !name.is_empty());
        let name =
            name.ok_or_else(|| wrong("an access package is `urn:altinn:accesspackage:` and its name"))?;
        Ok::<_, ApiError>(name.to_owned())
    });
    let mut powers = Powers::to_resources(resources.collect::<Result<Vec<_>, _>>()?);
    powers.packages = packages.collect::<Result<_, _>>()?;
    Ok(powers)
}

/// The rights among powers, as bodies say them.
pub(super) fn rights_in(powers: &Powers) -> Vec<SystemRight> {
    let right = |value: String| SystemRight {
        resource: vec![SystemRightAttribute { id: RESOURCE.to_owned(), value }],
    };
    powers.resources.iter().map(|resource| right(resource.to_string())).collect()
}

/// The access packages among powers, as bodies say them.
pub(super) fn packages_in(powers: &Powers) -> Vec<SystemAccessPackage> {
    powers.packages.iter().map(|name| SystemAccessPackage { urn: format!("{PACKAGE}{name}") }).collect()
}

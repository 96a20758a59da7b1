//! Instance ids.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use super::{IdentifierError, PartyId, text_form};

/// The id of an instance of a service: its owner's party id and a UUID, `50001/41c1099c-7edd-47f5-ad1f-6267b497796f`.
///
/// ```
/// use altinn_core::{InstanceId, PartyId};
///
/// let id: InstanceId = "50001/41c1099c-7edd-47f5-ad1f-6267b497796f".parse()?;
/// assert_eq!(id.owner, PartyId::new(50001));
/// assert_eq!(id.to_string(), "50001/41c1099c-7edd-47f5-ad1f-6267b497796f");
/// # Ok::<(), altinn_core::IdentifierError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceId {
    /// The party that the instance belongs to.
    pub owner: PartyId,
    /// What tells it from the owner's other instances.
    pub guid: Uuid,
}

text_form!(InstanceId);

impl InstanceId {
    /// The instance of a party with this UUID.
    pub const fn new(owner: PartyId, guid: Uuid) -> Self {
        Self { owner, guid }
    }
}

impl FromStr for InstanceId {
    type Err = IdentifierError;

    /// Reads a party id and a UUID with hyphens, in small or capital letters.
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let error =
            IdentifierError::Form { identifier: "instance id", expected: "a party id, `/` and a UUID" };
        let (owner, guid) = text.split_once('/').ok_or(error)?;
        let owner = owner.parse().map_err(|_| error)?;
        let guid = (guid.len() == 36).then(|| Uuid::try_parse(guid).ok()).flatten().ok_or(error)?;
        Ok(Self { owner, guid })
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.guid)
    }
}

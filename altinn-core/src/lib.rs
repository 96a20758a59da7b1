//! What every part of the Altinn SDK stands on: identifiers, parties, actors, texts, time, problems, and the store.

mod actor;
mod authentication_level;
mod authentication_method;
mod canonical_json;
mod clock;
mod digest;
#[cfg(feature = "http")]
pub mod http;
mod id;
mod id_source;
mod idempotency;
pub mod jws;
pub mod key;
mod migrations;
pub mod oslo;
mod party;
mod problem;
pub mod store;
mod subject;
#[cfg(feature = "testing")]
pub mod testing;
mod text;

pub use actor::Actor;
pub use authentication_level::{AuthenticationLevel, UnknownLevel};
pub use authentication_method::{AuthenticationMethod, UnknownMethod};
pub use canonical_json::{canonical_json, canonical_json_array};
pub use clock::{Clock, SteppableClock, SystemClock};
pub use digest::{Digest, InvalidDigest, Sha256};
pub use id::{
    IdentifierError, InstanceId, NationalIdentityNumber, NumberKind, NumberSeries, OrganizationNumber,
    PartyId, ResourceId, ServiceId, SyntheticNumbers, UncheckedNationalIdentityNumber,
    UncheckedOrganizationNumber,
};
pub use id_source::{IdSource, RandomIds};
pub use idempotency::{Idempotency, IdempotencyAnswer, IdempotencyError};
pub use migrations::MIGRATIONS;
pub use party::{Party, PartyIdentifier, PartyKind, UnknownPartyKind};
pub use problem::{Problem, ValidationError};
pub use subject::Subject;
pub use text::{Language, Text, UnknownLanguage};

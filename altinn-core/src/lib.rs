//! What every part of the Altinn SDK stands on: identifiers, parties, actors, texts, time, problems, and the store.

mod actor;
mod authentication_level;
mod authentication_method;
mod clock;
mod id;
mod id_source;
mod party;
pub mod store;
mod subject;
#[cfg(feature = "testing")]
pub mod testing;
mod text;

pub use actor::Actor;
pub use authentication_level::{AuthenticationLevel, UnknownLevel};
pub use authentication_method::{AuthenticationMethod, UnknownMethod};
pub use clock::{Clock, SteppableClock, SystemClock};
pub use id::{
    IdentifierError, InstanceId, NationalIdentityNumber, NumberKind, NumberSeries, OrganizationNumber,
    PartyId, ResourceId, ServiceId, SyntheticNumbers, UncheckedNationalIdentityNumber,
    UncheckedOrganizationNumber,
};
pub use id_source::{IdSource, RandomIds};
pub use party::{Party, PartyIdentifier, PartyKind, UnknownPartyKind};
pub use subject::Subject;
pub use text::{Language, Text, UnknownLanguage};

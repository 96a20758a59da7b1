//! NOARK 5: entries as arkivmelding in the two dialects that are in use, and as the structure of an extraction.
//!
//! - eFormidling's (NOARK 5 version 3.1), as `felleslosninger/efm-integrasjonspunkt` takes it;
//! - Fiks Arkiv's (`no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett`), as archives of municipalities take it;
//! - `arkivstruktur.xml` of Arkivverket's version 5.0 with `arkivuttrekk.xml` in ADDML 8.3, for a depot.

mod arkivmelding;
mod arkivuttrekk;
mod registration;

pub use arkivmelding::{Arkivmelding, Dialect};
pub use arkivuttrekk::ArchiveDescription;
pub(crate) use arkivuttrekk::Arkivuttrekk;
pub use registration::{Direction, Registration};

//! Parties give rights to others, for a time, and take them back.
//!
//! [`AccessManagement`] gives, checks, lists and revokes; [`StoredDelegations`] is what decisions ask. What is given are
//! rights to a resource, to a part of it (a task) or to one instance, and access packages; to a person, an organization
//! or a system user.
//!
//! **Never more than the giver holds.** A right is delegated by whoever manages the access of the party (a person for
//! themselves, key roles, `ADMAI`, `HADM`, or the access packages `tilgangsstyrer` and `hovedadministrator`), and only if
//! the service's policy or a delegation gives it to them. An organization passes on to its people, and to others, what
//! clients gave it (klientdelegering): by the role that it holds for the client, or by a delegation that it received.
//!
//! **What it rests on.** A delegation that was passed on keeps on what it rests ([`Basis`]). A decision follows that up
//! to the root: where anything has been revoked or is over, or the role is no longer held, everything below falls. What
//! was given before cannot rest on what came later, so that there are no cycles of delegations, and a circle of parties
//! that give each other a right gives nobody a longer one. A chain has at most two links, as Altinn's client delegation
//! (client, provider, agent), if nothing else is said.
//!
//! **At once.** Every change raises the version of the giver's rights, as a change of its roles does; it commits only
//! if nothing changed since the check. An [`Access`](crate::decision::Access) that rests on a delegation guards that
//! version, so what is revoked between decision and commit refuses the commit. Each change is a row of its own
//! ([`DelegationChange`]) in the same batch.

mod access_management;
mod app;
mod authorized_parties;
mod change;
mod entry;
mod error;
mod listing;
mod offer;
mod packages;
mod passable;
mod revoking;
mod share;
mod standing;
mod stored;
mod together;

pub use access_management::{AccessManagement, MAX_CHAIN};
pub use authorized_parties::{AuthorizedParty, Representation};
pub use change::{ChangeKind, DelegationChange};
pub use entry::{Basis, DelegationEntry};
pub use error::DelegationError;
pub use listing::{Listed, ListedPage};
pub use offer::{MAX_RIGHT_BYTES, Offer, Period, Receiver, What};
pub use packages::{AccessPackage, PackageCatalogue, StoredAccessPackages};
pub use passable::{Detail, PackageCheck, RightCheck};
pub use revoking::Of;
pub use share::{Share, Sharing};
pub use stored::StoredDelegations;
pub(crate) use together::ACCESS_MANAGEMENT;

//! What somebody wants to give away: to whom, what, for how long.

use altinn_core::{InstanceId, PartyId};
use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

use super::DelegationError;
use crate::decision::Right;

/// The most bytes that the action and the part of the resource of a delegated right take, each.
pub const MAX_RIGHT_BYTES: usize = 500;

/// Times are kept to this many decimals of a second.
pub(super) const MICROSECONDS: u16 = 6;

/// What a party is to give somebody.
///
/// ```
/// use altinn_auth::decision::Right;
/// use altinn_auth::delegation::{Offer, Period, Receiver, What};
/// use altinn_core::{Clock, PartyId, SystemClock};
/// use chrono::TimeDelta;
///
/// let now = SystemClock.now();
/// let read = Right::new("app_ttd_bakery-licence".parse()?, "read");
/// let offer = Offer::new(PartyId::new(50001), Receiver::Party(PartyId::new(60001)), What::Right(read))
///     .during(Period { from: now, to: Some(now + TimeDelta::days(365)) });
/// assert_eq!(offer.acting_for, None);
/// # Ok::<(), altinn_core::IdentifierError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Offer {
    /// The party that gives: what is given is used on its behalf.
    pub from: PartyId,
    /// Who receives.
    pub to: Receiver,
    /// What.
    pub what: What,
    /// For how long; from now and without an end if nothing is said.
    pub period: Option<Period>,
    /// The organization that the caller acts for, when it passes on what it has itself been given by `from`
    /// (klientdelegering); none when the caller manages the access of `from` itself.
    pub acting_for: Option<PartyId>,
}

/// Who receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Receiver {
    /// A person or an organization; of an organization, whoever has a key role in it.
    Party(PartyId),
    /// A system user.
    SystemUser(Uuid),
}

/// What is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A right to a resource, on all its instances.
    Right(Right),
    /// A right to a resource, on one instance.
    InstanceRight(Right, InstanceId),
    /// An access package (tilgangspakke), by its name: `skatt-naering`.
    Package(String),
}

/// A time: from its beginning up to its end, the end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// When it begins.
    pub from: DateTime<Utc>,
    /// When it is over; never, if none.
    pub to: Option<DateTime<Utc>>,
}

impl Offer {
    /// Something to be given from now on, without an end.
    pub fn new(from: PartyId, to: Receiver, what: What) -> Self {
        Self { from, to, what, period: None, acting_for: None }
    }

    /// The same, for a time.
    #[must_use]
    pub fn during(mut self, period: Period) -> Self {
        self.period = Some(period);
        self
    }

    /// The same, passed on by an organization that has been given it.
    #[must_use]
    pub fn acting_for(mut self, organization: PartyId) -> Self {
        self.acting_for = Some(organization);
        self
    }
}

impl Receiver {
    /// The receiver as it is kept: the same for the same receiver.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Party(party) => format!("party:{party}"),
            Self::SystemUser(id) => format!("system-user:{id}"),
        }
    }
}

impl What {
    /// What it is of: the resource, or the access package.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Right(right) | Self::InstanceRight(right, _) => right.resource.to_string(),
            Self::Package(package) => format!("urn:altinn:accesspackage:{package}"),
        }
    }

    /// The right, when it is one.
    pub(super) fn right(&self) -> Option<&Right> {
        match self {
            Self::Right(right) | Self::InstanceRight(right, _) => Some(right),
            Self::Package(_) => None,
        }
    }

    /// The instance, when it is for one.
    pub(super) fn instance(&self) -> Option<InstanceId> {
        match self {
            Self::InstanceRight(_, instance) => Some(*instance),
            _ => None,
        }
    }
}

impl Period {
    /// Whether it is at this time.
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && self.to.is_none_or(|to| at < to)
    }

    /// Whether it contains all of another from `now` on.
    pub(super) fn covers(&self, other: &Self, now: DateTime<Utc>) -> bool {
        let begins = self.from <= other.from.max(now);
        let ends = match (self.to, other.to) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(own), Some(other)) => other <= own,
        };
        begins && ends
    }

    /// The same in whole microseconds, as it is kept.
    pub(super) fn as_kept(self) -> Self {
        let kept = |time: DateTime<Utc>| time.trunc_subsecs(MICROSECONDS);
        Self { from: kept(self.from), to: self.to.map(kept) }
    }

    /// Refuses one that is over, or over before it begins.
    pub(super) fn check(&self, now: DateTime<Utc>) -> Result<(), DelegationError> {
        match self.to {
            Some(to) if to <= self.from || to <= now => Err(DelegationError::EmptyPeriod),
            _ => Ok(()),
        }
    }
}

//! All that a correspondence has come to so far.

use std::fmt;

use super::CorrespondenceStatus;

/// The statuses that a correspondence has come to, each once, whatever their order.
///
/// Altinn shows the highest of them ([`highest`](Self::highest)), which need not be the latest: what was archived and
/// then deleted is `Archived` there.
///
/// ```
/// use altinn_services::correspondence::{CorrespondenceStatus, Reached};
///
/// let reached: Reached = [CorrespondenceStatus::Published, CorrespondenceStatus::Fetched].into_iter().collect();
/// assert_eq!(reached.highest(), Some(CorrespondenceStatus::Published));
/// assert!(reached.contains(CorrespondenceStatus::Fetched));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Reached(u16);

impl Reached {
    /// Whether a status is among them.
    pub fn contains(self, status: CorrespondenceStatus) -> bool {
        self.0 & bit(status) != 0
    }

    /// The same and one more.
    #[must_use]
    pub fn with(self, status: CorrespondenceStatus) -> Self {
        Self(self.0 | bit(status))
    }

    /// All of them, by their numbers.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = CorrespondenceStatus> {
        CorrespondenceStatus::ALL.into_iter().filter(move |status| self.contains(*status))
    }

    /// The one that Altinn shows as the current one: the highest number but `Fetched`, which it leaves out.
    pub fn highest(self) -> Option<CorrespondenceStatus> {
        self.iter().rfind(|status| *status != CorrespondenceStatus::Fetched)
    }

    /// Whether it is gone for its recipient.
    pub fn is_purged(self) -> bool {
        self.contains(CorrespondenceStatus::PurgedByRecipient)
            || self.contains(CorrespondenceStatus::PurgedByAltinn)
    }

    /// As a row of the store holds them: one bit for each number.
    pub(super) fn bits(self) -> i64 {
        self.0.into()
    }

    pub(super) fn from_bits(bits: i64) -> Option<Self> {
        let known: Self = CorrespondenceStatus::ALL.into_iter().collect();
        u16::try_from(bits).ok().filter(|bits| bits & !known.0 == 0).map(Self)
    }
}

fn bit(status: CorrespondenceStatus) -> u16 {
    1 << status.number()
}

impl FromIterator<CorrespondenceStatus> for Reached {
    fn from_iter<I: IntoIterator<Item = CorrespondenceStatus>>(statuses: I) -> Self {
        statuses.into_iter().fold(Self::default(), Self::with)
    }
}

impl fmt::Debug for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

//! Keys as GOV.UK Notify has them: what keeps an agency's test environment from reaching citizens.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::rules::Route;
use crate::{EmailAddress, PhoneNumber, Recipient};

/// Whom a notifier may reach. A program's test environment has a test or a team key, and no mistake in it reaches a
/// citizen: the key holds for what is ordered, and again for what is sent.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum SendingKey {
    /// Everyone.
    #[default]
    Normal,
    /// The team and its guests alone. Others are refused when they are ordered, or when a register gave their address,
    /// when it would be sent.
    Team(Team),
    /// Nobody: everything goes its way to the last step, and is then said to have succeeded.
    ///
    /// A mail to a mailbox named `temp-fail` or `perm-fail`, and an SMS to a number that ends with `0003` or `0002`, are
    /// said to have failed for now or for good.
    Test,
}

/// The addresses of a team key. `Debug` shows how many there are.
#[derive(Clone, Default)]
pub struct Team {
    addresses: BTreeSet<String>,
}

/// A key's kind, as it is stored with an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum KeyKind {
    Normal,
    Team,
    Test,
}

/// What a key says about an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passage {
    Open,
    Closed,
    Simulated,
}

impl Team {
    /// A team of nobody yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same team with a mail address more.
    #[must_use]
    pub fn with_email(mut self, address: &EmailAddress) -> Self {
        self.addresses.insert(address.expose().to_ascii_lowercase());
        self
    }

    /// The same team with a mobile number more.
    #[must_use]
    pub fn with_mobile(mut self, number: &PhoneNumber) -> Self {
        self.addresses.insert(number.expose().to_owned());
        self
    }

    /// Whether an order to someone is taken: whose address a register must be asked for is looked at later.
    pub(crate) fn may_be_told(&self, recipient: &Recipient) -> bool {
        match recipient {
            Recipient::Email(address) => self.holds(address.expose()),
            Recipient::Sms(number) => self.holds(number.expose()),
            Recipient::Person(_) | Recipient::Organization(_) => true,
        }
    }

    fn holds(&self, address: &str) -> bool {
        self.addresses.contains(&address.to_ascii_lowercase())
    }
}

impl fmt::Debug for Team {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Team({})", self.addresses.len())
    }
}

impl SendingKey {
    pub(crate) fn kind(&self) -> KeyKind {
        match self {
            Self::Normal => KeyKind::Normal,
            Self::Team(_) => KeyKind::Team,
            Self::Test => KeyKind::Test,
        }
    }

    /// Whether something ordered under a key may go to an address: both keys must let it. A team order that a notifier
    /// without the team's list finds goes nowhere.
    pub(crate) fn passage(&self, ordered_under: KeyKind, route: &Route) -> Passage {
        let is_on_list = match self {
            Self::Team(team) => route.address().is_none_or(|address| team.holds(address)),
            Self::Normal | Self::Test => false,
        };
        match (self.kind(), ordered_under) {
            (KeyKind::Test, _) | (_, KeyKind::Test) => Passage::Simulated,
            (KeyKind::Normal, KeyKind::Normal) => Passage::Open,
            _ if is_on_list => Passage::Open,
            _ => Passage::Closed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stricter_of_both_keys_holds() {
        let ola: EmailAddress = "Ola@example.com".parse().expect("an address");
        let team = SendingKey::Team(Team::new().with_email(&ola));
        let route = |address: &str| Route::Email(address.parse().expect("an address"));
        let (ola, kari) = (route("ola@EXAMPLE.com"), route("kari@example.com"));
        for (key, ordered, route, passage) in [
            (&SendingKey::Normal, KeyKind::Normal, &kari, Passage::Open),
            (&SendingKey::Normal, KeyKind::Test, &kari, Passage::Simulated),
            (&SendingKey::Test, KeyKind::Normal, &kari, Passage::Simulated),
            (&SendingKey::Test, KeyKind::Team, &kari, Passage::Simulated),
            (&SendingKey::Normal, KeyKind::Team, &ola, Passage::Closed),
            (&team, KeyKind::Normal, &kari, Passage::Closed),
            (&team, KeyKind::Normal, &ola, Passage::Open),
            (&team, KeyKind::Team, &ola, Passage::Open),
            (&team, KeyKind::Team, &kari, Passage::Closed),
        ] {
            assert_eq!(key.passage(ordered, route), passage, "{key:?} {ordered:?}");
        }
    }
}
